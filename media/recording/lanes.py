"""Where the frames of one kind wait until a part is cut, and how long each of them is."""

from __future__ import annotations

from dataclasses import dataclass, field

from media.codecs import OPUS_SILENCE, Kind
from media.recording.clock import CLOCK_RATES
from media.recording.frames import Frame
from media.recording.mp4 import Sample

NOMINAL_SECONDS = {Kind.AUDIO: 0.02, Kind.VIDEO: 1 / 30}
TICK_SECONDS = 1 / CLOCK_RATES[Kind.AUDIO]
"""Places are rounded to ticks: what is half a frame apart may seem to be a little more."""
SILENT_SECONDS = 0.5
"""Sound that has not come for so long is taken for silence."""
SILENCE = Frame(0, OPUS_SILENCE, True, b"", 0, 0)
FIRST_HYBRID, FIRST_CELT = 12, 16
"""Configurations of Opus."""
LONGEST_SECONDS = 0.12


@dataclass(slots=True)
class Lane:
    """The samples of one kind that are not in a part yet; the last waits to learn how long it is."""

    kind: Kind
    samples: list[Sample] = field(default_factory=list)
    start: int = 0
    newest: int | None = None
    _open: Frame | None = None
    _shift: int = 0

    def add(self, second: float, frame: Frame) -> None:
        """Take the next frame; one that is to be shown before the last one gets a place behind it all the
        same."""
        wanted = round(second * CLOCK_RATES[self.kind])
        ticks = wanted if self.newest is None else max(wanted, self.newest + 1)
        self._end_open(ticks)
        self._open, self.newest, self._shift = frame, ticks, wanted - ticks

    def take(self, *, until: float | None) -> tuple[list[Sample], int]:
        """Return the samples and where they begin; the open one only if it is to end at `until`."""
        if until is not None:
            self._end_open(round(until * CLOCK_RATES[self.kind]))
        samples, start, self.samples = self.samples, self.start, []
        return samples, start

    def end_by_itself(self) -> float | None:
        """Return where the open sample ends if nothing follows it."""
        if self._open is None or self.newest is None:
            return None
        return self.newest / CLOCK_RATES[self.kind] + NOMINAL_SECONDS[self.kind]

    @property
    def last_second(self) -> float | None:
        """Where the newest frame lies."""
        return None if self.newest is None else self.newest / CLOCK_RATES[self.kind]

    def _end_open(self, ticks: int) -> None:
        if self._open is None or self.newest is None:
            return
        if not self.samples:
            self.start = self.newest
        duration = max(1, ticks - self.newest)
        self.samples.append(Sample(self._open.data, duration, self._open.is_keyframe, self._shift))
        self._open = None


class SoundLane(Lane):
    """The sound, with silence where none comes."""

    def __init__(self) -> None:
        super().__init__(Kind.AUDIO)
        self.silent_until = 0.0
        """Sound of before this second comes too late: silence is in its place."""
        self._heard_seconds = 0.0
        self._is_silent = False
        """Whether the newest frame is silence. Its place would not tell: that is rounded to ticks."""

    def hear(self, second: float, frame: Frame) -> None:
        """Take a frame of sound; silence before it reaches up to it, to within half a frame.

        What begins before the last frame ends, as after a correction of the clock, is put behind it, or left
        out if that would move it by more than half a frame: decoders have no use for two sounds at a time.
        """
        if self._is_silent and self.end_by_itself() is not None:
            self._fill(self.silent_until, second - NOMINAL_SECONDS[Kind.AUDIO] / 2)
        late = 0.0 if self.last_second is None else self.last_second + self._heard_seconds - second
        length = opus_seconds(frame.data)
        if late <= length / 2 + TICK_SECONDS:
            self.add(second + max(0.0, late), frame)
            self._heard_seconds, self._is_silent = length, False

    def fill(self, start: float, end: float) -> None:
        """Put silence where there was no sound from `start`, or from the last frame that waits, to `end`."""
        heard, open_end = self.last_second, self.end_by_itself()
        if heard is None or self._is_silent or end - heard >= SILENT_SECONDS:
            self._fill(start if open_end is None else open_end, end)

    def _fill(self, second: float, end: float) -> None:
        while second < end - TICK_SECONDS:
            self.add(second, SILENCE)
            second += NOMINAL_SECONDS[Kind.AUDIO]
            self.silent_until, self._heard_seconds = second, NOMINAL_SECONDS[Kind.AUDIO]
            self._is_silent = True


def opus_seconds(packet: bytes) -> float:
    """Return how long a packet of Opus sounds (RFC 6716 section 3.1); 20 ms for what is none."""
    if not packet:
        return NOMINAL_SECONDS[Kind.AUDIO]
    config, code = packet[0] >> 3, packet[0] & 3
    if config < FIRST_HYBRID:
        milliseconds = (10.0, 20.0, 40.0, 60.0)[config & 3]
    elif config < FIRST_CELT:
        milliseconds = (10.0, 20.0)[config & 1]
    else:
        milliseconds = (2.5, 5.0, 10.0, 20.0)[config & 3]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 1)[code]
    seconds = count * milliseconds / 1000
    return seconds if 0 < seconds <= LONGEST_SECONDS else NOMINAL_SECONDS[Kind.AUDIO]
