"""Any story of appointments, on a real database and two nodes, beside a model of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as extent
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from config.ids import RoomId
from rooms.fair.policy import Actor
from rooms.negotiation.appointments.appointment import Appointment, Asker, Side, Wish
from tests.media.scale import scaled
from tests.rooms.appointment_model import HOLD, HOUR, MINUTE, SIDES
from tests.rooms.appointment_story import BUYERS, CREWS, PEOPLE, ROOMS, Story
from tests.rooms.fair_facts import OAK

WHO, NODE, ANY, MEMBER = st.sampled_from(BUYERS), st.integers(0, 1), st.integers(0, 40), st.integers(0, 2)
WHERE = st.sampled_from((OAK, OAK, *ROOMS))
AHEAD = st.sampled_from((1, 3, 4, 5, 6, 8, 8, 9, 9, 10, 10, 40, 110))
"""Quarters of an hour from now: one is too near, the last is further ahead than a time is held."""
OFTEN = st.sampled_from((True, True, True, False))
MINUTES, LANGUAGE, TWICE = st.sampled_from((15, 30)), st.sampled_from(("en", "zh")), st.booleans()
SECONDS = st.sampled_from((1.0, 30.0, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, HOLD))


class Keeping(Story):
    """All that buyers, staff and time do to appointments, one after the other and at once.

    Rules have no preconditions: who comes first is nobody's choice, so what is possible next is not either.
    """

    @initialize(asked=st.integers(0, 4), ahead=AHEAD, is_agreed=st.booleans())
    def open(self, asked: int, ahead: int, is_agreed: bool) -> None:
        """Begin, often, with more wishes for a time than there are staff."""
        for who in BUYERS[:asked]:
            self.request(who, OAK, ahead, 30, "en", 0, False, True)
        for number in range(1, 1 + is_agreed * len(self.model.told)):
            self.accept(number, True, 0, 0, False, True)

    @rule(who=WHO, room=WHERE, ahead=AHEAD, minutes=MINUTES, language=LANGUAGE, node=NODE, twice=TWICE,
          is_new=OFTEN)
    def request(
        self, who: Actor, room: RoomId, ahead: int, minutes: int, language: str, node: int, twice: bool,
        is_new: bool,
    ) -> None:
        if not self.is_here(who):
            return
        new = self.new(room, who, ahead, minutes, language, "buyer")
        key = self.key(is_new)
        expected = self.model.asked(new, key)
        expected = expected or self.model.place(new, None) or new
        for times in range(1 + twice):
            wish = Wish(new.starts_at, minutes, None, language)
            done = self.attempt(self.book((node + times) % 2).request(who, room, wish, key))
            self.same(done, expected)
        if expected is new:
            self.begin(new, "asked", (who.id, key))

    @rule(who=WHO, room=WHERE, member=MEMBER, ahead=AHEAD, minutes=MINUTES, node=NODE, twice=TWICE,
          is_new=OFTEN)
    def propose(
        self, who: Actor, room: RoomId, member: int, ahead: int, minutes: int, node: int, twice: bool,
        is_new: bool,
    ) -> None:
        by = CREWS[room][member % len(CREWS[room])]
        if not self.is_here(by):
            return
        new = self.new(room, who, ahead, minutes, "en", "staff")
        key = self.key(is_new)
        expected = self.model.proposed(new, by.id, key)
        expected = expected or self.model.place(new, by.id) or new
        asker = Asker(who.id, who.name, who.company, who.country, who.language)
        for times in range(1 + twice):
            wish = Wish(new.starts_at, minutes)
            done = self.attempt(self.book((node + times) % 2).propose(by, room, asker, wish, key))
            self.same(done, expected)
        if expected is new:
            self.begin(new, "propose", (by.id, key))

    @rule(ahead=AHEAD, room=WHERE)
    def all_want_one_time(self, ahead: int, room: RoomId) -> None:
        """As many get it as there are staff free; who of the buyers is nobody's choice."""
        buyers = [who for who in BUYERS if self.is_here(who)]
        news = [self.new(room, who, ahead, 30, "en", "buyer") for who in buyers]
        if not news or any(self.model.lapsed(room, who.id) for who in buyers):
            return
        if any(self.model.asked(new, self.key(is_new=True)) for new in news):
            return
        wish = Wish(news[0].starts_at, 30)
        answers = self.at_once(*(
            self.book(n % 2).request(who, room, wish) for n, who in enumerate(buyers)
        ))
        could = [new for new in news if not new.quarters & self.model.taken(new.buyer)]
        free = [it for it in self.model.staff_of(room) if not news[0].quarters & self.model.taken(it)]
        won = [it for it in answers if isinstance(it, Appointment)]
        assert len(won) == min(len(could), len(free))
        for new, done in zip(news, answers, strict=True):
            if isinstance(done, Appointment):
                assert new in could
                new.id, new.staff = done.id, done.staff
                self.begin(new, "asked")
        assert len({it.staff for it in won}) == len(won)

    @rule(number=ANY, is_asked=OFTEN, member=MEMBER, node=NODE, twice=TWICE, is_fresh=OFTEN)
    def accept(
        self, number: int, is_asked: bool, member: int, node: int, twice: bool, is_fresh: bool
    ) -> None:
        by = getattr(self.some(number), "by", "")
        told, who, side = self.somebody(number, (by == "staff") is is_asked, member)
        if told is None:
            return
        seen = max(0, told.revision - (not is_fresh))
        is_done = told.state == "accepted" and told.by != side
        expected = None if is_done else self.model.why_no_answer(told, side)
        expected = expected or (None if is_done or seen == told.revision else "changed")
        work = [self.book((node + n) % 2).accept(who, told.id, seen) for n in range(1 + twice)]
        assert self.codes(*work) == {expected}
        if expected is None and not is_done:
            self.change(told, "accepted", "accept")

    @rule(number=ANY, by_buyer=st.booleans(), member=MEMBER, node=NODE, twice=TWICE)
    def decline(self, number: int, by_buyer: bool, member: int, node: int, twice: bool) -> None:
        told, who, side = self.somebody(number, by_buyer, member)
        if told is None:
            return
        is_done = told.state == "declined" and told.by != side
        expected = None if is_done else self.model.why_no_answer(told, side)
        work = [self.book((node + n) % 2).decline(who, told.id) for n in range(1 + twice)]
        assert self.codes(*work) == {expected}
        if expected is None and not is_done:
            self.change(told, "declined", "decline")

    @rule(number=ANY, by_buyer=st.booleans(), member=MEMBER, node=NODE, twice=TWICE)
    def cancel(self, number: int, by_buyer: bool, member: int, node: int, twice: bool) -> None:
        told, who, _ = self.somebody(number, by_buyer, member)
        if told is None:
            return
        is_open = told.state in ("asked", "countered", "accepted")
        expected = None if is_open or told.state == "cancelled" else "wrong_moment"
        work = [self.book((node + n) % 2).cancel(who, told.id) for n in range(1 + twice)]
        assert self.codes(*work) == {expected}
        if is_open:
            self.change(told, "cancelled", "cancel")

    @rule(number=ANY, member=MEMBER)
    def accept_meets_cancel(self, number: int, member: int) -> None:
        """Whoever comes first, in the end it is taken back, and each change was written once."""
        told, who, _ = self.somebody(number, by_buyer=False, member=member)
        if told is None or self.model.why_no_answer(told, "staff"):
            return
        accepted, cancelled = self.at_once(
            self.book(0).accept(who, told.id), self.book(1).cancel(PEOPLE[told.buyer], told.id)
        )
        assert isinstance(cancelled, Appointment)
        assert accepted == "wrong_moment" or isinstance(accepted, Appointment)
        if isinstance(accepted, Appointment):
            self.change(told, "accepted", "accept")
        self.change(told, "cancelled", "cancel")

    @rule(number=ANY, by_buyer=st.booleans(), member=MEMBER, ahead=AHEAD, minutes=MINUTES, node=NODE,
          twice=TWICE, is_fresh=OFTEN)  # fmt: skip
    def counter(
        self, number: int, by_buyer: bool, member: int, ahead: int, minutes: int, node: int, twice: bool,
        is_fresh: bool,
    ) -> None:
        told, who, side = self.somebody(number, by_buyer, member)
        if told is None:
            return
        start, seen = self.start(ahead), max(0, told.revision - (not is_fresh))
        trial = replace(told, starts_at=start, minutes=minutes, by=side, is_let_go=False)
        is_same = (told.starts_at, told.minutes) == (start, minutes)
        is_same &= told.state == "accepted" or (told.state in ("asked", "countered") and told.by == side)
        expected = self.model.why_not_moved(told, trial, side, is_same, seen)
        books = [self.book((node + n) % 2) for n in range(1 + twice)]
        work = [book.counter(who, told.id, start, minutes, seen) for book in books]
        assert self.codes(*work) == {expected}
        if expected is not None or is_same:
            return
        before, told.starts_at, told.minutes, told.by = told.staff, start, minutes, side
        told.hold, told.staff = min(self.model.now + HOLD, start), trial.staff
        self.change(told, "countered", "counter")
        if before != told.staff:
            self.model.write(told, "unassigned", to=before)

    @rule(number=ANY, member=MEMBER, other=MEMBER, node=NODE, twice=TWICE, is_fresh=OFTEN)
    def reassign(self, number: int, member: int, other: int, node: int, twice: bool, is_fresh: bool) -> None:
        told, who, _ = self.somebody(number, by_buyer=False, member=member)
        if told is None:
            return
        crew, seen = CREWS[told.room], max(0, told.revision - (not is_fresh))
        colleague = crew[other % len(crew)]
        is_same = colleague.id == told.staff
        expected = None if self.is_here(colleague) else "no_account"
        if expected is None and not is_same:
            expected = self.model.why_not_given(told, colleague.id, seen)
        book = self.book
        work = [book((node + n) % 2).reassign(who, told.id, colleague.id, seen) for n in range(1 + twice)]
        assert self.codes(*work) == {expected}
        if expected is None and not is_same:
            before, told.staff = told.staff, colleague.id
            self.change(told, told.state, "reassign")
            self.model.write(told, "unassigned", to=before)

    @rule(number=ANY, member=MEMBER, absent=st.sampled_from(("", "buyer", "staff")),
          text=st.sampled_from("ab"), node=NODE, twice=TWICE)  # fmt: skip
    def note(self, number: int, member: int, absent: str, text: str, node: int, twice: bool) -> None:
        told, who, _ = self.somebody(number, by_buyer=False, member=member)
        if told is None:
            return
        missed = frozenset({absent} - {""})
        expected = None if told.state in ("held", "missed") else "wrong_moment"
        sides, book = frozenset(map(Side, missed)), self.book
        work = [book((node + n) % 2).note(who, told.id, sides, text, "") for n in range(1 + twice)]
        assert self.codes(*work) == {expected}
        state = "missed" if missed else "held"
        if expected is None and (told.state, told.absent, told.texts) != (state, missed, (text, "")):
            told.become(state, self.model.now)
            told.absent, told.texts = missed, (text, "")

    @rule(node=NODE, both=TWICE)
    def sweep(self, node: int, both: bool) -> None:
        """Each thing is done by one of the nodes, and told by it."""
        found = self.now(self.swept((node, 1 - node) if both else (node,)))
        assert sorted(found) == sorted((it.id, stage) for it, stage in self.model.sweep())

    @rule(number=ANY, here=st.sampled_from((SIDES, SIDES, {"buyer"}, {"staff"}, set())), node=NODE,
          is_over=st.sampled_from((False, False, True)))  # fmt: skip
    def come(self, number: int, here: set[str], node: int, is_over: bool) -> None:
        begun = [it for it in self.model.told if it.state == "begun"] or self.model.told
        if begun:
            told = begun[number % len(begun)]
            present = frozenset(map(Side, here))
            self.now(self.due(node).attend(told.id, present, is_over=is_over))
            self.model.attend(told, frozenset(here), is_over=is_over)

    @rule(node=NODE)
    def write_reminders(self, node: int) -> None:
        self.now(self.due(node).write_reminders())
        self.model.write_reminders()

    @rule(who=WHO, room=WHERE, is_blocked=st.booleans())
    def block(self, who: Actor, room: RoomId, is_blocked: bool) -> None:
        by = next((it for it in CREWS[room] if self.is_here(it)), None)
        if by is not None:
            work = self.blocks.block if is_blocked else self.blocks.unblock
            self.now(work(by, room, who.id))
            (self.model.blocked.add if is_blocked else self.model.blocked.discard)((room, who.id))

    @rule(number=st.integers(0, 60))
    def close_account(self, number: int) -> None:
        """Rarely, or nobody would be left."""
        if number < len(PEOPLE):
            who = sorted(PEOPLE)[number]
            self.now(self.accounts.disable(who))
            self.model.closed.add(who)

    @rule(left=st.sampled_from((HOUR, 10 * MINUTE, MINUTE, 0.0, 0.0)), node=NODE)
    def let_it_come_near(self, left: float, node: int) -> None:
        """Wait until it is so long to the next of what was agreed on, and do what is due."""
        agreed = [it.starts_at for it in self.model.told if it.state == "accepted"]
        self.move(max(0.0, min(agreed, default=0.0) - left - self.model.now))
        self.write_reminders(node)
        self.sweep(node, both=True)

    @rule(seconds=SECONDS)
    def wait(self, seconds: float) -> None:
        self.move(seconds)


@pytest.mark.threat("F25")
def test_any_story_of_appointments(migrated_file: Path) -> None:
    class Begun(Keeping):
        def __init__(self) -> None:
            super().__init__(migrated_file)

    run_state_machine_as_test(Begun, settings=extent(
        max_examples=scaled(3, 300), stateful_step_count=scaled(40, 60), deadline=None,
        suppress_health_check=list(HealthCheck),
    ))
