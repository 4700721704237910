"""Calls of appointments: the two are in them once they come, and nobody waits for ever for who does not."""

from __future__ import annotations

import pytest

from config.errors import Busy
from config.ids import CallId
from rooms.fair.database import Database
from rooms.negotiation.calls import Call
from rooms.negotiation.gathering import Arranged
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, buyer, staff

ANN, BEN, SAM = buyer(), buyer(2), staff(1)
WAIT_SECONDS = 600.0


async def arrange(booth: Booth) -> Call:
    """Open the call of Ann and Sam, who agreed on it."""
    return await booth.calls.arrange(Arranged(
        CallId(f"{OAK}.{'a' * 22}"), OAK, None, ANN.id, ANN.name, ANN.company, "FI", "en", SAM.id, SAM.name,
        WAIT_SECONDS,
    ))


async def talk(booth: Booth) -> Call:
    """Bring Ben and Sam into a call."""
    call = await booth.ring(BEN)
    await booth.calls.accept(SAM, call.id, "k")
    for who in (BEN, SAM):
        await booth.calls.take_seat(who, call, who.id)
    return call


async def state_of(booth: Booth, call: Call) -> CallState:
    return (await booth.calls.get(call.id)).state


async def test_a_no_show_after_an_emptied_store_keeps_nobody_busy(booth: Booth) -> None:
    await booth.on_duty()
    call = await arrange(booth)
    await booth.calls.take_seat(ANN, call, "s")
    await booth.nodes[0].redis.flushall()
    await booth.calls.sweep()
    booth.clock.move(WAIT_SECONDS + 1)
    await booth.on_duty()
    await booth.calls.sweep()
    assert await state_of(booth, call) is CallState.ENDED
    assert (await booth.ring(BEN)).state is CallState.RINGING


async def test_an_emptied_store_lets_the_two_wait_as_long_as_before(booth: Booth) -> None:
    call = await arrange(booth)
    await booth.nodes[0].redis.flushall()
    for seconds in (0, WAIT_SECONDS - 1):
        booth.clock.move(seconds)
        await booth.calls.sweep()
    await booth.calls.leave_seat(ANN, await booth.calls.take_seat(ANN, call, "s"), "s")
    assert await state_of(booth, call) is CallState.TALKING


async def test_appointments_are_no_requests_and_no_shows_no_calls(booth: Booth, database: Database) -> None:
    await arrange(booth)
    booth.clock.move(WAIT_SECONDS + 1)
    await booth.calls.sweep()
    outcomes, since = Outcomes(database), booth.clock.now - 3600
    assert sum((await outcomes.counts(since)).values()) == 0
    assert (await outcomes.waits(since), await outcomes.lengths(OAK, 20)) == ([], [])


async def test_an_appointment_to_which_both_came_lasted_as_long_as_it_did(
    booth: Booth, database: Database
) -> None:
    call = await arrange(booth)
    for who in (ANN, SAM):
        await booth.calls.take_seat(who, call, who.id)
    booth.clock.move(60)
    await booth.calls.hang_up(ANN, call.id)
    assert await Outcomes(database).lengths(OAK, 20) == [60]


async def test_who_has_not_come_yet_is_in_no_call(booth: Booth) -> None:
    await booth.on_duty()
    await arrange(booth)
    assert not await booth.duty.busy(OAK)
    asked = await booth.ring(BEN)
    assert asked.state is CallState.RINGING
    assert (await booth.calls.accept(SAM, asked.id, "k")).state is CallState.TALKING


async def test_who_has_come_is_busy_and_takes_no_other_call(booth: Booth) -> None:
    await booth.on_duty()
    asked = await booth.ring(BEN)
    await booth.calls.take_seat(SAM, await arrange(booth), "s")
    assert await booth.duty.busy(OAK) == {SAM.id}
    await booth.calls.sweep()
    assert await state_of(booth, asked) is CallState.WAITING
    with pytest.raises(Busy) as refusal:
        await booth.calls.accept(SAM, asked.id, "k")
    assert refusal.value.code == "in_a_call"


async def test_who_is_in_a_call_ends_it_before_an_appointment(booth: Booth) -> None:
    await booth.on_duty()
    other, call = await talk(booth), await arrange(booth)
    with pytest.raises(Busy) as refusal:
        await booth.calls.take_seat(SAM, call, "s")
    assert (refusal.value.code, await booth.calls.present(call.id)) == ("in_a_call", frozenset())
    await booth.calls.hang_up(SAM, other.id)
    await booth.calls.take_seat(SAM, call, "s")
    assert await booth.calls.present(call.id) == {SAM.id}


async def test_who_leaves_an_appointment_early_may_take_a_call_until_they_are_back(booth: Booth) -> None:
    await booth.on_duty()
    call = await arrange(booth)
    await booth.calls.take_seat(SAM, call, "s")
    await booth.calls.leave_seat(SAM, call, "s")
    await talk(booth)
    with pytest.raises(Busy):
        await booth.calls.take_seat(SAM, call, "t")
