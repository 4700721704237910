"""Appointments as rows and back, and the queries that find them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, AppointmentId, CallId, ProductId, RoomId
from rooms.fair import words
from rooms.fair.appointment_rows import AppointmentRow
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.states import AppointmentState


async def locked(session: AsyncSession, id_: AppointmentId) -> AppointmentRow:
    """Return the row of an appointment, locked against others; `Missing` (`no_appointment`)."""
    row = await session.get(AppointmentRow, id_, with_for_update=True) if words.is_id(id_) else None
    if row is None:
        raise missing()
    return row


async def found(session: AsyncSession, id_: AppointmentId) -> Appointment:
    """Return an appointment; `Missing` (`no_appointment`)."""
    row = await session.get(AppointmentRow, id_) if words.is_id(id_) else None
    if row is None:
        raise missing()
    return appointment_in(row)


def in_states(*states: AppointmentState) -> Select[Any]:
    """Return the query of the appointments in some states, the earliest first."""
    query = select(AppointmentRow).where(AppointmentRow.state.in_([state.value for state in states]))
    return query.order_by(AppointmentRow.starts_at, AppointmentRow.id)


def put(row: AppointmentRow, appointment: Appointment) -> None:
    """Write an appointment into its row."""
    for name, value in values_of(appointment).items():
        setattr(row, name, value)


def values_of(appointment: Appointment) -> dict[str, Any]:
    """Return an appointment as columns."""
    texts = {"came": _sides(appointment.came), "absent": _sides(appointment.absent)}
    plain = {"state": appointment.state.value, "proposed_by": appointment.proposed_by.value}
    return asdict(appointment) | texts | plain


def appointment_in(row: AppointmentRow) -> Appointment:
    """Return the appointment of a row."""
    return Appointment(
        id=AppointmentId(row.id), room=RoomId(row.room), state=AppointmentState(row.state),
        starts_at=row.starts_at, minutes=row.minutes, buyer=AccountId(row.buyer),
        buyer_name=row.buyer_name, buyer_company=row.buyer_company, buyer_country=row.buyer_country,
        buyer_language=row.buyer_language, buyer_zone=row.buyer_zone, staff=AccountId(row.staff),
        staff_name=row.staff_name, product=ProductId(row.product) if row.product else None,
        language=row.language, note=row.note, proposed_by=Side(row.proposed_by), hold_until=row.hold_until,
        revision=row.revision, created_at=row.created_at, changed_at=row.changed_at, begun_at=row.begun_at,
        call=CallId(row.call) if row.call else None, came=_from(row.came), absent=_from(row.absent),
        outcome=row.outcome, next_step=row.next_step,
    )


def missing() -> Missing:
    """Return the refusal of what is not there."""
    return Missing("There is no such appointment.", code="no_appointment")


def _sides(sides: frozenset[Side]) -> str:
    return ",".join(sorted(side.value for side in sides))


def _from(text: str) -> frozenset[Side]:
    return frozenset(Side(side) for side in text.split(",") if side)
