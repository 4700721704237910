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
from rooms.negotiation.appointments import claims
from rooms.negotiation.appointments.slots import (
    Attendant,
    Slot,
    by_preference,
    check_time,
    free_at,
    offer,
    quarters,
    starts_in,
)

DAY_SECONDS = 24 * 3600.0
MOST_DAYS = 14


class Opening(Protocol):
    """When a company works."""

    @property
    def zone(self) -> str: ...
    def open_spans(self, day_from: date, days: int) -> list[tuple[float, float]]: ...


class HoursOf(Protocol):
    """Knows when companies work."""

    async def of_room(self, room: RoomId) -> Opening: ...


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
        """Return what can be asked for on so many days (at most 14) of the reader's own calendar."""
        begin = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        last = day + timedelta(days=min(days, MOST_DAYS))
        end = datetime(last.year, last.month, last.day, tzinfo=zone).timestamp()
        starts = [start for start in await self._starts(wanted, begin, end) if start < end]
        if not starts:
            return []
        staff = await self._roster.of_room(wanted.room)
        span = quarters(starts[0], 15)[0], quarters(starts[-1], wanted.minutes)[-1]
        people = [*(who.account for who in staff), *([wanted.buyer] if wanted.buyer else [])]
        async with self._database.reading() as session:
            taken = await claims.taken(session, people, *span, but=wanted.instead)
        return offer(starts, wanted.minutes, staff, taken, wanted.buyer, wanted.language)

    async def check(self, wanted: Wanted, starts_at: float) -> None:
        """Raise `Invalid` or `Conflict` (`closed`) where nothing can be at that time, whoever is free."""
        settings, now = self._settings, self._clock()
        notice, horizon = settings.notice_minutes * 60, settings.horizon_days * DAY_SECONDS
        check_time(starts_at, wanted.minutes, now, notice, horizon)
        if starts_at not in await self._starts(wanted, starts_at, starts_at):
            message = "The exhibitor does not work at that time. Choose one of the times on offer."
            raise Conflict(message, code="closed")

    async def book(
        self, session: AsyncSession, wanted: Wanted, staff: Collection[Attendant], id_: AppointmentId,
        starts_at: float,
    ) -> Attendant:
        """Take the time of the buyer and of the best of the staff who are free; return who that is.

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
        """Take the time of the best of the staff who are free, as `book` does; None where nobody is."""
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

    async def _starts(self, wanted: Wanted, begin: float, end: float) -> list[float]:
        """Return the beginnings from `begin` to `end` that the hours of the room have room for."""
        hours = await self._hours.of_room(wanted.room)
        now = self._clock()
        first = max(begin, now + self._settings.notice_minutes * 60)
        before = min(end, now + self._settings.horizon_days * DAY_SECONDS)
        day = datetime.fromtimestamp(first, ZoneInfo(hours.zone)).date() - timedelta(days=1)
        days = int(max(0.0, before - first) / DAY_SECONDS) + 4
        spans = hours.open_spans(day, days)
        return starts_in(spans, wanted.minutes, self._settings.slot_minutes, first, before)
