"""Puts the packets of one track into the order of their numbers, waiting a while for what was lost on the
way."""

from __future__ import annotations

from media.recording.feed import FedPacket

PATIENCE_SECONDS = 0.5
"""How long a hole is waited for: the relay has asked for it several times by then."""
MAX_WAITING = 1024
"""Packets that may wait behind a hole, and the largest hole that is waited for."""


class Reorder:
    """Holds packets back only while there is a hole before them. Time is that of the packets' arrival."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._waiting: dict[int, FedPacket] = {}
        self._since = 0.0

    def take(self, packet: FedPacket) -> list[FedPacket]:
        """Return what can go on now, in order; late ones and doubles are dropped."""
        if self._next is None:
            self._next = packet.sequence
        if packet.sequence == self._next and not self._waiting:
            self._next += 1
            return [packet]
        if packet.sequence < self._next:
            return []
        if packet.sequence > self._next + MAX_WAITING:
            ready, self._next = self.flush(), packet.sequence + 1
            return [*ready, packet]
        if not self._waiting:
            self._since = packet.arrived_at
        self._waiting[packet.sequence] = packet
        ready = self._run()
        return ready + self.give_up(packet.arrived_at)

    def give_up(self, now: float) -> list[FedPacket]:
        """Return what has waited too long for what was before it."""
        ready: list[FedPacket] = []
        while self._waiting and (now - self._since > PATIENCE_SECONDS or len(self._waiting) > MAX_WAITING):
            self._next = min(self._waiting)
            ready += self._run()
            if self._waiting:
                self._since = min(packet.arrived_at for packet in self._waiting.values())
        return ready

    def flush(self) -> list[FedPacket]:
        """Return all that waits."""
        ready = [self._waiting[number] for number in sorted(self._waiting)]
        self._waiting.clear()
        if ready:
            self._next = ready[-1].sequence + 1
        return ready

    def _run(self) -> list[FedPacket]:
        ready = []
        while self._next is not None and (packet := self._waiting.pop(self._next, None)) is not None:
            ready.append(packet)
            self._next += 1
        return ready
