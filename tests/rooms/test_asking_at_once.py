"""What happens while a buyer asks: another tab asks too, somebody blocks them, the one ahead is missed."""

from __future__ import annotations

import asyncio

import pytest

from config.ids import RoomId
from rooms.fair.accounts import Accounts
from rooms.fair.blocks import Blocks
from rooms.fair.database import Database
from rooms.negotiation.calls import Call
from rooms.negotiation.line import Line
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, PASSWORD, buyer, furnish, staff

ROOMS = (OAK, RoomId("room-1"), RoomId("room-2"))


async def test_two_tabs_at_once_cost_one_place(booth: Booth) -> None:
    """Whichever asks first: neither has found the other's request, and the one call gives the place back."""
    for room in ROOMS:
        await booth.on_duty(room=room)
    for minute in range(5):
        booth.clock.move(61)
        for room in ROOMS:
            await booth.on_duty(room=room)
        asked = await asyncio.gather(*(
            node.calls.request(buyer(), OAK, None, None, None, f"tab-{tab}-{minute}")
            for tab, node in enumerate(booth.nodes)
        ))
        assert asked[0].id == asked[1].id
        await booth.calls.cancel(buyer(), asked[0].id)
        assert await booth.nodes[0].redis.zcard(f"asked_rooms:{{{buyer().id}}}") == 0


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
