"""Lets requests wait until something has been written; each is woken once, and only so many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from config.errors import Busy

MAX_WAITING = 4000
"""Two for each of 500 players, four times over, for where no cache stands before the server."""


class Waiting:
    """Those who wait for one recording; `wake` is called after every change of it."""

    def __init__(self, limit: int = MAX_WAITING) -> None:
        self._limit = limit
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def until(self, is_there: Callable[[], bool], seconds: float) -> None:
        """Return once `is_there`; raise `Busy` when that takes longer or too many wait already."""
        if is_there():
            return
        if len(self._waiting) >= self._limit:
            raise Busy("Too many players wait for this show. Try again in a moment.", code="too_many_waiting")
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[woken] = is_there
        try:
            async with asyncio.timeout(seconds):
                await woken
        except TimeoutError:
            raise Busy("Nothing new came in time. The show may have a break.", code="nothing_new") from None
        finally:
            self._waiting.pop(woken, None)

    def wake(self) -> None:
        """Wake all whose time has come."""
        for woken in [woken for woken, is_there in self._waiting.items() if is_there()]:
            del self._waiting[woken]
            if not woken.done():
                woken.set_result(None)
