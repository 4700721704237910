"""Any story of requests and calls, on a real store, a real database and two nodes, beside a model of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as extent
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from config.ids import RoomId
from config.settings import Settings
from rooms.fair.policy import Actor
from rooms.negotiation.calls import Call
from tests.media.scale import scaled
from tests.rooms.call_model import AGAIN, GONE, LEASE, RING, SEAT, UNANSWERED, WAIT, Told
from tests.rooms.call_story import BUYERS, CREWS, ROOMS, Ground, Story, answered
from tests.rooms.fair_facts import OAK

WHO, NODE, ANY = st.sampled_from(BUYERS), st.integers(0, 1), st.integers(0, 40)
WHERE = st.sampled_from((OAK, OAK, OAK, *ROOMS))
MEMBER = st.integers(0, 2)


class Asking(Story):
    """All that buyers and staff may do, one after the other and at once.

    Rules have no preconditions: who wins a race is nobody's choice, so what is possible next is not either.
    """

    @initialize(many=st.integers(1, 3), asked=st.integers(0, 4))
    def open(self, many: int, asked: int) -> None:
        """Begin with staff on duty and, often, with more requests than they can take."""
        for room in ROOMS:
            for member in range(min(many, len(CREWS[room]))):
                self._come(room, member)
        for who in BUYERS[:asked]:
            self.ask(who, OAK, 0, is_new=True)

    @rule(who=WHO, room=WHERE, node=NODE, is_new=st.booleans())
    def ask(self, who: Actor, room: RoomId, node: int, is_new: bool) -> None:
        self.move(0.01)  # two who ask at the very same time stand in any order
        self.asked += is_new
        key = f"key-{self.asked}"
        expected = self.model.asked(who.id, room, key)
        answer = self.now(answered(self.calls(node).request(who, room, None, None, None, key)))
        if isinstance(expected, Told):
            assert answer.id == expected.id
            self.model.turn(room)
        elif expected is not None:
            assert answer == expected
        else:
            assert isinstance(answer, Call), answer
            self.model.begin(answer.id, who.id, room, key)

    @rule(number=ANY, member=MEMBER, node=NODE)
    def accept(self, number: int, member: int, node: int) -> None:
        if not self.model.calls:
            return
        call = self.some(number)
        who = _member(call, member)
        expected = self.model.why_not(who.id, call)
        assert self.attempt(self.take(node, who, call.id)) == expected
        if expected is None:
            self.model.accept(who.id, call)

    @rule(number=ANY)
    def all_accept_at_once(self, number: int) -> None:
        """Exactly one wins, of those who could have had it; the others hear who."""
        if not self.model.line(OAK):
            return
        line = self.model.line(OAK)
        call = line[number % len(line)]
        could = [who for who in CREWS[OAK] if self.model.why_not(who.id, call) is None]
        answers = self.at_once(*(
            self.take(place % 2, who, call.id) for place, who in enumerate(CREWS[OAK])
        ))
        winners = [who for who, it in zip(CREWS[OAK], answers, strict=True) if isinstance(it, Call)]
        assert len(winners) == bool(could)
        if winners:
            assert winners[0] in could
            assert {it for it in answers if isinstance(it, str)} <= {"already_taken", "in_a_call"}
            self.model.accept(winners[0].id, call)

    @rule(number=ANY, member=MEMBER, is_cancel=st.booleans())
    def accept_meets(self, number: int, member: int, is_cancel: bool) -> None:
        """One outcome, whichever of the two came first."""
        if not self.model.calls:
            return
        call, calls = self.some(number), self.calls(1)
        who = _member(call, member)
        if not call.is_open or self.model.why_not(who.id, call):
            return
        rival = calls.cancel(_buyer(call), call.id) if is_cancel else calls.decline(who, call.id)
        won, closed = self.at_once(self.take(0, who, call.id), rival)
        assert sorted(isinstance(it, Call) for it in (won, closed)) == [False, True], (won, closed)
        if isinstance(won, Call):
            self.model.accept(who.id, call)
        else:
            self.model.close(call, "cancelled" if is_cancel else "declined", *UNANSWERED)

    @rule(number=ANY)
    def two_rooms_take_one_buyer(self, number: int) -> None:
        """A buyer is in one call: one of the two rooms has them, the other hears so."""
        several = [who.id for who in BUYERS if len(self.model.open_of(who.id)) > 1]
        if not several:
            return
        both = self.model.open_of(several[number % len(several)])[:2]
        if any(it.gone_until or it.is_away or self.model.why_not(_member(it, 0).id, it) for it in both):
            return
        answers = self.at_once(
            *(self.take(n, _member(it, 0), it.id) for n, it in enumerate(both))
        )
        assert sorted(isinstance(it, Call) for it in answers) == [False, True], answers
        assert "in_a_call" in answers
        winner = both[0] if isinstance(answers[0], Call) else both[1]
        self.model.accept(_member(winner, 0).id, winner)
        self.sweep(0)

    @rule(number=ANY, member=MEMBER, node=NODE)
    def decline(self, number: int, member: int, node: int) -> None:
        if not self.model.calls:
            return
        call = self.some(number)
        done = self.attempt(self.calls(node).decline(_member(call, member), call.id))
        assert done == self.model.close(call, "declined", *UNANSWERED)

    @rule(number=ANY, node=NODE)
    def cancel(self, number: int, node: int) -> None:
        if not self.model.calls:
            return
        call = self.some(number)
        done = self.attempt(self.calls(node).cancel(_buyer(call), call.id))
        assert done == self.model.close(call, "cancelled", *UNANSWERED)

    @rule(number=ANY, by_buyer=st.booleans(), node=NODE)
    def hang_up(self, number: int, by_buyer: bool, node: int) -> None:
        if not self.model.calls:
            return
        call = self.some(number)
        done = self.attempt(self.calls(node).hang_up(_party(call, by_buyer), call.id))
        assert done == self.model.close(call, "ended", "talking")

    @rule(number=ANY, member=MEMBER, node=NODE)
    def pass_on(self, number: int, member: int, node: int) -> None:
        if not self.model.calls:
            return
        call = self.some(number)
        who = _member(call, member)
        assert self.attempt(self.calls(node).pass_on(who, call.id)) is None
        self.model.pass_on(who.id, call)

    @rule(number=ANY, member=MEMBER, other=MEMBER, node=NODE)
    def pass_to(self, number: int, member: int, other: int, node: int) -> None:
        if not self.model.line(OAK):
            return
        line = self.model.line(OAK)
        call, who, colleague = line[number % len(line)], CREWS[OAK][member], CREWS[OAK][other]
        done = self.attempt(self.calls(node).pass_to(who, call.id, colleague.id))
        assert done == self.model.pass_to(who.id, call, colleague.id)

    @rule(number=ANY, by_buyer=st.booleans(), sits=st.booleans(), node=NODE)
    def sit_or_rise(self, number: int, by_buyer: bool, sits: bool, node: int) -> None:
        """Come into a call, or break off: the seat is kept for a while."""
        running = [it for it in self.model.calls if it.state == "talking"]
        if not running:
            return
        call = running[number % len(running)]
        who = _party(call, by_buyer)
        known = self.now(self.booth.calls.get(call.id))
        work = self.calls(node).take_seat if sits else self.calls(node).leave_seat
        assert self.attempt(work(who, known, f"socket-of-{who.id}")) is None
        if sits:
            call.kept[who.id] = None
        elif call.kept[who.id] is None:
            call.kept[who.id] = self.model.now + SEAT

    @rule(who=WHO, leaves=st.booleans(), node=NODE)
    def leave_or_come_back(self, who: Actor, leaves: bool, node: int) -> None:
        calls = self.calls(node)
        self.now(calls.buyer_gone(who.id) if leaves else calls.buyer_back(who.id))
        (self.model.gone if leaves else self.model.back)(who.id)

    @rule(room=WHERE, member=MEMBER, is_on=st.sampled_from((True, True, True, False)), node=NODE)
    def set_duty(self, room: RoomId, member: int, is_on: bool, node: int) -> None:
        who = CREWS[room][member % len(CREWS[room])]
        if is_on:
            self._come(room, member % len(CREWS[room]))
        else:
            self.now(self.booth.duty.off(room, who.id))
            self.model.duty.pop(who.id, None)
        self.now(self.calls(node).line_moved(room))
        self.model.turn(room)

    def _come(self, room: RoomId, member: int) -> None:
        who = CREWS[room][member]
        self.now(self.booth.duty.on(room, who.id, who.name))
        self.model.duty[who.id] = (room, self.model.now + LEASE)

    @rule(seconds=st.integers(1, 9))
    def wait(self, seconds: int) -> None:
        self.move(seconds)

    @rule(node=NODE)
    def sweep(self, node: int) -> None:
        self.now(self.calls(node).sweep())
        self.model.sweep()


def _member(call: Told, member: int) -> Actor:
    crew = CREWS[call.room]
    return crew[member % len(crew)]


def _buyer(call: Told) -> Actor:
    return next(it for it in BUYERS if it.id == call.buyer)


def _party(call: Told, is_buyer: bool) -> Actor:
    return next((it for it in CREWS[call.room] if it.id == call.by and not is_buyer), _buyer(call))


@pytest.mark.threat("F25")
def test_any_story_of_asking_and_answering(
    valkey_url: str, migrated_file: Path, settings: Settings
) -> None:
    quick = replace(
        settings.calls, ring_seconds=RING, wait_seconds=WAIT, again_seconds=AGAIN, reload_seconds=GONE,
        seat_seconds=SEAT,
    )
    ground = Ground(valkey_url, migrated_file, replace(settings, calls=quick))

    class Begun(Asking):
        def __init__(self) -> None:
            super().__init__(ground)

    run_state_machine_as_test(Begun, settings=extent(
        max_examples=scaled(8, 600), stateful_step_count=80, deadline=None,
        suppress_health_check=list(HealthCheck),
    ))
