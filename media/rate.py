"""How many bytes a second something brings, over the last second."""

from __future__ import annotations

RATE_SECONDS = 1.0


class Rate:
    """Add what comes; time is handed in."""

    def __init__(self) -> None:
        self.bytes_per_second = 0.0
        self._bytes, self._since = 0, 0.0

    def add(self, size: int, now: float) -> None:
        """Count bytes that have come."""
        self._bytes += size
        elapsed = now - self._since
        if elapsed >= RATE_SECONDS:
            self.bytes_per_second = self._bytes / elapsed if elapsed < 2 * RATE_SECONDS else 0.0
            self._bytes, self._since = 0, now

    def stop(self) -> None:
        """Nothing comes any more."""
        self.bytes_per_second = 0.0
