"""Lets one request through in a while, and never loses the last one: the rule for keyframe requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class TrailingGate:
    """Calls `act` at most once per `seconds`; what is asked meanwhile is done when the time is over.

    The trailing call matters: a viewer whose request were dropped would stay black.
    """

    def __init__(self, seconds: float, act: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        self._seconds = seconds
        self._act = act
        self._loop = loop
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Act now, or once as soon as it is allowed."""
        if self._timer is not None:
            return
        wait = self._last + self._seconds - self._loop.time()
        if wait <= 0:
            self._run()
        else:
            self._timer = self._loop.call_later(wait, self._run)

    def close(self) -> None:
        """Forget what was asked."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        self._timer = None
        self._last = self._loop.time()
        self._act()
