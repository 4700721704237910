"""Mails that remind of announced shows: to who reserved, with no page open, once for each time of a show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email.message import EmailMessage

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from config.ids import ShowId
from rooms.fair.accounts import Accounts
from rooms.fair.announced import AnnouncedShow, Announcement
from rooms.fair.database import Database
from rooms.fair.models import AccountRow, CompanyRow
from rooms.fair.outbox import Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.fair.policy import Actor
from rooms.fair.programme import Programme
from rooms.fair.reservations import Reservations
from rooms.fair.show_letters import LETTERS_AT_ONCE, ShowLetters
from tests.rooms.diaries import HOUR, MINUTE, Desk, open_desk
from tests.rooms.fair_facts import OAK, buyer, staff
from tests.web.mail_server import ADDRESS, Inbox, open_inbox, part, postman
from web.mail.postman import Postman

AHEAD = 15 * MINUTE
ANN, BOB = buyer(1), buyer(2)


@dataclass
class Planned:
    """A show in two hours, two nodes that look for whom to remind, and the server mails go to."""

    desk: Desk
    show: AnnouncedShow
    programme: Programme
    reservations: Reservations
    nodes: tuple[ShowLetters, ShowLetters]
    postman: Postman
    inbox: Inbox

    async def reserve(self, *people: Actor, zone: str = "Asia/Tokyo") -> None:
        for actor in people:
            await self.reservations.reserve(actor, self.show.id, zone)

    async def move(self, starts_at: float) -> None:
        await self.programme.change(staff(), self.show.id, replace(self.show.wish, starts_at=starts_at))

    async def look(self) -> None:
        """Let both nodes look, several times at once."""
        await asyncio.gather(*(self.nodes[number % 2].write_reminders() for number in range(8)))

    async def mails(self) -> list[EmailMessage]:
        """Let both nodes look, and return what has come since the last time."""
        await self.look()
        while await self.postman.sweep():
            pass
        found, self.inbox.mails = self.inbox.mails, []
        return found

    def near(self) -> None:
        """Let it be a quarter of an hour before the show."""
        self.desk.clock.now = self.show.starts_at - AHEAD


@pytest_asyncio.fixture
async def planned(database: Database, database_url: str) -> AsyncIterator[Planned]:
    other = Database(database_url)
    desk = await open_desk(database, other)
    programme = Programme(database, desk.clock)
    show = await programme.announce(staff(), OAK, Announcement("Oak & chairs", desk.at(2), 30))
    first, second = (
        ShowLetters(it, Outbox(it, desk.clock, is_on=True), desk.clock, AHEAD) for it in (database, other)
    )
    async with open_inbox() as (inbox, port):
        yield Planned(
            desk, show, programme, Reservations(database, programme, desk.clock), (first, second),
            postman(desk.offices[0].outbox, port), inbox,
        )
    await other.close()


async def test_who_reserved_and_has_no_page_open_gets_one_mail_in_time(planned: Planned) -> None:
    await planned.reserve(ANN, BOB)
    planned.desk.clock.now = planned.show.starts_at - AHEAD - 1
    assert await planned.mails() == []
    planned.near()
    mails = await planned.mails()
    assert {mail["To"] for mail in mails} == {f"{it.name} <{it.id}@fair.example>" for it in (ANN, BOB)}
    assert await planned.mails() == []
    planned.desk.clock.move(AHEAD)
    assert await planned.mails() == []


async def test_it_says_what_when_by_the_readers_clock_and_where(planned: Planned) -> None:
    await planned.reserve(ANN)
    planned.near()
    (mail,) = await planned.mails()
    assert mail["Subject"] == "Reminder: Oak & chairs"
    text, page = part(mail, "text/plain"), part(mail, "text/html")
    assert "Oak & Ash" in text
    assert "Oak &amp; Ash" in page
    for said in (text, page):
        assert "7:00" in said
        assert "Tokyo" in said
        assert "30 minutes" in said
        assert f"{ADDRESS}/rooms/{OAK}" in said


async def test_who_told_no_zone_reads_the_exhibitors(planned: Planned) -> None:
    await planned.reserve(ANN, zone="")
    planned.near()
    (mail,) = await planned.mails()
    assert "Lisbon" in part(mail, "text/plain")


async def test_each_is_reminded_in_their_language(planned: Planned) -> None:
    async with planned.desk.database.session() as session:
        await session.execute(update(AccountRow).where(AccountRow.id == ANN.id).values(language="ar"))
    await planned.reserve(ANN)
    planned.near()
    (mail,) = await planned.mails()
    assert mail["Content-Language"] == "ar"
    assert 'dir="rtl"' in part(mail, "text/html")


async def test_many_are_written_to_in_rounds_each_once_whoever_looks(planned: Planned) -> None:
    people = [buyer(number) for number in range(1, 2 * LETTERS_AT_ONCE + 10)]
    await planned.reserve(*people)
    planned.near()
    await planned.look()
    await planned.look()
    async with planned.desk.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LetterRow)) == len(people)
    assert len({mail["To"] for mail in await planned.mails()}) == len(people)


async def test_nobody_is_reminded_of_a_show_that_was_cancelled(planned: Planned) -> None:
    await planned.reserve(ANN)
    await planned.programme.cancel(staff(), planned.show.id)
    planned.near()
    assert await planned.mails() == []


async def test_a_show_that_is_cancelled_while_nodes_look_leaves_no_letter(planned: Planned) -> None:
    await planned.reserve(*(buyer(number) for number in range(1, 3 * LETTERS_AT_ONCE)))
    planned.near()
    await asyncio.gather(planned.look(), planned.programme.cancel(staff(), planned.show.id))
    assert await planned.mails() == []


@pytest.mark.parametrize("what", ["cancel", "move", "unreserve"])
async def test_a_letter_that_has_not_gone_out_is_taken_back(planned: Planned, what: str) -> None:
    """Also one whose sending fails only then."""
    await planned.reserve(ANN)
    planned.near()
    await planned.look()
    outbox = planned.desk.offices[0].outbox
    taken = await outbox.take()
    assert taken is not None
    if what == "cancel":
        await planned.programme.cancel(staff(), planned.show.id)
    elif what == "move":
        await planned.move(planned.show.starts_at + HOUR)
    else:
        await planned.reservations.unreserve(ANN, planned.show.id)
    assert not await outbox.failed(taken, "451 try later")
    planned.desk.clock.move(5 * MINUTE)
    assert await planned.mails() == []


async def test_a_show_that_moves_is_reminded_of_again_by_its_new_time(planned: Planned) -> None:
    await planned.reserve(ANN)
    planned.near()
    assert len(await planned.mails()) == 1
    await planned.move(planned.show.starts_at + HOUR)
    assert await planned.mails() == []
    planned.desk.clock.move(HOUR)
    (mail,) = await planned.mails()
    assert "8:00" in part(mail, "text/plain")
    assert await planned.mails() == []


async def test_who_learns_too_late_that_a_show_is_earlier_is_told_at_once(planned: Planned) -> None:
    await planned.reserve(ANN)
    planned.desk.clock.move(HOUR)
    await planned.move(planned.desk.clock() + 5 * MINUTE)
    assert len(await planned.mails()) == 1


async def test_a_change_of_words_reminds_nobody_again_by_mail(planned: Planned) -> None:
    await planned.reserve(ANN)
    planned.near()
    assert len(await planned.mails()) == 1
    await planned.programme.change(staff(), planned.show.id, replace(planned.show.wish, title="Ash"))
    assert await planned.mails() == []


async def test_who_reserves_in_the_last_minutes_has_just_read_of_it(planned: Planned) -> None:
    planned.near()
    await planned.reserve(ANN)
    planned.desk.clock.move(MINUTE)
    assert await planned.mails() == []


@pytest.mark.parametrize(("is_over", "count"), [(False, 1), (True, 0)])
async def test_a_show_that_began_early_is_still_told_unless_it_is_over(
    planned: Planned, is_over: bool, count: int
) -> None:
    await planned.reserve(ANN)
    planned.near()
    await planned.programme.begin(planned.show, ShowId("show"))
    if is_over:
        await planned.programme.end(ShowId("show"))
    assert len(await planned.mails()) == count


async def test_nobody_whose_account_was_closed_is_reminded(planned: Planned) -> None:
    await planned.reserve(ANN, BOB)
    await Accounts(planned.desk.database, planned.desk.clock, 12).disable(ANN.id)
    planned.near()
    assert [mail["To"] for mail in await planned.mails()] == [f"{BOB.name} <{BOB.id}@fair.example>"]


async def test_nobody_is_reminded_of_shows_of_exhibitors_who_left(planned: Planned) -> None:
    await planned.reserve(ANN)
    async with planned.desk.database.session() as session:
        await session.execute(update(CompanyRow).where(CompanyRow.room == OAK).values(left_at=1.0))
    planned.near()
    assert await planned.mails() == []


async def test_a_server_that_was_away_gets_no_reminder_of_a_show_that_is_over(planned: Planned) -> None:
    await planned.reserve(ANN)
    planned.near()
    await planned.look()
    planned.inbox.refusals = ["451 try later"]
    assert await planned.mails() == []
    planned.desk.clock.move(AHEAD + 30 * MINUTE)
    assert await planned.mails() == []
    async with planned.desk.database.reading() as session:
        letter = (await session.scalars(select(LetterRow))).one()
    assert (letter.next_try_at, letter.sent_at, letter.problem) == (None, None, "too late")
