"""A section's file as it is read after a kill: pieces of it, never the whole."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from media.recording.facts import Part

MAX_INIT_BYTES = 1 << 16
MAX_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds. A file without a whole beginning has no `init_bytes`, no parts and nothing good."""

    init_bytes: int
    parts: list[Part]
    good_bytes: int
    """Where the last whole part ends, or the beginning if there is none; what is behind is torn."""


NOTHING = Found(0, [], 0)


class SectionFile:
    """An open file of a known size."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._file).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def read(self, offset: int, count: int) -> bytes:
        """Return bytes from `offset` on, fewer at the end of the file; never more than a megabyte."""
        return os.pread(self._file, min(count, MAX_PIECE_BYTES), offset)
