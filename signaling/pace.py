"""How fast one client may ask: a token bucket for each kind of event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.errors import Busy

PATIENCE = 200
"""Refusals in a row after which a client is cut off."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many events at once, and so many a second after that."""

    burst: float
    per_second: float


USUAL = Pace(burst=10, per_second=2)
PACES = {
    "signal": Pace(burst=100, per_second=20),
    "request_call": Pace(burst=5, per_second=1),
    "cancel_call": Pace(burst=5, per_second=1),
    "post": Pace(burst=15, per_second=2),
    "point": Pace(burst=60, per_second=25),
}
"""Events with a pace of their own."""


class Pacer:
    """The buckets of one client."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._refusals = 0

    @property
    def is_hopeless(self) -> bool:
        """Tell whether the client goes on and on although it is refused."""
        return self._refusals >= PATIENCE

    def take(self, event: str) -> None:
        """Let one event through; raise `Busy` (`too_fast`) when its bucket is empty."""
        pace = PACES.get(event, USUAL)
        now = self._clock()
        tokens, at = self._buckets.get(event, (pace.burst, now))
        tokens = min(pace.burst, tokens + max(0.0, now - at) * pace.per_second)
        self._buckets[event] = (tokens - 1 if tokens >= 1 else tokens, now)
        if tokens < 1:
            self._refusals += 1
            raise Busy("Too fast: wait a moment.", code="too_fast", retry_after_seconds=1)
        self._refusals = 0
