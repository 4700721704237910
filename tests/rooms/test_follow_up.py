"""What is left to follow up stays listed until somebody has dealt with it."""

from __future__ import annotations

import pytest

from config.errors import Missing
from rooms.fair.accounts import Accounts
from rooms.fair.buyer_messages import BuyerMessages, Wish
from rooms.fair.database import Database
from rooms.negotiation.call import Call
from rooms.negotiation.follow_up import DONE_LIMIT, FollowUp
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.outgoing import Callee
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, PASSWORD, buyer, furnish, staff
from tests.rooms.test_outcomes import ask

ANN, SAM = buyer(), staff(1)
LONG_AGO = 60 * 86400


async def answered(booth: Booth, *who_come: object) -> Call:
    """Let a request be answered, and those come who do; the seats of the others are kept in vain."""
    await booth.on_duty()
    call = await booth.ring()
    await booth.calls.accept(SAM, call.id, "k")
    for who in (ANN, SAM):
        if who in who_come:
            await booth.calls.take_seat(who, call, who.id)
    booth.clock.move(31)
    await booth.calls.sweep()
    return await booth.calls.get(call.id)


def follow_up(booth: Booth, database: Database) -> FollowUp:
    return FollowUp(database, booth.clock)


async def test_who_slept_through_the_answer_is_called_back(booth: Booth, database: Database) -> None:
    call = await answered(booth, SAM)
    todo = follow_up(booth, database)
    assert [(it.call.id, it.call.state) for it in await todo.missed(SAM, OAK)] == [(call.id, CallState.ENDED)]
    assert (await todo.call(OAK, call.id)).buyer == ANN.id
    assert await Outcomes(database).lengths(OAK, 20) == []


async def test_whom_the_staff_let_wait_in_a_call_is_called_back(booth: Booth, database: Database) -> None:
    call = await answered(booth, ANN)
    assert [it.call.id for it in await follow_up(booth, database).missed(SAM, OAK)] == [call.id]


async def test_a_call_in_which_both_were_is_not_to_be_followed_up(booth: Booth, database: Database) -> None:
    call = await answered(booth, ANN, SAM)
    assert call.state is CallState.TALKING
    await booth.calls.hang_up(ANN, call.id)
    todo = follow_up(booth, database)
    assert await todo.missed(SAM, OAK) == []
    with pytest.raises(Missing):
        await todo.call(OAK, call.id)


async def test_a_call_back_reaches_who_comes(booth: Booth, database: Database) -> None:
    call, todo = await answered(booth), follow_up(booth, database)
    callee = Callee(ANN.id, ANN.name, ANN.company, "FI", "en", about=call.id)
    for key, come in (("first", ()), ("second", (ANN, SAM))):
        back = await booth.calls.outgoing.ring(SAM, OAK, CallKind.CALL_BACK, callee, key)
        await booth.calls.outgoing.answer(ANN, back.id)
        for who in come:
            await booth.calls.take_seat(who, back, who.id)
        booth.clock.move(31)
        await booth.calls.sweep()
        (left,) = await todo.missed(SAM, OAK)
        assert (left.tries, left.is_reached) == (1, bool(come))


async def test_what_nobody_has_dealt_with_stays_listed(booth: Booth, any_database: Database) -> None:
    now, todo = booth.clock.now, FollowUp(any_database, booth.clock)
    await ask(any_database, CallKind.REQUEST, CallState.MISSED, 1, now - LONG_AGO)
    await ask(any_database, CallKind.REQUEST, CallState.MISSED, DONE_LIMIT + 1, now - 30)
    oldest = (await todo.missed(SAM, OAK))[-1].call
    for it in (await todo.missed(SAM, OAK))[:-1]:
        await todo.see_to(SAM, OAK, it.call.id, is_done=True)
    listed = await todo.missed(SAM, OAK)
    assert [it.call.id for it in listed if it.done is None] == [oldest.id]
    assert len(listed) == DONE_LIMIT + 1
    assert [it.call.requested_at for it in listed] == sorted(
        (it.call.requested_at for it in listed), reverse=True
    )


async def test_a_message_nobody_has_dealt_with_stays_listed(booth: Booth, any_database: Database) -> None:
    await furnish(any_database)
    ann = await Accounts(any_database, booth.clock, 12).register_buyer(
        "Ann", "Trade", "ann@trade.example", PASSWORD, "FI", "en"
    )
    messages, todo = BuyerMessages(any_database, booth.clock), FollowUp(any_database, booth.clock)
    first = await messages.send(ann.actor, OAK, Wish("First", "Do you ship?"))
    booth.clock.move(LONG_AGO)
    for number in range(DONE_LIMIT + 1):
        booth.clock.move(1)
        newer = await messages.send(ann.actor, OAK, Wish(str(number), "And that?"))
        await todo.see_to(SAM, OAK, newer.id, is_done=True)
    listed = await todo.letters(SAM, OAK)
    assert [it.message.id for it in listed if it.done is None] == [first.id]
    assert (len(listed), listed[0].message.id) == (DONE_LIMIT + 1, newer.id)
