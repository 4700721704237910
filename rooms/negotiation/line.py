"""The line of a room: as many requests ring as staff are free, and the rest are told where they stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from config.errors import FairError
from config.ids import AccountId, RoomId
from config.settings import CallSettings
from rooms.fair.roster import Roster
from rooms.live.duty import Crew, Duty
from rooms.negotiation import routing, rules
from rooms.negotiation.call import Call, Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.changes import Changes
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.routing import Place
from rooms.negotiation.states import CallEvent, CallState

RECENT_CALLS = 20
REMEMBER_SECONDS = 15.0
REMEMBERED_ROOMS = 1000

TellLine = Callable[[RoomId, list[Place]], Awaitable[None]]


class Line:
    """Keeps the lines of all rooms moving; `tell` is awaited with a line after each change of it here."""

    def __init__(
        self, store: CallStore, changes: Changes, outcomes: Outcomes, duty: Duty, roster: Roster,
        clock: Callable[[], float], settings: CallSettings, tell: TellLine,
    ) -> None:
        self._store = store
        self._changes = changes
        self._outcomes = outcomes
        self._duty = duty
        self._roster = roster
        self._clock = clock
        self._settings = settings
        self._tell = tell
        self._lengths: dict[RoomId, tuple[float, list[float]]] = {}

    async def begin(self, record: Record, crew: Crew) -> Record:
        """Let a new request ring, or leave it in line when nobody is free for it."""
        line = [other.call for other in await self._store.waiting(record.call.room)]
        if (record.call.id, CallEvent.RING) not in routing.turns([*line, record.call], crew):
            return record
        first = await self._first(record.call, crew)
        rung = rules.ring(record, first, self._clock(), self._settings.ring_seconds)
        return rules.at_start(rung)

    async def moved(self, room: RoomId) -> None:
        """Let ring, hold and decline what must, and tell everybody in line where they stand."""
        await self.refresh(room)
        line = await self.places(room)
        if line:
            await self._tell(room, line)

    async def refresh(self, room: RoomId) -> bool:
        """Let ring, hold and decline what must; return whether that changed anything."""
        line = {record.call.id: record for record in await self._store.waiting(room)}
        if not line:
            return False
        crew = await self._duty.crew(room)
        turns = routing.turns([record.call for record in line.values()], crew)
        for call_id, event in turns:
            await self._turn(line[call_id], event, crew)
        return bool(turns)

    async def refresh_all(self, moved: Collection[RoomId] = ()) -> None:
        """Do so in all rooms, and tell the lines of those that `moved` anyway.

        A refusal concerns its room alone.
        """
        for room in await self._store.lines():
            try:
                if await self.refresh(room) or room in moved:
                    await self._tell(room, await self.places(room))
            except FairError:
                continue  # the next sweep is a second away, and says so if it is refused as a whole

    async def places(self, room: RoomId) -> list[Place]:
        """Return the line of a room, the oldest request first."""
        calls = [record.call for record in await self._store.waiting(room)]
        if not calls:
            return []
        return routing.places(calls, await self._duty.crew(room), await self._recent(room))

    async def place_of(self, call: Call) -> Place | None:
        """Return where a request stands; None for one that waits no more."""
        line = await self.places(call.room)
        return next((place for place in line if place.call.id == call.id), None)

    async def _turn(self, record: Record, event: CallEvent, crew: Crew) -> None:
        """Let one call ring or wait, unless it has moved on meanwhile."""
        now = self._clock()
        first = await self._first(record.call, crew) if event is CallEvent.RING else ()
        seconds = self._settings.ring_seconds
        rule = partial(_turned, event=event, first=first, crew=crew, now=now, ring_seconds=seconds)
        await self._changes.settle(await self._changes.change(record, rule))

    async def _first(self, call: Call, crew: Crew) -> tuple[AccountId, ...]:
        return routing.suited(call, crew.free, await self._roster.of_room(call.room))

    async def _recent(self, room: RoomId) -> list[float]:
        """Return the lengths of recent calls, as they were a quarter of a minute ago at most."""
        now = self._clock()
        at, lengths = self._lengths.get(room, (-REMEMBER_SECONDS, []))
        if abs(now - at) < REMEMBER_SECONDS:
            return lengths
        lengths = await self._outcomes.lengths(room, RECENT_CALLS)
        if len(self._lengths) >= REMEMBERED_ROOMS:
            self._lengths.clear()
        self._lengths[room] = (now, lengths)
        return lengths


def _turned(
    record: Record, event: CallEvent, first: tuple[AccountId, ...], crew: Crew, now: float,
    ring_seconds: float,
) -> Record:
    if event is CallEvent.RING and record.call.state is CallState.WAITING:
        return rules.ring(record, first, now, ring_seconds)
    if event is CallEvent.HOLD:
        return rules.hold(record, now)
    if event is CallEvent.DECLINE and routing.have_all_passed(record.call, crew):
        return rules.turn_away(record, now)
    return record
