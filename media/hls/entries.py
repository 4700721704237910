"""One entry of a media playlist."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One media sequence number: a segment, a stretch of one, or a piece of a gap, which has no parts.

    `start` is media time in seconds, `first` and `count` say which parts of the segment, `discontinuities`
    how many changes of section lie before its end.
    """

    number: int
    start: float
    duration: float
    section: int
    discontinuities: int
    segment: int
    first: int
    count: int
    is_whole: bool
    video_bytes: int
    audio_bytes: int

    @property
    def end(self) -> float:
        """Seconds on the timeline."""
        return self.start + self.duration

    @property
    def is_gap(self) -> bool:
        """Whether nothing was sent."""
        return self.count == 0


ENTRY_LAYOUT = "<IddHHIIH?II"
PART_LAYOUT = "<ddQII?"
