"""What a kill or a power cut has left of a section: torn ends are cut off, whole parts become segments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from media.recording.facts import Part, Section, Segment
from media.recording.scan import cut_torn, scan_section


def salvage(path: Path, section: Section, known_until: int, next_segment: int) -> list[Segment]:
    """Return the segments in the file behind `known_until`, numbered from `next_segment`; the file is synced.

    A file that is missing, or shorter than what is known of it, has none. Blocks while it reads and syncs.
    """
    if not path.exists() or path.stat().st_size < known_until:
        return []
    found = scan_section(path, max(known_until, section.init_bytes))
    cut_torn(path, found.good_bytes)
    return list(_segments(found.parts, section.number, next_segment))


def digest_of(path: Path) -> tuple[int, str]:
    """Return the length of a file and its SHA-256 in hexadecimal; blocks."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def _segments(parts: Sequence[Part], section: int, number: int) -> Iterator[Segment]:
    """Begin a segment with each part that decoding can begin with."""
    growing: list[Part] = []
    for part in parts:
        if growing and part.is_independent:
            yield Segment(number, section, tuple(growing))
            number, growing = number + 1, []
        growing.append(part)
    if growing:
        yield Segment(number, section, tuple(growing))
