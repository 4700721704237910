"""Moves one section to the object store in an order in which nothing can be lost.

The object is sent and checked, a mark beside the file says so, the fact is committed, file and mark are
deleted. Whatever ends the process in between, the next start goes on: with an upload where it was, with a
mark by committing again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from config.errors import FairError, Missing
from media.storage.store import Stored

log = logging.getLogger(__name__)

STRAY = timedelta(days=2)
"""An upload that began so long ago, of a section not here, is nobody's; other nodes use the bucket too."""


class Waiting(Protocol):
    """A section that could move: of a recording that is whole, as facts know it."""

    @property
    def recording(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def container(self) -> str: ...


class Sections(Protocol):
    """The facts about sections."""

    async def not_moved(self, limit: int) -> Sequence[Waiting]:
        """Return sections of whole recordings that lie in this node's folder, the oldest in front."""

    async def moved(self, recording: str, number: int, place: str) -> None:
        """Commit that a section lies at `place`, an `s3://` URL; to say it again is no error.

        Raises `Missing` when there is no such section any more, because its recording was deleted.
        """


class Local(Protocol):
    """The folder that sections leave."""

    def path(self, name: str) -> Path: ...
    async def exists(self, name: str) -> bool: ...
    async def mark_moved(self, name: str) -> None: ...
    async def marked(self) -> list[str]: ...
    async def delete(self, name: str) -> None: ...


class Objects(Protocol):
    """The store they go to."""

    def place(self, name: str) -> str: ...
    async def put(self, path: Path, name: str) -> Stored: ...
    async def exists(self, name: str) -> bool: ...
    async def delete_all(self, recording: str) -> None: ...
    async def unfinished(self) -> list[tuple[str, datetime]]: ...
    async def forget(self, name: str) -> None: ...


class Moving:
    """Takes sections from one to the other; what fails is raised and can be done again."""

    def __init__(
        self, local: Local, objects: Objects, sections: Sections, clock: Callable[[], datetime],
    ) -> None:
        self._local = local
        self._objects = objects
        self._sections = sections
        self._clock = clock

    async def move(self, name: str) -> int:
        """Move a section and return how many bytes; raises `Missing` when it lies neither here nor there."""
        size = 0
        if await self._local.exists(name):
            size = await self._send(name)
        elif not await self._objects.exists(name):
            raise Missing("There is no such section.", code="no_section")
        await self._commit(name)
        return size

    async def tidy(self) -> None:
        """End what an earlier life left behind: deletions that were due, uploads of nobody."""
        for name in await self._local.marked():
            await self._commit(name)
        for name, began in await self._objects.unfinished():
            if began < self._clock() - STRAY and not await self._local.exists(name):
                await self._objects.forget(name)

    async def _send(self, name: str) -> int:
        try:
            stored = await self._objects.put(self._local.path(name), name)
        except (FairError, OSError):
            await self._forget_if_deleted(name)
            raise
        await self._local.mark_moved(name)
        return stored.bytes

    async def _forget_if_deleted(self, name: str) -> None:
        """A recording deleted while it moves leaves no half of an object; if this fails, `tidy` finds it."""
        with suppress(FairError):
            if not await self._local.exists(name):
                await self._objects.forget(name)

    async def _commit(self, name: str) -> None:
        recording, _, file = name.partition("/")
        try:
            await self._sections.moved(recording, int(file.partition(".")[0]), self._objects.place(name))
        except Missing:
            await self._objects.delete_all(recording)  # it was deleted while it moved
        await self._local.delete(name)
        log.info("section moved", extra={"section": name})
