"""Makes one WebM of the sections of a recording, with an index, without writing it: what comes first, and
where the rest is.

Browsers seek in WebM by its cues, which no growing file can have. So they are made when the recording is
asked for, stand before the clusters, and these are read from the files of the sections.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from media.codecs import Kind
from media.recording.ebml import identifier, read_head, size_of
from media.recording.facts import Segment
from media.recording.tracks import TRACK_IDS
from media.recording.webm import CLUSTER, CUES, EBML, SEGMENT, TRACKS, info

CUE = struct.Struct("!BB BBQ BB BBB BBQ")
"""A cue with two numbers of eight bytes, the time and the place: it must be known how long it is before they
are."""
CUE_POINT, CUE_TIME, CUE_TRACK_POSITIONS, CUE_TRACK, CUE_CLUSTER_POSITION = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
ONE_BYTE, EIGHT_BYTES = 0x81, 0x88
SIZE_BYTES = 8
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a section's file."""

    section: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class VirtualFile:
    """A file that is `head` and then the bytes of `ranges`."""

    head: bytes
    ranges: tuple[Range, ...]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.head) + sum(piece.length for piece in self.ranges)

    def slices(self, start: int, end: int) -> Iterator[bytes | Range]:
        """Yield what the bytes from `start` up to `end` are made of, in order."""
        if head := self.head[start:end]:
            yield head
        after = len(self.head)
        yield from slices(self.ranges, max(0, start - after), max(0, end - after))


def virtual_file(init: bytes, segments: Sequence[Segment]) -> VirtualFile:
    """Return the whole recording as one file; `init` is that of a section that has all the tracks there are.

    It begins at the first segment and is as long as the timeline up to the end of the last one. Raises
    `ValueError` when `init` is not the beginning of a WebM file or there are no segments.
    """
    if not segments:
        raise ValueError("nothing was recorded")
    ranges = tuple(ranges_of(segments))
    ends = list(accumulate((segment.size for segment in segments), initial=0))
    cues = [(s.start, place) for s, place in zip(segments, ends, strict=False) if s.parts[0].is_independent]
    described = info(segments[-1].parts[-1].end * MILLISECONDS) + _element_of(init, TRACKS)
    index_bytes = len(_index([], 0)) + CUE.size * len(cues)
    before_clusters = len(described) + index_bytes
    body = described + _index(cues, before_clusters)
    segment_size = size_of(before_clusters + ends[-1], SIZE_BYTES)
    return VirtualFile(_element_of(init, EBML) + identifier(SEGMENT) + segment_size + body, ranges)


def slices(ranges: Iterable[Range], start: int, end: int) -> Iterator[Range]:
    """Yield the bytes from `start` up to `end` of ranges that are strung together."""
    before = 0
    for piece in ranges:
        first, last = max(0, start - before), min(piece.length, end - before)
        if first < last:
            yield Range(piece.section, piece.offset + first, last - first)
        before += piece.length
        if before >= end:
            return


def ranges_of(segments: Sequence[Segment]) -> Iterator[Range]:
    """Yield where the segments lie, those in a row as one."""
    open_range: Range | None = None
    for segment in segments:
        if open_range and (open_range.section, open_range.offset + open_range.length) == (
            segment.section, segment.offset
        ):  # fmt: skip
            open_range = Range(segment.section, open_range.offset, open_range.length + segment.size)
            continue
        if open_range:
            yield open_range
        open_range = Range(segment.section, segment.offset, segment.size)
    if open_range:
        yield open_range


def _index(cues: Sequence[tuple[float, int]], first_cluster: int) -> bytes:
    """Return the cues: seconds, and places behind the first cluster, which is at `first_cluster`."""
    points = [
        CUE.pack(
            CUE_POINT, 0x80 | CUE.size - 2, CUE_TIME, EIGHT_BYTES, round(second * MILLISECONDS),
            CUE_TRACK_POSITIONS, 0x80 | 13, CUE_TRACK, ONE_BYTE, TRACK_IDS[Kind.VIDEO],
            CUE_CLUSTER_POSITION, EIGHT_BYTES, first_cluster + place,
        )
        for second, place in cues
    ]  # fmt: skip
    return identifier(CUES) + size_of(CUE.size * len(points), SIZE_BYTES) + b"".join(points)


def _element_of(init: bytes, wanted: int) -> bytes:
    """Return an element of the beginning of a file, at its top or in its segment."""
    position = 0
    while head := read_head(init, position):
        end = head.content if head.kind == SEGMENT or head.size is None else head.content + head.size
        if head.kind == CLUSTER or end > len(init):
            break
        if head.kind == wanted:
            return init[position:end]
        position = end
    raise ValueError("not the beginning of a WebM file")
