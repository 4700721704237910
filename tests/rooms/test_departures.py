"""Exhibitors who leave the fair: found nowhere, asked for nothing, what there was stays; and back again."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

import pytest
import pytest_asyncio
from sqlalchemy import select

from config.errors import Denied, Missing
from config.ids import CallId, RoomId
from rooms.fair.announced import Announcement
from rooms.fair.audit import Audit
from rooms.fair.audit_rows import AuditRow
from rooms.fair.buyer_messages import BuyerMessages, Wish
from rooms.fair.caption_keys import CaptionKeys
from rooms.fair.companies import Companies
from rooms.fair.database import Database
from rooms.fair.departures import Departures, LeftRooms
from rooms.fair.programme import Programme
from rooms.fair.recording import Access, Kind
from rooms.fair.recordings import Recordings
from rooms.fair.reservations import Reservations
from rooms.fair.seal import Seal
from rooms.fair.stream_keys import StreamKeys
from rooms.negotiation.appointments.due import count_to_come
from rooms.negotiation.appointments.states import AppointmentState as State
from rooms.negotiation.offers.states import OfferState
from tests.rooms.diaries import HOUR, Desk, refused
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, furnish, guest, organiser, staff
from tests.rooms.offers.table import actor, lay
from tests.rooms.recorded import STARTED_AT, record

ANN, SAM, OLGA = buyer(), staff(1), organiser()
GONE = "exhibitor_left"


@dataclass
class Office:
    """Where the organiser takes exhibitors out, and back in."""

    database: Database
    clock: Clock
    audit: Audit
    departures: Departures

    async def leave(self, room: RoomId = OAK) -> None:
        await self.departures.leave(OLGA, room)

    async def come_back(self, room: RoomId = OAK) -> None:
        await self.departures.come_back(OLGA, room)

    async def trail(self) -> list[tuple[str, str, str]]:
        """Return who did what, as the audit trail has it, which is whole."""
        async with self.database.reading() as session:
            assert await self.audit.fault(session) is None
            rows = await session.scalars(select(AuditRow).order_by(AuditRow.sequence))
            return [(row.actor, row.action, row.subject) for row in rows]


def office_of(database: Database, clock: Clock) -> Office:
    audit = Audit(Seal(b"k" * 32))
    return Office(database, clock, audit, Departures(database, audit, clock))


@pytest_asyncio.fixture
async def office(database: Database) -> Office:
    await furnish(database)
    return office_of(database, Clock())


async def test_only_the_organiser_takes_one_out_and_each_time_is_written_down(office: Office) -> None:
    for who in (ANN, SAM, guest()):
        for turn in (office.departures.leave, office.departures.come_back):
            with pytest.raises(Denied):
                await turn(who, OAK)
    await refused(office.departures.leave(OLGA, RoomId("nowhere")), "no_room")
    assert await office.trail() == []
    first = await office.departures.leave(OLGA, OAK)
    office.clock.move(60)
    again = await office.departures.leave(OLGA, OAK)
    assert (first.is_new, again.is_new, again.left_at) == (True, False, first.left_at)
    assert await office.departures.look() == {OAK: first.left_at}
    back = await office.departures.come_back(OLGA, OAK)
    assert (back.is_new, back.left_at) == (True, None)
    assert not (await office.departures.come_back(OLGA, OAK)).is_new
    assert await office.departures.look() == {}
    assert await office.trail() == [
        (OLGA.id, "exhibitor.left", f"room:{OAK}"), (OLGA.id, "exhibitor.returned", f"room:{OAK}"),
    ]


async def test_two_organisers_at_once_take_it_out_once(office: Office) -> None:
    done = await asyncio.gather(*(office.departures.leave(OLGA, OAK) for _ in range(6)))
    assert [it.is_new for it in done].count(True) == 1
    assert len(await office.trail()) == 1


async def test_who_left_is_found_nowhere_and_is_there_again_as_before(office: Office) -> None:
    companies = Companies(office.database)
    before = await companies.by_room(OAK)
    await office.leave()
    await refused(companies.by_room(OAK), GONE)
    assert (await companies.ever_by_room(OAK)).name == before.name
    for text in ("", "oak"):
        assert OAK not in [it.room for it in await companies.search(text)]
        assert [it.room for it in await companies.search(text, has_left=True)] == [OAK]
    assert (await companies.count(), await companies.count(has_left=True)) == (1, 1)
    kept = await companies.change(await companies.ever_by_room(OAK))
    assert (await companies.ever_by_room(OAK)).left_at == kept.left_at == office.clock.now
    await office.come_back()
    assert await companies.by_room(OAK) == before


async def test_a_form_that_was_open_meanwhile_takes_nobody_back_in(office: Office) -> None:
    companies = Companies(office.database)
    before = await companies.by_room(OAK)
    await office.leave()
    await companies.change(before)
    assert await office.departures.look() == {OAK: office.clock.now}


async def test_nothing_is_asked_for_or_announced_where_nobody_is(office: Office) -> None:
    database, clock = office.database, office.clock
    programme, later = Programme(database, clock), clock.now + HOUR
    reservations = Reservations(database, programme, clock)
    show = await programme.announce(SAM, OAK, Announcement("Chairs", later, 60))
    await reservations.reserve(ANN, show.id)
    await office.leave()
    await refused(BuyerMessages(database, clock).send(ANN, OAK, Wish("Chairs", "How many?")), GONE)
    await refused(programme.announce(SAM, OAK, Announcement("More", later + 2 * HOUR, 60)), GONE)
    await refused(reservations.reserve(buyer(2), show.id), GONE)
    for keys in (StreamKeys(database, clock), CaptionKeys(database, clock)):
        await refused(keys.rotate(OAK, SAM.id), GONE)
    assert await programme.coming() == await programme.of_room(OAK) == []
    clock.move(HOUR - 60)
    assert (await programme.near(), await programme.meant(OAK)) == ([], None)
    assert await reservations.due([ANN.id]) == []
    await office.come_back()
    assert await programme.coming() == await programme.near() == [show]
    assert [it.account for it in await reservations.due([ANN.id])] == [ANN.id]


async def test_appointments_to_come_are_cancelled_once_with_a_mail_to_both(desk: Desk) -> None:
    """Those asked for and agreed on; not one that has begun. They stay cancelled."""
    office = office_of(desk.database, desk.clock)
    asked, agreed, begun = await desk.ask(hours=4), await desk.ask(hours=2), await desk.ask(hours=1)
    for it in (agreed, begun):
        await desk.book.accept(SAM, it.id)
    desk.clock.move(HOUR)
    assert [it.id for it in await desk.due.to_begin()] == [begun.id]
    await desk.due.begin(begun.id, CallId("call"))
    assert await count_to_come(desk.database, OAK) == 2
    await office.leave()
    await refused(desk.ask(buyer(2)), GONE)
    await refused(desk.book.counter(ANN, agreed.id, desk.at(8), 15), GONE)
    desk.clock.move(HOUR)
    assert await desk.due.to_begin() == []
    swept = await asyncio.gather(*(desk.offices[number % 2].due.drop() for number in range(8)))
    gone = [it.id for found in swept for it in found]
    assert sorted(gone) == sorted([asked.id, agreed.id])
    assert (await desk.book.get(ANN, begun.id)).state is State.BEGUN
    assert Counter(what for _, what in await desk.mails())["leave"] == 4
    assert await count_to_come(desk.database, OAK) == 0
    await office.come_back()
    assert await desk.due.drop() == []
    assert (await desk.book.get(ANN, agreed.id)).state is State.CANCELLED
    assert (await desk.ask(buyer(2), hours=9)).state is State.ASKED


async def test_an_offer_is_withdrawn_but_neither_sent_countered_nor_signed(database: Database) -> None:
    table = await lay(database)
    office = office_of(database, table.clock)
    signed, sent = await table.send(), await table.send()
    for account in (table.buyer, table.staff):
        await table.sign(account, signed)
    await office.leave()
    for work in (
        table.send(), table.send(table.staff), table.counter(table.staff, sent), table.sign(table.staff, sent)
    ):
        await refused(work, GONE)
    for account in (table.buyer, table.staff):
        found = await table.threads.get(actor(account), table.thread)
        (listed,) = await table.threads.of(actor(account))
        assert (found.has_left, listed.has_left, listed.company) == (True, True, "Oak & Ash")
        assert (await table.offers.get(actor(account), signed.offer)).state is OfferState.AGREED
    await table.offers.withdraw(actor(table.buyer), sent.offer, sent.version, table.key())
    assert (await table.read(sent.offer)).state is OfferState.WITHDRAWN
    assert (await table.fault(), await table.changed()) == (None, None)
    await office.come_back()
    assert (await table.threads.get(actor(table.buyer), table.thread)).has_left is False
    await table.counter(table.staff, sent)


async def test_a_signature_that_was_given_is_answered_the_same_once_more(database: Database) -> None:
    table = await lay(database)
    sent = await table.send()
    first = await table.sign(table.staff, sent, "once")
    await office_of(database, table.clock).leave()
    assert await table.sign(table.staff, sent, "once") == first


WATCH = {
    Access.PUBLIC: {"staff", "organiser"}, Access.SIGNED_IN: {"staff", "organiser"},
    Access.INVITED: {"staff", "organiser", "invited"},
}
"""Who watches what an exhibitor has recorded who left."""


@pytest.mark.parametrize("access", Access)
async def test_recordings_are_for_their_own_and_the_invited(office: Office, access: Access) -> None:
    recordings = Recordings(office.database, office.clock)
    await record(recordings)
    recording = await recordings.set_access(SAM, "show-1", access, [buyer(2).id])
    people = {
        "staff": SAM, "organiser": OLGA, "invited": buyer(2), "buyer": ANN, "guest": guest(),
        "rival": staff(room=LAMP),
    }
    before = await recordings.circle(recording)
    assert await recordings.is_public(recording) is (access is Access.PUBLIC)
    await office.leave()
    may = {name for name, who in people.items() if await recordings.may_watch(who, recording)}
    assert may == WATCH[access]
    for name, who in people.items():
        if name not in may:
            await refused(recordings.require_watching(who, recording), GONE)
    assert not await recordings.is_public(recording)
    assert await recordings.circle(recording) != before
    await recordings.require_download(SAM, recording)
    await office.come_back()
    assert await recordings.is_public(recording) is (access is Access.PUBLIC)
    assert await recordings.circle(recording) == before


async def test_the_recording_of_a_call_stays_with_its_two(office: Office) -> None:
    recordings = Recordings(office.database, office.clock)
    call = await recordings.begin("call-1", OAK, STARTED_AT, "n", Kind.CALL, parties=[ANN.id, SAM.id])
    await office.leave()
    for who, may in ((ANN, True), (SAM, True), (OLGA, False), (staff(2), False)):
        assert await recordings.may_watch(who, call) is may


def test_a_node_lets_nobody_into_the_rooms_it_knows_of() -> None:
    left = LeftRooms()
    left.check(OAK)
    left.know({OAK: 1.0})
    left.check(LAMP)
    left.check(None)
    with pytest.raises(Missing):
        left.check(OAK)
    left.know({})
    left.check(OAK)
