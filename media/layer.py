"""One size of a picture that is sent in several at once: a track of its own for who takes no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from media.backlog import MediaPacket
from media.codecs import Kind, begins_keyframe
from media.keyframes import first_size
from media.rate import Rate
from media.rtp import RtpPacket
from media.source import Source
from media.track import Track

SILENCE_SECONDS, SILENT_FRAMES = 1.0, 8
"""An encoder that has given a size up sends nothing of it for so long, while others get so many frames. A
screen that stands still may be as quiet, but in all sizes."""
BYTES_PER_KBPS = 125


class PacketSink(Protocol):
    """Anything that takes packets: viewers, a recorder, another node. Must return soon and not raise."""

    def take(self, packet: MediaPacket) -> None:
        """Take the next packet."""

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Hear that a track's timestamp stands for this moment of its publisher's clock."""


class Pulse:
    """Counts the frames that a publisher sends, in whatever size."""

    def __init__(self) -> None:
        self.frames = 0


class Layer:
    """A size by its name (`rid`, RFC 8851). While nobody takes it, it costs no more than being looked at.

    Its numbers go on over publishers who call a size the same; `ask` asks for a key frame of it, at most once
    in a while and never in vain.
    """

    def __init__(
        self, name: str, track: Track, pulse: Pulse, ask: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        self.name = name
        self.track = track
        self.sinks: list[PacketSink] = []
        self.width = self.height = 0
        self.source: Source | None = None
        self.began_at = self.heard_at = float("-inf")
        self._pulse = pulse
        self._heard_frame = 0
        self._timestamp = -1
        self._ask = ask
        self._clock = clock
        self._rate = Rate()

    @property
    def kinds(self) -> frozenset[Kind]:
        """What it consists of."""
        return frozenset((Kind.VIDEO,))

    @property
    def is_live(self) -> bool:
        """Whether packets of it flow now."""
        if self.source is None:
            return False
        is_recent = self._clock() - self.heard_at < SILENCE_SECONDS
        return is_recent or self._pulse.frames - self._heard_frame < SILENT_FRAMES

    @property
    def kbps(self) -> int:
        """What it brings now."""
        return int(self._rate.bytes_per_second / BYTES_PER_KBPS) if self.is_live else 0

    @property
    def pixels(self) -> int:
        """How large it is, 0 while unknown."""
        return self.width * self.height

    def request_keyframe(self) -> None:
        """Ask for a key frame of this size."""
        self._ask()

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        """Yield the picture from its newest key frame on, each packet with the loop's time it came at."""
        return self.track.recent()

    def hear(self, source: Source, packet: RtpPacket, now: float) -> bool:
        """Note a packet of it; return whether a key frame begins there."""
        if source is not self.source:
            self.source, self.began_at = source, now
        if packet.timestamp != self._timestamp:
            self._timestamp = packet.timestamp
            self._pulse.frames += 1
        self.heard_at, self._heard_frame = now, self._pulse.frames
        self._rate.add(len(packet.payload), now)
        begins = begins_keyframe(source.codec, packet.payload)
        if begins and (size := first_size(source.codec, packet.payload)):
            self.width, self.height = size
        return begins

    def take(self, source: Source, number: int, packet: RtpPacket, now: float) -> None:
        """Give a packet of a source whose clock is known to all sinks."""
        if not self.sinks:
            self.track.restart()
            return
        media = self.track.take(source, number, packet, now)
        if media is None:
            if not self.track.began_with(source):
                self._ask()
            return
        for sink in list(self.sinks):
            sink.take(media)

    def take_report(self, source: Source, timestamp: int, seconds: float) -> None:
        """Tell the sinks what the publisher says of its clock."""
        ours = self.track.take_report(source, timestamp, seconds)
        if ours is not None:
            for sink in self.sinks:
                sink.take_clock(Kind.VIDEO, ours, seconds)

    def forget(self) -> None:
        """Expect another publisher."""
        self.source = None
        self.track.restart()
