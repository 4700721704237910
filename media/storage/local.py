"""The folder of recordings: sections are read, deleted and, for films that are brought along, put there.

Nothing outside the folder is ever opened: names are of one shape, and links are not followed. The writing
process makes the sections itself and needs none of this.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from config.errors import Missing
from media.storage.names import FILE, RECORDING, check_recording, split_name
from media.storage.store import Stored, check_range

COPY_BYTES = 1 << 20
MOVED = ".moved"
"""Ending of the empty file that says: the section beside it lies in the object store, whole and checked."""
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Nothing there, or a link where a file or a folder should be."""
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalStore:
    """The folder with a folder for each recording; a `Store`. All work is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        """Return where a section lies or would lie."""
        recording, file = split_name(name)
        return self._folder / recording / file

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset` on, fewer only where the file ends now."""
        check_range(offset, size)
        return await asyncio.to_thread(self._read, name, offset, size)

    async def put(self, path: Path, name: str) -> Stored:
        """Copy a file in; it appears under its name at once and synced, or not at all."""
        return await asyncio.to_thread(self._put, path, self.path(name))

    async def delete_all(self, recording: str) -> None:
        """Delete the recording's folder; it is gone from the disk when this returns."""
        await asyncio.to_thread(self._delete_all, check_recording(recording))

    async def recordings(self) -> list[str]:
        """Return the names of all folders here that may be those of recordings."""
        return await asyncio.to_thread(self._recordings)

    async def old(self, before: float) -> list[str]:
        """Return the names of all sections here that were written last before that Unix time."""
        return await asyncio.to_thread(self._old, before)

    async def exists(self, name: str) -> bool:
        """Return whether the section lies here."""
        try:
            await self.size(name)
        except Missing:
            return False
        return True

    async def size(self, name: str) -> int:
        """Return the length of the file now."""
        return await asyncio.to_thread(self._size, name)

    async def mark_moved(self, name: str) -> None:
        """Note, for a later start, that the section lies in the object store and need not be kept here."""
        await asyncio.to_thread(self._mark, name)

    async def marked(self) -> list[str]:
        """Return the names of all sections that were marked and not deleted yet."""
        return await asyncio.to_thread(self._marked)

    async def delete(self, name: str) -> None:
        """Delete one section and its mark, and its folder when that is empty then."""
        await asyncio.to_thread(self._delete, name)

    def _read(self, name: str, offset: int, size: int) -> bytes:
        with self._opened(name) as file:
            return os.pread(file, size, offset)

    def _size(self, name: str) -> int:
        with self._opened(name) as file:
            return os.fstat(file).st_size

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        recording, file = split_name(name)
        with (
            _descriptor(self._folder / recording, FOLDER_FLAGS) as folder,
            _descriptor(file, FILE_FLAGS, folder) as opened,
        ):
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise _missing()
            yield opened

    def _put(self, source: Path, target: Path) -> Stored:
        target.parent.mkdir(parents=True, exist_ok=True)
        growing = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with source.open("rb") as file, growing.open("xb") as copy:
                stored = _copy(file, copy)
            growing.replace(target)
        finally:
            growing.unlink(missing_ok=True)
        _sync(target.parent)
        _sync(self._folder)
        return stored

    def _delete_all(self, recording: str) -> None:
        folder = self._folder / recording
        with suppress(FileNotFoundError):
            if folder.is_symlink():
                folder.unlink()
            else:
                shutil.rmtree(folder)
            _sync(self._folder)

    def _recordings(self) -> list[str]:
        names = (path.name for path in self._folder.glob("*/"))
        return sorted(name for name in names if RECORDING.fullmatch(name))

    def _old(self, before: float) -> list[str]:
        found = list[str]()
        for recording in self._recordings():
            for path in (self._folder / recording).iterdir():
                with suppress(FileNotFoundError):  # it has just moved
                    is_section = FILE.fullmatch(path.name) and stat.S_ISREG((facts := path.lstat()).st_mode)
                    found += [f"{recording}/{path.name}"] if is_section and facts.st_mtime < before else []
        return sorted(found)

    def _mark(self, name: str) -> None:
        path = self.path(name)
        path.with_name(path.name + MOVED).touch()
        _sync(path.parent)

    def _marked(self) -> list[str]:
        names = (path.relative_to(self._folder) for path in self._folder.glob(f"*/*{MOVED}"))
        return sorted(name.as_posix().removesuffix(MOVED) for name in names)

    def _delete(self, name: str) -> None:
        recording, file = split_name(name)
        with suppress(Missing), _descriptor(self._folder / recording, FOLDER_FLAGS) as folder:
            for each in (file, file + MOVED):
                with suppress(FileNotFoundError):
                    os.unlink(each, dir_fd=folder)
            os.fsync(folder)
        with suppress(OSError):  # there is more in it, or somebody was faster
            (self._folder / recording).rmdir()
        _sync(self._folder)


@contextmanager
def _descriptor(path: Path | str, flags: int, folder: int | None = None) -> Iterator[int]:
    """Open what is there and no link, or raise `Missing`."""
    try:
        opened = os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in ABSENT:
            raise _missing() from None
        raise
    try:
        yield opened
    finally:
        os.close(opened)


def _copy(source: BinaryIO, target: BinaryIO) -> Stored:
    digest, size = hashlib.sha256(), 0
    while data := source.read(COPY_BYTES):
        target.write(data)
        digest.update(data)
        size += len(data)
    target.flush()
    os.fsync(target.fileno())
    return Stored(size, digest.hexdigest())


def _sync(folder: Path) -> None:
    """Make what was made or deleted in a folder survive a power cut."""
    with suppress(Missing), _descriptor(folder, FOLDER_FLAGS) as opened:
        os.fsync(opened)


def _missing() -> Missing:
    return Missing("There is no such section.", code="no_section")
