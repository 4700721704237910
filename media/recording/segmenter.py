"""Cuts frames into parts and segments: where a file may be split, shown and begun.

A part ends before the frame with which it would be longer than a third of a second or so. A segment ends
before the first key frame after two seconds, before one that brings other parameters, and where nothing was
sent. The picture leads; where there is none, or it stands still, the sound does. A picture without sound gets
silence, so that players find the same tracks throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from media.codecs import Codec, Kind
from media.recording.frames import Frame
from media.recording.lanes import NOMINAL_SECONDS, Lane, SoundLane
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


class Placed(NamedTuple):
    """A frame and where it lies on the timeline."""

    codec: Codec
    second: float
    frame: Frame


@dataclass(frozen=True, slots=True)
class Setup:
    """What a section must say at its beginning: other pictures need another section; sound is always in."""

    video: Codec | None
    record: bytes
    width: int
    height: int


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


class Segmenter:
    """Takes the frames of one recording in the order of each kind and gives pieces back."""

    def __init__(self, segment_seconds: float, promised: frozenset[Kind] = frozenset()) -> None:
        self._segment_seconds = segment_seconds
        self._promised = promised
        self._picture, self._sound = Lane(Kind.VIDEO), SoundLane()
        self._held: list[Placed] = []
        self._setup: Setup | None = None
        self._part_start = self._segment_start = 0.0
        self._awaits_picture = False
        """Whether a segment has begun for a key frame that is yet to be put into it."""

    @property
    def is_open(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._held) or bool(self._open_ends)

    def take(self, placed: Placed) -> list[Piece]:
        """Take a frame; return what is complete by it."""
        if self._setup is None:
            return self._wait(placed)
        if placed.codec.kind is Kind.VIDEO:
            return self._take_video(placed)
        return self._take_audio(placed)

    def settle(self) -> list[Piece]:
        """Return what is left: nothing more comes, or not for a while. What comes then begins a segment."""
        pieces = self._begin() if self._setup is None and self._held else []
        if self._setup is not None and (ends := self._open_ends):
            pieces.append(self._cut(max(ends), ends_segment=True, is_last=True))
        self._setup = None
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
    def _open_ends(self) -> list[float]:
        """Return where what is not in a part yet ends if nothing more comes."""
        ends = [lane.end_by_itself() for lane in (self._picture, self._sound)]
        return [end for end in ends if end is not None]

    @property
    def _holds_keyframe(self) -> bool:
        return any(held.codec.kind is Kind.VIDEO for held in self._held)

    def _begin(self) -> list[Piece]:
        """Begin with what was held: the picture with its key frame, the sound with the picture."""
        held, self._held = self._held, []
        first = next((placed for placed in held if placed.codec.kind is Kind.VIDEO), None) or held[0]
        self._start_segment(first)
        pieces: list[Piece] = []
        for placed in held:
            if placed.second >= first.second - NOMINAL_SECONDS[Kind.AUDIO]:
                pieces += self.take(placed)
        return pieces

    def _start_segment(self, first: Placed) -> None:
        is_video = first.codec.kind is Kind.VIDEO
        before = self._setup
        if is_video:
            frame = first.frame
            self._setup = Setup(first.codec, frame.record, frame.width, frame.height)
        elif before is None or before.video is None:
            self._setup = Setup(None, b"", 0, 0)
        self._awaits_picture = is_video
        self._part_start = self._segment_start = first.second

    def _take_video(self, placed: Placed) -> list[Piece]:
        lane, second, pieces = self._picture, placed.second, []
        if self._setup is None or (self._setup.video is None and not placed.frame.is_keyframe):
            return []
        if self._ends_segment(placed):
            pieces = [self._cut(second, ends_segment=True)]
            self._start_segment(placed)
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
        second, pieces = placed.second, []
        if self._setup is None or second < max(self._segment_start - PART_SECONDS, self._sound.silent_until):
            return []
        if not self._is_led_by_picture(second) and self._would_be_long(second, NOMINAL_SECONDS[Kind.AUDIO]):
            is_long = second - self._segment_start >= self._segment_seconds and self._setup.video is None
            pieces = [self._cut(second, ends_segment=is_long)]
            if is_long:
                self._start_segment(placed)
        self._sound.hear(second, placed.frame)
        return pieces

    def _is_led_by_picture(self, second: float) -> bool:
        if self._setup is None or self._setup.video is None:
            return False
        newest = self._picture.last_second
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
        video, video_start = self._picture.take(until=second if leads else None)
        if self._setup.video is not None:
            self._sound.fill(self._part_start, second)
        by_itself = self._sound.end_by_itself()
        sound_ends = by_itself if is_last else second if self._setup.video is None else None
        audio, audio_start = self._sound.take(until=sound_ends)
        piece = Piece(self._part_start, second - self._part_start, video, video_start, audio, audio_start,
                      self._setup, ends_segment)
        self._part_start = second
        return piece
