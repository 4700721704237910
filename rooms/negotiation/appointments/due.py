"""What happens to appointments by itself: held times are given back, both are reminded, calls begin, who came
is noted; those of buyers who were blocked or removed, and with exhibitors who left the fair, are cancelled,
those of staff removed are handed over.

Each of these may be done by any node and by several at once: the row is locked and looked at again before it
is changed, so it happens once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from config.ids import AccountId, AppointmentId, CallId, RoomId
from config.settings import AppointmentSettings
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.asking_rows import BlockRow
from rooms.fair.database import Database
from rooms.fair.departures import has_left, is_out
from rooms.fair.models import AccountRow
from rooms.negotiation.appointments import claims, rules
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.diary import Diary, Wanted
from rooms.negotiation.appointments.letters import Letters, News, is_unwritten
from rooms.negotiation.appointments.mapping import appointment_in, in_states, locked, put
from rooms.negotiation.appointments.states import WAITING, AppointmentEvent, AppointmentState

NEAR_SECONDS = 600.0
AT_ONCE = 200
"""Appointments looked at in one round; the next round sees the others."""
TO_COME = WAITING | {AppointmentState.ACCEPTED}
LETTERS_AT_ONCE = 20
"""Appointments whose mails are written in one transaction: others wait to write for no longer than that."""


class DueAppointments:
    """Finds and does what is due. Times come from `clock`, in Unix seconds."""

    def __init__(
        self, database: Database, diary: Diary, letters: Letters, clock: Callable[[], float],
        settings: AppointmentSettings,
    ) -> None:
        self._database = database
        self._diary = diary
        self._letters = letters
        self._clock = clock
        self.no_show_seconds = settings.no_show_minutes * 60
        self._remind_seconds = settings.remind_minutes * 60

    async def lapse(self) -> list[Appointment]:
        """Give back the times nobody answered for; return those appointments, each to one caller."""
        query = in_states(*WAITING).where(AppointmentRow.hold_until <= self._clock()).limit(AT_ONCE)
        return [done for it in await self._read(query) if (done := await self._lapse(it)) is not None]

    async def drop(self) -> list[Appointment]:
        """Cancel what is to come of buyers who are blocked, or whose accounts were closed, and with
        exhibitors who left the fair.

        Return those appointments, each to one caller.
        """
        query = in_states(*TO_COME).where(_is_off()).limit(AT_ONCE)
        return [gone for it in await self._read(query) if (gone := await self._drop(it)) is not None]

    async def hand_over(self) -> list[Appointment]:
        """Give what is to come of staff whose accounts were closed to who is free then, or cancel it.

        Who is there then comes first, and a colleague outside of their hours before nobody. Return those
        appointments, each to one caller.
        """
        query = in_states(*TO_COME).where(_is_closed(AppointmentRow.staff)).limit(AT_ONCE)
        return [other for it in await self._read(query) if (other := await self._hand_over(it)) is not None]

    async def remind(self) -> list[tuple[Appointment, Stage]]:
        """Return appointments whose screens are to be reminded, each stage of each to one caller."""
        now = self._clock()
        due = in_states(AppointmentState.ACCEPTED).where(
            AppointmentRow.starts_at > now, AppointmentRow.starts_at <= now + NEAR_SECONDS, _is_untold(now)
        )
        if not await self._read(due.limit(1)):
            return []  # as nearly each second: nobody who writes waits for that
        async with self._database.session() as session:
            rows = await session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True))
            return [(appointment_in(row), stage) for row in rows if (stage := _note_stage(row, now))]

    async def write_reminders(self) -> None:
        """Write the mails that remind both; each is written once, and again only for another time.

        Who agreed within that time has just been written to.
        """
        now = self._clock()
        soon = in_states(AppointmentState.ACCEPTED).where(
            AppointmentRow.starts_at > now, AppointmentRow.starts_at <= now + self._remind_seconds,
            AppointmentRow.changed_at < AppointmentRow.starts_at - self._remind_seconds,
        )
        due = await self._read(soon.where(is_unwritten("remind")))
        zones = {room: await self._diary.zone_of(room) for room in {it.room for it in due}}
        for first in range(0, len(due), LETTERS_AT_ONCE):
            async with self._database.session() as session:
                for appointment in due[first : first + LETTERS_AT_ONCE]:
                    await self._letters.put(session, appointment, News("remind"), zones[appointment.room])

    async def to_begin(self) -> list[Appointment]:
        """Return the accepted appointments whose hour has come; none of which one of the two is gone."""
        due = in_states(AppointmentState.ACCEPTED).where(AppointmentRow.starts_at <= self._clock())
        due = due.where(~_is_off(), ~_is_closed(AppointmentRow.staff))
        return await self._read(due.limit(AT_ONCE))

    async def begin(self, id_: AppointmentId, call: CallId) -> Appointment | None:
        """Note the call that waits for the two; None when another node did, or it was taken back."""
        async with self._database.session() as session:
            row = await locked(session, id_)
            appointment = appointment_in(row)
            if appointment.state is not AppointmentState.ACCEPTED or appointment.starts_at > self._clock():
                return None
            begun = rules.begin(appointment, call, self._clock())
            put(row, begun)
        return begun

    async def running(self) -> list[Appointment]:
        """Return the appointments that have begun and wait for one or both."""
        return await self._read(in_states(AppointmentState.BEGUN).limit(AT_ONCE))

    def is_overdue(self, appointment: Appointment) -> bool:
        """Tell whether those who did not come have had their time."""
        return self._clock() >= (appointment.begun_at or 0.0) + self.no_show_seconds

    async def attend(
        self, id_: AppointmentId, here: frozenset[Side], *, is_over: bool = False
    ) -> Appointment | None:
        """Note who is in the call; return the appointment when that ended the wait, to one caller.

        A call that `is_over` waits for nobody any more.
        """
        wait = 0.0 if is_over else self.no_show_seconds
        async with self._database.session() as session:
            row = await locked(session, id_)
            before = appointment_in(row)
            after = rules.attend(before, here, self._clock(), wait)
            put(row, after)
            if after.state is before.state:
                return None
            await claims.give_back(session, id_)
            if after.state is AppointmentState.MISSED:
                zone = await self._diary.zone_of(after.room)
                await self._letters.put(session, after, News("miss"), zone)
        return after

    async def near(self, account: AccountId) -> list[Appointment]:
        """Return what somebody who has just come must know of: what has begun or begins in minutes."""
        own = (AppointmentRow.buyer == account) | (AppointmentRow.staff == account)
        near = in_states(AppointmentState.ACCEPTED, AppointmentState.BEGUN).where(own)
        return await self._read(near.where(AppointmentRow.starts_at <= self._clock() + NEAR_SECONDS))

    async def _lapse(self, appointment: Appointment) -> Appointment | None:
        zone, now = await self._diary.zone_of(appointment.room), self._clock()
        async with self._database.session() as session:
            row = await locked(session, appointment.id)
            if not rules.is_lapsed(appointment_in(row), now):
                return None
            lapsed = rules.advance(appointment_in(row), AppointmentEvent.EXPIRE, now)
            put(row, lapsed)
            await claims.give_back(session, appointment.id)
            await self._letters.put(session, lapsed, News("expire"), zone)
        return lapsed

    async def _drop(self, appointment: Appointment) -> Appointment | None:
        zone = await self._diary.zone_of(appointment.room)
        async with self._database.session() as session:
            row = await locked(session, appointment.id)
            if not await _is_still(session, row, _is_off()):
                return None
            is_left = await has_left(session, appointment.room)
            return await self._cancel(session, row, zone, "leave" if is_left else "cancel")

    async def _hand_over(self, appointment: Appointment) -> Appointment | None:
        zone = await self._diary.zone_of(appointment.room)
        staff = await self._diary.staff_of(appointment.room)
        wanted = Wanted(appointment.room, appointment.minutes, appointment.language, appointment.product)
        there = await self._diary.there(wanted, appointment.starts_at)
        async with self._database.session() as session:
            await claims.hold_others(session, appointment.room, appointment.buyer)
            row = await locked(session, appointment.id)
            before, now = appointment_in(row), self._clock()
            is_due = await _is_still(session, row, _is_closed(AppointmentRow.staff))
            if not is_due or rules.is_lapsed(before, now) or before != appointment:
                return None  # what was moved meanwhile is given away by the next look
            await claims.give_back(session, before.id, before.staff)
            who = await self._diary.assign(session, wanted, there, before.id, before.starts_at)
            who = who or await self._diary.assign(session, wanted, staff, before.id, before.starts_at)
            if who is None:
                return await self._cancel(session, row, zone)
            after = rules.reassign(before, who.account, who.name, now)
            put(row, after)
            row.reminded = ""
            await self._letters.put(session, after, News("reassign"), zone)
        return after

    async def _cancel(
        self, session: AsyncSession, row: AppointmentRow, zone: str, why: str = "cancel"
    ) -> Appointment:
        gone = rules.cancel(appointment_in(row), self._clock())
        put(row, gone)
        await claims.give_back(session, gone.id)
        await self._letters.put(session, gone, News(why), zone)
        return gone

    async def _read(self, query: Select[Any]) -> list[Appointment]:
        async with self._database.reading() as session:
            return [appointment_in(row) for row in await session.scalars(query)]


async def count_to_come(database: Database, room: RoomId) -> int:
    """Return how many appointments a room has before it, asked for or agreed on."""
    ahead = in_states(*TO_COME).where(AppointmentRow.room == room).order_by(None).subquery()
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(ahead)) or 0


def _is_untold(now: float) -> ColumnElement[bool]:
    """The condition that a stage is due and was not told; a nearer one is never followed by a farther one."""
    due: list[ColumnElement[bool]] = []
    told: list[str] = []
    for seconds, stage in rules.STAGES:
        told.append(stage.value)
        due.append((AppointmentRow.starts_at <= now + seconds) & AppointmentRow.reminded.not_in(tuple(told)))
    return or_(*due)


def _note_stage(row: AppointmentRow, now: float) -> Stage | None:
    stage = rules.stage_of(appointment_in(row), now)
    row.reminded = stage.value if stage else row.reminded
    return stage


async def _is_still(session: AsyncSession, row: AppointmentRow, condition: ColumnElement[bool]) -> bool:
    """Tell whether a row that is locked now is yet to come and meets a condition."""
    query = in_states(*TO_COME).where(AppointmentRow.id == row.id, condition)
    return await session.scalar(query) is not None


def _is_off() -> ColumnElement[bool]:
    """Tell the appointments of buyers who are gone, or of whom the exhibitor takes nothing, or has left."""
    mine = BlockRow.room == AppointmentRow.room, BlockRow.account == AppointmentRow.buyer
    return or_(exists().where(*mine), _is_closed(AppointmentRow.buyer), is_out(AppointmentRow.room))


def _is_closed(account: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Tell those of whom an account was closed."""
    return exists().where(AccountRow.id == account, AccountRow.disabled_at.is_not(None))
