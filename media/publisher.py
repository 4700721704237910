"""The sending peer of a publication: sorts its sources, asks for what is lost, reports reception."""

from __future__ import annotations

import secrets
from typing import Protocol

from media import rtcp, rtp
from media.codecs import Codec, Kind
from media.rtp import RtpPacket
from media.sdp_choice import Choice, ChosenTrack, Simulcast
from media.session import ADMITTED, REFUSED, UNNAMED, Session
from media.source import Source

OUR_NAME = "showroom"
MAX_CHANGES = 4
"""How often a source may go on under another SSRC; a little is kept of each until the session ends."""
MAX_STRANGERS = 8
"""Sources that may go without a name before more are opened in vain."""


class PacketTaker(Protocol):
    """Where a publisher's packets go: a publication."""

    def take(self, source: Source, number: int, packet: RtpPacket, now: float) -> None:
        """Take a packet in the numbering of its source."""

    def take_report(self, source: Source, report: rtcp.SenderReport) -> None:
        """Take what the publisher says of its clock."""

    def request_keyframe(self) -> None:
        """Ask the publisher for a keyframe, at most once in a while."""

    def publisher_connected(self) -> None:
        """The publisher's keys are there."""

    def publisher_gone(self, publisher: Publisher) -> None:
        """The publisher's session has ended."""


class Publisher:
    """The party behind a publisher's session.

    Only what the offer signalled is let in: its payload types, and its SSRCs when it named any. Where
    it named none, the first SSRC to use a payload type has it, until it falls silent and another comes, as
    after a collision (RFC 3550 section 8.2); with simulcast the first to bear the name of a size has that. So
    there are never more sources at a time than were agreed on, and their repeats.
    """

    def __init__(self, choice: Choice, taker: PacketTaker, max_bitrate_kbps: int) -> None:
        self._taker = taker
        self._max_bitrate = max_bitrate_kbps * 1000
        self._tracks: dict[int, ChosenTrack] = {}
        self._again: dict[int, ChosenTrack] = {}
        for track in filter(None, choice.tracks):
            self._tracks[track.formats[0].payload_type] = track
            if track.formats[0].retransmission is not None:
                self._again[track.formats[0].retransmission] = track
        self._sources: dict[int, Source] = {}
        self._by_type: dict[int, Source] = {}
        self._again_ssrcs: dict[int, int] = {}
        self._changes = 0
        self._layers: dict[str, Source] = {}
        self._layers_again: dict[int, str] = {}
        self._strangers: set[int] = set()
        self._ssrc = secrets.randbits(32) or 1
        self._session: Session | None = None

    @property
    def video_codec(self) -> Codec | None:
        """The video codec that was agreed on."""
        return next((t.formats[0].codec for t in self._tracks.values() if t.kind is Kind.VIDEO), None)

    @property
    def kinds(self) -> frozenset[Kind]:
        """What was agreed on."""
        return frozenset(track.kind for track in self._tracks.values())

    @property
    def parameters(self) -> str:
        """How the video codec was agreed on, as in `a=fmtp`."""
        return next((t.formats[0].parameters for t in self._tracks.values() if t.kind is Kind.VIDEO), "")

    @property
    def sources(self) -> list[Source]:
        """What has arrived so far."""
        return list(self._sources.values())

    def connected(self, session: Session) -> None:
        """Begin: the keys are there."""
        self._session = session
        self._taker.publisher_connected()

    def moved(self) -> None:
        """Ask for a keyframe: more was lost on the way over than is worth asking for piece by piece."""
        if self._sources:
            self._taker.request_keyframe()

    def admits(self, ssrc: int, payload_type: int) -> int:
        """Tell whether the offer spoke of such packets; learns nothing yet."""
        again = self._again.get(payload_type)
        track = again or self._tracks.get(payload_type)
        if track is None:
            return REFUSED
        if track.simulcast is not None:
            return self._admits_layer(ssrc, track.simulcast, is_again=again is not None)
        if again is not None:
            known = again.retransmission_ssrc or self._again_ssrcs.get(payload_type)
            return ADMITTED if known in (None, ssrc) and ssrc not in self._sources else REFUSED
        source = self._by_type.get(payload_type)
        if source is None or source.ssrc == ssrc:
            return ADMITTED if track.ssrc in (None, ssrc) else REFUSED
        may_follow = track.ssrc is None and source.is_silent and self._changes < MAX_CHANGES
        return ADMITTED if may_follow and ssrc not in self._sources else REFUSED

    def introduce(self, packet: RtpPacket, data: bytes) -> None:
        """Learn which size a source has, from the first packet of it that says so (RFC 8852)."""
        is_again = packet.payload_type in self._again
        track = (self._again if is_again else self._tracks)[packet.payload_type]
        extension = track.simulcast and (track.simulcast.repaired if is_again else track.simulcast.extension)
        name = (rtp.extension_element(data, extension) if extension else None) or b""
        layer = name.decode("ascii", "replace")
        if track.simulcast is None or layer not in track.simulcast.rids:
            self._strangers.add(packet.ssrc)
        elif is_again and layer not in self._layers_again.values():
            self._layers_again[packet.ssrc] = layer
        elif not is_again and layer not in self._layers:
            self._layers[layer] = self._open_source(packet, layer)

    def take_rtp(self, packet: RtpPacket, now: float) -> None:
        """Pass an admitted packet on; what its source is has to be known by now."""
        if packet.payload_type in self._again:
            self._take_again(packet, now)
            return
        source = self._source(packet)
        if source is not None:
            self._accept(source, packet, now)

    def take_rtcp(self, parts: list[rtcp.Part], now: float) -> None:
        """Note the publisher's clock; a goodbye is left to the session and the watch on silence."""
        for part in parts:
            source = self._sources.get(part.ssrc) if isinstance(part, rtcp.SenderReport) else None
            if source is not None and isinstance(part, rtcp.SenderReport) and part.ntp:
                source.sent, source.sent_seen_at = part, now
                self._taker.take_report(source, part)

    def closed(self) -> None:
        """Tell the publication."""
        self._taker.publisher_gone(self)

    def request_keyframe(self, source: Source | None = None) -> None:
        """Ask the encoder of a source, or of the first there is of the picture, for a keyframe now."""
        of = source or next((s for s in self._sources.values() if s.codec.kind is Kind.VIDEO), None)
        if of is not None and self._session is not None:
            self._session.send_rtcp(rtcp.picture_loss(self._ssrc, of.ssrc))

    def ask_again(self, now: float) -> None:
        """Repeat requests for lost packets whose answer is overdue."""
        for source in self._sources.values():
            if source.losses is not None:
                self._request(source, source.losses.due(now))

    def report(self, now: float) -> None:
        """Send a receiver report and the limit of the bitrate; due once a second."""
        if self._session is None or not self._sources:
            return
        blocks = [source.report(now) for source in self._sources.values()]
        packet = rtcp.receiver_report(self._ssrc, blocks, OUR_NAME)
        if any("goog-remb" in t.formats[0].feedback for t in self._tracks.values()):
            packet += rtcp.bitrate_limit(self._ssrc, self._max_bitrate, list(self._sources))
        self._session.send_rtcp(packet)

    def _accept(self, source: Source, packet: RtpPacket, now: float, *, is_again: bool = False) -> None:
        number = source.number(packet)
        if number is None:
            return
        if not is_again:  # repeats are a stream of their own; counted here, no encoder would hear of any loss
            source.count(packet, now)
        if source.losses is not None:
            self._request(source, source.losses.take(number, now))
        if self._session is not None:
            self._session.media_flows()
        self._taker.take(source, number, packet, now)

    def _take_again(self, packet: RtpPacket, now: float) -> None:
        """Unwrap a retransmission of a source we know; padding that probes the path is empty."""
        track = self._again[packet.payload_type]
        if track.simulcast is None:
            self._again_ssrcs.setdefault(packet.payload_type, packet.ssrc)
            source = self._by_type.get(track.formats[0].payload_type)
        else:
            source = self._layers.get(self._layers_again.get(packet.ssrc, ""))
        if source is not None and len(packet.payload) >= 2:
            found = rtp.unwrap_retransmission(packet, source.payload_type, source.ssrc)
            self._accept(source, found, now, is_again=True)

    def _admits_layer(self, ssrc: int, simulcast: Simulcast, *, is_again: bool) -> int:
        """Admit what bears a name, and what may yet tell one."""
        source = self._sources.get(ssrc)
        if ssrc in self._layers_again if is_again else source is not None and source.layer:
            return ADMITTED
        named = len(self._layers_again if is_again else self._layers)
        may_tell = named < len(simulcast.rids) and source is None
        return UNNAMED if may_tell and len(self._strangers) < MAX_STRANGERS else REFUSED

    def _source(self, packet: RtpPacket) -> Source | None:
        """Return the source of an admitted packet, its first or a later one; None while it has no name."""
        if self._tracks[packet.payload_type].simulcast is not None:
            return self._sources.get(packet.ssrc)
        source = self._by_type.get(packet.payload_type)
        if source is not None and source.ssrc != packet.ssrc:
            self._let_go(source)
            source = None
        if source is None:
            source = self._by_type[packet.payload_type] = self._open_source(packet)
        return source

    def _let_go(self, source: Source) -> None:
        """Forget a source that another one follows, and in which stream its packets were sent again."""
        self._changes += 1
        del self._sources[source.ssrc]
        again = self._tracks[source.payload_type].formats[0].retransmission
        if again is not None:
            self._again_ssrcs.pop(again, None)

    def _open_source(self, packet: RtpPacket, layer: str = "") -> Source:
        format_ = self._tracks[packet.payload_type].formats[0]
        source = self._sources[packet.ssrc] = Source(
            packet.ssrc, format_.codec, format_.payload_type, wants_nack="nack" in format_.feedback,
            layer=layer)
        return source

    def _request(self, source: Source, numbers: list[int]) -> None:
        if numbers and self._session is not None:
            self._session.send_rtcp(rtcp.nack(self._ssrc, source.ssrc, [n & 0xFFFF for n in numbers]))
