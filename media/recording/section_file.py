"""One section's file as it grows: what is in it is whole parts, and what was synced survives a power cut."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Executor, Future
from pathlib import Path


class SectionFile:
    """A new file; `close` it. An error of the disk leaves it at the last whole part and comes through as
    `OSError`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._folder = path.parent
        self._is_new = True
        self._syncing: Future[int] | None = None
        self._failure: OSError | None = None
        self._digest = hashlib.sha256()
        self.size = 0
        """Bytes of whole parts."""
        self.synced = 0
        """Bytes that a power cut leaves."""

    def append(self, data: bytes) -> int:
        """Write all of `data` or nothing; return where it begins."""
        start, written = self.size, 0
        view = memoryview(data)
        try:
            while written < len(data):
                written += os.write(self._file, view[written:])
        except OSError:
            os.ftruncate(self._file, start)
            os.lseek(self._file, start, os.SEEK_SET)
            raise
        self.size += written
        self._digest.update(data)
        return start

    @property
    def sha256(self) -> str:
        """The hash of all bytes, in hexadecimal."""
        return self._digest.hexdigest()

    def sync(self, pool: Executor) -> None:
        """Begin to put on the disk what is not there yet, unless that is going on already."""
        if self._syncing is None and self.synced < self.size:
            self._syncing = pool.submit(self._flush, self.size, is_new=self._is_new)
            self._is_new = False

    def look(self) -> bool:
        """Tell whether a sync has come to its end since the last look; raises the `OSError` it ended with."""
        if self._syncing is None or not self._syncing.done():
            return False
        done, self._syncing = self._syncing, None
        try:
            self.synced = done.result()
        except OSError as error:
            self._failure = error
            raise
        return True

    def close(self) -> None:
        """Sync the rest and let the file go, even if this raises, which it does after any sync that failed.

        Of pages that it could not write Linux tells once, and takes them for written from then on: a sync
        after one that has failed would say that all is well.
        """
        try:
            self._sync_rest()
        finally:
            os.close(self._file)

    def _sync_rest(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._syncing is not None:
            self.synced = self._syncing.result()
        if self.synced < self.size:
            self.synced = self._flush(self.size, is_new=self._is_new)

    def _flush(self, size: int, *, is_new: bool) -> int:
        os.fdatasync(self._file)
        if is_new:
            sync_folder(self._folder)
            sync_folder(self._folder.parent)
        return size


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
