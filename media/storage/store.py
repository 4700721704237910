"""What a place for sections can do, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config.errors import Invalid

MAX_READ_BYTES = 64 << 20
"""The longest range that is read at once; a segment is a fiftieth of it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies in a store after `put`: its length, and the SHA-256 of all of it in hexadecimal."""

    bytes: int
    sha256: str


class Store(Protocol):
    """Keeps sections under names like `{recording}/{number:04d}.mp4`; raises `Invalid` for others.

    `Missing` says that there is no such section, `Busy` that the store does not answer.
    """

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset` on, fewer only where the section ends."""

    async def put(self, path: Path, name: str) -> Stored:
        """Keep a copy of the file at `path`; when it returns, the copy is whole and has been checked."""

    async def delete_all(self, recording: str) -> None:
        """Delete all sections of a recording, every version of them; none there is no error."""

    async def exists(self, name: str) -> bool:
        """Return whether there is such a section."""

    async def size(self, name: str) -> int:
        """Return the length of a section in bytes."""


def check_range(offset: int, size: int) -> None:
    """Raise `Invalid` for a range that nobody may ask for."""
    if offset < 0 or not 0 <= size <= MAX_READ_BYTES:
        raise Invalid("That range cannot be read.", code="range")
