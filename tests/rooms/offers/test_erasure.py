"""Erasure on a real database: what loses the buyer's name, what keeps it, and what can be done afterwards."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable

import pytest
from sqlalchemy import select

from config.errors import Conflict
from config.ids import AppointmentId, CallId
from rooms.fair.accounts import Account
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.buyer_messages import BuyerMessages
from rooms.fair.buyer_messages import Wish as Message
from rooms.fair.callroom_models import CallConsentRow, CallFileRow, CallNoteRow, CallRecordingRow
from rooms.fair.models import Table as AnyRow
from rooms.fair.outbox import Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.letters import Letters, News
from rooms.negotiation.appointments.mapping import values_of
from rooms.negotiation.appointments.states import AppointmentState
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferState
from tests.media.scale import scaled
from tests.rooms.fair_facts import OAK
from tests.rooms.offers.table import WISH, Table, actor

MEETINGS = scaled(20, 90)
"""Fewer than a thread has offers."""


async def test_erasure_leaves_only_what_was_signed(table: Table) -> None:
    await table.called()
    unsigned = await table.send()
    signed = await table.send()
    await table.sign(table.buyer, signed)
    erased = await table.erasure.ask(actor(table.buyer), table.thread)
    assert (erased.versions, erased.calls) == (1, 1)
    first, second = await table.read(unsigned.offer), await table.read(signed.offer)
    assert "Ama" not in first.newest.text
    assert first.newest.is_erased
    assert second.newest.document["buyer"]["name"] == "Ama Owusu"
    assert table.signing.is_genuine(second.id, second.newest)
    (thread,) = await table.threads.of(actor(table.staff))
    assert (thread.buyer.name, thread.buyer.company, thread.is_erased) == ("", "Owusu Ltd", True)
    await table.drafts.save(actor(table.buyer), table.thread, None, 0, WISH)
    assert (await table.threads.get(actor(table.staff), table.thread)).is_erased
    await table.send()
    assert (await table.threads.get(actor(table.staff), table.thread)).buyer.name == "Ama Owusu"
    assert await table.fault() is None


async def test_an_erased_version_is_sent_again_before_anybody_signs_it(table: Table) -> None:
    """Its words are no longer those that its hash is of: what both sign is a version that still is whole."""
    await table.called()
    sent = await table.send(table.staff)
    await table.erasure.ask(actor(table.buyer), table.thread)
    for who in (table.buyer, table.staff):
        with pytest.raises(Conflict) as refusal:
            await table.sign(who, sent)
        assert refusal.value.code == "erased"
    assert (await table.read(sent.offer)).newest.signatures == ()
    again = await table.counter(table.staff, sent)
    await table.sign(table.buyer, again)
    assert (await table.sign(table.staff, again)).state is OfferState.AGREED
    agreed = await table.read(sent.offer)
    assert table.signing.is_genuine(agreed.id, agreed.newest)
    assert await table.fault() is None


async def test_a_version_without_the_name_can_be_signed_after_another_erasure(table: Table) -> None:
    """Its words are still those that its hash is of."""
    await table.called()
    sent = await table.send(table.staff)
    await table.erasure.ask(actor(table.buyer), table.thread)
    again = await table.counter(table.staff, sent)
    assert (await table.erasure.ask(actor(table.buyer), table.thread)).versions == 0
    for who in (table.buyer, table.staff):
        await table.sign(who, again)
    assert (await table.read(sent.offer)).state is OfferState.AGREED
    assert await table.fault() is None
    assert await table.changed() is None


@pytest.mark.threat("T32")
async def test_what_is_signed_stays_whole_however_an_erasure_meets_it(table: Table) -> None:
    await table.called()
    chance = random.Random(seed := random.randrange(1 << 30))
    for _ in range(MEETINGS):
        sent = await table.send(table.staff)
        done = await asyncio.gather(
            late(table, sent, chance, table.sign(table.buyer, sent)),
            late(table, sent, chance, table.sign(table.staff, sent)),
            late(table, sent, chance, table.erasure.ask(actor(table.buyer), table.thread)),
            return_exceptions=True,
        )
        refusals = [it for it in done if isinstance(it, BaseException)]
        assert all(isinstance(it, Conflict) and it.code == "erased" for it in refusals), f"seed {seed}"
        assert len(refusals) in (0, 2), "one that is signed is not erased, one that is erased not signed"
        found = await table.read(sent.offer)
        assert found.newest.is_erased == bool(refusals)
        assert table.signing.is_genuine(found.id, found.newest) or found.newest.is_erased, f"seed {seed}"
    assert await table.fault() is None


async def late(table: Table, sent: Receipt, chance: random.Random, work: Awaitable[object]) -> None:
    """Do it after some readings, so that each may be the first."""
    for _ in range(chance.randrange(6)):
        await table.read(sent.offer)
    await work


async def test_no_trace_of_the_name_is_left_in_the_records(table: Table) -> None:
    """Of calls and what was left in them, messages, appointments, and mails; others keep theirs."""
    call = await table.called()
    await leave_traces(table, call, table.buyer)
    await table.drafts.save(actor(table.buyer), table.thread, None, 0, WISH)
    await table.send(table.buyer)
    assert {"call_requests", "buyer_messages", "appointments", "outbox"} <= await holding(table, "Ama")
    await table.erasure.ask(actor(table.buyer), table.thread)
    assert await holding(table, "Ama") == {"accounts"}
    async with table.database.reading() as session:
        (letter,) = await session.scalars(select(LetterRow))
    assert letter.recipient == table.staff.email
    assert json.loads(letter.facts)["other"] == table.buyer.company


async def test_who_agreed_to_a_recording_is_known_as_long_as_there_is_one(table: Table) -> None:
    """Where nothing was recorded there is nothing to prove; what the staff answered is theirs."""
    recorded, refused = await table.called(), await table.called()
    async with table.database.session() as session:
        for call in (recorded, refused):
            for who in (table.buyer, table.staff):
                session.add(CallConsentRow(
                    call=call, party=who.id, name=who.name, is_agreed=call == recorded or who is table.staff,
                    text="May it be recorded?", language="en", at=1.0,
                ))
        session.add(CallRecordingRow(
            recording="r", call=recorded, party=table.staff.id, name=table.staff.name, began_at=2.0
        ))
    await table.erasure.ask(actor(table.buyer), table.thread)
    async with table.database.reading() as session:
        rows = (await session.scalars(select(CallConsentRow).order_by(CallConsentRow.number))).all()
    assert [(it.call, it.name) for it in rows] == [
        (recorded, "Ama Owusu"), (recorded, "Rui"), (refused, ""), (refused, "Rui"),
    ]


async def leave_traces(table: Table, call: CallId, buyer: Account) -> None:
    messages = BuyerMessages(table.database, table.clock)
    await messages.send(actor(buyer), OAK, Message("Chairs", "How many?"))
    now = table.clock.now
    appointment = Appointment(
        AppointmentId("an_appointment"), OAK, AppointmentState.ACCEPTED, now, 30, buyer.id, buyer.name,
        buyer.company, buyer.country, "en", "UTC", table.staff.id, table.staff.name, None, "en", "",
        Side.BUYER, None, 1, now, now,
    )
    letters = Letters(Outbox(table.database, table.clock, is_on=True))
    async with table.database.session() as session:
        session.add(AppointmentRow(**values_of(appointment), reminded=""))
        session.add(CallConsentRow(
            call=call, party=buyer.id, name=buyer.name, is_agreed=False, text="May it be recorded?",
            language="en", at=now,
        ))
        session.add(CallNoteRow(id="n", call=call, author=buyer.id, name=buyer.name, text="Hi", at=now))
        session.add(CallFileRow(
            id="f", call=call, name="a.pdf", kind="pdf", size=1, sha256="", sent_by=buyer.id,
            sent_by_name=buyer.name, sent_at=now,
        ))
        await letters.put(session, appointment, News("asked", Side.BUYER), "UTC")


async def holding(table: Table, word: str) -> set[str]:
    """Return the tables in which a word stands."""
    found = set()
    async with table.database.reading() as session:
        for kind in AnyRow.metadata.sorted_tables:
            rows = (await session.execute(select(kind))).all()
            if any(word in str(value) for row in rows for value in row):
                found.add(kind.name)
    return found
