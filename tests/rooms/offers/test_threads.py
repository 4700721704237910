"""Who may write to whom, and which threads each side sees."""

from __future__ import annotations

import pytest

from config.errors import Missing
from rooms.fair.buyer_messages import BuyerMessages
from rooms.fair.buyer_messages import Wish as Message
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.fair_facts import LAMP, OAK
from tests.rooms.offers.table import WISH, Table, actor


async def test_staff_write_only_to_who_has_turned_to_them(table: Table) -> None:
    with pytest.raises(Missing) as refusal:
        await table.send(table.staff)
    assert refusal.value.code == "no_thread"
    await table.called(LAMP)
    with pytest.raises(Missing):
        await table.send(table.staff)
    await table.called()
    await table.send(table.staff)


async def test_who_was_only_rung_has_not_turned_to_anybody(table: Table) -> None:
    """A buyer who refused an invitation, or missed it, is written to by nobody and shown in no list."""
    for state in (CallState.RINGING, CallState.DECLINED, CallState.MISSED):
        await table.called(kind=CallKind.INVITATION, state=state)
        await nobody_is_written_to(table)
        assert await table.threads.of(actor(table.buyer)) == []


@pytest.mark.parametrize("kind", [CallKind.INVITATION, CallKind.CALL_BACK])
async def test_who_took_a_call_of_the_staff_has_turned_to_them(table: Table, kind: CallKind) -> None:
    await table.called(kind=kind, state=CallState.TALKING)
    assert [it.key for it in await table.threads.of(actor(table.staff))] == [table.thread]
    await table.send(table.staff)


async def test_who_wrote_a_message_has_turned_to_the_staff(table: Table) -> None:
    messages = BuyerMessages(table.database, table.clock)
    await messages.send(actor(table.buyer), LAMP, Message("Chairs", "How many?"))
    await nobody_is_written_to(table)
    await messages.send(actor(table.buyer), OAK, Message("Chairs", "How many?"))
    (thread,) = await table.threads.of(actor(table.staff))
    assert (thread.key, thread.buyer.name, thread.changed_at_ms) == (table.thread, "Ama Owusu", table.now_ms)
    await table.send(table.staff)


async def test_a_draft_that_was_not_sent_is_known_to_its_buyer_alone(table: Table) -> None:
    await table.drafts.save(actor(table.buyer), table.thread, None, 0, WISH)
    await nobody_is_written_to(table)
    assert [it.key for it in await table.threads.of(actor(table.buyer))] == [table.thread]
    await table.send(table.buyer)
    assert [it.buyer.name for it in await table.threads.of(actor(table.staff))] == ["Ama Owusu"]
    await table.send(table.staff)


async def nobody_is_written_to(table: Table) -> None:
    """The staff neither see the buyer, nor can send or draft anything."""
    staff = actor(table.staff)
    assert await table.threads.of(staff) == []
    for work in (
        table.threads.get(staff, table.thread), table.send(table.staff),
        table.drafts.save(staff, table.thread, None, 0, WISH),
    ):
        with pytest.raises(Missing) as refusal:
            await work
        assert refusal.value.code == "no_thread"


async def test_threads_are_listed_with_the_newest_first(table: Table) -> None:
    await table.called()
    table.clock.move(10)
    await table.called(LAMP)
    buyer, staff = actor(table.buyer), actor(table.staff)
    assert [it.key.room for it in await table.threads.of(buyer)] == [LAMP, OAK]
    table.clock.move(10)
    await table.send(table.staff)
    assert [it.key.room for it in await table.threads.of(buyer)] == [OAK, LAMP]
    assert [(it.key, it.buyer.name) for it in await table.threads.of(staff)] == [(table.thread, "Ama Owusu")]
