"""A fair in which everybody does everything at the same moment: nobody's work stands in another's way.

Who writes locks rows until all of it is written. Where two lock the same rows in another order, PostgreSQL
undoes one of them, and somebody is asked to try again for no reason. SQLite lets one writer in at a time.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.util import await_only

from config.errors import FairError
from config.ids import AccountId, CallId, ShowId
from rooms.fair.announced import Announcement
from rooms.fair.blocks import Blocks
from rooms.fair.buyer_messages import BuyerMessages
from rooms.fair.buyer_messages import Wish as Words
from rooms.fair.captions import Captions
from rooms.fair.catalogue import Catalogues, Entry, Kind
from rooms.fair.companies import Companies
from rooms.fair.database import Database
from rooms.fair.departures import Departures
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.moments import Moments, Pin
from rooms.fair.policy import Actor
from rooms.fair.products import Products
from rooms.fair.programme import Programme
from rooms.fair.recording import KeptSection, KeptSegment
from rooms.fair.recordings import Recordings
from rooms.fair.stream_keys import StreamKeys
from rooms.fair.webvtt import Cue
from rooms.negotiation.appointments.appointment import Appointment, Asker, Side, Wish
from rooms.negotiation.call import Call
from rooms.negotiation.call_notes import CallNotes
from rooms.negotiation.consents import Consents
from rooms.negotiation.follow_up import FollowUp
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from rooms.negotiation.thirds import Thirds
from tests.databases import empty_in
from tests.media.scale import scaled
from tests.rooms.diaries import ALL_DAY, HOUR, Office, office
from tests.rooms.fair_facts import OAK, company, organiser
from tests.rooms.offers.postgres import IS_INSTALLED
from tests.rooms.offers.table import CHAIR, DEARER, WISH, Table, actor, lay

AT_ONCE = 18
ROUNDS = scaled(10, 400)


@dataclass
class Fair:
    """Two buyers and two of the staff, and all that they have begun so far."""

    table: Table
    office: Office
    dice: random.Random
    appointments: list[Appointment] = field(default_factory=list)
    offers: list[Receipt] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    made: int = 0

    @property
    def database(self) -> Database:
        return self.table.database

    @property
    def buyer(self) -> Actor:
        return actor(self.dice.choice([self.table.buyer, self.table.stranger]))

    @property
    def staff(self) -> Actor:
        return actor(self.dice.choice([self.table.staff, self.table.colleague]))

    def number(self) -> int:
        self.made += 1
        return self.made

    def shows(self) -> list[str]:
        """Return two shows; others once these have had their time."""
        return [f"show-{self.made // 10}", f"show-{self.made // 10 + 1}"]

    def time(self) -> float:
        return self.table.clock.now - self.table.clock.now % HOUR + self.dice.randrange(3, 30) * HOUR / 2

    async def book(self) -> None:
        wish = Wish(self.time(), 30, None, "en", "", "Asia/Tokyo")
        self.appointments.append(await self.office.book.request(self.buyer, OAK, wish))

    async def propose(self) -> None:
        buyer = self.buyer
        to = Asker(buyer.id, buyer.name, buyer.company, buyer.country, "en")
        wish = Wish(self.time(), 30, None, "en", "", "")
        self.appointments.append(await self.office.book.propose(self.staff, OAK, to, wish))

    async def answer(self) -> None:
        it, book = self.dice.choice(self.appointments), self.office.book
        who = self.staff if self.dice.random() < 0.5 else actor(self._buyer_of(it.buyer))
        match self.dice.randrange(5):
            case 0:
                await book.accept(who, it.id)
            case 1:
                await book.decline(who, it.id)
            case 2:
                await book.cancel(who, it.id)
            case 3:
                await book.counter(who, it.id, self.time(), 15)
            case 4:
                await book.reassign(self.staff, it.id, self.staff.id)

    async def sweep_appointments(self) -> None:
        due = self.office.due
        sweep = self.dice.choice([due.lapse, due.drop, due.hand_over, due.remind, due.write_reminders])
        await sweep()

    async def begin_appointment(self) -> None:
        for it in await self.office.due.to_begin():
            await self.office.due.begin(it.id, CallId(f"{OAK}.{it.id}"))
        for it in await self.office.due.running():
            await self.office.due.attend(it.id, frozenset({Side.BUYER}))

    async def send_mail(self) -> None:
        if letter := await self.office.outbox.take():
            await self.office.outbox.failed(letter, "The line was busy.")

    async def offer(self) -> None:
        self.offers.append(await self.table.send(self._somebody()))

    async def go_on(self) -> None:
        it = self.dice.choice(self.offers)
        if self.dice.random() < 0.5:
            self.offers.append(await self.table.counter(self._somebody(), it, DEARER))
        else:
            await self.table.sign(self._somebody(), it)

    async def save_draft(self) -> None:
        who = actor(self._somebody())
        await self.table.drafts.save(who, self.table.thread, None, self.dice.randrange(3), WISH)

    async def erase(self) -> None:
        await self.table.erasure.ask(actor(self._somebody()), self.table.thread)

    async def call(self) -> None:
        number, now, buyer = self.number(), self.table.clock.now, self.buyer
        call = Call(
            CallId(f"{OAK}.call-{number}"), OAK, ShowId("show-1"), 1.5, CHAIR, buyer.id, buyer.name,
            buyer.company, buyer.country, "en", CallState.RINGING, now, now, now + 45, None, None, (), 1,
        )
        await Outcomes(self.database).record(call)
        self.calls.append(call)

    async def take(self) -> None:
        call, who, outcomes = self.dice.choice(self.calls), self.staff, Outcomes(self.database)
        taken = replace(call, state=CallState.TALKING, answered_by=who.id, answered_by_name=who.name, epoch=2)
        await outcomes.record(taken)
        await outcomes.note_came(taken, call.buyer, self.table.clock.now)
        await CallNotes(self.database, self.table.clock).leave(who, taken, "Gone for a minute.")
        await Thirds(self.database, self.table.clock).invite(who, taken, "colleague", "Tess", "")
        await Consents(self.database, self.table.clock).answer(who, taken, "en", is_agreed=True)
        await outcomes.record(replace(taken, state=CallState.ENDED, epoch=3))

    async def write(self) -> None:
        await BuyerMessages(self.database, self.table.clock).send(self.buyer, OAK, Words("Oak", "How much?"))

    async def follow_up(self) -> None:
        todo, who = FollowUp(self.database, self.table.clock), self.staff
        for letter in (await todo.letters(who, OAK))[:2]:
            await todo.see_to(who, OAK, letter.message.id, is_done=self.dice.random() < 0.5)

    async def block(self) -> None:
        blocks, buyer = Blocks(self.database, self.table.clock), self.table.stranger.id
        await (blocks.block if self.dice.random() < 0.3 else blocks.unblock)(self.staff, OAK, buyer)

    async def run_the_company(self) -> None:
        """What its staff and the organiser do to it."""
        clock, number = self.table.clock, self.number()
        match self.dice.randrange(6):
            case 0:
                await Companies(self.database).change(company(OAK, f"Oak {number}"))
            case 1:
                entry = Entry(Kind.PRODUCT, str(CHAIR), OAK, {"title": f"Chair {number}"}, "products 1")
                await Catalogues(self.database, self.table.audit, clock).put([entry])
            case 2:
                await Products(self.database).move(OAK, CHAIR, 1)
            case 3:
                await HoursStore(self.database, clock).set(self.staff, OAK, Hours("Europe/Lisbon", ALL_DAY))
            case 4:
                await StreamKeys(self.database, clock).rotate(OAK, self.staff.id)
            case 5:
                wish = Announcement(f"Show {number}", self.time() + number * HOUR, 30, "", "en", None, None)
                await Programme(self.database, clock).announce(self.staff, OAK, wish)

    async def leave_and_come_back(self) -> None:
        departures = Departures(self.database, self.table.audit, self.table.clock)
        await departures.leave(organiser(), OAK)
        await self.office.due.drop()
        await departures.come_back(organiser(), OAK)

    async def record_show(self) -> None:
        recordings, name = Recordings(self.database, self.table.clock), self.dice.choice(self.shows())
        await recordings.begin(name, OAK, 1.0, "node-1")
        await recordings.add_section(name, KeptSection(0, "mp4", "avc1", "opus", 1280, 720, 700))
        number = self.number()
        await recordings.add_segments([
            KeptSegment(show, number, 0, number * 2.0, 2.0, 0, 100, "[]")
            for show in self.dice.sample(self.shows(), 2)
        ])
        shows = self.dice.sample(self.shows(), 2)
        await Moments(self.database).keep([Pin(ShowId(show), number, CHAIR) for show in shows])
        await Captions(self.database, self.table.clock).add_live(
            ShowId(name), OAK, "en", [Cue(str(number), number, number + 1.0, "Welcome.")]
        )

    async def end_show(self) -> None:
        recordings, name = Recordings(self.database, self.table.clock), self.dice.choice(self.shows())
        await recordings.end(name, "ended")
        await Captions(self.database, self.table.clock).put(self.staff, ShowId(name), OAK, "en", "", [])
        await recordings.delete(self.staff, name)

    async def renew_password(self) -> None:
        who = self._somebody()
        await self.table.accounts.sign_in(who.email, "three dovetails")
        await self.table.accounts.renew_password(who.id, "three dovetails")

    def _somebody(self) -> Any:
        return self.dice.choice([self.table.buyer, self.table.staff])

    def _buyer_of(self, id_: AccountId) -> Any:
        return self.table.buyer if id_ == self.table.buyer.id else self.table.stranger


WORK: list[Callable[[Fair], Awaitable[None]]] = [
    Fair.book, Fair.book, Fair.propose, Fair.answer, Fair.answer, Fair.sweep_appointments,
    Fair.begin_appointment, Fair.send_mail, Fair.offer, Fair.go_on, Fair.save_draft, Fair.erase, Fair.call,
    Fair.take, Fair.write, Fair.follow_up, Fair.block, Fair.run_the_company, Fair.record_show, Fair.end_show,
    Fair.renew_password, Fair.leave_and_come_back,
]


@pytest.fixture
def _slow_line() -> Iterator[None]:
    """Let every answer of the database take a while, so that more of them meet."""
    dice = random.Random(8)

    def take_a_while(*_: object) -> None:
        await_only(asyncio.sleep(dice.random() / 100))

    event.listen(Engine, "after_cursor_execute", take_a_while)
    yield
    event.remove(Engine, "after_cursor_execute", take_a_while)


@pytest.mark.skipif(not IS_INSTALLED, reason="there is no PostgreSQL here")
@pytest.mark.usefixtures("_slow_line")
async def test_nobody_stands_in_the_way_of_anybody_whatever_they_do(postgres_url: str) -> None:
    async with empty_in(postgres_url) as url:
        database = Database(url)
        await everything(database)
        await database.close()


async def everything(database: Database) -> None:
    table = await lay(database)
    await table.called()
    await HoursStore(database, table.clock).set(actor(table.staff), OAK, Hours("Europe/Lisbon", ALL_DAY))
    fair = Fair(table, office(database, table.clock), random.Random(7))
    await asyncio.gather(fair.book(), fair.offer(), fair.call(), fair.record_show())
    refused: Counter[str] = Counter()
    for _ in range(ROUNDS):
        work = [fair.dice.choice(WORK) for _ in range(AT_ONCE)]
        answers = await asyncio.gather(*(one(fair) for one in work), return_exceptions=True)
        for one, answer in zip(work, answers, strict=True):
            if isinstance(answer, FairError):
                refused[f"{one.__name__}: {_reason(answer)}"] += 1
            elif answer is not None:
                raise answer
        table.clock.move(fair.dice.choice([1, 60, HOUR]))
    assert [it for it in refused if it.endswith((": crosswise", ": malformed"))] == []
    assert refused.total() < ROUNDS * AT_ONCE / 2
    assert await table.fault() is None
    assert await table.changed() is None


def _reason(refusal: FairError) -> str:
    """Return the code of a refusal; who only waited for long, on a busy machine, was not in a knot."""
    state = str(getattr(getattr(refusal.__cause__, "orig", None), "sqlstate", ""))
    return "crosswise" if state.startswith("40") else refusal.code
