"""The receiving peer: which numbers it knows the codecs by, and what it asks for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple, Protocol

from media import rtcp, rtp
from media.backlog import MediaPacket
from media.batch import Address
from media.codecs import Codec, Kind
from media.ladder import ANY, Ladder, Wish
from media.nack import ResendBudget
from media.numbering import AS_IT_IS, Numbering, Shift
from media.publication import Publication
from media.rtp import RtpPacket
from media.sdp_choice import Choice
from media.session import REFUSED, Session
from media.srtp import SrtpSender

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

    def hush(self, subscription: Subscription) -> None:
        """Send this viewer silence or sound, as it is hushed or not."""

    def request_keyframe(self, subscription: Subscription) -> None:
        """Ask for a keyframe of what this viewer is sent."""

    def settle(self, subscription: Subscription) -> None:
        """Move this viewer to the size that fits it now."""

    def size_of(self, subscription: Subscription) -> str:
        """Return which of the smaller sizes this viewer is sent, an empty text for the largest."""

    def reported_at(self, short_ntp: int) -> float | None:
        """Return when a report was sent, by the middle 32 bits of its time."""

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
        self.wish = ANY
        self.is_hushed = False
        """Whether it is sent silence in place of sound."""
        self.ladder: Ladder | None = None
        """What its line carries, once there is a choice."""
        self.numbering = Numbering(publication.video)
        self._retransmission_types = {
            f.codec: f.retransmission for track in choice.tracks if track for f in track.formats
        }
        self._retransmissions: dict[int, int] = {}
        self.publication = publication
        self._hall = hall
        self._session: Session | None = None
        self._budget = ResendBudget(clock())
        self._seen: Seen | None = None
        self._audible_from = 0
        self._video, self._audio = publication.tracks[Kind.VIDEO], publication.tracks[Kind.AUDIO]

    @property
    def sender(self) -> SrtpSender | None:
        """What protects packets to this viewer, once connected."""
        return self._session.sender if self._session else None

    @property
    def size(self) -> str:
        """Which of the smaller sizes it is sent now, an empty text for the largest."""
        return self._hall.size_of(self)

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

    def choose(self, wish: Wish) -> None:
        """Be sent the size that fits this wish."""
        self.wish = wish
        self._hall.settle(self)

    def hush(self, is_hushed: bool) -> None:
        """Be sent silence in place of sound, or the sound again, from now on.

        What was said meanwhile is not sent when it is asked for either, also not later: no number has two
        contents.
        """
        if is_hushed is not self.is_hushed:
            self.is_hushed = is_hushed
            self._hall.hush(self)
            self._audible_from = self._audio.backlog.newest + 1

    def admits(self, ssrc: int, payload_type: int) -> int:
        """Admit nothing: a viewer has nothing to send."""
        return REFUSED

    def introduce(self, packet: RtpPacket, data: bytes) -> None:
        """Never called, as nothing is admitted."""

    def take_rtp(self, packet: RtpPacket, now: float) -> None:
        """Never called, as nothing is admitted."""

    def take_rtcp(self, parts: list[rtcp.Part], now: float) -> None:
        """Answer what the viewer misses."""
        for part in parts:
            if isinstance(part, rtcp.Nack):
                self._send_again(part, now)
            elif isinstance(part, rtcp.Reception):
                self._heed(part, now)
            elif isinstance(part, rtcp.KeyframeRequest) and part.media_ssrc == self._video.ssrc:
                self._hall.request_keyframe(self)

    def closed(self) -> None:
        """Stop watching."""
        self._session = None
        self._hall.leave(self)

    def send(self, packet: MediaPacket, shift: Shift = AS_IT_IS) -> bool:
        """Send one packet outside the common batch, of no turn that waits; False when it cannot have it."""
        payload_type = self.payload_types.get(packet.codec)
        if payload_type is None or packet.sequence < shift.first:
            return False
        data = packet.as_rtp(payload_type, shift.sequence, shift.timestamp)
        return self._send_rtp(data, packet.sequence + shift.sequence)

    def send_report(self, packet: bytes) -> None:
        """Send a compound RTCP packet."""
        if self._session is not None:
            self._session.send_rtcp(packet)

    def _heed(self, reports: rtcp.Reception, now: float) -> None:
        """Judge the line by what it loses of the picture, and by how long it takes."""
        block = next((b for b in reports.blocks if b.ssrc == self._video.ssrc), None)
        if block is None or self.wish.is_without:
            return
        smaller = len(self.publication.smaller)
        if smaller and self._is_moved(block, now, smaller):
            self._seen = None
            self._hall.settle(self)
        else:
            self._rest_if_bad(block, now)

    def _is_moved(self, block: rtcp.ReportBlock, now: float, smaller: int) -> bool:
        """Judge whether another of so many smaller sizes, or the largest, fits the line now."""
        self.ladder = self.ladder or Ladder()
        return self.ladder.take(block.fraction_lost / 256, self._trip(block, now), now, smaller)

    def _trip(self, block: rtcp.ReportBlock, now: float) -> float | None:
        """Return the seconds to the viewer and back (RFC 3550 section 6.4.1); None when it cannot tell."""
        sent_at = self._hall.reported_at(block.last_report)
        return None if sent_at is None else max(0.0, now - sent_at - block.delay / 65536)

    def _rest_if_bad(self, block: rtcp.ReportBlock, now: float) -> None:
        """Give a line that loses too much for seconds on end a rest: more packets would make it worse."""
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
        self._hall.flush()
        for short in request.lost:
            found = self._find(request.media_ssrc, short)
            if found is None:
                continue
            packet, shift = found
            size = len(packet.payload) + HEADER_AND_TAG_BYTES
            key = (packet.sequence + shift.sequence) * 2 + (packet.codec is Codec.OPUS)
            if not self._budget.allows(key, size, self.publication.bytes_per_second, now):
                continue
            type_ = self._retransmission_types.get(packet.codec)
            if self.send(packet, shift) if type_ is None else self._send_wrapped(packet, shift, type_):
                self.resent += 1

    def _find(self, ssrc: int, short: int) -> tuple[MediaPacket, Shift] | None:
        """Return a packet by the number that this viewer knows it by."""
        if ssrc == self._video.ssrc:
            return self.numbering.find(short)
        backlog = self._audio.backlog
        packet = backlog.find(short) if ssrc == self._audio.ssrc and backlog.newest >= 0 else None
        if packet is None or self.is_hushed or packet.sequence < self._audible_from:
            return None
        return packet, AS_IT_IS

    def _send_wrapped(self, packet: MediaPacket, shift: Shift, payload_type: int) -> bool:
        """Send a packet again in the stream for that, whose numbers are this viewer's own (RFC 4588)."""
        track = self._audio if packet.codec is Codec.OPUS else self._video
        ssrc = track.retransmission_ssrc
        number = self._retransmissions[ssrc] = self._retransmissions.get(ssrc, secrets.randbits(15)) + 1
        payload = rtp.wrap_retransmission(packet.payload, packet.sequence + shift.sequence)
        timestamp = packet.timestamp + shift.timestamp
        return self._send_rtp(
            rtp.build(payload_type, packet.marker, number, timestamp, ssrc, payload), number)

    def _send_rtp(self, packet: bytes, number: int) -> bool:
        """Protect and send a packet whose number is `number` beyond 16 bits."""
        if self._session is None or self._session.sender is None:
            return False
        data = self._session.sender.protect_numbered(packet, number >> 16)
        if data is not None:
            self._session.send(data)
        return data is not None
