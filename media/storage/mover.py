"""Moves whole sections to the object store in the background; waits while the store is away."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from config.counters import Counters
from config.errors import Busy, FairError, Missing
from media.storage.moving import Local, Moving, Objects, Sections, Waiting

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Sections on their way at once, each with one part."""
LOOK_AT = 64
"""Sections asked for at once; the gauge of what waits knows no more."""
IDLE_SECONDS = 15.0
"""How often to look for something to move when nobody says so."""
PAUSES = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Seconds until the next try after so many rounds that failed."""
AGAIN_SECONDS = 0.2
TIDY_SECONDS = 86400.0


def _now() -> datetime:
    return datetime.now(UTC)


class Mover:
    """Moves from `start` to `close`; `look` at once when a recording became whole."""

    def __init__(
        self, local: Local, objects: Objects, sections: Sections, counters: Counters,
        pauses: tuple[float, ...] = PAUSES, clock: Callable[[], datetime] = _now,
    ) -> None:
        self._moving = Moving(local, objects, sections, clock)
        self._sections = sections
        self._counters = counters
        self._pauses = pauses
        self._tidy_at = 0.0
        self._absent: set[str] = set()
        self._called = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="mover")
        self._task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Stop, also in the middle of an upload; the next start goes on there."""
        task, self._task = self._task, None
        while task and not task.done():  # again: before Python 3.12 a cancellation can get lost (gh-86296)
            task.cancel()
            await asyncio.wait({task}, timeout=AGAIN_SECONDS)

    def look(self) -> None:
        """Look for something to move now, unless the store is away."""
        self._called.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            failures = 0 if await self._round() else failures + 1
            if failures:
                pause = self._pauses[min(failures, len(self._pauses)) - 1]
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            else:
                await self._idle()

    async def _idle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await self._called.wait()
        self._called.clear()

    async def _round(self) -> bool:
        """Move what there is to move; false when something failed."""
        try:
            found = await self._look_up()
            await self._tidy()
            while found:
                if not await self._move_all(found):
                    return False
                found = await self._look_up()
        except (FairError, OSError) as error:
            self._failed("", error)
            return False
        return True

    async def _tidy(self) -> None:
        """Once after each start, and each day from then on."""
        now = asyncio.get_running_loop().time()
        if now >= self._tidy_at:
            await self._moving.tidy()
            self._tidy_at = now + TIDY_SECONDS

    async def _look_up(self) -> list[str]:
        """Return the names of what waits; what lies nowhere hides nothing behind it."""
        found = [_name(each) for each in await self._sections.not_moved(LOOK_AT + len(self._absent))]
        waiting = [name for name in found if name not in self._absent]
        self._counters.sections_waiting.set(len(waiting))
        return waiting

    async def _move_all(self, names: list[str]) -> bool:
        waiting = deque(names)
        return all(await asyncio.gather(*(self._move_some(waiting) for _ in range(AT_ONCE))))

    async def _move_some(self, waiting: deque[str]) -> bool:
        """Move one after the other, beside others who do; when the store is away none begins another."""
        is_well = True
        while waiting:
            name = waiting.popleft()
            try:
                self._counters.moved_bytes.inc(await self._moving.move(name))
                self._counters.sections_waiting.dec()
            except Missing as error:
                self._absent.add(name)
                self._failed(name, error)
            except (FairError, OSError) as error:
                is_well = False
                self._failed(name, error)
                if isinstance(error, Busy):
                    waiting.clear()
        return is_well

    def _failed(self, name: str, error: Exception) -> None:
        self._counters.move_failures.inc()
        code = error.code if isinstance(error, FairError) else type(error).__name__
        log.warning("a section did not move", extra={"section": name, "code": code, "reason": str(error)})

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nothing that we know of ends the task; what did is logged, and after a pause a new one begins."""
        if task.cancelled() or self._task is not task:
            return
        log.error("moving sections failed", exc_info=task.exception())
        asyncio.get_running_loop().call_later(self._pauses[-1], self._begin_again, task)

    def _begin_again(self, ended: asyncio.Task[None]) -> None:
        if self._task is ended:
            self.start()


def _name(section: Waiting) -> str:
    return f"{section.recording}/{section.number:04d}.{section.container}"
