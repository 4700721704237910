"""What a story of requests and calls happens on, and what holds after each of its steps."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from config.errors import FairError
from config.ids import AccountId, CallId, RoomId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.live import keys
from rooms.negotiation.calls import Call, Calls
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import NEXT, OPEN, CallState
from tests.databases import empty_database
from tests.rooms.call_model import UNANSWERED, Model, Told
from tests.rooms.calling import Booth, open_booth
from tests.rooms.fair_facts import LAMP, OAK, buyer, staff

ROOMS = (OAK, LAMP, RoomId("room-3"), RoomId("room-4"))
BUYERS = tuple(buyer(number) for number in range(1, 5))
CREWS = {room: tuple(staff(number, room) for number in range(1, 4 if room == OAK else 2)) for room in ROOMS}
RUNNING = (*UNANSWERED, "talking")


@dataclass(frozen=True)
class Ground:
    """What a story begins on: an empty store, an empty database, quick settings."""

    valkey_url: str
    migrated_file: Path
    settings: Settings


class Story(RuleBasedStateMachine):
    """Two nodes and the model of what they should say; everything is done to both."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self._records = empty_database(Path(self._folder.name), ground.migrated_file)
        self.database = Database(self.now(self._records.__aenter__()))
        self._opening = open_booth(ground.valkey_url, self.database, ground.settings)
        self.booth: Booth = self.now(self._opening.__aenter__())
        self.now(self.booth.nodes[0].redis.flushall())
        self.model = Model(self.booth.clock.now)
        self.decided: dict[str, tuple[str, AccountId | None]] = {}
        self.asked = 0

    def now(self, work: Awaitable[Any]) -> Any:
        return self._loop.run_until_complete(work)

    def attempt(self, work: Awaitable[Call]) -> str | None:
        """Do it; return the code of the refusal, or None."""
        answer = self.now(answered(work))
        return None if isinstance(answer, Call) else answer

    def at_once(self, *work: Awaitable[Call]) -> list[Call | str]:
        """Do all of it at once; return what became of each."""
        return self.now(_all(work))  # type: ignore[no-any-return]  # the loop does not know

    def move(self, seconds: float) -> None:
        self.booth.clock.move(seconds)
        self.model.now += seconds

    def some(self, number: int) -> Told:
        """Return one of the calls, mostly one that is open."""
        open_ones = [it for it in self.model.calls if it.state in RUNNING]
        among = open_ones if open_ones and number % 8 else self.model.calls
        return among[number % len(among)]

    def calls(self, node: int) -> Calls:
        return self.booth.nodes[node].calls

    async def take(self, node: int, who: Actor, call: CallId) -> Call:
        """Accept a call as a console does: once the winner is told, the line moves."""
        taken = await self.calls(node).accept(who, call, "accept")
        await self.calls(node).line_moved(taken.room)
        return taken

    @invariant()
    def both_say_the_same(self) -> None:
        found = self.now(self._read())
        for call, kept in zip(self.model.calls, found, strict=True):
            assert (kept.state, kept.answered_by, set(kept.passed)) == (call.state, call.by, call.passed)
            if call.is_open:
                only = () if call.only is None else (call.only,)
                expected = (only, call.rings_until, call.is_away)
                assert (kept.first, kept.rings_until, kept.buyer_away) == expected, call
            self._never_undone(kept)
        talking = list(self.model.people_talking())
        assert len(talking) == len(set(talking)), "somebody is in two calls"
        assert all(len(self.model.open_of(who.id)) <= 3 for who in BUYERS)

    @invariant()
    def the_line_has_no_gaps(self) -> None:
        for room in ROOMS:
            line = self.model.line(room)
            kept = self.now(self.booth.nodes[1].calls.waiting(room))
            assert [it.id for it in kept] == [it.id for it in line]
            places = [self.now(self.booth.calls.place_of(it)) for it in kept]
            assert [place.position for place in places] == list(range(1, len(line) + 1))

    def teardown(self) -> None:
        try:
            self.now(self._records_agree())
            self._each_was_told()
        finally:
            self.now(self._opening.__aexit__(None, None, None))
            self.now(self.database.close())
            self.now(self._records.__aexit__(None, None, None))
            self._loop.close()
            self._folder.cleanup()

    async def _read(self) -> list[Call]:
        nodes = self.booth.nodes
        return [await nodes[n % 2].calls.get(it.id) for n, it in enumerate(self.model.calls)]

    async def _records_agree(self) -> None:
        """What SQL holds at the end is what the model says; the store keeps deadlines of open calls only."""
        rows = {it.id: it for it in await Outcomes(self.database).since(0)}
        assert {it.id: it.state for it in self.model.calls} == {it: row.outcome for it, row in rows.items()}
        for call in self.model.calls:
            assert (rows[call.id].ended_at is None) is (CallState(call.state) in OPEN)
            assert (rows[call.id].answered_at is None) is (call.by is None)
        for room in ROOMS:
            left = await self.booth.nodes[0].redis.zrange(keys.deadlines(room), 0, -1)
            assert set(left) <= {it.id for it in self.model.calls if it.state in RUNNING}

    def _each_was_told(self) -> None:
        """Told in an order that the table of states allows, and each end once."""
        for call in self.model.calls:
            told = [it for it in self.booth.told if it.id == call.id]
            assert told[-1].state == call.state
            assert len({it.answered_by for it in told} - {None}) <= 1
            for before, after in pairwise(told):
                allowed = {state for (known, _), state in NEXT.items() if known is before.state}
                assert after.state in allowed or (after.state is before.state and before.state in UNANSWERED)

    def _never_undone(self, call: Call) -> None:
        before = self.decided.get(call.id)
        if before:
            assert before[0] == call.state or (before[0] == "talking" and call.state == "ended")
            assert before[1] == call.answered_by
        if call.state not in UNANSWERED:
            self.decided[call.id] = (call.state, call.answered_by)


def _facts(call: Call) -> tuple[object, ...]:
    away = call.buyer_away and call.state in UNANSWERED
    return (call.state, call.answered_by, set(call.passed), call.first, call.rings_until, away)


async def answered(work: Awaitable[Call]) -> Call | str:
    """Do it; return the call, or the code of the refusal."""
    try:
        return await work
    except FairError as error:
        return error.code


async def _all(work: tuple[Awaitable[Call], ...]) -> list[Call | str]:
    return list(await asyncio.gather(*(answered(it) for it in work)))
