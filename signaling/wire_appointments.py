"""What the server says over the sockets about appointments."""

from __future__ import annotations

from typing import TypedDict

from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.states import AppointmentState


class AppointmentData(TypedDict):
    """An appointment as one side sees it; `other` is whom it is with."""

    id: str
    room: str
    company: str
    state: str
    stage: str
    side: str
    starts_at: float
    minutes: int
    staff: str
    other: str
    other_company: str
    proposed_by: str
    absent: list[str]
    meeting: str | None
    now: float


def appointment_data(
    appointment: Appointment, side: Side, company: str, stage: Stage, now: float
) -> AppointmentData:
    """Return an appointment for one side; the link to the meeting is there while it waits for the two."""
    is_buyer = side is Side.BUYER
    is_running = appointment.state in (AppointmentState.BEGUN, AppointmentState.HELD)
    return AppointmentData(
        id=appointment.id, room=appointment.room, company=company, state=appointment.state.value,
        stage=stage.value, side=side.value, starts_at=appointment.starts_at, minutes=appointment.minutes,
        staff=appointment.staff,
        other=appointment.staff_shown(company) if is_buyer else appointment.buyer_shown,
        other_company=company if is_buyer else appointment.buyer_company,
        proposed_by=appointment.proposed_by.value, absent=sorted(side.value for side in appointment.absent),
        meeting=f"/meeting/{appointment.call}" if appointment.call and is_running else None, now=now,
    )
