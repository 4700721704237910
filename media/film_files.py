"""The files of recordings in a folder of this machine, for those who play them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path


class FolderFiles:
    """Reads from below one folder; names come from our own records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return a stretch of a file, shorter at its end; `OSError` when it is not there."""
        return await asyncio.to_thread(self._read, name, offset, size)

    def _read(self, name: str, offset: int, size: int) -> bytes:
        with (self._folder / name).open("rb") as file:
            return os.pread(file.fileno(), size, offset)
