"""The receiving peer: which numbers it knows the codecs by, and what it asks for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple, Protocol

from media import rtcp, rtp
from media.backlog import MediaPacket
from media.batch import Address
from media.codecs import Codec
from media.nack import ResendBudget
from media.publication import Publication
from media.rtp import RtpPacket
from media.sdp_choice import Choice
from media.session import Session
from media.srtp import SrtpSender
from media.track import Track

HEADER_AND_TAG_BYTES = 12 + 16
JUDGED_SECONDS, JUDGED_PACKETS, BAD_SHARE = 3.0, 50, 0.3
"""A line is judged by what stayed lost, sent again or not, over some seconds: single reports say little."""


class Seen(NamedTuple):
    """What a report said of the picture: lost in all, and the highest number."""

    at: float
    lost: int
    highest: int


class Hall(Protocol):
    """Where viewers sit: the audience of a publication."""

    def join(self, subscription: Subscription) -> None:
        """Send packets to this viewer from now on."""

    def leave(self, subscription: Subscription) -> None:
        """Send nothing to this viewer any more."""

    def readdress(self, subscription: Subscription) -> None:
        """Send to the viewer's new address."""

    def rest(self, subscription: Subscription) -> None:
        """Send this viewer no picture for a while."""

    def flush(self) -> None:
        """Send what waits for the end of this turn, which settles what those packets look like."""


class Subscription:
    """One viewer of a publication."""

    def __init__(
        self, choice: Choice, publication: Publication, hall: Hall, clock: Callable[[], float]
    ) -> None:
        self.payload_types: dict[Codec, int] = {
            f.codec: f.payload_type for track in choice.tracks if track for f in track.formats
        }
        self.resent = 0
        self._retransmission_types = {
            f.codec: f.retransmission for track in choice.tracks if track for f in track.formats
        }
        self._retransmissions: dict[int, int] = {}
        self._publication = publication
        self._hall = hall
        self._session: Session | None = None
        self._budget = ResendBudget(clock())
        self._seen: Seen | None = None
        self._by_ssrc = {track.ssrc: track for track in publication.tracks.values()}

    @property
    def sender(self) -> SrtpSender | None:
        """What protects packets to this viewer, once connected."""
        return self._session.sender if self._session else None

    @property
    def address(self) -> Address | None:
        """Where the viewer is reached, once connected."""
        return self._session.remote if self._session else None

    def connected(self, session: Session) -> None:
        """Begin to watch."""
        self._session = session
        self._hall.join(self)

    def moved(self) -> None:
        """Follow the viewer to another address."""
        if self._session is not None:
            self._hall.readdress(self)

    def admits(self, ssrc: int, payload_type: int) -> bool:
        """Admit nothing: a viewer has nothing to send."""
        return False

    def take_rtp(self, packet: RtpPacket, now: float) -> None:
        """Never called, as nothing is admitted."""

    def take_rtcp(self, parts: list[rtcp.Part], now: float) -> None:
        """Answer what the viewer misses."""
        for part in parts:
            if isinstance(part, rtcp.Nack):
                self._send_again(part, now)
            elif isinstance(part, rtcp.Reception):
                self._heed(part, now)
            elif isinstance(part, rtcp.KeyframeRequest) and part.media_ssrc == self._publication.video.ssrc:
                self._publication.request_keyframe()

    def closed(self) -> None:
        """Stop watching."""
        self._session = None
        self._hall.leave(self)

    def send(self, packet: MediaPacket) -> bool:
        """Send one packet outside the common batch; False when this viewer cannot have it."""
        payload_type = self.payload_types.get(packet.codec)
        if payload_type is None:
            return False
        self._hall.flush()
        return self._send_rtp(packet.as_rtp(payload_type), packet.sequence)

    def send_report(self, packet: bytes) -> None:
        """Send a compound RTCP packet."""
        if self._session is not None:
            self._session.send_rtcp(packet)

    def _heed(self, reports: rtcp.Reception, now: float) -> None:
        """Give a line that loses too much for seconds on end a rest: more packets would make it worse."""
        block = next((b for b in reports.blocks if b.ssrc == self._publication.video.ssrc), None)
        if block is None:
            return
        seen = Seen(now, block.lost, block.highest_sequence)
        since = self._seen = self._seen or seen
        if now - since.at < JUDGED_SECONDS:
            return
        self._seen = seen
        due = (seen.highest - since.highest) & 0xFFFFFFFF
        if JUDGED_PACKETS <= due < 1 << 31 and seen.lost - since.lost >= BAD_SHARE * due:
            self._seen = None
            self._hall.rest(self)

    def _send_again(self, request: rtcp.Nack, now: float) -> None:
        """Send what the backlog still has, each once in a while and within the budget."""
        track = self._by_ssrc.get(request.media_ssrc)
        if track is None or track.backlog.newest < 0:
            return
        for short in request.lost:
            packet = track.backlog.find(short)
            if packet is None:
                continue
            size = len(packet.payload) + HEADER_AND_TAG_BYTES
            key = packet.sequence * 2 + (packet.codec is Codec.OPUS)
            if not self._budget.allows(key, size, self._publication.bytes_per_second, now):
                continue
            type_ = self._retransmission_types.get(packet.codec)
            if self.send(packet) if type_ is None else self._send_wrapped(packet, type_, track):
                self.resent += 1

    def _send_wrapped(self, packet: MediaPacket, payload_type: int, track: Track) -> bool:
        """Send a packet again in the stream for that, whose numbers are this viewer's own (RFC 4588)."""
        ssrc = track.retransmission_ssrc
        number = self._retransmissions[ssrc] = self._retransmissions.get(ssrc, secrets.randbits(15)) + 1
        payload = rtp.wrap_retransmission(packet.payload, packet.sequence)
        return self._send_rtp(
            rtp.build(payload_type, packet.marker, number, packet.timestamp, ssrc, payload), number)

    def _send_rtp(self, packet: bytes, number: int) -> bool:
        """Protect and send a packet whose number is `number` beyond 16 bits."""
        if self._session is None or self._session.sender is None:
            return False
        data = self._session.sender.protect_numbered(packet, number >> 16)
        if data is not None:
            self._session.send(data)
        return data is not None
