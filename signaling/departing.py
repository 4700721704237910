"""Exhibitors who leave the fair are seen out at every node: what they show ends, and what waits for them.

They are taken out in the records, by whoever may. Each node looks there once a second, so that nothing need
be told to it. Calls that have begun go on: they are two people's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from config.ids import RoomId
from rooms.fair.departures import Departures
from rooms.negotiation.calls import Calls
from signaling.replies import attempt
from signaling.stage import Stage

FRESH_SECONDS = 120.0
"""For so long is looked again for what had come through a door before that was shut."""


class Departing:
    """Sees exhibitors out; `close_sockets` is set by whoever has the sockets. `clock` gives Unix seconds."""

    def __init__(
        self, departures: Departures, stage: Stage, calls: Calls, clock: Callable[[], float]
    ) -> None:
        self.close_sockets: Callable[[], Awaitable[None]]
        self.left = departures.left
        self._departures = departures
        self._stage = stage
        self._calls = calls
        self._clock = clock
        self._before: frozenset[RoomId] | None = None
        self._cleared: set[RoomId] = set()

    async def look(self) -> None:
        """Let nobody into the rooms of those who are out, and end what goes on there."""
        since = await self._departures.look()
        await attempt(self.close_sockets(), "close sockets")
        self._cleared &= since.keys()
        fresh = {room for room, at in since.items() if at > self._clock() - FRESH_SECONDS}
        for room in fresh | (since.keys() - self._cleared):
            await self._clear(room)
        before = since.keys() - fresh if self._before is None else self._before
        self._before = frozenset(since)
        for room in before ^ self._before:
            await attempt(self._stage.bill.changed(room), "programme changed")

    async def _clear(self, room: RoomId) -> None:
        """End what is on the air, rehearsed and asked for in a room; what is refused is tried again."""
        ways = self._stage.finish, self._stage.rehearsals.clear, self._calls.turn_away
        refused = [await attempt(end(room), "see out") for end in ways]
        if not any(refused):
            self._cleared.add(room)
