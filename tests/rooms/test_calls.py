"""Private calls on a real store and database: asked for, passed on, cancelled, missed, seated, listed."""

from __future__ import annotations

import asyncio

import pytest

from config.errors import Busy, Conflict, Denied, Invalid, Missing
from config.ids import CallId, RoomId
from rooms.fair.accounts import Accounts
from rooms.fair.blocks import Blocks
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Role
from rooms.negotiation.calls import Call
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import LAMP, OAK, PASSWORD, buyer, furnish, guest, organiser, staff


async def test_a_request_carries_where_it_came_from_and_rings(booth: Booth, database: Database) -> None:
    await booth.on_duty()
    call = await booth.ring()
    assert (call.room, call.show, call.show_second, call.product) == (OAK, "show-1", 12.5, "chair")
    assert (call.buyer_name, call.buyer_company, call.buyer_country) == ("Buyer 1", "Trade Ltd", "FI")
    assert (call.state, call.rings_until) == (CallState.RINGING, booth.clock.now + 45)
    assert booth.told == [call]
    assert await booth.calls.get(call.id) == call
    assert await booth.calls.waiting(OAK) == [call]
    assert await booth.calls.open_of_buyer(buyer().id) == call
    assert await booth.calls.open_of_buyer(buyer().id, LAMP) is None
    (outcome,) = await Outcomes(database).since(booth.clock.now)
    assert (outcome.id, outcome.outcome, outcome.answered_at) == (call.id, CallState.RINGING, None)


async def test_the_same_request_is_the_same_call(booth: Booth) -> None:
    await booth.on_duty()
    asked = await asyncio.gather(*(booth.ring(key=f"key-{number % 4}") for number in range(16)))
    assert len({call.id for call in asked}) == 1
    assert len(booth.told) == 1
    await booth.calls.cancel(buyer(), asked[0].id)
    again = await booth.ring(key="key-1")
    assert (again.id, again.state) == (asked[0].id, CallState.CANCELLED)
    booth.clock.move(60)
    await booth.on_duty()
    new = await booth.ring(key="key-new")
    assert new.id != asked[0].id


async def test_nobody_on_duty_means_no_call(booth: Booth) -> None:
    with pytest.raises(Conflict) as refusal:
        await booth.ring()
    assert refusal.value.code == "nobody_on_duty"
    await booth.on_duty()
    booth.clock.move(30)
    with pytest.raises(Conflict):
        await booth.ring()
    assert await booth.calls.open_of_buyer(buyer().id) is None


async def test_three_open_calls_are_enough(booth: Booth) -> None:
    rooms = [RoomId(f"room-{number}") for number in range(6)]
    for room in rooms:
        await booth.on_duty(room=room)
    answers = await asyncio.gather(*(booth.ring(room=room) for room in rooms), return_exceptions=True)
    calls = [answer for answer in answers if isinstance(answer, Call)]
    refusals = [answer for answer in answers if isinstance(answer, Busy)]
    assert (len(calls), {refusal.code for refusal in refusals}) == (3, {"too_many_requests"})
    await booth.calls.cancel(buyer(), calls[0].id)
    free = next(room for room in rooms if room not in {call.room for call in calls})
    assert (await booth.ring(room=free)).state is CallState.RINGING


async def test_asking_and_cancelling_over_and_over_is_stopped(booth: Booth) -> None:
    rooms = [RoomId(f"room-{number}") for number in range(11)]
    for number, room in enumerate(rooms[:10]):
        await booth.on_duty(room=room)
        call = await booth.ring(room=room, key=f"key-{number}")
        await booth.calls.cancel(buyer(), call.id)
    await booth.on_duty(room=rooms[10])
    with pytest.raises(Busy) as refusal:
        await booth.ring(room=rooms[10])
    assert refusal.value.code == "too_many_requests"
    booth.clock.move(60)
    await booth.on_duty(room=rooms[10])
    assert (await booth.ring(room=rooms[10])).state is CallState.RINGING


async def test_one_request_a_minute_in_each_room(booth: Booth) -> None:
    await booth.on_duty()
    await booth.on_duty(room=LAMP)
    call = await booth.ring(key="key-1")
    await booth.calls.cancel(buyer(), call.id)
    booth.clock.move(20)
    with pytest.raises(Busy) as refusal:
        await booth.ring(key="key-2")
    assert (refusal.value.code, refusal.value.retry_after_seconds) == ("too_soon", 40)
    assert "40 s" in refusal.value.message
    assert (await booth.ring(room=LAMP, key="key-3")).state is CallState.RINGING
    assert (await booth.ring(buyer(2), key="key-4")).state is CallState.RINGING
    booth.clock.move(40)
    await booth.on_duty()
    assert (await booth.ring(key="key-5")).id != call.id


async def test_a_blocked_buyer_is_told_so_and_rings_nobody(booth: Booth, database: Database) -> None:
    (ada,) = await booth.on_duty()
    await furnish(database)
    accounts = Accounts(database, booth.clock, 12)
    bea = await accounts.register_buyer("Bea", "Trade Ltd", "bea@trade.example", PASSWORD, "FI", "en")
    pest = Actor(bea.id, Role.BUYER, "Bea", "Trade Ltd", None)
    blocks = Blocks(database, booth.clock)
    await blocks.block(ada, OAK, bea.id)
    with pytest.raises(Denied) as refusal:
        await booth.ring(pest)
    assert refusal.value.code == "blocked"
    assert await booth.calls.waiting(OAK) == []
    await booth.on_duty(room=LAMP)
    assert (await booth.ring(pest, room=LAMP)).state is CallState.RINGING
    await blocks.unblock(ada, OAK, bea.id)
    assert (await booth.ring(pest, key="again")).state is CallState.RINGING


@pytest.mark.parametrize(
    ("second", "key"),
    [
        (float("nan"), "k"), (float("inf"), "k"), (-1.0, "k"), (1.0, ""), (1.0, "a b"), (1.0, "k\n"),
        (1.0, "k" * 65),
    ],
)
async def test_a_malformed_request_is_refused(booth: Booth, second: float, key: str) -> None:
    await booth.on_duty()
    with pytest.raises(Invalid):
        await booth.calls.request(buyer(), OAK, None, second, None, key)
    assert await booth.calls.waiting(OAK) == []


async def test_accepting_twice_is_accepting_once(booth: Booth, database: Database) -> None:
    (ada,) = await booth.on_duty()
    call = await booth.ring()
    won = await booth.calls.accept(ada, call.id, "accept-1")
    assert (won.state, won.answered_by, won.answered_by_name) == (CallState.TALKING, ada.id, ada.name)
    assert await booth.calls.accept(ada, call.id, "accept-1") == won
    assert await booth.nodes[1].calls.accept(ada, call.id, "accept-2") == won
    assert [told.state for told in booth.told] == [CallState.RINGING, CallState.TALKING]
    assert await booth.calls.talking_of(ada.id) == await booth.calls.talking_of(buyer().id) == won
    assert await booth.calls.waiting(OAK) == []
    assert (await Outcomes(database).counts(0))[CallState.TALKING] == 1


@pytest.mark.parametrize(
    "call_id", ["", "x", "oak-and-ash.", "a}b.c", "oak-and-ash." + "x" * 22, "\x00", "é" * 30]
)
async def test_a_call_that_never_was_is_missing(booth: Booth, call_id: str) -> None:
    with pytest.raises(Missing) as refusal:
        await booth.calls.get(CallId(call_id))
    assert refusal.value.code == "no_call"


async def test_only_buyers_ask(booth: Booth) -> None:
    await booth.on_duty()
    for actor in (guest(), staff(), organiser()):
        with pytest.raises(Denied):
            await booth.ring(actor)


async def test_all_on_duty_pass_and_the_call_is_declined(booth: Booth) -> None:
    ada, bo = await booth.on_duty(2)
    call = await booth.ring()
    passed = await booth.calls.pass_on(ada, call.id)
    assert (passed.state, passed.passed) == (CallState.RINGING, (ada.id,))
    assert (await booth.calls.pass_on(bo, call.id)).state is CallState.DECLINED
    assert [told.state for told in booth.told] == [CallState.RINGING, CallState.DECLINED]


async def test_whom_all_who_are_left_have_passed_is_declined(booth: Booth) -> None:
    """The one who had not passed it went off duty."""
    sam, eva = await booth.on_duty(2)
    call = await booth.ring()
    await booth.calls.pass_on(sam, call.id)
    await booth.duty.off(OAK, eva.id)
    await booth.calls.line_moved(OAK)
    assert (await booth.calls.get(call.id)).state is CallState.DECLINED
    assert await booth.calls.waiting(OAK) == []


async def test_what_rings_at_nobody_waits_for_whoever_comes(booth: Booth) -> None:
    (sam,) = await booth.on_duty()
    call = await booth.ring()
    await booth.duty.off(OAK, sam.id)
    await booth.calls.line_moved(OAK)
    booth.clock.move(46)
    await booth.calls.sweep()
    assert (await booth.calls.get(call.id)).state is CallState.WAITING
    await booth.on_duty()
    await booth.calls.line_moved(OAK)
    again = await booth.calls.get(call.id)
    assert (again.state, again.rings_until) == (CallState.RINGING, booth.clock.now + 45)


async def test_nobody_answers_and_the_call_is_missed(booth: Booth) -> None:
    await booth.on_duty()
    call = await booth.ring()
    for seconds in (20, 24.9):
        booth.clock.move(seconds)
        await booth.on_duty()
    assert await booth.calls.sweep() == []
    booth.clock.move(0.1)
    (missed,) = await booth.calls.sweep()
    assert (missed.id, missed.state) == (call.id, CallState.MISSED)
    assert await booth.calls.sweep() == []
    assert await booth.calls.open_of_buyer(buyer().id) is None


async def test_a_reload_of_the_buyers_page_keeps_the_call(booth: Booth) -> None:
    await booth.on_duty()
    await booth.ring()
    await booth.calls.buyer_gone(buyer().id)
    booth.clock.move(7.9)
    await booth.calls.buyer_gone(buyer().id)
    await booth.calls.sweep()
    await booth.calls.buyer_back(buyer().id)
    booth.clock.move(20)
    await booth.calls.sweep()
    assert [told.buyer_away for told in booth.told] == [False]


@pytest.mark.threat("F28")
async def test_a_buyer_who_stays_away_keeps_the_request_and_the_staff_see_it(booth: Booth) -> None:
    """No orphan either: unanswered it is missed at its deadline, and the buyer's place is free."""
    (ada,) = await booth.on_duty()
    call = await booth.ring()
    await booth.calls.buyer_gone(buyer().id)
    booth.clock.move(8)
    await booth.calls.sweep()
    assert [(it.state, it.buyer_away) for it in booth.told] == [("ringing", False), ("ringing", True)]
    await booth.calls.buyer_back(buyer().id)
    assert [it.buyer_away for it in booth.told] == [False, True, False]
    await booth.calls.buyer_gone(buyer().id)
    booth.clock.move(37)
    await booth.calls.sweep()
    assert (await booth.calls.get(call.id)).state is CallState.MISSED
    assert await booth.nodes[0].redis.zcard(f"asked_rooms:{{{buyer().id}}}") == 0
    assert await booth.nodes[0].redis.zcard(f"deadlines:{{{OAK}}}") == 0
    assert await booth.calls.talking_of(ada.id) is None


async def test_a_call_nobody_comes_to_ends(booth: Booth) -> None:
    (ada,) = await booth.on_duty()
    call = await booth.calls.accept(ada, (await booth.ring()).id, "k")
    await booth.calls.take_seat(buyer(), call)
    booth.clock.move(30)
    (ended,) = await booth.calls.sweep()
    assert ended.state is CallState.ENDED


async def test_a_broken_connection_keeps_its_seat_for_a_while(booth: Booth) -> None:
    (ada,) = await booth.on_duty()
    call = await booth.calls.accept(ada, (await booth.ring()).id, "k")
    await booth.calls.take_seat(buyer(), call, "socket-1")
    await booth.calls.take_seat(ada, call, "socket-2")
    booth.clock.move(3600)
    assert await booth.calls.sweep() == []
    await booth.calls.leave_seat(buyer(), call, "socket-1")
    booth.clock.move(29)
    await booth.calls.take_seat(buyer(), call, "socket-3")
    await booth.calls.leave_seat(buyer(), call, "socket-1")
    booth.clock.move(60)
    assert await booth.calls.sweep() == []
    await booth.calls.leave_seat(ada, call, "socket-2")
    booth.clock.move(30)
    (ended,) = await booth.calls.sweep()
    assert ended.state is CallState.ENDED


async def test_the_longest_waiting_call_is_first(booth: Booth) -> None:
    await booth.on_duty()
    asked = []
    for number in (3, 1, 2):
        asked.append((await booth.ring(buyer(number))).id)
        booth.clock.move(1)
    assert [call.id for call in await booth.calls.waiting(OAK)] == asked


async def test_a_refusal_of_one_call_does_not_stop_the_sweep(booth: Booth) -> None:
    await booth.on_duty(2)
    first, second = [await booth.ring(buyer(number)) for number in (1, 2)]
    await booth.nodes[0].redis.delete(f"call:{{{OAK}}}:{first.id}")
    booth.clock.move(50)
    missed = await booth.calls.sweep()
    assert second.id in {call.id for call in missed}
