"""Says where the bytes of a piece of one track lie in a recording's files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media.hls.tracks import Track, bytes_in
from media.recording.facts import Part


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a section's file, to be read at once, and what of it is wanted: beginnings and ends."""

    section: int
    offset: int
    size: int
    cuts: tuple[tuple[int, int], ...]

    def cut(self, data: bytes) -> bytes:
        """Return the wanted bytes of what was read; raise `ValueError` when that is short."""
        if len(data) != self.size:
            raise ValueError("the file is shorter than its index says")
        return b"".join(data[begin:end] for begin, end in self.cuts)


def place_of(track: Track, section: int, parts: Sequence[Part]) -> Place | None:
    """Return where the track's share of parts in a row lies; None when they have none of it."""
    spans = []
    for part in parts:
        begin = part.offset + (0 if track is Track.VIDEO else part.video_bytes)
        spans.append((begin, begin + bytes_in(track, part)))
    filled = [(begin, end) for begin, end in spans if end > begin]
    if not filled:
        return None
    offset = filled[0][0]
    cuts = tuple((begin - offset, end - offset) for begin, end in filled)
    return Place(section, offset, cuts[-1][1], cuts)
