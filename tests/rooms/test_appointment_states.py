"""What can happen to an appointment: the table against one written out by hand, the rules, random stories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Conflict, Denied, FairError
from config.ids import AccountId, AppointmentId, CallId, RoomId
from rooms.negotiation.appointments import rules
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.states import NEXT, OPEN, WAITING, WrongMoment, next_state
from rooms.negotiation.appointments.states import AppointmentEvent as Event
from rooms.negotiation.appointments.states import AppointmentState as State

NOW, HOUR = 1_800_000_000.0, 3600.0
BOTH = frozenset(Side)
EXPECTED = {
    State.ASKED: "accept:accepted decline:declined counter:countered reassign:asked cancel:cancelled"
    " expire:expired",
    State.COUNTERED: "accept:accepted decline:declined counter:countered reassign:countered cancel:cancelled"
    " expire:expired",
    State.ACCEPTED: "counter:countered reassign:accepted cancel:cancelled begin:begun",
    State.BEGUN: "meet:held miss:missed",
    State.HELD: "note_held:held note_missed:missed",
    State.MISSED: "note_held:held note_missed:missed",
    State.DECLINED: "", State.EXPIRED: "", State.CANCELLED: "",
}  # fmt: skip


def asked(state: State = State.ASKED, proposed_by: Side = Side.BUYER) -> Appointment:
    return Appointment(
        AppointmentId("a"), RoomId("oak"), state, NOW + HOUR, 15, AccountId("b"), "Ann", "Trade", "FI", "en",
        "UTC", AccountId("s"), "Sam", None, "en", "", proposed_by,
        NOW + HOUR if state in WAITING else None, 0, NOW, NOW,
    )


@pytest.mark.parametrize(("state", "event"), [*product(State, Event)])
def test_every_state_and_event_leads_where_the_table_says(state: State, event: Event) -> None:
    allowed = dict(pair.split(":") for pair in EXPECTED[state].split())
    if event.value in allowed:
        assert next_state(state, event).value == allowed[event.value]
        return
    with pytest.raises(WrongMoment):
        next_state(state, event)


def test_nothing_leads_out_of_the_ends_but_notes() -> None:
    ends = set(State) - OPEN
    assert {NEXT[state, event] for state, event in NEXT if state in ends} == {State.HELD, State.MISSED}


@pytest.mark.parametrize("side", Side)
def test_only_the_other_side_answers_a_time(side: Side) -> None:
    appointment = asked(State.COUNTERED, side)
    for rule in (rules.accept, rules.decline):
        with pytest.raises(Denied) as refusal:
            rule(appointment, side, NOW)
        assert refusal.value.code == "own_proposal"
    assert rules.accept(appointment, side.other, NOW).state is State.ACCEPTED
    assert rules.decline(appointment, side.other, NOW).state is State.DECLINED


def test_a_time_that_is_held_no_longer_cannot_be_accepted() -> None:
    appointment = replace(asked(), hold_until=NOW)
    assert rules.is_lapsed(appointment, NOW)
    with pytest.raises(Conflict, match="given back"):
        rules.accept(appointment, Side.STAFF, NOW)
    with pytest.raises(Conflict, match="given back"):
        rules.counter(appointment, Side.STAFF, NOW + 2 * HOUR, 15, NOW, NOW + HOUR)


def test_a_counter_proposal_moves_it_and_asks_the_other_side() -> None:
    moved = rules.counter(asked(State.ACCEPTED), Side.STAFF, NOW + 2 * HOUR, 30, NOW, NOW + HOUR)
    assert (moved.state, moved.proposed_by, moved.starts_at) == (State.COUNTERED, Side.STAFF, NOW + 2 * HOUR)
    assert (moved.hold_until, moved.revision, moved.ends_at) == (NOW + HOUR, 1, NOW + 2.5 * HOUR)
    with pytest.raises(Conflict):
        rules.counter(asked(State.ACCEPTED), Side.STAFF, NOW + 3 * HOUR, 15, NOW + HOUR, NOW + 2 * HOUR)


def test_a_hold_ends_with_the_time_it_holds() -> None:
    assert rules.hold_of(NOW, NOW + HOUR, 24 * HOUR) == NOW + HOUR
    assert rules.hold_of(NOW, NOW + 48 * HOUR, 24 * HOUR) == NOW + 24 * HOUR


@pytest.mark.parametrize(
    ("came", "after", "state", "absent"),
    [
        ((), 599, State.BEGUN, ()),
        ((Side.BUYER,), 599, State.BEGUN, ()),
        ((Side.BUYER, Side.STAFF), 1, State.HELD, ()),
        ((Side.BUYER,), 600, State.MISSED, (Side.STAFF,)),
        ((Side.STAFF,), 600, State.MISSED, (Side.BUYER,)),
        ((), 600, State.MISSED, (Side.BUYER, Side.STAFF)),
    ],
)
def test_who_did_not_come_has_missed_it(
    came: tuple[Side, ...], after: float, state: State, absent: tuple[Side, ...]
) -> None:
    begun = rules.begin(asked(State.ACCEPTED), CallId("oak.1"), NOW)
    done = rules.attend(begun, frozenset(came), NOW + after, 600)
    assert (done.state, done.came, done.absent) == (state, frozenset(came), frozenset(absent))


@pytest.mark.parametrize(
    ("later", "absent"), [({Side.STAFF}, {Side.BUYER}), ({Side.BUYER}, {Side.STAFF}), (set(), BOTH)]
)
def test_two_who_come_one_after_the_other_have_not_met(later: set[Side], absent: set[Side]) -> None:
    """It is missed by who did not wait."""
    story = rules.begin(asked(State.ACCEPTED), CallId("oak.1"), NOW)
    for second, here in ((10, {Side.BUYER}), (20, set()), (240, {Side.STAFF}), (300, later)):
        story = rules.attend(story, frozenset(here), NOW + second, 600)
        assert story.state is State.BEGUN
    assert rules.attend(story, BOTH, NOW + 400, 600).state is State.HELD
    missed = rules.attend(story, frozenset(later), NOW + 600, 600)
    assert (missed.state, missed.came, missed.absent) == (State.MISSED, BOTH, frozenset(absent))


@pytest.mark.parametrize(
    ("state", "by", "is_kept"),
    [
        (State.ASKED, Side.STAFF, True), (State.COUNTERED, Side.STAFF, True),
        (State.ACCEPTED, Side.BUYER, True), (State.COUNTERED, Side.BUYER, False),
    ],
)
def test_the_same_time_again_is_no_other_time(state: State, by: Side, is_kept: bool) -> None:
    before = asked(state, by)
    again = rules.counter(before, Side.STAFF, before.starts_at, before.minutes, NOW, NOW + HOUR)
    assert (again is before) == is_kept
    other = rules.counter(before, Side.STAFF, before.starts_at, 30, NOW, NOW + HOUR)
    assert (other.state, other.revision) == (State.COUNTERED, 1)


@pytest.mark.parametrize(
    ("left", "stage"),
    [(601, None), (600, Stage.TEN_MINUTES), (61, Stage.TEN_MINUTES), (60, Stage.ONE_MINUTE), (0, None)],
)
def test_reminders_are_due_in_stages(left: float, stage: Stage | None) -> None:
    appointment = asked(State.ACCEPTED)
    assert rules.stage_of(appointment, appointment.starts_at - left) is stage
    assert rules.stage_of(asked(), appointment.starts_at - left) is None


EVENTS = st.lists(st.tuples(st.sampled_from(Event), st.sampled_from(Side), st.floats(0, 1000)), max_size=20)


@given(EVENTS)
def test_whatever_happens_the_facts_of_an_appointment_agree(story: list[tuple[Event, Side, float]]) -> None:
    """A refused step changes nothing; the revision counts the others; a hold is there while one waits."""
    appointment, now = asked(), NOW
    for event, side, seconds in story:
        now += seconds
        try:
            after = step(appointment, event, side, now)
        except FairError:
            continue
        assert after is appointment or after.revision == appointment.revision + 1 or after.came
        if after.state is not appointment.state:
            assert NEXT[appointment.state, event] is after.state
        appointment = after
        assert (appointment.hold_until is not None) == (appointment.state in WAITING)
        assert (appointment.call is not None) == (appointment.begun_at is not None)
        assert not appointment.absent or appointment.state is State.MISSED
        assert appointment.state is not State.HELD or not appointment.absent


def step(it: Appointment, event: Event, side: Side, now: float) -> Appointment:
    """Do what an event stands for, as the parts would."""
    steps: dict[Event, Callable[[], Appointment]] = {
        Event.ACCEPT: lambda: rules.accept(it, side, now),
        Event.DECLINE: lambda: rules.decline(it, side, now),
        Event.COUNTER: lambda: rules.counter(it, side, it.starts_at + HOUR, 15, now, now + HOUR),
        Event.REASSIGN: lambda: rules.reassign(it, AccountId("t"), "Tom", now),
        Event.CANCEL: lambda: rules.cancel(it, now),
        Event.EXPIRE: lambda: rules.advance(it, event, now),
        Event.BEGIN: lambda: rules.begin(it, CallId("oak.1"), now),
        Event.MEET: lambda: rules.attend(it, BOTH, now, 600),
        Event.MISS: lambda: rules.attend(it, frozenset(), now + 600, 600),
        Event.NOTE_HELD: lambda: rules.note(it, frozenset(), "fine", "", now),
        Event.NOTE_MISSED: lambda: rules.note(it, frozenset({side}), "", "", now),
    }
    return steps[event]()
