"""An allowance of tries per minute and address, kept in memory and bounded."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from config.errors import Busy

MAX_ADDRESSES = 10_000
"""Addresses remembered; the one silent for longest is forgotten first."""


class Allowance:
    """Counts tries per address in windows of a minute; what is over the allowance is refused."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, address: str) -> None:
        """Count one try; raise `Busy` when this address has used up its minute."""
        now = self._clock()
        began, used = self._windows.pop(address, (now, 0))
        if now - began >= 60:
            began, used = now, 0
        self._windows[address] = (began, used + 1)
        while len(self._windows) > MAX_ADDRESSES:
            self._windows.popitem(last=False)
        if used >= self._per_minute:
            wait = max(1, int(60 - (now - began)) + 1)
            raise Busy(
                "Too many tries. Wait a minute and try again.",
                code="too_many_tries",
                retry_after_seconds=wait,
            )
