"""Which of several sizes a viewer is sent: what was chosen, what is needed, and what the line carries.

Pure. A line is judged by its own reports: what it loses, and how much longer it takes than it did. Down goes
soon, for a picture that stands still is of no use to anybody; up is tried after a while without a fault, and
after a longer while each time it was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAD_LOST, GOOD_LOST = 0.1, 0.02
"""Shares of packets. What is lost by chance is sent again and no reason to show less."""
BAD_QUEUE_SECONDS, GOOD_QUEUE_SECONDS = 0.5, 0.15
"""How much longer than at best an answer takes: packets wait somewhere on the way."""
BAD_REPORTS = 2
"""So many in a row, about a second apart: one may be a door that was closed."""
PATIENCE_SECONDS, MAX_PATIENCE_SECONDS = 8.0, 120.0
TRIAL_SECONDS = 10.0
"""A step up that is taken back within this time was wrong."""
COVERED = 0.75
"""A picture may be so much lower than the place it is shown in: few see the difference."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a viewer asks for, in pixels of height: exactly one size, or no more than its place needs.

    `is_without` is for who wants no picture at all, only sound.
    """

    chosen: int | None = None
    needed: int | None = None
    is_without: bool = False


ANY = Wish()
"""Whatever the line carries."""


def fitting(heights: Sequence[int], wish: Wish, steps: int) -> int:
    """Return which of the sizes, the largest first, a viewer is sent whose line is `steps` below the best."""
    last = len(heights) - 1
    if wish.chosen is not None:
        return next((place for place, height in enumerate(heights) if height <= wish.chosen), last)
    enough = 0
    if wish.needed is not None:
        covering = [place for place, height in enumerate(heights) if height >= COVERED * wish.needed]
        enough = max(covering, default=0)
    return min(enough + steps, last)


class Ladder:
    """What is known of one line; `steps` below the best is where it stays."""

    def __init__(self) -> None:
        self.steps = 0
        self._bad = 0
        self._patience = PATIENCE_SECONDS
        self._quiet_since: float | None = None
        self._raised_at = float("-inf")
        self._best: float | None = None

    def take(self, lost: float, trip: float | None, now: float, highest: int) -> bool:
        """Take a report: the share lost since the last one, and the seconds to there and back if known.

        There are `highest` steps. Returns whether `steps` has changed.
        """
        before = self.steps
        self.steps = min(self.steps, highest)
        queue = self._queue(trip)
        if lost >= BAD_LOST or queue > BAD_QUEUE_SECONDS:
            self._take_bad(now, highest)
        else:
            self._take_fair(now, is_good=lost <= GOOD_LOST and queue <= GOOD_QUEUE_SECONDS)
        return self.steps != before

    def _queue(self, trip: float | None) -> float:
        if trip is None:
            return 0.0
        self._best = trip if self._best is None else min(self._best, trip)
        return trip - self._best

    def _take_bad(self, now: float, highest: int) -> None:
        self._bad += 1
        self._quiet_since = None
        if self._bad < BAD_REPORTS or self.steps >= highest:
            return
        self._bad = 0
        self.steps += 1
        was_wrong = now - self._raised_at < TRIAL_SECONDS
        self._patience = min(2 * self._patience, MAX_PATIENCE_SECONDS) if was_wrong else PATIENCE_SECONDS

    def _take_fair(self, now: float, *, is_good: bool) -> None:
        self._bad = 0
        if not is_good:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        elif self.steps and now - self._quiet_since >= self._patience:
            self.steps -= 1
            self._raised_at, self._quiet_since = now, None
