"""Keeps a fault to what it happened in: the other peers and shows of the same turn of the loop go on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SAY_AGAIN_SECONDS = 10.0
"""A fault that a stranger can bring about at will fills no log."""

log = logging.getLogger(__name__)


class Guard:
    """Does work that strangers have a hand in; what it raises, a fault of ours, is counted and logged."""

    def __init__(self) -> None:
        self.faults = 0
        """Since the last look."""
        self._said_at: float | None = None

    def do(self, work: Callable[..., object], *given: object) -> None:
        """Do it; nothing is raised."""
        try:
            work(*given)
        except Exception:
            self.faults += 1
            now = time.monotonic()
            if self._said_at is None or now - self._said_at > SAY_AGAIN_SECONDS:
                self._said_at = now
                log.exception("the relay failed")
