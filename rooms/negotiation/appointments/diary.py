"""The diary: which times a room has to offer, and whose they become, decided in one SQL transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict
from config.ids import AccountId, AppointmentId, ProductId, RoomId
from config.settings import AppointmentSettings
from rooms.fair.database import Database
from rooms.fair.hours import Hours
from rooms.negotiation.appointments import claims
from rooms.negotiation.appointments.slots import (
    Attendant,
    Slot,
    by_preference,
    check_time,
    free_at,
    offer,
    quarters,
    rota_of,
    starts_in,
    there_at,
)

DAY_SECONDS = 24 * 3600.0
MOST_DAYS = 14


class HoursOf(Protocol):
    """Knows when companies work."""

    async def of_room(self, room: RoomId) -> Hours: ...


class RosterOf(Protocol):
    """Knows who works there."""

    async def of_room(self, room: RoomId) -> Collection[Attendant]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a time is looked for: `instead` is the appointment that would move."""

    room: RoomId
    minutes: int
    language: str
    product: ProductId | None = None
    buyer: AccountId | None = None
    staff: AccountId | None = None
    instead: AppointmentId | None = None


class Diary:
    """Offers times and gives them away. Times come from `clock`, in Unix seconds."""

    def __init__(
        self, database: Database, hours: HoursOf, roster: RosterOf, clock: Callable[[], float],
        settings: AppointmentSettings,
    ) -> None:
        self._database = database
        self._hours = hours
        self._roster = roster
        self._clock = clock
        self._settings = settings

    async def zone_of(self, room: RoomId) -> str:
        """Return the time zone of the exhibitor."""
        return (await self._hours.of_room(room)).zone

    async def staff_of(self, room: RoomId) -> Collection[Attendant]:
        """Return who may have appointments in a room."""
        return await self._roster.of_room(room)

    async def offered(self, wanted: Wanted, day: date, days: int, zone: ZoneInfo) -> list[Slot]:
        """Return what can be asked for on so many days (at most 14) of the reader's own calendar.

        These are times of the stand at which somebody of the staff is there by their own hours, and free.
        """
        begin = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        last = day + timedelta(days=min(days, MOST_DAYS))
        end = datetime(last.year, last.month, last.day, tzinfo=zone).timestamp()
        hours = await self._hours.of_room(wanted.room)
        starts = [start for start in self._starts(hours, wanted, begin, end) if start < end]
        if not starts:
            return []
        staff = await self._roster.of_room(wanted.room)
        rota = rota_of(staff, hours, *_days_about(hours, starts[0], starts[-1]))
        span = quarters(starts[0], 15)[0], quarters(starts[-1], wanted.minutes)[-1]
        people = [*(who.account for who in staff), *([wanted.buyer] if wanted.buyer else [])]
        async with self._database.reading() as session:
            taken = await claims.taken(session, people, *span, but=wanted.instead)
        return offer(starts, wanted.minutes, staff, rota, taken, wanted.buyer, wanted.language)

    async def staff_at(self, wanted: Wanted, starts_at: float) -> Collection[Attendant]:
        """Return who of the staff is there at that time, free or not: an appointment is given to one of them.

        `Invalid`, or `Conflict` (`closed`) where nothing can be at that time, whoever is free.
        """
        settings, now = self._settings, self._clock()
        notice, horizon = settings.notice_minutes * 60, settings.horizon_days * DAY_SECONDS
        check_time(starts_at, wanted.minutes, now, notice, horizon)
        hours, there = await self._hours.of_room(wanted.room), await self.there(wanted, starts_at)
        if not there or starts_at not in self._starts(hours, wanted, starts_at, starts_at):
            message = "The exhibitor does not work at that time. Choose one of the times on offer."
            raise Conflict(message, code="closed")
        return there

    async def there(self, wanted: Wanted, starts_at: float) -> Collection[Attendant]:
        """Return who of the staff is there at that time by their own hours, or by those of the stand."""
        hours, staff = await self._hours.of_room(wanted.room), await self._roster.of_room(wanted.room)
        rota = rota_of(staff, hours, *_days_about(hours, starts_at, starts_at))
        return there_at(staff, rota, starts_at, wanted.minutes)

    async def book(
        self, session: AsyncSession, wanted: Wanted, staff: Collection[Attendant], id_: AppointmentId,
        starts_at: float,
    ) -> Attendant:
        """Take the time of the buyer and of the best of these staff who are free; return who that is.

        The caller holds the room (`claims.hold_others`). `Conflict` (`buyer_taken`, `slot_taken`).
        """
        wish = quarters(starts_at, wanted.minutes)
        assert wanted.buyer is not None  # noqa: S101 - nobody books for nobody
        if not await claims.claim(session, wanted.buyer, wish, id_):
            raise claims.buyer_is_taken()
        who = await self.assign(session, wanted, staff, id_, starts_at)
        if who is None:
            raise claims.just_taken()
        return who

    async def assign(
        self, session: AsyncSession, wanted: Wanted, staff: Collection[Attendant], id_: AppointmentId,
        starts_at: float,
    ) -> Attendant | None:
        """Take the time of the best of these staff who are free, as `book` does; None where nobody is."""
        wish = quarters(starts_at, wanted.minutes)
        for who in await self._free(session, wanted, staff, wish):
            if await claims.claim(session, who.account, wish, id_):
                return who
        return None

    async def _free(
        self, session: AsyncSession, wanted: Wanted, staff: Collection[Attendant], wish: tuple[int, ...]
    ) -> list[Attendant]:
        people = [who.account for who in staff]
        taken = await claims.taken(session, people, wish[0], wish[-1])
        load = await claims.load(session, people, quarters(self._clock(), 15)[0])
        best = by_preference(free_at(staff, taken, wish), wanted.language, wanted.product, load)
        return sorted(best, key=lambda who: who.account != wanted.staff)

    def _starts(self, hours: Hours, wanted: Wanted, begin: float, end: float) -> list[float]:
        """Return the beginnings from `begin` to `end` that the hours of the room have room for."""
        now = self._clock()
        first = max(begin, now + self._settings.notice_minutes * 60)
        before = min(end, now + self._settings.horizon_days * DAY_SECONDS)
        spans = hours.open_spans(*_days_about(hours, first, before))
        return starts_in(spans, wanted.minutes, self._settings.slot_minutes, first, before)


def _days_about(hours: Hours, first: float, last: float) -> tuple[date, int]:
    """Return a day of the exhibitor, and how many from it on hold all that begins from `first` to `last`."""
    day = datetime.fromtimestamp(first, ZoneInfo(hours.zone)).date() - timedelta(days=1)
    return day, int(max(0.0, last - first) / DAY_SECONDS) + 4
