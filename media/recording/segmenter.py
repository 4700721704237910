"""Cuts frames into parts and segments: where a file may be split, shown and begun.

A part ends before the frame with which it would be longer than a third of a second or so. A segment ends
before the first key frame after two seconds, before one that brings other parameters, and where nothing was
sent. The picture leads; where there is none, or it stands still, the sound does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from media.codecs import Codec, Kind
from media.recording.clock import CLOCK_RATES
from media.recording.frames import Frame
from media.recording.mp4 import Sample

PART_SECONDS = 0.35
"""No part is longer, unless its one frame is."""
STILL_SECONDS = 2.5
"""A picture that does not change for so long does not lead any more."""
WAIT_SECONDS, PATIENT_SECONDS = 0.6, 2.5
"""How long a beginning waits for the other kind: for one that may not come at all, and for one that was
promised.
"""
EARLY_SECONDS = 0.1
"""A key frame that comes so much before a segment is long enough ends it all the same."""
LEAST_SECONDS = 0.001
"""Of a part: what comes out of order makes none that ends before it begins."""
NOMINAL_SECONDS = {Kind.AUDIO: 0.02, Kind.VIDEO: 1 / 30}


class Placed(NamedTuple):
    """A frame and where it lies on the timeline."""

    codec: Codec
    second: float
    frame: Frame


@dataclass(frozen=True, slots=True)
class Setup:
    """What a section must say at its beginning: other frames need another section."""

    video: Codec | None
    record: bytes
    width: int
    height: int
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """The frames of one part. The starts are in ticks of the kind's clock; `setup` is the section it belongs
    into."""

    start: float
    duration: float
    video: list[Sample]
    video_start: int
    audio: list[Sample]
    audio_start: int
    setup: Setup
    ends_segment: bool


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


class Segmenter:
    """Takes the frames of one recording in the order of each kind and gives pieces back."""

    def __init__(self, segment_seconds: float, promised: frozenset[Kind] = frozenset()) -> None:
        self._segment_seconds = segment_seconds
        self._promised = promised
        self._lanes = {kind: Lane(kind) for kind in Kind}
        self._held: list[Placed] = []
        self._seen: set[Kind] = set()
        self._setup: Setup | None = None
        self._part_start = self._segment_start = 0.0
        self._awaits_picture = False
        """Whether a segment has begun for a key frame that is yet to be put into it."""

    @property
    def is_open(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._held) or any(lane.end_by_itself() is not None for lane in self._lanes.values())

    def take(self, placed: Placed) -> list[Piece]:
        """Take a frame; return what is complete by it."""
        self._seen.add(placed.codec.kind)
        if self._setup is None:
            return self._wait(placed)
        if placed.codec.kind is Kind.VIDEO:
            return self._take_video(placed)
        return self._take_audio(placed)

    def settle(self) -> list[Piece]:
        """Return what is left: nothing more comes, or not for a while. What comes then begins a segment."""
        pieces = self._begin() if self._setup is None and self._held else []
        ends = [end for lane in self._lanes.values() if (end := lane.end_by_itself()) is not None]
        if self._setup is not None and ends:
            pieces.append(self._cut(max(ends), ends_segment=True, is_last=True))
        self._setup = None
        self._seen.clear()
        return pieces

    def _wait(self, placed: Placed) -> list[Piece]:
        """Hold the first frames until both kinds have come, or one has waited long enough for the other."""
        if placed.codec.kind is Kind.VIDEO and not placed.frame.is_keyframe and not self._holds_keyframe:
            return []
        self._held.append(placed)
        missing = set(Kind) - {held.codec.kind for held in self._held}
        patience = PATIENT_SECONDS if missing & self._promised else WAIT_SECONDS
        waited = placed.second - self._held[0].second
        return self._begin() if not missing or waited > patience else []

    @property
    def _holds_keyframe(self) -> bool:
        return any(held.codec.kind is Kind.VIDEO for held in self._held)

    def _begin(self) -> list[Piece]:
        """Begin with what was held: the picture with its key frame, the sound with the picture."""
        held, self._held = self._held, []
        first = next((placed for placed in held if placed.codec.kind is Kind.VIDEO), None) or held[0]
        self._start_segment(first, has_audio=any(placed.codec.kind is Kind.AUDIO for placed in held))
        pieces: list[Piece] = []
        for placed in held:
            if placed.second >= first.second - NOMINAL_SECONDS[Kind.AUDIO]:
                pieces += self.take(placed)
        return pieces

    def _start_segment(self, first: Placed, *, has_audio: bool) -> None:
        is_video = first.codec.kind is Kind.VIDEO
        before = self._setup
        if is_video:
            frame = first.frame
            self._setup = Setup(first.codec, frame.record, frame.width, frame.height, has_audio)
        elif before is None or before.video is None:
            self._setup = Setup(None, b"", 0, 0, has_audio=True)
        self._awaits_picture = is_video
        self._part_start = self._segment_start = first.second

    def _take_video(self, placed: Placed) -> list[Piece]:
        lane, second, pieces = self._lanes[Kind.VIDEO], placed.second, []
        if self._setup is None or (self._setup.video is None and not placed.frame.is_keyframe):
            return []
        if self._ends_segment(placed):
            pieces = [self._cut(second, ends_segment=True)]
            self._start_segment(placed, has_audio=self._setup.has_audio or Kind.AUDIO in self._seen)
            self._seen.clear()
        elif lane.last_second is not None and self._would_be_long(second, second - lane.last_second):
            pieces = [self._cut(second, ends_segment=False)]
        self._awaits_picture = False
        lane.add(second, placed.frame)
        return pieces

    def _ends_segment(self, placed: Placed) -> bool:
        """Tell whether a segment ends before this frame."""
        if not placed.frame.is_keyframe or self._setup is None or self._awaits_picture:
            return False
        length = placed.second - self._segment_start
        return length >= self._segment_seconds - EARLY_SECONDS or not self._suits(placed, self._setup)

    @staticmethod
    def _suits(placed: Placed, setup: Setup) -> bool:
        frame = placed.frame
        return placed.codec is setup.video and frame.record == setup.record

    def _take_audio(self, placed: Placed) -> list[Piece]:
        lane, second, pieces = self._lanes[Kind.AUDIO], placed.second, []
        if self._setup is None or not self._setup.has_audio or second < self._segment_start - PART_SECONDS:
            return []
        if not self._is_led_by_picture(second) and self._would_be_long(second, NOMINAL_SECONDS[Kind.AUDIO]):
            is_long = second - self._segment_start >= self._segment_seconds and self._setup.video is None
            pieces = [self._cut(second, ends_segment=is_long)]
            if is_long:
                self._start_segment(placed, has_audio=True)
        lane.add(second, placed.frame)
        return pieces

    def _is_led_by_picture(self, second: float) -> bool:
        if self._setup is None or self._setup.video is None:
            return False
        newest = self._lanes[Kind.VIDEO].last_second
        return newest is None or second - newest < STILL_SECONDS

    def _would_be_long(self, second: float, frame_seconds: float) -> bool:
        """Tell whether a part that also holds the frame at `second` would be too long."""
        return second > self._part_start and second + frame_seconds - self._part_start > PART_SECONDS

    def _cut(self, second: float, *, ends_segment: bool, is_last: bool = False) -> Piece:
        """End the part at `second`. The picture's open frame ends there too; the sound's goes into the next
        part."""
        if self._setup is None:
            raise ValueError("nothing has begun")
        second = max(second, self._part_start + LEAST_SECONDS)
        leads = is_last or self._is_led_by_picture(second) or ends_segment
        video, video_start = self._lanes[Kind.VIDEO].take(until=second if leads else None)
        by_itself = self._lanes[Kind.AUDIO].end_by_itself()
        sound_ends = by_itself if is_last else second if self._setup.video is None else None
        audio, audio_start = self._lanes[Kind.AUDIO].take(until=sound_ends)
        piece = Piece(self._part_start, second - self._part_start, video, video_start, audio, audio_start,
                      self._setup, ends_segment)
        self._part_start = second
        return piece
