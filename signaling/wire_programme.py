"""What the server says over the sockets about the programme: reminders and rehearsals."""

from __future__ import annotations

from typing import TypedDict

from rooms.fair.reservations import Reminder
from rooms.live.rehearsals import Rehearsal


class ReminderData(TypedDict):
    """A show that somebody reserved is about to begin, or has begun."""

    id: str
    room: str
    company: str
    title: str
    starts_at: float
    stage: str
    now: float


class RehearsalData(TypedDict):
    """A room that rehearses, as its staff see it."""

    by: str
    has_picture: bool


def reminder_data(reminder: Reminder, company: str, now: float) -> ReminderData:
    """Return a reminder; `company` is the name of whose room it is."""
    show = reminder.show
    return ReminderData(
        id=show.id, room=show.room, company=company, title=show.wish.title, starts_at=show.starts_at,
        stage=reminder.stage.name.lower(), now=now,
    )


def rehearsal_data(rehearsal: Rehearsal | None, *, has_picture: bool) -> RehearsalData | None:
    """Return a rehearsal; None when what a room sends is for all."""
    return RehearsalData(by=rehearsal.by, has_picture=has_picture) if rehearsal else None
