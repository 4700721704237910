"""The states of an appointment and what leads from one to the next; the table is the whole rule."""

from __future__ import annotations

from enum import StrEnum

from config.errors import Conflict


class AppointmentState(StrEnum):
    """Where an appointment stands. It is asked for until somebody answers; the last five are its ends."""

    ASKED = "asked"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    BEGUN = "begun"
    HELD = "held"
    MISSED = "missed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class AppointmentEvent(StrEnum):
    """What can happen to an appointment."""

    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    REASSIGN = "reassign"
    CANCEL = "cancel"
    EXPIRE = "expire"
    BEGIN = "begin"
    MEET = "meet"
    MISS = "miss"
    NOTE_HELD = "note_held"
    NOTE_MISSED = "note_missed"


State, Event = AppointmentState, AppointmentEvent

NEXT = {
    (State.ASKED, Event.ACCEPT): State.ACCEPTED,
    (State.ASKED, Event.DECLINE): State.DECLINED,
    (State.ASKED, Event.COUNTER): State.COUNTERED,
    (State.ASKED, Event.REASSIGN): State.ASKED,
    (State.ASKED, Event.CANCEL): State.CANCELLED,
    (State.ASKED, Event.EXPIRE): State.EXPIRED,
    (State.COUNTERED, Event.ACCEPT): State.ACCEPTED,
    (State.COUNTERED, Event.DECLINE): State.DECLINED,
    (State.COUNTERED, Event.COUNTER): State.COUNTERED,
    (State.COUNTERED, Event.REASSIGN): State.COUNTERED,
    (State.COUNTERED, Event.CANCEL): State.CANCELLED,
    (State.COUNTERED, Event.EXPIRE): State.EXPIRED,
    (State.ACCEPTED, Event.COUNTER): State.COUNTERED,
    (State.ACCEPTED, Event.REASSIGN): State.ACCEPTED,
    (State.ACCEPTED, Event.CANCEL): State.CANCELLED,
    (State.ACCEPTED, Event.BEGIN): State.BEGUN,
    (State.BEGUN, Event.MEET): State.HELD,
    (State.BEGUN, Event.MISS): State.MISSED,
    (State.HELD, Event.NOTE_HELD): State.HELD,
    (State.HELD, Event.NOTE_MISSED): State.MISSED,
    (State.MISSED, Event.NOTE_HELD): State.HELD,
    (State.MISSED, Event.NOTE_MISSED): State.MISSED,
}

WAITING = frozenset({State.ASKED, State.COUNTERED})
"""Somebody's answer is waited for, and the time is held until then."""

OPEN = WAITING | {State.ACCEPTED, State.BEGUN}
"""The time belongs to the two."""

OFF = frozenset({State.DECLINED, State.EXPIRED, State.CANCELLED})
"""It will not take place, and its time was given back."""

SENTENCES = {
    State.ASKED: "This appointment still waits for an answer.",
    State.COUNTERED: "Another time was suggested for this appointment; answer that first.",
    State.ACCEPTED: "This appointment was accepted already.",
    State.BEGUN: "This appointment has begun.",
    State.HELD: "This appointment was held already.",
    State.MISSED: "This appointment was missed.",
    State.DECLINED: "This appointment was declined.",
    State.EXPIRED: "Nobody answered in time, so this time was given back. Ask for a new one.",
    State.CANCELLED: "This appointment was cancelled.",
}


class WrongMoment(Conflict):
    """The appointment is not in a state in which this can happen."""

    code = "wrong_moment"

    def __init__(self, state: AppointmentState) -> None:
        super().__init__(SENTENCES[state])


def next_state(state: AppointmentState, event: AppointmentEvent) -> AppointmentState:
    """Return the state after `event`, or raise `WrongMoment`."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise WrongMoment(state) from None
