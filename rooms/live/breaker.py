"""A circuit breaker before the store: while it is silent one asks, and all others are told at once.

Without it a crowd would take every connection to a store that hangs, wait for its answers there, and all who
come after for a connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as AnswerLate

from config.errors import Busy

PATIENCE_SECONDS = 2.0
"""How long a question waits for its turn at a store that does answer."""


def away() -> Busy:
    """Return the refusal of a question that the store has not answered."""
    return Busy("The fair's store does not answer; try again soon.", code="store_away")


class Breaker:
    """Lets `at_once` questions under way; once the store is silent only one, until it answers something.

    The store is silent when answers are late again after `seconds` in which it gave none. A single moment is
    not enough: after a pause of this process everything is late at once.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._under_way = 0
        self._late_since: float | None = None
        self._is_silent = False

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask something in this block; `Busy` (`store_away`) instead when that would be in vain."""
        await self._come_to_turn()
        try:
            if self._is_silent and self._under_way:
                raise away()
            self._under_way += 1
            try:
                yield
            finally:
                self._under_way -= 1
            self._note_answer()
        except AnswerLate:
            self._note_lateness()
            raise
        except ResponseError:
            self._note_answer()
            raise
        finally:
            self._turns.release()

    async def _come_to_turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise away() from None

    def _note_answer(self) -> None:
        self._late_since, self._is_silent = None, False

    def _note_lateness(self) -> None:
        now = time.monotonic()
        if self._late_since is None:
            self._late_since = now
        elif now - self._late_since >= self._seconds:
            self._is_silent = True
