"""The fair's clock: one time for all nodes, however wrong the clocks of their machines are.

Deadlines, tickets and holds are set at one node and judged at another, so each node goes by the clock of the
store that all share. Between two looks at it the monotonic clock carries the time on, which no step of the
machine's own clock reaches. A step of the store's clock is followed slowly: what rings goes on ringing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from redis.asyncio import Redis

LOOK_SECONDS = 1.0
LATEST_SECONDS = 0.25
"""An answer that took longer says too little about when it was given."""
SLEW = 0.05
"""So much of the time between two looks the clock is set forward or back by at most."""
STEP_SECONDS = 600.0
"""What is further off than this was wrong before: no deadline is worth keeping such a time for."""


class FairClock:
    """Gives Unix seconds when called; `look`, now and then, compares them with the store's."""

    def __init__(
        self, wall: Callable[[], float] = time.time, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._ticks = ticks
        self._ahead = wall() - ticks()
        self._looked_at: float | None = None

    def __call__(self) -> float:
        return self._ticks() + self._ahead

    async def look(self, redis: Redis) -> None:
        """Go by the store's clock, at once the first time; `Busy` (`store_away`)."""
        sent = self._ticks()
        seconds, microseconds = await redis.time()
        now = self._ticks()
        if now - sent <= LATEST_SECONDS or self._looked_at is None:
            self._set(seconds + microseconds / 1e6 - (sent + now) / 2, now)

    def _set(self, ahead: float, now: float) -> None:
        wrong = ahead - self._ahead
        if self._looked_at is not None and abs(wrong) <= STEP_SECONDS:
            most = SLEW * (now - self._looked_at)
            wrong = min(most, max(-most, wrong))
        self._ahead += wrong
        self._looked_at = now
