"""The shows in VP8 that somebody watches as HLS: each is encoded once, however many watch it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from config.counters import Counters
from config.errors import Busy
from media.hls.transcode import Bounds, Transcode
from media.recording.facts import Container, section_path
from media.recording.sink import Recordable
from media.storage.local import LocalStore

PREFIX = "h264-"
"""What a show is called here, so that nothing of it is taken for its recording."""


class Recordings(Protocol):
    """Knows what is recorded here; the recorder."""

    def publication(self, recording: str) -> Recordable | None:
        """Return what is being recorded under this name; None when nothing is any more."""


class Transcodes:
    """All that run in this process, at most `limit` at once; everything lies in `folder` and passes.

    `close` ends all of them. What an earlier process left in the folder is deleted.
    """

    def __init__(
        self, folder: Path, recordings: Recordings, bounds: Bounds, counters: Counters, limit: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._recordings = recordings
        self._bounds = bounds
        self._counters = counters
        self._limit = limit
        self._clock = clock
        self._store = LocalStore(folder)
        self._all: dict[str, tuple[Transcode, asyncio.Task[None]]] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        counters.transcodes.set_function(self._active)

    def get(self, recording: str) -> Transcode | None:
        """Return a show that somebody has asked for while it ran, until a moment after its end."""
        found = self._all.get(PREFIX + recording)
        return found[0] if found else None

    def watch(self, recording: str, began: float) -> Transcode | None:
        """Return a show that runs or ran until just now, and note that somebody watches; None for another.

        `began` is its second 0 in Unix time. Raises `Busy` when too many are watched already.
        """
        transcode = self.get(recording)
        if self._recordings.publication(recording) is None:
            return transcode
        if not (transcode and transcode.is_active) and self._active() >= self._limit:
            raise Busy("Too many shows are encoded now. Try again in a moment.", code="too_many_transcodes")
        transcode = transcode or self._begin(recording, began)
        transcode.ask()
        return transcode

    def has(self, name: str) -> bool:
        """Tell whether this is the name of one of ours, as in `Transcode.name`."""
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
        shutil.rmtree(self._folder, ignore_errors=True)

    def _begin(self, recording: str, began: float) -> Transcode:
        name = PREFIX + recording
        find: Callable[[], Recordable | None] = partial(self._recordings.publication, recording)
        transcode = Transcode(name, began, self._folder, self._bounds, find, self._counters, self._clock)
        task = asyncio.create_task(transcode.run())
        self._all[name] = transcode, task
        task.add_done_callback(lambda _: self._all.pop(name, None))
        return transcode

    def _active(self) -> int:
        return sum(transcode.is_active for transcode, _ in self._all.values())
