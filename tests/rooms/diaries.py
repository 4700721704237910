"""A room with hours and staff for tests of appointments: two nodes on one database, and its mails."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from config.errors import FairError
from config.ids import ProductId
from config.settings import AppointmentSettings, load_settings
from rooms.fair.appointment_rows import ClaimRow
from rooms.fair.asking_rows import RosterRow
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore, Weekly
from rooms.fair.models import AccountRow
from rooms.fair.outbox import Outbox
from rooms.fair.outbox_rows import LetterRow
from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product, Products
from rooms.fair.roster import Roster
from rooms.negotiation.appointments.appointment import Appointment, Wish
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.appointments.diary import Diary
from rooms.negotiation.appointments.due import DueAppointments
from rooms.negotiation.appointments.letters import Letters
from tests.rooms.fair_facts import OAK, Clock, buyer, furnish, staff

HOUR, MINUTE = 3600.0, 60.0
ALL_DAY = dict.fromkeys(range(7), ((0, 1440),))
SETTINGS: AppointmentSettings = load_settings().appointments


@dataclass
class Office:
    """One node: its appointments, and what is due."""

    book: Appointments
    due: DueAppointments
    outbox: Outbox


@dataclass
class Desk:
    """A room whose staff work by the clock of Lisbon, round the clock unless told otherwise."""

    database: Database
    offices: tuple[Office, Office]
    clock: Clock
    hours: HoursStore

    @property
    def book(self) -> Appointments:
        return self.offices[0].book

    @property
    def due(self) -> DueAppointments:
        return self.offices[0].due

    async def ask(
        self, who: Actor | None = None, hours: float = 2, minutes: int = 15, language: str = "en"
    ) -> Appointment:
        return await self.book.request(
            who or buyer(), OAK, Wish(self.at(hours), minutes, None, language, "", "Asia/Tokyo")
        )

    async def claims(self) -> int:
        """Return how many quarters of an hour are taken."""
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(ClaimRow)) or 0

    async def own_hours(self, who: Actor, language: str, weekly: Weekly) -> None:
        """Say when somebody of the staff is there, by the clock of Lisbon."""
        await Roster(self.database, self.clock).set(who, [language], [], weekly)

    def at(self, hours: float) -> float:
        """Return the round hour so many hours from when the test began."""
        return 1_800_000_000.0 + hours * HOUR

    async def mails(self) -> list[tuple[str, str]]:
        """Return who was written to about what, in order."""
        async with self.database.reading() as session:
            rows = await session.scalars(select(LetterRow).order_by(LetterRow.created_at, LetterRow.once))
            return [(row.recipient, row.once.split(":")[2]) for row in rows]


async def refused(work: Awaitable[object], code: str) -> None:
    """See that something is refused with a code."""
    with pytest.raises(FairError) as refusal:
        await work
    assert refusal.value.code == code


def office(database: Database, clock: Clock) -> Office:
    hours, roster = HoursStore(database, clock), Roster(database, clock)
    outbox = Outbox(database, clock, is_on=True)
    letters = Letters(outbox)
    diary = Diary(database, hours, roster, clock, SETTINGS)
    book = Appointments(database, diary, letters, clock, SETTINGS)
    return Office(book, DueAppointments(database, diary, letters, clock, SETTINGS), outbox)


async def open_desk(database: Database, other: Database, languages: tuple[str, ...] = ("en", "zh")) -> Desk:
    """Furnish a fair with one member of staff for each of the languages."""
    clock = Clock()
    await furnish(database)
    await people_of(database, languages)
    await Products(database).add(
        Product(ProductId("chair"), OAK, "Chair", "", None, "EUR", None, "piece", "chair.png", 1)
    )
    hours = HoursStore(database, clock)
    await hours.set(staff(), OAK, Hours("Europe/Lisbon", ALL_DAY))
    return Desk(database, (office(database, clock), office(other, clock)), clock, hours)


async def people_of(database: Database, languages: tuple[str, ...]) -> None:
    """Give buyers and staff accounts, and say what the staff speak."""
    people = [buyer(number) for number in range(1, 60)]
    people += [staff(number) for number in range(1, len(languages) + 1)]
    async with database.session() as session:
        session.add_all([account_row(actor) for actor in people])
        for number, language in enumerate(languages, start=1):
            who = staff(number).id
            session.add(RosterRow(account=who, languages=language, product_lines="", changed_at=0.0))


async def hire(database: Database, who: Actor, language: str) -> None:
    """Give one more of the staff an account, and say what they speak."""
    async with database.session() as session:
        session.add(account_row(who))
        session.add(RosterRow(account=who.id, languages=language, product_lines="", changed_at=0.0))


def account_row(actor: Actor) -> AccountRow:
    return AccountRow(
        id=actor.id, email=f"{actor.id}@fair.example", name=actor.name, role=Role(actor.role).value,
        company=actor.company, room=actor.room, country=actor.country, language=actor.language,
        password_hash="", created_at=0.0, disabled_at=None,
    )
