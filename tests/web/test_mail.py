"""Mails against a real SMTP server: in the reader's language, once, and again when it is busy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from icalendar import Calendar
from sqlalchemy import select

from rooms.fair.database import Database
from rooms.fair.outbox import WAITS_SECONDS, Letter, Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.negotiation.appointments.appointment import Asker, Wish
from tests.rooms.diaries import Desk, open_desk
from tests.rooms.fair_facts import OAK, Clock, buyer, staff
from tests.web.mail_server import ADDRESS, Inbox, open_inbox, part, postman
from web.mail.postman import Postman


@dataclass
class Office:
    """An outbox, its postman, and the server mails go to."""

    desk: Desk
    postman: Postman
    inbox: Inbox

    async def problem(self) -> tuple[str, float | None]:
        async with self.desk.database.reading() as session:
            row = (await session.scalars(select(LetterRow))).one()
            return row.problem, row.next_try_at


@pytest_asyncio.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    desk = await open_desk(database, database)
    async with open_inbox() as (inbox, port):
        yield Office(desk, postman(desk.offices[0].outbox, port), inbox)


async def test_a_request_is_mailed_with_both_times_and_an_entry_for_the_calendar(office: Office) -> None:
    asked = await office.desk.ask()
    assert await office.postman.sweep() == 1
    (mail,) = office.inbox.mails
    assert mail["To"] == f"Staff 1 <{staff(1).id}@fair.example>"
    assert mail["From"] == "The fair <fair@fair.example>"
    assert mail["Subject"] == "Buyer 1 asks for an appointment"
    for text in (part(mail, "text/plain"), part(mail, "text/html")):
        assert "10:00" in text
        assert "Lisbon" in text
        assert "Tokyo" in text
        assert f"{ADDRESS}/appointments#a-{asked.id}" in text
    invitation: Any = Calendar.from_ical(part(mail, "text/calendar"))
    (event,) = invitation.events
    assert (invitation["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "TENTATIVE", 0)
    assert event["UID"] == f"{asked.id}@fair.example"
    assert event["DTSTART"].dt.timestamp() == asked.starts_at
    assert [name for name in (it.get_filename() for it in mail.walk()) if name] == ["appointment.ics"]


async def test_who_has_never_said_their_zone_is_written_to_in_the_exhibitors(office: Office) -> None:
    desk, asker = office.desk, Asker(buyer().id, "Buyer 1", "Trade Ltd", "FI", "en")
    await desk.book.propose(staff(1), OAK, asker, Wish(desk.at(2), 15))
    while await office.postman.sweep():
        pass
    (mail,) = [mail for mail in office.inbox.mails if "Buyer" in mail["To"]]
    assert mail["Subject"] == "A time for an appointment with Staff 1"
    assert "Lisbon" in part(mail, "text/plain")
    assert "Their time" not in part(mail, "text/plain")


async def test_each_reads_their_own_language_and_direction(office: Office) -> None:
    asked = await office.desk.ask(replace(buyer(), language="ar"))
    async with office.desk.database.session() as session:
        for row in await session.scalars(select(LetterRow)):
            row.language = "ar"
    await office.postman.sweep()
    assert 'dir="rtl"' in part(office.inbox.mails[0], "text/html")
    assert office.inbox.mails[0]["Content-Language"] == "ar"
    assert asked.buyer_language == "ar"


async def test_what_is_moved_and_taken_back_reaches_the_calendar_under_one_name(office: Office) -> None:
    asked = await office.desk.ask()
    await office.desk.book.counter(staff(1), asked.id, office.desk.at(5), 30)
    await office.desk.book.accept(buyer(), asked.id)
    await office.desk.book.cancel(buyer(), asked.id)
    while await office.postman.sweep():
        pass
    to_staff = [mail for mail in office.inbox.mails if "Staff" in mail["To"]]
    entries: list[Any] = [Calendar.from_ical(part(mail, "text/calendar")) for mail in to_staff]
    by_revision = sorted(entries, key=lambda it: it.events[0]["SEQUENCE"])
    assert [it["METHOD"] for it in by_revision] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [it.events[0]["STATUS"] for it in by_revision] == [
        "TENTATIVE", "TENTATIVE", "CONFIRMED", "CANCELLED"
    ]
    assert len({it.events[0]["UID"] for it in entries}) == 1


async def test_a_letter_goes_out_once_whoever_sweeps(office: Office) -> None:
    await office.desk.ask()
    again = office.desk.offices[0].outbox
    letter = Letter("x:0:asked:y", "y@fair.example", "Y", "en", "appointment", {})
    for _ in range(3):
        async with office.desk.database.session() as session:
            await again.put(session, letter)
    due = [await again.take(), await again.take(), await again.take()]
    assert sum(it is not None for it in due) == 2
    assert await office.postman.sweep() == 0


async def test_a_server_without_tls_is_told_nothing_where_there_should_be_tls(office: Office) -> None:
    await office.desk.ask()
    async with open_inbox() as (inbox, port):
        assert await postman(office.desk.offices[0].outbox, port, "starttls").sweep() == 0
    problem, next_try = await office.problem()
    assert "STARTTLS" in problem
    assert next_try == office.desk.clock() + WAITS_SECONDS[0]
    assert inbox.mails == []


async def test_a_server_that_is_busy_is_tried_again_later_and_later(office: Office) -> None:
    await office.desk.ask()
    office.inbox.refusals = ["451 try later"] * 2
    for wait in WAITS_SECONDS[:2]:
        assert await office.postman.sweep() == 0
        problem, next_try = await office.problem()
        assert "try later" in problem
        assert next_try == office.desk.clock() + wait
        assert await office.postman.sweep() == 0
        office.desk.clock.move(wait)
    assert await office.postman.sweep() == 1
    assert await office.problem() == ("", None)


@pytest.mark.parametrize("recipient", ["y@", "@y", "The y y@fair.example"])
async def test_a_letter_that_cannot_be_written_is_kept_and_stops_no_other(
    office: Office, recipient: str
) -> None:
    outbox = office.desk.offices[0].outbox
    async with office.desk.database.session() as session:
        await outbox.put(session, Letter("x", recipient, "Y", "en", "appointment", {}))
    await office.postman.sweep()
    problem, next_try = await office.problem()
    assert "cannot be written" in problem
    assert next_try == office.desk.clock() + WAITS_SECONDS[0]
    office.desk.clock.move(WAITS_SECONDS[0])
    await office.desk.ask()
    assert await office.postman.sweep() == 1


async def test_what_is_refused_for_good_is_given_up(office: Office) -> None:
    await office.desk.ask()
    office.inbox.refusals = ["550 no such mailbox"]
    assert await office.postman.sweep() == 0
    problem, next_try = await office.problem()
    assert "no such mailbox" in problem
    assert next_try is None


async def test_a_server_that_is_away_loses_nothing_and_is_given_up_on_at_last(
    database: Database,
) -> None:
    desk = await open_desk(database, database)
    nowhere = postman(desk.offices[0].outbox, 1)
    await desk.ask()
    for wait in WAITS_SECONDS:
        assert await nowhere.sweep() == 0
        desk.clock.move(wait)
    await nowhere.sweep()
    desk.clock.move(1e6)
    assert await desk.offices[0].outbox.take() is None


async def test_a_node_that_dies_with_a_letter_leaves_it_to_the_others(office: Office) -> None:
    await office.desk.ask()
    assert await office.desk.offices[0].outbox.take() is not None
    assert await office.postman.sweep() == 0
    office.desk.clock.move(121)
    assert await office.postman.sweep() == 1


async def test_a_fair_without_a_mail_server_keeps_no_letters(database: Database) -> None:
    outbox = Outbox(database, Clock(), is_on=False)
    async with database.session() as session:
        await outbox.put(session, Letter("a", "a@b.example", "A", "en", "appointment", {}))
    assert await outbox.take() is None


async def test_nobody_can_add_a_header_by_their_name(office: Office) -> None:
    await office.desk.ask(replace(buyer(2), name="Eve\r\nBcc: all@fair.example"))
    await office.postman.sweep()
    problem, _ = await office.problem() if not office.inbox.mails else ("", None)
    assert problem or office.inbox.mails[0]["Bcc"] is None
