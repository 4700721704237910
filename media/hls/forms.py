"""The forms of shows that somebody watches: each is made once, however many watch it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from config.errors import Busy
from media.hls.form import Form, Source
from media.recording.facts import Container, section_path
from media.recording.sink import Recordable
from media.storage.local import LocalStore


class Recordings(Protocol):
    """Knows what is recorded here; the recorder."""

    def publication(self, recording: str) -> Recordable | None:
        """Return what is being recorded under this name; None when nothing is any more."""


class Forms:
    """All of one kind in this process, at most `limit` at once; everything lies in `folder` and passes.

    `close` ends all of them. What an earlier process left in the folder is deleted.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self._limit = limit
        self._store = LocalStore(folder)
        self._all: dict[str, tuple[Form, asyncio.Task[None]]] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def get(self, name: str) -> Form | None:
        """Return a form that somebody has asked for while its show ran, until a moment after its end."""
        found = self._all.get(name)
        return found[0] if found else None

    def watch(self, name: str, source: Source, make: Callable[[], Form], busy: Busy) -> Form | None:
        """Return a form and note that somebody watches; one that ran until just now; or None.

        Raises `busy` when too many are watched already.
        """
        form = self.get(name)
        if source.find() is None:
            return form
        if not (form and form.is_active) and self.active() >= self._limit:
            raise busy
        form = form or self._begin(make())
        form.ask()
        return form

    def active(self) -> int:
        """Return how many are made now."""
        return sum(form.is_active for form, _ in self._all.values())

    def has(self, name: str) -> bool:
        """Tell whether this is the name of one of ours, as in `Form.name`."""
        return name in self._all

    async def read(self, name: str, section: int, offset: int, size: int) -> bytes:
        """Return bytes of a section's file; raise `Missing` when it is gone."""
        return await self._store.read(section_path(name, section, Container.MP4), offset, size)

    async def close(self) -> None:
        """End all and delete what they wrote."""
        tasks = [task for _, task in self._all.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _begin(self, form: Form) -> Form:
        task = asyncio.create_task(form.run())
        self._all[form.name] = form, task
        task.add_done_callback(lambda _: self._all.pop(form.name, None))
        return form
