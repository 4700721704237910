"""Finds the parts of a recording by segment and number, however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass

from media.hls.entries import PART_LAYOUT
from media.hls.packed import Packed
from media.recording.facts import Part


class Pieces:
    """Every part of a recording, in order; 29 bytes for each, 6 for each segment."""

    def __init__(self) -> None:
        self.all: Packed[Part] = Packed(Part, PART_LAYOUT)
        self.is_growing = False
        self.bytes = 0
        """What all of them are together."""
        self._firsts = array("I")
        self._sections = array("H")

    @property
    def newest(self) -> int:
        """The number of the newest segment; -1 before there is one."""
        return len(self._firsts) - 1

    def add(self, section: int, segment: int, part: Part) -> None:
        """Take in the next part of the newest segment, or the first of another; what is left out is empty."""
        while self.newest < segment:
            self._firsts.append(len(self.all))
            self._sections.append(section)
        self.is_growing = True
        self.bytes += part.video_bytes + part.audio_bytes
        self.all.append(part)

    def end(self) -> None:
        """Close the newest segment."""
        self.is_growing = False

    def count(self, segment: int) -> int:
        """Return how many parts of a segment are known so far; none of one that is not there."""
        if not 0 <= segment <= self.newest:
            return 0
        until = self._firsts[segment + 1] if segment < self.newest else len(self.all)
        return until - self._firsts[segment]

    def may_grow(self, segment: int) -> bool:
        """Whether parts of this segment may still come."""
        return segment > self.newest or (self.is_growing and segment == self.newest)

    def place(self, index: int) -> tuple[int, int]:
        """Return the segment of a part and its number there, by its place among all."""
        segment = max(0, bisect_right(self._firsts, index) - 1)
        return segment, index - (self._firsts[segment] if self._firsts else 0)

    def section_at(self, index: int) -> int:
        """Return the section of a part by its place among all."""
        return self._sections[self.place(index)[0]]

    def section(self, segment: int) -> int | None:
        """Return the section of a segment."""
        return self._sections[segment] if 0 <= segment <= self.newest else None

    def slice(self, segment: int, first: int, count: int) -> tuple[Part, ...]:
        """Return parts of a segment, as many of these as there are."""
        begin = self._firsts[segment] if self.count(segment) else 0
        return self.all[begin + first : begin + min(self.count(segment), first + count)]

    def before(self, segment: int, first: int, count: int) -> tuple[Part, ...]:
        """Return up to `count` parts that lie before a part of a segment in the same file."""
        until = self._firsts[segment] + first
        begin = until
        while begin > 0 and until - begin < count and self.section_at(begin - 1) == self._sections[segment]:
            begin -= 1
        return self.all[begin:until]

    @property
    def next_one(self) -> tuple[int, int]:
        """Segment and part that probably come next.

        A segment with as many parts as the one before it is taken to be complete.
        """
        known = self.count(self.newest)
        if not self.is_growing or (self.newest and known >= self.count(self.newest - 1) > 0):
            return self.newest + 1, 0
        return self.newest, known


@dataclass(frozen=True, slots=True)
class PieceId:
    """A segment (`12`), a part of it (`12.3`), or parts in a row (`12.0-9`)."""

    segment: int
    first: int = 0
    last: int | None = None
    is_part: bool = False

    @classmethod
    def parse(cls, text: str) -> PieceId:
        """Return what the last step of an address names; raise `ValueError` for another thing."""
        segment, _, parts = text.partition(".")
        if not parts:
            return cls(int(segment))
        first, _, last = parts.partition("-")
        return cls(int(segment), int(first), int(last or first), is_part=not last)
