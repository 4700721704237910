"""What happens while a buyer asks: another tab asks too, somebody blocks them, the one ahead is missed."""

from __future__ import annotations

import pytest

from config.ids import CallId
from rooms.fair.accounts import Accounts
from rooms.fair.blocks import Blocks
from rooms.fair.database import Database
from rooms.live import keys
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.calls import Call
from rooms.negotiation.line import Line
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, PASSWORD, buyer, furnish, staff


async def test_two_tabs_at_once_cost_one_place(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second had looked before the first asked; the one call gives the place back."""
    await booth.on_duty()
    look, first = CallStore.asked_before, []

    async def look_and_be_slow(self: CallStore, call: Call, key: str) -> CallId | None:
        found = await look(self, call, key)
        if key == "second":
            booth.clock.move(-0.01)
            first.append(await booth.ring(key="first"))
        return found

    monkeypatch.setattr(CallStore, "asked_before", look_and_be_slow)
    booth.clock.move(0.01)
    second = await booth.ring(key="second")
    assert [it.id for it in first] == [second.id]
    redis, places = booth.nodes[0].redis, keys.asked_rooms(buyer().id)
    assert await redis.zcard(places) == 1
    await booth.calls.cancel(buyer(), second.id)
    assert await redis.zcard(places) == 0


async def test_a_block_in_the_middle_of_asking_holds(
    booth: Booth, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await furnish(database)
    ann = (await Accounts(database, booth.clock, 12).register_buyer(
        "Ann", "Trade", "ann@trade.example", PASSWORD, "FI", "en"
    )).actor
    await booth.on_duty()
    blocks, begin = Blocks(database, booth.clock), Line.begin

    async def blocked_now(*given: object) -> object:
        await blocks.block(staff(), OAK, ann.id)
        return await begin(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Line, "begin", blocked_now)
    assert (await booth.ring(ann)).state is CallState.DECLINED
    assert await booth.calls.waiting(OAK) == []


async def test_places_are_told_when_the_one_ahead_is_missed(booth: Booth) -> None:
    (sam,) = await booth.on_duty()
    talk = await booth.ring(buyer(1))
    await booth.calls.accept(sam, talk.id, "k")
    for who in (buyer(1), sam):
        await booth.calls.take_seat(who, talk, who.id)
    await booth.ring(buyer(2))

    def told_of(call: Call) -> int:
        return next(it.position for it in booth.nodes[0].lines[-1] if it.call.id == call.id)

    booth.clock.move(600)
    await booth.on_duty()
    third = await booth.ring(buyer(3))
    assert told_of(third) == 2
    booth.clock.move(601)
    await booth.on_duty()
    assert [it.state for it in await booth.calls.sweep()] == [CallState.MISSED]
    assert told_of(third) == 1
