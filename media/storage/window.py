"""A stretch of a file as a file of its own, so that a part is sent without ever lying in memory."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any


class Window(io.RawIOBase):
    """Reads `size` bytes of the file at `path` from `offset` on; positions count from there. Close it."""

    def __init__(self, path: Path, offset: int, size: int) -> None:
        super().__init__()
        self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._offset = offset
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read again."""
        return True

    def tell(self) -> int:
        """Return the position in the window."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position in the window."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the window goes."""
        count = os.preadv(self._file, [memoryview(buffer)[: self._size - self._position]],
                          self._offset + self._position) if self._position < self._size else 0
        self._position += count
        return count

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            os.close(self._file)
        super().close()
