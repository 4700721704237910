"""One show's media: a publisher's tracks, given to sinks that it does not know.

The publication outlives its publisher: when packets stop it is away, viewers stay, and the next
publisher continues the same tracks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from media import rtcp
from media.backlog import MediaPacket
from media.codecs import Codec, Kind
from media.gate import TrailingGate
from media.keyframes import Keyframe, assemble
from media.layer import Layer, PacketSink
from media.layers import Layers
from media.rate import Rate
from media.rtp import RtpPacket
from media.source import Source
from media.track import Track

STALE_KEYFRAME_SECONDS = 5.0
FRESH_KEYFRAME_SECONDS = 0.5
CLOCK_STEP_SECONDS = 60.0
"""A publisher's clock that is further from where it was has been set, or is none; it is taken as of now."""


class Feeder(Protocol):
    """Whoever sends into a publication: the peer of a session, or a film."""

    @property
    def video_codec(self) -> Codec | None:
        """What the picture is, or will be, encoded with; None where it is not known."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """What it has agreed to send."""

    @property
    def parameters(self) -> str:
        """How the picture is encoded, as in `a=fmtp`."""

    @property
    def sources(self) -> list[Source]:
        """What has been sent so far."""

    def request_keyframe(self, source: Source | None = None) -> None:
        """Send a keyframe soon, if that can be done; of this source where the picture has several."""

    def ask_again(self, now: float) -> None:
        """Do what is due about losses; called each tick."""

    def report(self, now: float) -> None:
        """Do what is due once a second."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times and sizes of publications; see the section `media` of the settings."""

    stall_seconds: float
    keyframe_seconds: float
    backlog_packets: int


class Publication:
    """What a room sends. `on_live` and `on_away` are called when packets begin and cease to flow."""

    def __init__(
        self, name: str, bounds: Bounds, loop: asyncio.AbstractEventLoop,
        on_live: Callable[[], None], on_away: Callable[[], None],
    ) -> None:
        self.name = name
        self.tracks = {kind: Track(kind, bounds.backlog_packets) for kind in Kind}
        self.sinks: list[PacketSink] = []
        self.publisher: Feeder | None = None
        self.is_live = False
        self.was_live = False
        self.packets_in = 0
        self.bytes_in = 0
        self.keyframe_requests = 0
        self._bounds = bounds
        self._loop = loop
        self._on_live, self._on_away = on_live, on_away
        self.layers = Layers(
            self.video, bounds.backlog_packets, bounds.keyframe_seconds, loop, self._ask_source)
        self._gate = TrailingGate(bounds.keyframe_seconds, self._ask_publisher, loop)
        self._heard_at = 0.0
        self._epoch = time.time() - loop.time()  # later steps of the wall clock must not be seen
        self._publisher_ahead: float | None = None
        self._rate = Rate()
        self._keyframe: tuple[int, Keyframe] | None = None
        self._keyframe_at = 0.0

    @property
    def video(self) -> Track:
        """The picture."""
        return self.tracks[Kind.VIDEO]

    @property
    def smaller(self) -> tuple[Layer, ...]:
        """The smaller sizes in which the picture comes too, the largest first."""
        return self.layers.smaller

    @property
    def bytes_per_second(self) -> float:
        """What its picture and sound bring now, without the smaller sizes."""
        return self._rate.bytes_per_second

    @property
    def video_codec(self) -> Codec | None:
        """What the picture is, or will be, or was encoded with; None when nobody knows."""
        expected = self.publisher.video_codec if self.publisher else None
        return expected or self.video.codec

    @property
    def kinds(self) -> frozenset[Kind]:
        """What it consists of, as far as its publisher has agreed to send it or it has come before."""
        agreed = self.publisher.kinds if self.publisher else frozenset[Kind]()
        return agreed | {kind for kind, track in self.tracks.items() if track.codec is not None}

    def begin(self, publisher: Feeder) -> None:
        """Take packets from this publisher from now on, and from no other."""
        self._gone_away()
        self.publisher = publisher
        self._publisher_ahead = None
        self.layers.begin()
        for track in self.tracks.values():
            track.restart()

    def forget_past(self) -> None:
        """Show nothing of before now to whoever comes: they begin with the next key frame."""
        for track in self.tracks.values():
            track.backlog.forget()
        self.layers.forget_past()
        self._keyframe = None
        self.request_keyframe()

    def request_keyframe(self) -> None:
        """Ask the publisher for a keyframe, at most once in a while, and never in vain."""
        self._gate.ask()

    def take(self, source: Source, number: int, packet: RtpPacket, now: float) -> None:
        """Give a publisher's packet to all sinks."""
        self.packets_in += 1
        self.bytes_in += len(packet.payload)
        self._heard_at = now
        if source.layer and not self.layers.take(source, number, packet, now):
            return
        track = self.tracks[source.codec.kind]
        media = track.take(source, number, packet, now)
        if media is None:
            if not track.began_with(source):
                self.request_keyframe()
            return
        if not self.is_live:
            self.is_live = self.was_live = True
            self._on_live()
        self._rate.add(len(packet.payload), now)
        for sink in self.sinks:
            sink.take(media)

    def take_report(self, source: Source, report: rtcp.SenderReport) -> None:
        """Take what the publisher says of its clock, shifted to ours: viewers see one clock throughout."""
        seconds = rtcp.unix_seconds(report.ntp)
        ahead = seconds - self._wall(self._loop.time())
        if self._publisher_ahead is None or abs(ahead - self._publisher_ahead) > CLOCK_STEP_SECONDS:
            self._publisher_ahead = ahead
        kind, seconds = source.codec.kind, seconds - self._publisher_ahead
        if source.layer:
            self.layers.take_report(source, report.timestamp, seconds)
        timestamp = self.tracks[kind].take_report(source, report.timestamp, seconds)
        if timestamp is not None:
            for sink in self.sinks:
                sink.take_clock(kind, timestamp, seconds)

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        """Yield the picture from its newest key frame on, see `Track.recent`."""
        return self.video.recent()

    def publisher_connected(self) -> None:
        """Nothing begins before the first packet."""

    def publisher_gone(self, publisher: Feeder) -> None:
        """Note that a publisher's session has ended; of no meaning for one that was replaced."""
        if publisher is self.publisher:
            self.publisher = None
            self._gone_away()

    def tick(self, now: float) -> None:
        """Notice silence and repeat requests; due every 50 ms or so."""
        if self.is_live and now - self._heard_at > self._bounds.stall_seconds:
            self._gone_away()
        self.layers.tick(now)
        if self.publisher is not None:
            self.publisher.ask_again(now)

    def sender_reports(self, now: float) -> dict[Kind, rtcp.SenderReport]:
        """Return what viewers are told of the clocks, as of now."""
        wall = self._wall(now)
        going = [t for t in self.tracks.values() if t.codec is not None]
        by_publisher = all(t.has_clock for t in going)
        found = {t.kind: t.sender_report(wall, now, by_publisher=by_publisher) for t in going}
        return {kind: report for kind, report in found.items() if report is not None}

    def keyframe(self, now: float) -> Keyframe | None:
        """Return the newest complete keyframe; asks for a fresh one when it is old."""
        if self.is_live and now - self.video.keyframe_at > STALE_KEYFRAME_SECONDS:
            self.request_keyframe()
        return self.latest_keyframe()

    def fresh_keyframe(self, now: float) -> tuple[Keyframe, float] | None:
        """Return the newest complete keyframe and its age in seconds; asks for another when it is not new."""
        frame = self.latest_keyframe()
        if self.is_live and (frame is None or now - self._keyframe_at > FRESH_KEYFRAME_SECONDS):
            self.request_keyframe()
        return (frame, now - self._keyframe_at) if frame else None

    def latest_keyframe(self) -> Keyframe | None:
        """Return the newest complete keyframe, whatever its age."""
        backlog = self.video.backlog
        start = backlog.keyframe
        if start >= 0 and (self._keyframe is None or self._keyframe[0] != start):
            frame = assemble(backlog, start)
            if frame is not None:
                self._keyframe, self._keyframe_at = (start, frame), self.video.keyframe_at
        return self._keyframe[1] if self._keyframe else None

    def close(self) -> None:
        """End: no sink hears anything more."""
        self._gate.close()
        self.layers.close()
        self.sinks.clear()
        for track in self.tracks.values():
            track.backlog.close()
        self.publisher = None
        self.is_live = False

    def _wall(self, now: float) -> float:
        return self._epoch + now

    def _ask_publisher(self) -> None:
        if self.publisher is not None:
            self.keyframe_requests += 1
            self.publisher.request_keyframe(self.layers.leading.source if self.layers.leading else None)

    def _ask_source(self, source: Source) -> None:
        if self.publisher is not None:
            self.keyframe_requests += 1
            self.publisher.request_keyframe(source)

    def _gone_away(self) -> None:
        if self.is_live:
            self.is_live = False
            self._rate.stop()
            self._on_away()
