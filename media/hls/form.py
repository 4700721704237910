"""One form of a show that a child makes while somebody asks for it: H.264 of VP8, or a smaller size.

A child that fails is replaced. What it writes is listed in a `LiveShow` of its own and lies in a folder of
its own, both for as long as the show runs and a moment longer.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from media.hls.form_report import Listing
from media.hls.live import LiveShow, not_sent
from media.hls.waiting import Waiting
from media.recording import feed
from media.recording.fed_process import FedProcess
from media.recording.feed import Opening
from media.recording.progress import Progress
from media.recording.sink import Recordable, RecordingSink

log = logging.getLogger(__name__)

NUMBER = 1
"""Of the show in the feed of its child, which has no other."""
SECONDS_PER_SECTION = 4
AHEAD_SECONDS = 60.0
"""How far a part may lie in the future: clocks of publishers are not ours."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within which bounds of time and space forms are made."""

    segment_seconds: float
    window_seconds: float
    queue_bytes: int
    min_free_bytes: int
    max_seconds: float
    idle_seconds: float = 30.0
    """Without a request for so long nobody watches any more."""
    hang_seconds: float = 15.0
    """A child that reports nothing for so long is killed."""
    ready_seconds: float = 12.0
    """A request waits so long for the first part."""
    gone_seconds: float = 60.0
    """Players may get the rest for so long after the end."""
    again_seconds: float = 0.5
    max_again_seconds: float = 30.0
    """The pause before another child, which grows while they die at once."""
    look_seconds: float = 0.5
    rest_seconds: float = 3.0
    """How long a child may take to write the rest."""


@dataclass(frozen=True, slots=True)
class Maker:
    """The child: `python -m module FOLDER arguments`, fed and reporting as the one that records does.

    Key frames are asked for after `keyframe_seconds`. Lost packets and children that end early are counted.
    """

    module: str
    arguments: tuple[str, ...]
    keyframe_seconds: float
    lose: Callable[[int], None]
    restarted: Callable[[], None]
    has_sound: bool = True


class Source(Protocol):
    """Where a form comes from."""

    def find(self) -> Recordable | None:
        """Return what is sent now, always the same object while it is; None while it is not."""

    def is_over(self) -> bool:
        """Tell whether the show is not recorded any more: nothing comes again."""


class Form:
    """`run` it in a task; call `ask` whenever somebody wants something of it, which is sent now.

    Numbers of segments and sections begin above those that a server before this one can have given out.
    """

    def __init__(
        self, name: str, live: LiveShow, folder: Path, bounds: Bounds, maker: Maker, source: Source,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.live = live
        self._folder = folder
        self._bounds = bounds
        self._maker = maker
        self._source = source
        self._process = FedProcess(maker.module, bounds.queue_bytes, maker.lose, clock)
        self._listing = Listing(live, has_sound=maker.has_sound)
        second = max(0, int(self._process.now() - live.began))
        self._progress = Progress(
            Opening(name, live.began, second // SECONDS_PER_SECTION, second, bounds.max_seconds),
            self._listing)
        self._asked_at = self._heard_at = 0.0
        self._asked = asyncio.Event()
        self._is_ready = False
        self._waiting = Waiting()

    @property
    def pid(self) -> int | None:
        """The child, or the last one there was."""
        return self._process.pid

    @property
    def is_active(self) -> bool:
        """Whether there is to be a child."""
        return self._is_watched and self._source.find() is not None

    def ask(self) -> None:
        """Hear that somebody watches."""
        self._asked_at = time.monotonic()
        self.live.is_away = False
        self._asked.set()

    async def ready(self) -> None:
        """Return once there is something of what is sent now; raise `Busy` when that takes long.

        Raises `Missing` when it is not sent any more.
        """
        try:
            await self._waiting.until(lambda: self._is_ready or self.live.is_away, self._bounds.ready_seconds)
        finally:
            self._asked_at = time.monotonic()
        if not self._is_ready:
            raise not_sent()

    async def run(self) -> None:
        """Keep a child whenever somebody watches; return when the show is over and all of it is deleted."""
        try:
            pause = self._bounds.again_seconds
            while not self._source.is_over():
                if self.is_active:
                    pause = await self._watched(pause)
                    continue
                if self._source.find() is None:
                    self.live.left()
                    self._waiting.wake()
                await self._until_asked()
            self._set_ready()
            self.live.ended()
            await asyncio.sleep(self._bounds.gone_seconds)
        finally:
            await asyncio.to_thread(shutil.rmtree, self._folder / self.name, ignore_errors=True)

    @property
    def _is_watched(self) -> bool:
        return len(self._waiting) > 0 or time.monotonic() - self._asked_at < self._bounds.idle_seconds

    async def _until_asked(self) -> None:
        self._asked.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.look_seconds):
                await self._asked.wait()

    async def _watched(self, pause: float) -> float:
        """Have a child until it ends or nobody watches; return the pause before the next one."""
        bounds, began = self._bounds, time.monotonic()
        try:
            await self._make_if_there_is_room()
        except OSError as error:
            log.error("a form of a show cannot be made", extra={"recording": self.name, "why": str(error)})
        if not self.is_active:
            return bounds.again_seconds
        self._maker.restarted()
        log.warning("making a form of a show was interrupted", extra={"recording": self.name})
        lasted = time.monotonic() - began > bounds.max_again_seconds
        pause = bounds.again_seconds if lasted else pause
        await asyncio.sleep(pause)
        return min(2 * pause, bounds.max_again_seconds)

    async def _make_if_there_is_room(self) -> None:
        publication = self._source.find()
        if publication is not None and shutil.disk_usage(self._folder).free > self._bounds.min_free_bytes:
            await self._make(publication)

    async def _make(self, publication: Recordable) -> None:
        maker = self._maker
        await self._process.start(
            str(self._folder), f"--segment-seconds={self._bounds.segment_seconds}", *maker.arguments)
        self._heard_at = time.monotonic()
        sink = RecordingSink(NUMBER, self._process, publication, maker.keyframe_seconds)
        opening = self._progress.next_opening(tuple(publication.kinds))
        self._process.send(feed.open_frame(NUMBER, opening))
        sink.attach(self._process.ahead)
        hearing = asyncio.create_task(self._hear(sink))
        try:
            await self._while_of_use(publication, hearing)
        finally:
            sink.detach()
            self._process.kill()
            await asyncio.wait({hearing})
            self._progress.break_off()
            self._is_ready &= self.is_active

    async def _while_of_use(self, publication: Recordable, hearing: asyncio.Task[None]) -> None:
        while self._is_watched and self._source.find() is publication and not self._hangs:
            if await _first_of(self._bounds.look_seconds, hearing):
                return
        if not self._hangs:
            self._process.end()
            await _first_of(self._bounds.rest_seconds, hearing)

    @property
    def _hangs(self) -> bool:
        return time.monotonic() - self._heard_at > self._bounds.hang_seconds

    async def _hear(self, sink: RecordingSink) -> None:
        """Take the report until it ends or makes no sense."""
        try:
            async for report in self._process.reports():
                self._heard_at = time.monotonic()
                self._take(sink, report)
        except (ValueError, TypeError, KeyError, AttributeError, struct.error):
            log.warning("the report of a child makes no sense", extra={"recording": self.name})

    def _take(self, sink: RecordingSink, report: dict[str, Any]) -> None:
        event, parts = report.pop("event"), self._listing.parts
        self._listing.latest = self._process.now() - self.live.began + AHEAD_SECONDS
        if event == "keyframe":
            sink.ask()
        elif event in ("section", "part", "segment", "kept"):
            self._progress.take(event, report)
        if self._listing.parts > parts and not self._is_ready:
            self._set_ready()

    def _set_ready(self) -> None:
        self._is_ready = True
        self._waiting.wake()


async def _first_of(seconds: float, task: asyncio.Future[Any]) -> bool:
    """Wait for a task for so long; return whether it is done. One that is not goes on."""
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)
