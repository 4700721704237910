"""What somebody has before them already: the same wish again, and how many appointments are enough."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Busy
from config.ids import AccountId, AppointmentId, RoomId
from rooms.fair import requests
from rooms.fair.appointment_rows import AppointmentRow
from rooms.negotiation.appointments import claims
from rooms.negotiation.appointments.appointment import Appointment, Side, Wish
from rooms.negotiation.appointments.mapping import appointment_in, found, in_states
from rooms.negotiation.appointments.states import OPEN, WAITING

MOST_OPEN = 20
"""Appointments a buyer may have before them at once."""
WHAT = "appointment"
"""What a request is for, as its key is kept."""


async def made_for(session: AsyncSession, by: AccountId, key: str) -> Appointment | None:
    """Return what was made for a request that came already, however it stands now; locks nothing."""
    made = await requests.seen(session, by, WHAT, key)
    return await found(session, AppointmentId(made)) if made else None


async def asked_before(
    session: AsyncSession, buyer: AccountId, room: RoomId, wish: Wish, now: float
) -> Appointment | None:
    """Return the appointment that a buyer's wish for a time asks for again."""
    same = _before(buyer, now).where(AppointmentRow.room == room, AppointmentRow.starts_at == wish.starts_at)
    row = await session.scalar(same)
    is_same = row is not None and row.minutes == wish.minutes and row.proposed_by == Side.BUYER.value
    return appointment_in(row) if is_same else None


async def check_not_most(session: AsyncSession, buyer: AccountId, now: float, message: str) -> None:
    """Raise `Busy` (`too_many_appointments`) for a buyer who has as many as one may have."""
    query = select(func.count()).select_from(_before(buyer, now).subquery())
    if (await session.scalar(query) or 0) >= MOST_OPEN:
        raise Busy(message, code="too_many_appointments", retry_after_seconds=60)


async def let_go(
    session: AsyncSession, room: RoomId, buyer: AccountId, now: float, but: AppointmentId | None = None
) -> None:
    """Give back what is held no longer before it stands in somebody's way; the sweep writes the mails."""
    lapsed = in_states(*WAITING).where(AppointmentRow.hold_until <= now)
    mine = lapsed.where((AppointmentRow.room == room) | (AppointmentRow.buyer == buyer))
    for row in await session.scalars(mine.where(AppointmentRow.id != (but or ""))):
        await claims.give_back(session, AppointmentId(row.id))


def _before(buyer: AccountId, now: float) -> Select[Any]:
    """Return the query of what a buyer has before them; what is held no longer is over, swept or not."""
    holds = AppointmentRow.hold_until.is_(None) | (AppointmentRow.hold_until > now)
    return in_states(*OPEN).where(AppointmentRow.buyer == buyer, holds)
