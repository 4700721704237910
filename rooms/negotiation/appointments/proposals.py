"""When staff may propose a time to a buyer: one proposal at a time, to nobody who is blocked or has left."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, Denied, Missing
from config.ids import AccountId, RoomId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.asking_rows import BlockRow
from rooms.fair.database import Database
from rooms.fair.models import AccountRow
from rooms.negotiation.appointments.appointment import Appointment, Side, Wish
from rooms.negotiation.appointments.mapping import appointment_in, in_states
from rooms.negotiation.appointments.states import WAITING


async def check_reachable(session: AsyncSession, room: RoomId, buyer: AccountId) -> None:
    """Raise `Denied` (`blocked`) or `Missing` (`no_account`) where there is nobody to propose a time to."""
    if await session.get(BlockRow, (room, buyer)) is not None:
        raise Denied("You take nothing from this buyer. Take calls again first.", code="blocked")
    account = await session.get(AccountRow, buyer)
    if account is None or account.disabled_at is not None:
        raise Missing("This buyer has left the fair.", code="no_account")


async def proposed_before(
    session: AsyncSession, room: RoomId, buyer: AccountId, wish: Wish, now: float
) -> Appointment | None:
    """Return the proposal this makes again; `Conflict` (`proposed_already`) while another is unanswered."""
    query = in_states(*WAITING).where(
        AppointmentRow.room == room, AppointmentRow.buyer == buyer, AppointmentRow.hold_until > now,
        AppointmentRow.proposed_by == Side.STAFF.value,
    )
    unanswered = (await session.scalars(query)).all()
    for row in unanswered:
        if (row.starts_at, row.minutes) == (wish.starts_at, wish.minutes):
            return appointment_in(row)
    if unanswered:
        message = "This buyer has not answered the last time you suggested. Wait for it, or take it back."
        raise Conflict(message, code="proposed_already")
    return None


async def zone_of_buyer(database: Database, buyer: AccountId) -> str | None:
    """Return the zone of a buyer's clock, as they said when they asked for an appointment last."""
    query = select(AppointmentRow.buyer_zone).where(
        AppointmentRow.buyer == buyer, AppointmentRow.buyer_zone != ""
    )
    async with database.reading() as session:
        return await session.scalar(query.order_by(AppointmentRow.created_at.desc()).limit(1))
