"""The chronicle: writes down what is pinned and said in running shows, while nobody waits for the store.

What happens is queued and written in batches. While the store is away it waits, up to a bound; what comes
then is lost, and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from prometheus_client import Counter

from config.ids import ProductId
from rooms.fair.moments import Moment, Pin, post_at
from rooms.live.chat import Post
from rooms.live.shows import Show
from signaling.replies import attempt

log = logging.getLogger(__name__)

WAITING_LIMIT = 5000
"""Moments in memory: the talk of a large fair in a few minutes."""
BATCH = 200
FIRST_SECOND = 0.001
"""Second 0 is for what was pinned before the show began, whatever the clocks of two nodes say."""


class Keeper(Protocol):
    """Keeps moments for good; keeping one twice changes nothing."""

    async def keep(self, moments: Sequence[Moment]) -> None: ...


class Chronicle:
    """Takes moments at once and writes them with each `flush`; `close` writes what waits.

    `lost` counts the moments that were neither written nor kept.
    """

    def __init__(
        self, keeper: Keeper, clock: Callable[[], float], lost: Counter, limit: int = WAITING_LIMIT
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._lost = lost
        self._limit = limit
        self._waiting: deque[Moment] = deque()
        self._writing = asyncio.Lock()

    def began(self, show: Show) -> None:
        """Note what is pinned as a show begins; of a show that goes on the first time counts."""
        self._note(Pin(show.id, 0.0, show.product))

    def pinned(self, show: Show | None, product: ProductId | None) -> None:
        """Note that a product was pinned, or none, now; while no show runs that is no moment of any."""
        if show:
            self._note(Pin(show.id, max(FIRST_SECOND, self._clock() - show.started_at), product))

    def posted(self, show: Show | None, post: Post) -> None:
        """Note a post; one that is written while no show runs belongs to none."""
        if show:
            self._note(post_at(show.id, max(0.0, post.at - show.started_at), post))

    async def flush(self) -> None:
        """Write down what waits; `Busy` when the store is away, and then it goes on waiting.

        One after the other: two at once would write the same batch and each take one away.
        """
        async with self._writing:
            while self._waiting:
                batch = list(islice(self._waiting, BATCH))
                await self._keeper.keep(batch)
                for _ in batch:
                    self._waiting.popleft()

    async def close(self) -> None:
        """Write down what waits; call it when nothing more can come."""
        if await attempt(self.flush(), "chronicle"):
            self._lost.inc(len(self._waiting))
            log.warning("moments of shows are lost", extra={"count": len(self._waiting)})
            self._waiting.clear()

    def _note(self, moment: Moment) -> None:
        if len(self._waiting) >= self._limit:
            self._lost.inc()
            return
        self._waiting.append(moment)
