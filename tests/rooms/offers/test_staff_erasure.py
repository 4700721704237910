"""Erasure for one of the exhibitor's staff: their own name goes, that of nobody else, and no signed fact."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import select

from config.errors import Conflict, Denied, Missing
from config.ids import AppointmentId, CallId
from rooms.fair.accounts import Account
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.asking_rows import SeenToRow
from rooms.fair.buyer_messages import BuyerMessages
from rooms.fair.buyer_messages import Wish as Message
from rooms.fair.callroom_models import CallConsentRow, CallFileRow, CallNoteRow, CallRecordingRow
from rooms.fair.offer_rows import ErasureRow, VersionRow
from rooms.fair.outbox import Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.fair.policy import Role
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.letters import Letters, News
from rooms.negotiation.appointments.mapping import values_of
from rooms.negotiation.appointments.states import AppointmentState
from rooms.negotiation.offers.records import ThreadKey
from rooms.negotiation.offers.states import OfferState
from rooms.negotiation.outcomes import CallOutcome, Outcomes
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.fair_facts import LAMP, OAK
from tests.rooms.offers.table import DEARER, WISH, Table, account, actor
from tests.rooms.offers.test_erasure import holding

TRACES = {
    "call_requests", "call_answers", "call_notes", "call_files", "call_consents", "appointments", "seen_to",
    "offer_versions", "offer_drafts", "outbox",
}


async def test_no_trace_of_the_name_is_left_that_others_see(table: Table) -> None:
    """Of calls, what was left in them, appointments, mails to the buyer, drafts, and what they dealt with."""
    call = await table.called(kind=CallKind.CALL_BACK, state=CallState.TALKING)
    await leave_traces(table, call, table.staff)
    await table.send(table.staff)
    draft = await table.drafts.save(actor(table.staff), table.thread, None, 0, DEARER)
    assert await holding(table, "Rui") == TRACES | {"accounts"}
    erased = await table.erasure.ask(actor(table.staff), table.thread)
    assert (erased.versions, erased.calls) == (1, 1)
    assert await holding(table, "Rui") == {"accounts", "outbox"}
    async with table.database.reading() as session:
        letters = {row.recipient: json.loads(row.facts) for row in await session.scalars(select(LetterRow))}
    assert (letters[table.buyer.email]["other"], letters[table.buyer.email]["staff"]) == ("Oak & Ash", "")
    assert letters[table.staff.email]["staff"] == "Rui", "what they were written themselves stays"
    (kept,) = await table.drafts.of(actor(table.colleague), table.thread)
    assert (kept.wish, kept.revision, kept.saved_by) == (DEARER, draft.revision, "")


async def test_nobody_elses_name_is_touched(table: Table) -> None:
    """That of a colleague, who may ask as well, and that of the buyer."""
    call = await table.called(state=CallState.TALKING)
    await leave_traces(table, call, table.colleague)
    theirs, mine = await table.send(table.colleague), await table.send(table.staff)
    await table.drafts.save(actor(table.colleague), table.thread, None, 0, WISH)
    before = await holding(table, "Ines"), await holding(table, "Ama Owusu")
    await table.erasure.ask(actor(table.staff), table.thread)
    assert (await holding(table, "Ines"), await holding(table, "Ama Owusu")) == before
    assert not (await table.read(theirs.offer)).newest.is_erased
    assert (await table.read(mine.offer)).newest.document["buyer"]["name"] == "Ama Owusu"
    thread = await table.threads.get(actor(table.staff), table.thread)
    assert (thread.buyer.name, thread.is_erased) == ("Ama Owusu", False)
    await table.erasure.ask(actor(table.colleague), table.thread)
    assert await holding(table, "Ines") == {"accounts", "outbox"}
    async with table.database.reading() as session:
        rows = (await session.scalars(select(ErasureRow).order_by(ErasureRow.asked_at_ms))).all()
    assert {(row.side, row.account) for row in rows} == {
        ("seller", table.staff.id), ("seller", table.colleague.id)
    }


async def test_what_was_signed_keeps_who_wrote_and_who_signed_it(table: Table) -> None:
    await table.called()
    signed = await table.send(table.staff)
    await table.sign(table.staff, signed)
    assert (await table.erasure.ask(actor(table.staff), table.thread)).versions == 0
    found = await table.read(signed.offer)
    assert found.newest.document["written_by"] == {"side": "seller", "name": "Rui"}
    assert [it.name for it in found.newest.signatures] == ["Rui"]
    assert (await table.sign(table.buyer, signed)).state is OfferState.AGREED
    agreed = await table.read(signed.offer)
    assert table.signing.is_genuine(agreed.id, agreed.newest)
    assert await table.fault() is None
    assert await table.changed() is None


async def test_who_agreed_to_a_recording_is_known_as_long_as_there_is_one(table: Table) -> None:
    recorded, refused = await table.called(), await table.called()
    async with table.database.session() as session:
        for call in (recorded, refused):
            session.add(consent(call, table.staff))
        session.add(CallRecordingRow(
            recording="r", call=recorded, party=table.staff.id, name=table.staff.name, began_at=2.0
        ))
    await table.erasure.ask(actor(table.staff), table.thread)
    async with table.database.reading() as session:
        rows = (await session.scalars(select(CallConsentRow).order_by(CallConsentRow.number))).all()
        (recording,) = await session.scalars(select(CallRecordingRow))
    assert [(it.call, it.name) for it in rows] == [(recorded, "Rui"), (refused, "")]
    assert recording.name == "Rui"


async def test_what_they_do_afterwards_has_their_name_again_until_they_ask_again(table: Table) -> None:
    await table.called()
    sent = await table.send(table.staff)
    asked = [await table.erasure.ask(actor(table.staff), table.thread) for _ in range(2)]
    assert [(it.versions, it.calls) for it in asked] == [(1, 0), (0, 0)]
    for who in (table.buyer, table.staff):
        with pytest.raises(Conflict) as refusal:
            await table.sign(who, sent)
        assert refusal.value.code == "erased"
    again = await table.counter(table.staff, sent)
    await table.called(state=CallState.TALKING)
    first, second = (await table.read(sent.offer)).versions
    assert [it.document["written_by"]["name"] for it in (first, second)] == ["", "Rui"]
    assert [it.answered_by_name for it in await answered(table)] == ["Rui"]
    once_more = await table.erasure.ask(actor(table.staff), table.thread)
    assert (once_more.versions, once_more.calls) == (1, 1)
    assert [it.answered_by_name for it in await answered(table)] == [""]
    final = await table.counter(table.staff, again, WISH)
    for who in (table.buyer, table.staff):
        await table.sign(who, final)
    assert await table.fault() is None
    assert await table.changed() is None


@pytest.mark.parametrize("who", [
    *permutations(("buyer", "staff")), *permutations(("staff", "colleague")), ("staff", "buyer", "staff"),
])
async def test_several_may_ask_and_the_trail_knows_what_each_left(table: Table, who: tuple[str, ...]) -> None:
    await table.called()
    sent = await table.send(table.staff)
    countered = await table.counter(table.colleague, sent)
    await table.counter(table.buyer, countered, WISH)
    names = {"buyer": "Ama", "staff": "Rui", "colleague": "Ines"}
    for one in who:
        await table.erasure.ask(actor(getattr(table, one)), table.thread)
        table.clock.move(1)
        assert await table.fault() is None
        assert await table.changed() is None
    texts = [it.text for it in (await table.read(sent.offer)).versions]
    for one, name in names.items():
        assert any(name in text for text in texts) == (one not in who), name


@pytest.mark.parametrize("change", [
    lambda text: text.replace('"name":""', '"name":"Rui"'), lambda text: text.replace("12.50", "1.25"),
])
async def test_what_an_erasure_left_stays_as_it_was_left(table: Table, change: Callable[[str], str]) -> None:
    await table.called()
    sent = await table.send(table.staff)
    await table.erasure.ask(actor(table.staff), table.thread)
    async with table.database.session() as session:
        row = await session.get_one(VersionRow, (sent.offer, 1))
        left, row.text = row.text, change(row.text)
        assert row.text != left
    assert await table.changed() == sent.offer


async def test_only_who_is_in_the_thread_may_ask(table: Table) -> None:
    """Staff of another room, guests and organisers may not; staff to whom the buyer never turned see none."""
    await table.called(state=CallState.TALKING)
    for somebody in (account(1, Role.STAFF, LAMP), account(2, Role.ORGANISER), account(3, Role.GUEST)):
        with pytest.raises(Denied):
            await table.erasure.ask(actor(somebody), table.thread)
    with pytest.raises(Missing) as refusal:
        await table.erasure.ask(actor(table.staff), ThreadKey(OAK, table.stranger.id))
    assert refusal.value.code == "no_thread"
    assert [it.answered_by_name for it in await answered(table)] == ["Rui"]


async def leave_traces(table: Table, call: CallId, who: Account) -> None:
    """Leave a member of staff's name wherever a thread has one, but in offers."""
    now, outbox = table.clock.now, Outbox(table.database, table.clock, is_on=True)
    message = await BuyerMessages(table.database, table.clock).send(
        actor(table.buyer), OAK, Message("Chairs", "How many?")
    )
    appointment = Appointment(
        AppointmentId("an_appointment"), OAK, AppointmentState.ACCEPTED, now, 30, table.buyer.id,
        table.buyer.name, table.buyer.company, table.buyer.country, "en", "UTC", who.id, who.name, None, "en",
        "", Side.STAFF, None, 1, now, now,
    )
    async with table.database.session() as session:
        session.add(AppointmentRow(**values_of(appointment), reminded=""))
        session.add(consent(call, who))
        session.add(CallNoteRow(id="n", call=call, author=who.id, name=who.name, text="Hi", at=now))
        session.add(CallFileRow(
            id="f", call=call, name="a.pdf", kind="pdf", size=1, sha256="", sent_by=who.id,
            sent_by_name=who.name, sent_at=now,
        ))
        for subject in (call, message.id):
            session.add(SeenToRow(subject=subject, room=OAK, account=who.id, name=who.name, done_at=now))
        await Letters(outbox).put(session, appointment, News("propose", Side.STAFF), "UTC")


def consent(call: CallId, who: Account) -> CallConsentRow:
    return CallConsentRow(
        call=call, party=who.id, name=who.name, is_agreed=True, text="May it be recorded?", language="en",
        at=1.0,
    )


async def answered(table: Table) -> list[CallOutcome]:
    """Return the calls of the thread that somebody answered."""
    found = await Outcomes(table.database).of_thread(OAK, table.buyer.id)
    return [it for it in found if it.answered_by]
