"""How much room the disk of the recordings has, and whether that is enough to go on writing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from config.counters import Counters

AGAIN = 1.125
"""A recording begins only when there is so many times the least room, so that it does not stop at once."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of a disk: all, free for us, and how many must stay free."""

    total_bytes: int
    free_bytes: int
    least_bytes: int

    @property
    def must_stop(self) -> bool:
        """Whether recordings have to stop now."""
        return self.free_bytes < self.least_bytes

    @property
    def may_begin(self) -> bool:
        """Whether a recording may begin."""
        return self.free_bytes >= self.least_bytes * AGAIN


class Disk:
    """The disk that `folder` lies on; the folder must be there. `min_free_mb` counts mebibytes."""

    def __init__(self, folder: Path, min_free_mb: int, counters: Counters) -> None:
        self._folder = folder
        self._least_bytes = min_free_mb << 20
        self._free = counters.recording_free_bytes

    def look(self) -> Room:
        """Return how much room there is now, and set the gauge; one system call, which waits for nothing."""
        total, _, free = shutil.disk_usage(self._folder)
        self._free.set(free)
        return Room(total, free, self._least_bytes)
