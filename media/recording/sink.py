"""Where the relay's packets leave for the writing process: the recorder's end of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from media.backlog import MediaPacket
from media.codecs import Kind
from media.layer import PacketSink
from media.recording import feed

ASK_SECONDS = 1.0
"""The shortest time between two wishes for a key frame."""


class Pipe(Protocol):
    """The way to the writing process."""

    @property
    def is_full(self) -> bool:
        """Whether so much waits already that packets are rather lost."""

    def send(self, frame: bytes) -> None:
        """Send a frame; what goes nowhere because the process is away is lost."""

    def now(self) -> float:
        """Return the time as the feed has it, in seconds."""

    def lose(self, packets: int) -> None:
        """Count packets that were not recorded."""


class Recordable(Protocol):
    """A publication."""

    @property
    def kinds(self) -> frozenset[Kind]: ...
    @property
    def sinks(self) -> list[PacketSink]: ...
    def recent(self) -> Iterator[tuple[MediaPacket, float]]: ...
    def request_keyframe(self) -> None: ...


class RecordingSink:
    """Packs a publication's packets for the pipe. When that is full the picture goes on at a key frame.

    Key frames are asked for as often as segments are to begin; most publishers send none by themselves.
    """

    def __init__(self, number: int, pipe: Pipe, publication: Recordable, keyframe_seconds: float) -> None:
        self.number = number
        self.is_hushed = False
        """Whether silence is recorded in place of sound."""
        self._pipe = pipe
        self._publication = publication
        self._keyframe_seconds = keyframe_seconds
        self._keyframe_at = self._asked_at = pipe.now()
        self._skips_to_keyframe = False

    def attach(self, ahead: float) -> None:
        """Begin, with the newest key frame and what followed; `ahead` is the feed's clock less the loop's."""
        for packet, at in self._publication.recent():
            self._pipe.send(feed.packet_frame(self.number, packet, at + ahead))
        self._publication.sinks.append(self)

    def attach_anew(self) -> None:
        """Begin with what comes from now on: nothing of before may be kept. A key frame is asked for."""
        self._skips_to_keyframe = True
        self._publication.sinks.append(self)
        self._publication.request_keyframe()

    def detach(self) -> None:
        """End."""
        if self in self._publication.sinks:
            self._publication.sinks.remove(self)

    def take(self, packet: MediaPacket) -> None:
        """Pass a packet on, or lose it while the writer cannot keep up."""
        now = self._pipe.now()
        if packet.kind is Kind.VIDEO:
            self._look_for_keyframe(packet, now)
        is_full = self._pipe.is_full
        self._skips_to_keyframe |= is_full
        if is_full or (self._skips_to_keyframe and packet.kind is Kind.VIDEO):
            self._pipe.lose(1)
            return
        if self.is_hushed and packet.kind is Kind.AUDIO:
            packet = packet.hushed()
        self._pipe.send(feed.packet_frame(self.number, packet, now))

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Pass on what the publisher says of its clock."""
        if not self._pipe.is_full:
            self._pipe.send(feed.clock_frame(self.number, kind, timestamp, seconds))

    def ask(self) -> None:
        """Ask for a key frame, unless one was asked for just now."""
        if self._pipe.now() - self._asked_at >= ASK_SECONDS:
            self._asked_at = self._pipe.now()
            self._publication.request_keyframe()

    def _look_for_keyframe(self, packet: MediaPacket, now: float) -> None:
        if packet.begins_keyframe:
            self._keyframe_at = now
            self._skips_to_keyframe = False
        elif now - self._keyframe_at >= self._keyframe_seconds:
            self.ask()
