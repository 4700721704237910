"""The box, of which MP4 files are made (ISO/IEC 14496-12 section 4.2): writing one, finding those inside."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

HEADER = struct.Struct("!I4s")
"""Size with this header, and kind. Sizes beyond 32 bits are neither written nor read here."""
FULL = struct.Struct("!I4sI")
"""The same with a version in the upper eight bits of the last number and flags in the lower."""


class Box(NamedTuple):
    """Where a box lies in some bytes: all of it from `start` to `end`, its content from `content` on."""

    kind: bytes
    start: int
    content: int
    end: int


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box of four letters."""
    body = b"".join(content)
    return HEADER.pack(HEADER.size + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """Return a box with a version and flags."""
    body = b"".join(content)
    return FULL.pack(FULL.size + len(body), kind, version << 24 | flags) + body


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two places; raises `ValueError` at one that does not fit there."""
    stop = len(data) if end is None else end
    while start < stop:
        if stop - start < HEADER.size:
            raise ValueError("a torn box")
        size, kind = HEADER.unpack_from(data, start)
        if not HEADER.size <= size <= stop - start:
            raise ValueError("a box that does not fit")
        yield Box(kind, start, start + HEADER.size, start + size)
        start += size
