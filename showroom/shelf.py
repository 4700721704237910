"""The shelf: files of calls in the data folder, under names that the fair makes."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from config.errors import Busy, Missing

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
PASSING = re.compile(NAME.pattern + r"\.part")
"""What a file is called while it is written."""


class DiskShelf:
    """Keeps each file in a folder named after its first two letters; what it holds is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, body: bytes) -> None:
        """Keep `body`; `Busy` (`disk_full`) when the disk does not take it."""
        try:
            await asyncio.to_thread(_write, self._path(name), body)
        except OSError:
            raise Busy("There is no room for files at the moment.", code="disk_full") from None

    async def read(self, name: str) -> bytes:
        """Return what was kept; `Missing` (`no_file`)."""
        try:
            return await asyncio.to_thread(self._path(name).read_bytes)
        except OSError:
            raise _missing() from None

    async def drop(self, name: str) -> None:
        """Forget what was kept, if it is there."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise _missing()
        return self._folder / name[:2] / name


def _write(path: Path, body: bytes) -> None:
    """Write beside it, sync, and give it its name at the end; nobody ever reads half a file."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _missing() -> Missing:
    return Missing("There is no such file.", code="no_file")
