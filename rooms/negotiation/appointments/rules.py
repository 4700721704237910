"""The rules of an appointment, pure: each takes one and returns what it becomes, or refuses."""

from __future__ import annotations

from dataclasses import replace

from config.errors import Conflict, Denied, Invalid
from config.ids import AccountId, CallId
from rooms.fair import words
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.states import WAITING, AppointmentEvent, AppointmentState, next_state

NOTE_LENGTH = 1000
BOTH = frozenset(Side)
STAGES = ((60.0, Stage.ONE_MINUTE), (600.0, Stage.TEN_MINUTES))
"""Seconds before the beginning, and what is told from then on; the nearest counts."""


def advance(appointment: Appointment, event: AppointmentEvent, now: float) -> Appointment:
    """Return the appointment after `event`, one revision on; `WrongMoment` where it cannot happen."""
    state = next_state(appointment.state, event)
    hold = appointment.hold_until if state in WAITING else None
    revision = appointment.revision + 1
    return replace(appointment, state=state, hold_until=hold, revision=revision, changed_at=now)


def accept(appointment: Appointment, side: Side, now: float) -> Appointment:
    """Agree to the time; only who did not suggest it can, and only while it is held."""
    _check_answer(appointment, side, now)
    return advance(appointment, AppointmentEvent.ACCEPT, now)


def decline(appointment: Appointment, side: Side, now: float) -> Appointment:
    """Refuse the time and let the appointment be."""
    _check_answer(appointment, side, now)
    return advance(appointment, AppointmentEvent.DECLINE, now)


def counter(
    appointment: Appointment, side: Side, starts_at: float, minutes: int, now: float, hold_until: float
) -> Appointment:
    """Suggest another time, which the other side answers; the one before is given back.

    What one has suggested oneself, or both have agreed to, stays as it is when it is suggested again.
    """
    _check_held(appointment, now)
    is_mine = appointment.state in WAITING and appointment.proposed_by is side
    is_same = (appointment.starts_at, appointment.minutes) == (starts_at, minutes)
    if is_same and (is_mine or appointment.state is AppointmentState.ACCEPTED):
        return appointment
    moved = advance(appointment, AppointmentEvent.COUNTER, now)
    return replace(moved, starts_at=starts_at, minutes=minutes, proposed_by=side, hold_until=hold_until)


def reassign(appointment: Appointment, staff: AccountId, name: str, now: float) -> Appointment:
    """Give it to another member of staff; to the same one it stays as it is."""
    if staff == appointment.staff:
        return appointment
    _check_not_lapsed(appointment, now)
    return replace(advance(appointment, AppointmentEvent.REASSIGN, now), staff=staff, staff_name=name)


def cancel(appointment: Appointment, now: float) -> Appointment:
    """Take it back; one that was cancelled stays as it is."""
    if appointment.state is AppointmentState.CANCELLED:
        return appointment
    return advance(appointment, AppointmentEvent.CANCEL, now)


def begin(appointment: Appointment, call: CallId, now: float) -> Appointment:
    """The hour has come, and a call waits for the two."""
    return replace(advance(appointment, AppointmentEvent.BEGIN, now), call=call, begun_at=now)


def attend(
    appointment: Appointment, here: frozenset[Side], now: float, no_show_seconds: float
) -> Appointment:
    """Note who is in the call: once both are there together it is held, without that for too long missed.

    It is missed by who did not come, or, of two who came one after the other, by who is not there any more.
    """
    came = appointment.came | here
    if appointment.state is not AppointmentState.BEGUN or appointment.begun_at is None:
        return appointment
    if here == BOTH:
        return replace(advance(appointment, AppointmentEvent.MEET, now), came=came)
    if now >= appointment.begun_at + no_show_seconds:
        missed = advance(appointment, AppointmentEvent.MISS, now)
        return replace(missed, came=came, absent=(BOTH - came) or (BOTH - here))
    return replace(appointment, came=came)


def note(
    appointment: Appointment, absent: frozenset[Side], outcome: str, next_step: str, now: float
) -> Appointment:
    """Write down how it went, as staff saw it; what stands there already stays as it is."""
    texts = [words.paragraphs(text) for text in (outcome, next_step)]
    if any(len(text) > NOTE_LENGTH for text in texts):
        raise Invalid("Keep each note within 1000 characters.", code="too_large")
    event = AppointmentEvent.NOTE_MISSED if absent else AppointmentEvent.NOTE_HELD
    noted = replace(
        advance(appointment, event, now), absent=absent, outcome=texts[0], next_step=texts[1]
    )
    unchanged = replace(noted, revision=appointment.revision, changed_at=appointment.changed_at)
    return appointment if unchanged == appointment else noted


def is_lapsed(appointment: Appointment, now: float) -> bool:
    """Tell whether nobody answered in time."""
    hold = appointment.hold_until
    return appointment.state in WAITING and hold is not None and hold <= now


def hold_of(now: float, starts_at: float, hold_seconds: float) -> float:
    """Return until when a time is held for an answer: not beyond its beginning."""
    return min(now + hold_seconds, starts_at)


def stage_of(appointment: Appointment, now: float) -> Stage | None:
    """Return which reminder is due now, if one is."""
    left = appointment.starts_at - now
    if appointment.state is not AppointmentState.ACCEPTED or left <= 0:
        return None
    return next((stage for seconds, stage in STAGES if left <= seconds), None)


def check_seen(appointment: Appointment, seen: int | None) -> None:
    """Refuse what was meant for an earlier revision; None is from who does not say which one they saw."""
    if seen is not None and seen != appointment.revision:
        raise Conflict("This appointment was changed meanwhile. Look at it again.", code="changed")


def _check_not_lapsed(appointment: Appointment, now: float) -> None:
    if is_lapsed(appointment, now):
        next_state(AppointmentState.EXPIRED, AppointmentEvent.ACCEPT)


def _check_held(appointment: Appointment, now: float) -> None:
    _check_not_lapsed(appointment, now)
    if appointment.starts_at <= now:
        raise Conflict("Its time has come already. Reload the page to join.", code="wrong_moment")


def _check_answer(appointment: Appointment, side: Side, now: float) -> None:
    next_state(appointment.state, AppointmentEvent.DECLINE)
    _check_held(appointment, now)
    if appointment.proposed_by is side:
        message = "You suggested this time; the other side answers. You can take it back."
        raise Denied(message, code="own_proposal")
