"""Where the relay's packets leave for the writing process: the recorder's end of a publication."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from media.backlog import MediaPacket
from media.codecs import Kind
from media.layer import PacketSink
from media.recording import feed
from media.recording.feed import FedClock

ASK_SECONDS = 1.0
"""The shortest time between two wishes for a key frame."""
HELD_BYTES = 8 << 20
"""So much is held back at most; beyond it the recording goes on at the next key frame."""


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


class Held(NamedTuple):
    """What is not to be written yet, and when it came."""

    at: float
    what: MediaPacket | FedClock


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
        self._held: deque[Held] | None = None
        self._held_bytes = 0

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

    def attach_behind(self, held: Iterable[Held]) -> None:
        """Begin with what another sink held back, and go on with what comes."""
        for one in held:
            self._write(one)
        self._publication.sinks.append(self)

    def detach(self) -> None:
        """End."""
        if self in self._publication.sinks:
            self._publication.sinks.remove(self)

    @property
    def is_holding(self) -> bool:
        """Whether what comes is held back."""
        return self._held is not None

    @property
    def held_since(self) -> float:
        """When the first of what is held back came; infinitely late where there is none."""
        return self._held[0].at if self._held else math.inf

    def hold(self) -> None:
        """Hold back what comes, until it is released or given up."""
        self._held = deque() if self._held is None else self._held

    def release(self) -> None:
        """Pass on what was held back, and hold back nothing more."""
        self.release_until(math.inf)
        self._held = None

    def release_until(self, moment: float) -> None:
        """Pass on what came up to a moment, in the time of the feed."""
        while self._held and self._held[0].at <= moment:
            self._write(self._forget_first(self._held))

    def give_up(self) -> list[Held] | None:
        """Return what was held back, which is not passed on; None where nothing was to be."""
        held, self._held, self._held_bytes = self._held, None, 0
        return None if held is None else list(held)

    def take(self, packet: MediaPacket) -> None:
        """Pass a packet on, or lose it while the writer cannot keep up."""
        now = self._pipe.now()
        is_full = self._is_full()
        if packet.kind is Kind.VIDEO:
            self._look_for_keyframe(packet, now)
        self._skips_to_keyframe |= is_full
        if is_full or (self._skips_to_keyframe and packet.kind is Kind.VIDEO):
            self._pipe.lose(1)
            return
        if self.is_hushed and packet.kind is Kind.AUDIO:
            packet = packet.hushed()
        if self._held is None:
            self._pipe.send(feed.packet_frame(self.number, packet, now))
        else:
            self._held.append(Held(now, packet))
            self._held_bytes += len(packet.payload)

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        """Pass on what the publisher says of its clock."""
        if self._is_full():
            return
        told = Held(self._pipe.now(), FedClock(kind, timestamp, seconds))
        if self._held is None:
            self._write(told)
        else:
            self._held.append(told)

    def ask(self) -> None:
        """Ask for a key frame, unless one was asked for just now."""
        if self._pipe.now() - self._asked_at >= ASK_SECONDS:
            self._asked_at = self._pipe.now()
            self._publication.request_keyframe()

    def _is_full(self) -> bool:
        """Tell whether there is no room; what is held back in vain goes then."""
        if self._held is None:
            return self._pipe.is_full
        if self._held_bytes < HELD_BYTES:
            return False
        self._pipe.lose(len(self._held))
        self._held.clear()
        self._held_bytes = 0
        return True

    def _write(self, held: Held) -> None:
        if isinstance(held.what, FedClock):
            self._pipe.send(feed.clock_frame(self.number, *held.what))
            return
        is_hushed = self.is_hushed and held.what.kind is Kind.AUDIO
        packet = held.what.hushed() if is_hushed else held.what
        self._pipe.send(feed.packet_frame(self.number, packet, held.at))

    def _forget_first(self, held: deque[Held]) -> Held:
        first = held.popleft()
        self._held_bytes -= 0 if isinstance(first.what, FedClock) else len(first.what.payload)
        return first

    def _look_for_keyframe(self, packet: MediaPacket, now: float) -> None:
        if packet.begins_keyframe:
            self._keyframe_at = now
            self._skips_to_keyframe = False
        elif now - self._keyframe_at >= self._keyframe_seconds:
            self.ask()
