"""Sweeps files that no record names: left by a crash before its commit, by a failed upload, or replaced.

A file goes when it is older than an hour, and no record named it an hour ago either: what is named no more
may stand on pages that are open, and what is named late may wait for the records.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from config.counters import Counters
from signaling.replies import attempt

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600.0
"""How often it is swept, and how old a file is that goes."""


class Files(Protocol):
    """Files of one `kind` in one place, each with a name by which records may know it."""

    @property
    def kind(self) -> str:
        """What they are, for figures and logs."""

    async def old(self, before: float) -> list[str]:
        """Return the names of files that were written last before a Unix time of the place's own clock."""

    async def unnamed(self, names: Sequence[str]) -> list[str]:
        """Return which of these no record names, now or at any time to come."""

    async def drop(self, name: str) -> bool:
        """Delete a file; False where that is not to be, after all."""


class Sweeping:
    """Called each hour by the clockwork. What cannot be looked at now is looked at the next time."""

    def __init__(self, places: Sequence[Files], counters: Counters, clock: Callable[[], float]) -> None:
        self._places = places
        self._counters = counters
        self._clock = clock
        self._seen: dict[int, set[str]] = {}

    async def sweep(self) -> None:
        """Delete what was named by no record the last time and is named by none now."""
        for number, files in enumerate(self._places):
            await attempt(self._sweep(number, files), f"sweep {files.kind}")

    async def _sweep(self, number: int, files: Files) -> None:
        old = await files.old(self._clock() - SWEEP_SECONDS)
        unnamed = set(await files.unnamed(old)) if old else set[str]()
        before, self._seen[number] = self._seen.get(number, set()), unnamed
        for name in sorted(unnamed & before):
            if await files.drop(name):
                self._counters.swept_files.labels(files.kind).inc()
                log.info("a file that no record names was deleted", extra={"kind": files.kind, "file": name})
