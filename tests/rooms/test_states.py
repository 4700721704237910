"""The table of call states and the pure rules: what may happen happens, all else changes nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Conflict, FairError
from config.ids import AccountId, CallId
from rooms.negotiation import rules
from rooms.negotiation.call import Call, Record, Seat, fields_of, record_from
from rooms.negotiation.states import NEXT, OPEN, CallEvent, CallKind, CallState, WrongMoment, next_state
from tests.rooms.fair_facts import OAK, buyer, staff

NOW = 1_800_000_000.0

EXPECTED = {
    CallState.WAITING: {
        CallEvent.RING: CallState.RINGING, CallEvent.ACCEPT: CallState.TALKING,
        CallEvent.DECLINE: CallState.DECLINED, CallEvent.CANCEL: CallState.CANCELLED,
        CallEvent.TIME_OUT: CallState.MISSED,
    },
    CallState.RINGING: {
        CallEvent.ACCEPT: CallState.TALKING, CallEvent.DECLINE: CallState.DECLINED,
        CallEvent.CANCEL: CallState.CANCELLED, CallEvent.TIME_OUT: CallState.MISSED,
        CallEvent.HOLD: CallState.WAITING,
    },
    CallState.TALKING: {CallEvent.LEAVE: CallState.ENDED, CallEvent.HANG_UP: CallState.ENDED},
}


def record(state: CallState = CallState.RINGING) -> Record:
    answered = state in (CallState.TALKING, CallState.ENDED)
    call = Call(
        CallId(f"{OAK}.{'a' * 22}"), OAK, None, None, None, buyer().id, "Buyer 1", "Trade Ltd", "FI", "en",
        state, NOW, NOW, NOW + 45, staff().id if answered else None, "Staff 1" if answered else None, (), 3,
    )
    return Record(call, turned=3, settled=3)


@pytest.mark.parametrize(("state", "event"), list(product(CallState, CallEvent)))
def test_every_pair_of_state_and_event(state: CallState, event: CallEvent) -> None:
    before = record(state)
    expected = EXPECTED.get(state, {}).get(event)
    if expected is None:
        with pytest.raises(WrongMoment) as refusal:
            rules.advance(before, event, NOW + 1)
        assert (refusal.value.code, before) == ("wrong_moment", record(state))
        return
    after = rules.advance(before, event, NOW + 1)
    assert (after.call.state, after.call.since, after.turned) == (expected, NOW + 1, 4)
    assert next_state(state, event) is expected


def test_open_states_are_those_something_leads_out_of() -> None:
    assert {state for state, _ in NEXT} == OPEN


def test_the_second_winner_is_told_who_was_first() -> None:
    taken = rules.accept(record(), staff(1), NOW, 30)
    assert rules.accept(taken, staff(1), NOW + 1, 30) is taken
    with pytest.raises(Conflict) as refusal:
        rules.accept(taken, staff(2), NOW, 30)
    assert refusal.value.code == "already_taken"
    assert "Staff 1" in refusal.value.message


@pytest.mark.parametrize("late", [0, 0.1, 100])
def test_a_call_whose_time_is_over_cannot_be_won(late: float) -> None:
    with pytest.raises(WrongMoment):
        rules.accept(record(), staff(), NOW + 45 + late, 30)
    waiting = record(CallState.WAITING)
    with pytest.raises(WrongMoment):
        rules.accept(waiting, staff(), NOW + 45 + late, 30)
    assert rules.accept(waiting, staff(), NOW + 44.9, 30).call.state is CallState.TALKING


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.WAITING])
def test_a_buyer_who_is_away_keeps_the_request_until_its_deadline(state: CallState) -> None:
    gone = rules.buyer_gone(record(state), NOW, 8)
    away = rules.expire(gone, NOW + 8)
    assert (away.call.state, away.call.buyer_away, away.turned) == (state, True, 4)
    assert rules.buyer_gone(away, NOW + 9, 8) is away
    back = rules.buyer_back(away)
    assert (back.call.state, back.call.buyer_away) == (state, False)
    assert rules.expire(away, NOW + 44.9) is away
    assert rules.expire(away, NOW + 45).call.state is CallState.MISSED
    assert rules.accept(away, staff(), NOW + 20, 30).call.state is CallState.TALKING


def test_a_call_rings_at_those_it_suits_and_then_at_everybody() -> None:
    first = (staff(2).id,)
    rung = rules.ring(record(CallState.WAITING), first, NOW, 45)
    assert (rung.call.first, rung.call.rings_until) == (first, NOW + 45)
    assert rules.deadline(replace(rung, settled=rung.turned)) == NOW + rules.WIDEN_SECONDS
    wide = rules.expire(rung, NOW + rules.WIDEN_SECONDS)
    assert (wide.call.state, wide.call.first, wide.call.since) == (CallState.RINGING, (), NOW)
    assert rules.expire(rung, NOW + 60).call.state is CallState.MISSED


def test_a_call_that_is_held_rings_anew_for_the_whole_time() -> None:
    rung = rules.ring(record(CallState.WAITING), (), NOW, 45)
    held = rules.hold(replace(rung, call=replace(rung.call, waits_until=NOW + 1200)), NOW + 40)
    assert (held.call.state, held.call.rings_until) == (CallState.WAITING, NOW + 1200)
    assert rules.hold(held, NOW + 41) is held
    assert rules.ring(held, (), NOW + 600, 45).call.rings_until == NOW + 645


def test_a_colleague_is_rung_alone_for_a_while() -> None:
    handed = rules.pass_to(record(), staff(1), staff(2).id, NOW + 40)
    assert (handed.call.first, handed.call.passed) == ((staff(2).id,), (staff(1).id,))
    assert handed.call.rings_until >= NOW + 50
    assert rules.pass_to(handed, staff(1), staff(2).id, NOW + 41) is handed
    back = rules.pass_to(handed, staff(2), staff(1).id, NOW + 41)
    assert (back.call.first, back.call.passed) == ((staff(1).id,), (staff(2).id,))
    with pytest.raises(WrongMoment):
        rules.pass_to(record(CallState.MISSED), staff(1), staff(2).id, NOW)


def test_the_one_it_was_passed_to_passes_too_and_it_rings_at_the_rest() -> None:
    handed = rules.pass_to(record(), staff(1), staff(2).id, NOW)
    passed = rules.pass_on(handed, staff(2), [staff(number).id for number in (1, 2, 3)], NOW + 1)
    assert (passed.call.first, passed.call.widens_at) == ((), None)
    assert passed.call.passed == (staff(1).id, staff(2).id)


def test_staff_do_not_answer_a_call_that_rings_at_the_buyer() -> None:
    call = replace(
        record().call, kind=CallKind.CALL_BACK, called_by=staff(1).id, called_by_name="Staff 1",
    )
    out = replace(record(), call=call)
    with pytest.raises(Conflict):
        rules.accept(out, staff(2), NOW, 30)
    with pytest.raises(Conflict):
        rules.pass_on(out, staff(2), [], NOW)
    with pytest.raises(Conflict):
        rules.pass_to(out, staff(2), staff(1).id, NOW)
    talking = rules.answer(out, NOW, 30)
    assert (talking.call.state, talking.call.answered_by) == (CallState.TALKING, staff(1).id)
    assert rules.answer(talking, NOW + 1, 30) is talking
    with pytest.raises(Conflict):
        rules.answer(record(), NOW, 30)


def test_a_call_everybody_passed_is_declined() -> None:
    people = [staff(number).id for number in (1, 2)]
    once = rules.pass_on(record(), staff(1), people, NOW)
    assert (once.call.state, once.call.passed) == (CallState.RINGING, (people[0],))
    assert rules.pass_on(once, staff(1), people, NOW) is once
    assert rules.pass_on(once, staff(2), people, NOW).call.state is CallState.DECLINED
    assert rules.pass_on(record(CallState.TALKING), staff(2), people, NOW) == record(CallState.TALKING)


def test_the_earliest_timer_decides() -> None:
    gone_first = rules.buyer_gone(record(), NOW + 10, 8)
    assert rules.deadline(gone_first) == NOW + 18
    assert rules.due(gone_first, NOW + 17.9) is None
    assert rules.due(gone_first, NOW + 60) is CallEvent.LEAVE
    gone_late = rules.buyer_gone(record(), NOW + 40, 8)
    assert rules.due(gone_late, NOW + 60) is CallEvent.TIME_OUT
    assert rules.deadline(rules.buyer_back(gone_first)) == NOW + 45
    assert rules.deadline(record(CallState.ENDED)) is None


def test_a_change_nobody_wrote_down_is_looked_at_soon() -> None:
    unsettled = replace(record(CallState.MISSED), settled=2)
    assert rules.deadline(unsettled) == NOW + rules.SETTLE_SECONDS


def test_a_seat_belongs_to_the_newest_socket() -> None:
    taken = rules.accept(record(), staff(), NOW, 30)
    assert rules.deadline(replace(taken, settled=taken.turned)) == NOW + 30
    here = rules.take_seat(rules.take_seat(taken, buyer(), "old"), buyer(), "new")
    assert rules.leave_seat(here, buyer().id, "old", NOW, 30) is here
    left = rules.leave_seat(here, buyer().id, "new", NOW + 5, 30)
    assert left.buyer_seat == Seat(kept_until=NOW + 35)
    assert rules.leave_seat(left, buyer().id, "new", NOW + 9, 30) is left
    with pytest.raises(WrongMoment):
        rules.take_seat(record(CallState.ENDED), buyer(), "late")


TIMES = st.one_of(st.none(), st.floats(0, 4e9))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
RECORDS = st.builds(
    lambda state, text, times, passed: replace(
        record(state), gone_until=times[0], buyer_seat=Seat(text, times[1]), staff_seat=Seat("", times[2]),
        call=replace(
            record(state).call, buyer_name=text, show_second=times[3],
            passed=tuple(AccountId(it) for it in passed), first=tuple(AccountId(it) for it in passed[:1]),
            widens_at=times[2], called_by_name=text,
        ),
    ),
    st.sampled_from(CallState), TEXTS, st.tuples(TIMES, TIMES, TIMES, TIMES), st.lists(TEXTS, max_size=3),
)


@given(RECORDS)
def test_a_record_comes_back_from_its_fields(kept: Record) -> None:
    assert record_from(fields_of(kept)) == kept


STEPS = st.lists(st.tuples(st.sampled_from([
    "accept", "pass", "gone", "back", "expire", "hang_up", "cancel", "hold", "ring", "hand",
]), st.integers(1, 3), st.floats(0, 20)), max_size=30)


@given(STEPS)
def test_no_sequence_of_steps_has_two_winners_or_wakes_the_dead(steps: list[tuple[str, int, float]]) -> None:
    now, current = NOW, record()
    for step, who, seconds in steps:
        now += seconds
        before = current
        try:
            current = apply(current, step, who, now)
        except FairError:
            assert current is before
        if before.call.state not in OPEN:
            assert current == before
        if before.call.answered_by is not None:
            assert current.call.answered_by == before.call.answered_by
        due = rules.deadline(current)
        assert due is not None or current.call.state not in OPEN or current.buyer_seat.kept_until is None


def apply(current: Record, step: str, who: int, now: float) -> Record:
    steps = {
        "accept": lambda: rules.accept(current, staff(who), now, 30),
        "hold": lambda: rules.hold(current, now),
        "ring": lambda: rules.ring(current, (staff(who).id,), now, 45),
        "hand": lambda: rules.pass_to(current, staff(who), staff(who % 3 + 1).id, now),
        "pass": lambda: rules.pass_on(current, staff(who), [staff(1).id, staff(2).id], now),
        "gone": lambda: rules.buyer_gone(current, now, 8),
        "back": lambda: rules.buyer_back(current),
        "expire": lambda: rules.expire(current, now),
        "hang_up": lambda: rules.close(current, CallEvent.HANG_UP, now),
        "cancel": lambda: rules.close(current, CallEvent.CANCEL, now),
    }
    return steps[step]()
