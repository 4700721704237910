"""Two pure rules of retransmission: what we ask a publisher for, and what a viewer may ask us for.

`LossDetector` watches the sequence numbers of one source. A hole is asked for at once, then again at
growing intervals, and given up when it is too old to matter. `ResendBudget` bounds the answer to a
viewer: each packet at most once in a while, no more than a share of the stream's rate over time.
"""

from __future__ import annotations

from collections import OrderedDict
from heapq import heappop, heappush
from typing import ClassVar

MAX_MISSING = 256
MAX_TRIES = 8
FIRST_RETRY_SECONDS = 0.06
GIVE_UP_SECONDS = 1.0


class LossDetector:
    """Finds the holes in a sequence that wraps; time is handed in."""

    def __init__(self) -> None:
        self._highest: int | None = None
        self._missing: OrderedDict[int, tuple[float, int]] = OrderedDict()
        """Since when, and how often it was asked for."""
        self._tries: list[tuple[float, int]] = []
        """A heap of when to ask for which number again; one that has come meanwhile is passed over."""
        self.lost = 0
        """Packets asked for that never came."""
        self.asked = 0
        """Packets that did not come in their turn."""

    def take(self, sequence: int, now: float) -> list[int]:
        """Note an arrival (number beyond 16 bits); return what is newly missing and to be asked for."""
        if self._highest is None or sequence > self._highest + 4 * MAX_MISSING:
            self._missing.clear()
            self._highest = sequence
            return []
        if sequence <= self._highest:
            self._missing.pop(sequence, None)
            return []
        new = list(range(max(self._highest + 1, sequence - MAX_MISSING), sequence))
        self._highest = sequence
        self.asked += len(new)
        for number in new:
            self._missing[number] = (now, 1)
            heappush(self._tries, (now + FIRST_RETRY_SECONDS, number))
        while len(self._missing) > MAX_MISSING:
            self._missing.popitem(last=False)
            self.lost += 1
        return new

    def due(self, now: float) -> list[int]:
        """Return what is to be asked for again, and forget what is too old."""
        due = []
        while self._tries and self._tries[0][0] <= now:
            _, number = heappop(self._tries)
            if number not in self._missing:
                continue
            since, tries = self._missing[number]
            if now - since > GIVE_UP_SECONDS or tries >= MAX_TRIES:
                del self._missing[number]
                self.lost += 1
                continue
            due.append(number)
            self._missing[number] = since, tries + 1
            heappush(self._tries, (now + FIRST_RETRY_SECONDS * (tries + 1), number))
        return due


class ResendBudget:
    """A token bucket in bytes with a memory of what was sent again just now."""

    RESEND_SECONDS: ClassVar[float] = 0.03
    SHARE: ClassVar[float] = 0.25
    PACKETS_PER_WINDOW: ClassVar[int] = 100
    WINDOW_SECONDS: ClassVar[float] = 0.1
    BURST_BYTES: ClassVar[int] = 60_000

    def __init__(self, now: float) -> None:
        self._tokens = float(self.BURST_BYTES)
        self._filled_at = now
        self._window_began = now
        self._window_packets = 0
        self._sent_at: OrderedDict[int, float] = OrderedDict()

    def allows(self, sequence: int, size: int, rate_bytes: float, now: float) -> bool:
        """Tell whether a packet may be sent again now, and charge for it; `rate_bytes` is the stream's."""
        if now - self._sent_at.get(sequence, -1.0) < self.RESEND_SECONDS:
            return False
        self._refill(rate_bytes, now)
        if self._tokens < size or self._window_packets >= self.PACKETS_PER_WINDOW:
            return False
        self._tokens -= size
        self._window_packets += 1
        self._sent_at[sequence] = now
        self._sent_at.move_to_end(sequence)
        if len(self._sent_at) > 2 * MAX_MISSING:
            self._sent_at.popitem(last=False)
        return True

    def _refill(self, rate_bytes: float, now: float) -> None:
        self._tokens = min(self.BURST_BYTES, self._tokens + (now - self._filled_at) * rate_bytes * self.SHARE)
        self._filled_at = now
        if now - self._window_began >= self.WINDOW_SECONDS:
            self._window_began = now
            self._window_packets = 0
