"""Puts the parts of a recording on one timeline of playlist entries, the same from wherever they come.

An entry is one media sequence number: a segment, a stretch of one that is longer than the target duration,
or a piece of a gap. Entries follow from the parts alone, so a restarted server numbers them like the one
before it. The durations of all entries before one add up to its second on the timeline, give or take
`GAP_SECONDS`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, floor

from media.hls.entries import ENTRY_LAYOUT, Entry
from media.hls.packed import Packed
from media.hls.pieces import Pieces
from media.hls.rates import Rates
from media.recording.facts import GAP_SECONDS, Part, Section

MIN_TARGET_SECONDS = 4
"""Lowest target duration: segments of two seconds from publishers whose key frames come a little late."""
MAX_TARGET_SECONDS = 10
"""Highest target duration; players wait three of them at each start."""
PART_TARGET_SECONDS = 0.35
LEAD_SECONDS = 0.5
"""A recording that begins so much after its show has a gap in front."""


class Timeline:
    """All entries of one recording; fed in order, never shortened.

    Nothing is listed before the first segment has ended (or lasts longer than any target duration may be),
    because the target duration is taken from it and must never change (RFC 8216bis, 6.2.1).

    One that follows a `leader`, the timeline of the same show in another size, has its target duration, which
    must be known, and numbers discontinuities as that one does at the same second: 6.2.4 wants both alike.
    """

    def __init__(self, leader: Timeline | None = None) -> None:
        self.sections: dict[int, Section] = {}
        self.target_seconds: int = leader.target_seconds if leader else 0
        self.part_target: float = leader.part_target if leader else PART_TARGET_SECONDS
        self.has_slices = False
        self.closed: Packed[Entry] = Packed(Entry, ENTRY_LAYOUT)
        self.pieces = Pieces()
        self.rates = Rates()
        self.lead = 0
        """Entries of the gap in front of all."""
        self._from = 0
        self._listed = 0
        self._position = 0.0
        self._section: int | None = None
        self._discontinuities = 0
        self._leader = leader

    def add_section(self, section: Section) -> None:
        """Take a new file in."""
        self.sections[section.number] = section

    def add_part(self, section: int, segment: int, part: Part) -> None:
        """Take the next part in; the first of another segment ends the one before, and late ones are lost."""
        if segment < self.pieces.newest:
            return
        if segment != self.pieces.newest:
            self.end_segment()
        self.pieces.add(section, segment, part)
        self.part_target = max(self.part_target, ceil(part.duration * 100 - 1e-6) / 100)
        if not self.target_seconds and self._first_seconds() >= MAX_TARGET_SECONDS + 0.5:
            self.target_seconds = MAX_TARGET_SECONDS
        self._list_parts()

    def end_segment(self) -> None:
        """Close the segment that grows; without one nothing happens."""
        if not self.pieces.is_growing:
            return
        self.pieces.end()
        if not self.target_seconds:
            rounded = floor(self._first_seconds() + 0.5)
            self.target_seconds = min(MAX_TARGET_SECONDS, max(MIN_TARGET_SECONDS, rounded))
        self._list_parts()
        self._close(ends_segment=True)

    @property
    def is_listed(self) -> bool:
        """Whether an entry is whole that is no gap; players take no playlist without one."""
        return len(self.closed) > self.lead

    @property
    def growing(self) -> Entry | None:
        """The entry whose parts are listed while its end is not known."""
        return self._entry(is_whole=False) if self._listed > self._from else None

    @property
    def end(self) -> float:
        """Where what is listed ends, in seconds of playlist positions."""
        growing = self.growing
        return self._position + (growing.duration if growing else 0.0)

    def has_stretch(self, segment: int, first: int, count: int) -> bool:
        """Whether an entry is made of exactly these parts of a segment that is too long for one."""
        at = bisect_left(self.closed, (segment, first, 1), key=lambda it: (it.segment, it.first, it.count))
        found = self.closed[at] if at < len(self.closed) else None
        return found is not None and (found.segment, found.first, found.count) == (segment, first, count)

    def discontinuities_at(self, second: float) -> int:
        """Return how many changes of section lie before a second that was written, or before all that is."""
        growing = self.growing
        if growing is not None and second >= growing.start:
            return growing.discontinuities
        at = bisect_right(self.closed, second, key=lambda entry: entry.start)
        return self.closed[at - 1].discontinuities if at else 0

    def _first_seconds(self) -> float:
        return self.pieces.all[-1].end - self.pieces.all[0].start

    def _list_parts(self) -> None:
        while self.target_seconds and self._listed < len(self.pieces.all):
            part = self.pieces.all[self._listed]
            if self._listed == self._from:
                self._begin(part)
            elif part.end - self.pieces.all[self._from].start >= self.target_seconds + 0.5:
                self._close(ends_segment=False)
                continue
            self._listed += 1

    def _begin(self, part: Part) -> None:
        """Begin an entry: fill what lies between, and count the change of section."""
        section = self.pieces.section_at(self._listed)
        if self._section is None:
            self._section = section
        lead = part.start - self._position
        is_first = not self.closed
        if lead >= (LEAD_SECONDS if is_first else GAP_SECONDS):
            self._fill(lead, part)
        if is_first:
            self.lead = len(self.closed)
        if section != self._section:
            self._section, self._discontinuities = section, self._discontinuities + 1
        self._follow(part.start)

    def _follow(self, second: float) -> None:
        """Number discontinuities as the leader does. Another file of one's own is none then.

        It only should be one (4.4.4.3), as the time and the tracks go on in it; numbers must agree (6.2.4).
        """
        if self._leader is not None:
            known = self.closed[-1].discontinuities if self.closed else 0
            self._discontinuities = max(known, self._leader.discontinuities_at(second))

    def _fill(self, seconds: float, part: Part) -> None:
        pieces = ceil(seconds / self.target_seconds)
        for piece in range(pieces):
            start = part.start - seconds + seconds * piece / pieces
            self._follow(start)
            self.closed.append(Entry(
                len(self.closed), start, seconds / pieces, self._section or 0, self._discontinuities,
                self.pieces.newest, 0, 0, True, 0, 0))
        self._position += seconds

    def _close(self, *, ends_segment: bool) -> None:
        entry = self._entry(is_whole=ends_segment)
        if entry.count:
            self.has_slices |= not entry.is_whole
            self.closed.append(entry)
            self.rates.add(entry, self.target_seconds)
            self._position += entry.duration
            self._from = self._listed

    def _entry(self, *, is_whole: bool) -> Entry:
        parts = self.pieces.all[self._from : self._listed]
        segment, first = self.pieces.place(self._from)
        start = parts[0].start if parts else 0.0
        return Entry(
            len(self.closed), start, parts[-1].end - start if parts else 0.0, self._section or 0,
            self._discontinuities, segment, first, len(parts), is_whole and first == 0,
            sum(part.video_bytes for part in parts), sum(part.audio_bytes for part in parts))
