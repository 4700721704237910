"""What a block holds for beside calls: appointments, those to come and those asked for, and messages."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from config.ids import CallId
from rooms.fair.blocks import Blocks
from rooms.fair.buyer_messages import BuyerMessages, Wish
from rooms.fair.database import Database
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import HOUR, Desk, people_of, refused
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, furnish, staff

ANN, SAM = buyer(), staff(1)


@pytest.fixture
def blocks(desk: Desk) -> Blocks:
    return Blocks(desk.database, desk.clock)


async def test_a_blocked_buyer_books_no_appointment(desk: Desk, blocks: Blocks) -> None:
    await blocks.block(SAM, OAK, ANN.id)
    await refused(desk.ask(), "blocked")
    assert await desk.claims() == 0
    assert (await desk.ask(buyer(2))).state is State.ASKED
    await blocks.unblock(SAM, OAK, ANN.id)
    assert (await desk.ask(hours=4)).state is State.ASKED


async def test_a_blocked_buyer_moves_no_appointment_but_lets_go_of_it(desk: Desk, blocks: Blocks) -> None:
    first, second = await desk.ask(), await desk.ask(hours=4)
    await desk.book.counter(SAM, second.id, desk.at(6), 15)
    await blocks.block(SAM, OAK, ANN.id)
    await refused(desk.book.counter(ANN, first.id, desk.at(8), 15), "blocked")
    assert (await desk.book.get(ANN, first.id)) == first
    assert (await desk.book.cancel(ANN, first.id)).state is State.CANCELLED
    assert (await desk.book.decline(ANN, second.id)).state is State.DECLINED


async def test_a_block_cancels_what_is_to_come_and_tells_both_once(desk: Desk, blocks: Blocks) -> None:
    """Asked for, moved or agreed on; not of others, and not what has begun."""
    asked, moved, agreed, begun, other = [
        await desk.ask(who, hours)
        for who, hours in ((ANN, 4), (ANN, 6), (ANN, 2), (ANN, 1), (buyer(2), 2))
    ]
    await desk.book.counter(SAM, moved.id, desk.at(8), 15)
    for it in (agreed, begun, other):
        await desk.book.accept(SAM, it.id)
    desk.clock.move(HOUR)
    assert await desk.due.begin(begun.id, CallId("call")) is not None
    assert await desk.due.drop() == []
    await blocks.block(SAM, OAK, ANN.id)
    swept = await asyncio.gather(*(desk.offices[number % 2].due.drop() for number in range(10)))
    gone = {it.id for found in swept for it in found}
    assert sum(map(len, swept)) == len(gone) == 3
    assert gone == {asked.id, moved.id, agreed.id}
    states = {it.id: it.state for it in await desk.book.of(SAM, 0.0)}
    assert {states[it] for it in gone} == {State.CANCELLED}
    assert (states[begun.id], states[other.id]) == (State.BEGUN, State.ACCEPTED)
    assert Counter(what for _, what in await desk.mails())["cancel"] == 6
    assert await desk.claims() == 4


async def test_the_hour_of_a_blocked_buyer_begins_nothing(desk: Desk, blocks: Blocks) -> None:
    """Not even between the block and the next sweep."""
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)
    desk.clock.move(2 * HOUR)
    assert [it.id for it in await desk.due.to_begin()] == [asked.id]
    await blocks.block(SAM, OAK, ANN.id)
    assert await desk.due.to_begin() == []


async def test_a_blocked_buyer_writes_no_message(desk: Desk, blocks: Blocks) -> None:
    messages = BuyerMessages(desk.database, desk.clock)
    await blocks.block(SAM, OAK, ANN.id)
    await refused(messages.send(ANN, OAK, Wish("Chairs", "How many?")), "blocked")
    await messages.send(ANN, LAMP, Wish("Lamps", "How many?"))


async def test_who_is_blocked_and_let_in_again_at_the_same_moment_is_one_or_the_other(
    any_database: Database,
) -> None:
    await furnish(any_database)
    await people_of(any_database, ("en",))
    blocks = Blocks(any_database, Clock())
    for _ in range(40):
        done = await asyncio.gather(
            *(blocks.block(SAM, OAK, ANN.id) for _ in range(9)),
            *(blocks.unblock(SAM, OAK, ANN.id) for _ in range(9)),
        )
        assert {it.account for it in done if it is not None} == {ANN.id}
        assert len(await blocks.of_room(SAM, OAK)) in (0, 1)
