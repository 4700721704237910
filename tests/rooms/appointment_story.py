"""What a story of appointments happens on, and what holds after each of its steps."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Awaitable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from config.errors import FairError
from config.ids import AccountId, AppointmentId, CallId, RoomId
from rooms.fair.accounts import Accounts
from rooms.fair.appointment_rows import AppointmentRow, ClaimRow
from rooms.fair.blocks import Blocks
from rooms.fair.database import Database
from rooms.fair.hours import Hours
from rooms.fair.outbox_rows import LetterRow
from rooms.fair.policy import Actor
from rooms.negotiation.appointments.appointment import Appointment
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.appointments.due import DueAppointments
from rooms.negotiation.appointments.mapping import appointment_in
from tests.databases import empty_database
from tests.rooms.appointment_model import CLOSES, HOLD, MINUTE, OPENS, QUARTER, TO_COME, Model, Told
from tests.rooms.diaries import Desk, hire, open_desk
from tests.rooms.fair_facts import LAMP, OAK, buyer, staff

ROOMS = (OAK, LAMP)
BUYERS = tuple(buyer(number) for number in range(1, 5))
CREWS = {OAK: tuple(staff(number) for number in range(1, 4)), LAMP: (staff(1, LAMP), staff(2, LAMP))}
LANGUAGES = ("en", "zh", "en")
PEOPLE = {who.id: who for who in (*BUYERS, *CREWS[OAK], *CREWS[LAMP])}
WORK_DAY = ((int(OPENS / MINUTE), int(CLOSES / MINUTE)),)


class Story(RuleBasedStateMachine):
    """Two nodes and the model of what they should say; everything is done to both."""

    def __init__(self, migrated_file: Path) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self._records = empty_database(Path(self._folder.name), migrated_file)
        url = self.now(self._records.__aenter__())
        self.databases = (Database(url), Database(url))
        self.desk: Desk = self.now(_furnished(*self.databases))
        self.blocks = Blocks(self.databases[0], self.desk.clock)
        self.accounts = Accounts(self.databases[0], self.desk.clock, 12)
        crew = {
            who.id: (room, who.name, LANGUAGES[n]) for room in ROOMS for n, who in enumerate(CREWS[room])
        }
        self.model = Model(self.desk.clock(), crew)
        self.asked = 0
        self.revisions: dict[str, int] = {}

    def now(self, work: Awaitable[Any]) -> Any:
        return self._loop.run_until_complete(work)

    def attempt(self, work: Awaitable[Appointment]) -> Appointment | str:
        """Do it; return what became of it, or the code of the refusal."""
        return self.now(tried(work))  # type: ignore[no-any-return]  # the loop does not know

    def at_once(self, *work: Awaitable[Appointment]) -> list[Appointment | str]:
        """Do all of it at once; return what became of each."""
        return self.now(_all(work))  # type: ignore[no-any-return]  # the loop does not know

    def book(self, node: int) -> Appointments:
        return self.desk.offices[node].book

    def due(self, node: int) -> DueAppointments:
        return self.desk.offices[node].due

    def move(self, seconds: float) -> None:
        self.desk.clock.move(seconds)
        self.model.now += seconds

    def is_here(self, *people: Actor) -> bool:
        return not any(who.id in self.model.closed for who in people)

    def some(self, number: int) -> Told | None:
        """Return one of the appointments, mostly one that is to come."""
        to_come = [it for it in self.model.told if it.state in TO_COME]
        among = to_come if to_come and number % 6 else self.model.told
        return among[number % len(among)] if among else None

    def somebody(self, number: int, by_buyer: bool, member: int) -> tuple[Told | None, Actor, str]:
        """Return an appointment, and who acts for one side of it; none where they are gone."""
        told = self.some(number)
        crew = CREWS[told.room if told else OAK]
        who = PEOPLE[told.buyer] if told and by_buyer else crew[member % len(crew)]
        return told if self.is_here(who) else None, who, "buyer" if by_buyer else "staff"

    def new(
        self, room: RoomId, who: Actor, ahead: int, minutes: int, language: str, by: str
    ) -> Told:
        """Return what would come of a wish for a time so many quarters ahead."""
        now, start = self.model.now, self.start(ahead)
        hold = min(now + HOLD, start)
        return Told(
            AppointmentId(""), room, who.id, AccountId(""), start, minutes, language, by, hold, now
        )

    def start(self, ahead: int) -> float:
        return (self.model.now // QUARTER + ahead) * QUARTER

    def key(self, is_new: bool) -> str:
        """Return the key of a request: a new one, or that of the last."""
        self.asked += is_new
        return f"key-{self.asked}"

    def same(self, done: Appointment | str, expected: Told | str) -> None:
        """See that what was done is what the model says, and learn the name of a new one."""
        if isinstance(expected, str):
            assert done == expected
            return
        assert isinstance(done, Appointment), done
        expected.id = expected.id or done.id
        assert done.id == expected.id

    def begin(self, new: Told, what: str, key: tuple[AccountId, str] | None = None) -> None:
        self.model.told.append(new)
        if key:
            self.model.keys[key] = new
        self.model.write(new, what, *(("staff",) if what == "asked" else ()))

    def change(self, told: Told, state: str, what: str) -> None:
        """Note a change, of which both are written to."""
        told.become(state, self.model.now)
        told.reminded = ""
        self.model.write(told, what)

    def codes(self, *work: Awaitable[Appointment]) -> set[str | None]:
        """Do one after the other; return the codes of refusals, None for what was not refused."""
        return {it if isinstance(it, str) else None for it in map(self.attempt, work)}

    async def swept(self, nodes: tuple[int, ...]) -> list[tuple[str, str]]:
        """Let some nodes at once do what is due; return which appointments they told of, and what."""
        return [it for some in await asyncio.gather(*(_sweep(self.due(n)) for n in nodes)) for it in some]

    @invariant()
    def both_say_the_same(self) -> None:
        rows, found = self.now(_read(self.databases[len(self.revisions) % 2]))
        assert sorted(found) == self.model.claims(), set(found) ^ set(self.model.claims())
        assert {row.id for row in rows} == {it.id for it in self.model.told}
        kept = {row.id: (appointment_in(row), row.reminded) for row in rows}
        for told in self.model.told:
            assert _facts(kept[told.id][0]) == _told_facts(told), told
            assert kept[told.id][1] == told.reminded
            assert told.revision >= self.revisions.get(told.id, 0)
            self.revisions[told.id] = told.revision
        self._nobody_is_in_two([it for it, _ in kept.values()])

    def _nobody_is_in_two(self, appointments: list[Appointment]) -> None:
        """Whatever the claims say: of what two may count on, nobody has two that overlap."""
        now = self.desk.clock()
        sure = [
            it for it in appointments
            if it.state in ("accepted", "begun") or (it.state in TO_COME and (it.hold_until or 0) > now)
        ]
        times = sorted((who, it.starts_at, it.ends_at) for it in sure for who in (it.buyer, it.staff))
        for (who, _, ends), (other, begins, _) in pairwise(times):
            assert who != other or ends <= begins, f"{who} is in two appointments"

    def teardown(self) -> None:
        try:
            self._each_was_written_to()
        finally:
            for database in self.databases:
                self.now(database.close())
            self.now(self._records.__aexit__(None, None, None))
            self._loop.close()
            self._folder.cleanup()

    def _each_was_written_to(self) -> None:
        """One letter a change to each whom it concerns; calendars go by a number that grows with each."""
        rows = self.now(_letters(self.databases[0]))
        wanted = Counter(f"{id_}:{revision}:{what}:{who}" for id_, revision, what, who in self.model.letters)
        assert Counter(row.once for row in rows) == wanted
        assert max(wanted.values(), default=1) == 1
        for row in rows:
            facts, (_, revision, what, who) = json.loads(row.facts), row.once.split(":", 3)
            assert (facts["what"], facts["revision"]) == (what, int(revision))
            assert row.recipient == f"{who}@fair.example"
            assert facts["side"] == ("buyer" if PEOPLE[AccountId(who)].room is None else "staff")


async def _furnished(database: Database, other: Database) -> Desk:
    desk = await open_desk(database, other, LANGUAGES)
    for who, language in zip(CREWS[LAMP], LANGUAGES, strict=False):
        await hire(database, who, language)
    await desk.hours.set(CREWS[LAMP][0], LAMP, Hours("UTC", dict.fromkeys(range(7), WORK_DAY)))
    return desk


async def _read(database: Database) -> tuple[list[AppointmentRow], list[tuple[str, int, str]]]:
    async with database.reading() as session:
        claims = [(it.account, it.quarter, it.appointment) for it in await session.scalars(select(ClaimRow))]
        return list(await session.scalars(select(AppointmentRow))), claims


async def _letters(database: Database) -> list[LetterRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(LetterRow)))


def _facts(it: Appointment) -> tuple[object, ...]:
    hold = it.hold_until if it.state.value in ("asked", "countered") else None
    assert it.hold_until == hold
    return (
        it.state.value, it.room, it.buyer, it.staff, it.starts_at, it.minutes, it.proposed_by.value, hold,
        it.revision, it.changed_at, it.begun_at, frozenset(map(str, it.came)), frozenset(map(str, it.absent)),
        (it.outcome, it.next_step),
    )


def _told_facts(it: Told) -> tuple[object, ...]:
    hold = it.hold if it.state in ("asked", "countered") else None
    return (
        it.state, it.room, it.buyer, it.staff, it.starts_at, it.minutes, it.by, hold, it.revision,
        it.changed_at, it.begun_at, it.came, it.absent, it.texts,
    )


async def tried(work: Awaitable[Appointment]) -> Appointment | str:
    """Do it; return the appointment, or the code of the refusal."""
    try:
        return await work
    except FairError as error:
        return error.code


async def _all(work: tuple[Awaitable[Appointment], ...]) -> list[Appointment | str]:
    return list(await asyncio.gather(*(tried(it) for it in work)))


async def _sweep(due: DueAppointments) -> list[tuple[str, str]]:
    """Do what `Appointing` does each second, but for the calls."""
    changed = [*await due.lapse(), *await due.drop(), *await due.hand_over()]
    told: list[tuple[str, str]] = [(it.id, "changed") for it in changed]
    told += [(it.id, stage.value) for it, stage in await due.remind()]
    for it in await due.to_begin():
        if begun := await due.begin(it.id, CallId(f"{it.room}.{it.id}")):
            told.append((begun.id, "changed"))
    return told
