"""The line and its calls as one would tell them: what the real ones are compared with, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from config.ids import AccountId, CallId, RoomId

RING, WAIT, AGAIN, GONE, SEAT = 12.0, 40.0, 15.0, 4.0, 10.0
WIDEN, LEASE, PLACES, TRIES, TRIES_WINDOW = 10.0, 30.0, 3, 10, 60.0
UNANSWERED = ("waiting", "ringing")


@dataclass
class Told:
    """One call."""

    id: CallId
    room: RoomId
    buyer: AccountId
    asked_at: float
    waits_until: float
    rings_until: float
    state: str = "waiting"
    passed: set[AccountId] = field(default_factory=set)
    only: AccountId | None = None
    widens_at: float | None = None
    by: AccountId | None = None
    gone_until: float | None = None
    is_away: bool = False
    kept: dict[AccountId, float | None] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.state in UNANSWERED

    def become(self, state: str) -> None:
        self.state, self.gone_until = state, None


@dataclass
class Model:
    """Everybody who asks, answers, and is on duty until when."""

    now: float
    calls: list[Told] = field(default_factory=list)
    duty: dict[AccountId, tuple[RoomId, float]] = field(default_factory=dict)
    keys: dict[tuple[RoomId, AccountId, str], Told] = field(default_factory=dict)
    tries: dict[AccountId, dict[tuple[RoomId, str], float]] = field(default_factory=dict)
    last: dict[tuple[RoomId, AccountId], float] = field(default_factory=dict)

    def on_duty(self, room: RoomId) -> set[AccountId]:
        return {who for who, (where, ends) in self.duty.items() if where == room and ends > self.now}

    def talking_of(self, who: AccountId) -> Told | None:
        return next((it for it in self.calls if it.state == "talking" and who in (it.buyer, it.by)), None)

    def free(self, room: RoomId) -> set[AccountId]:
        return {who for who in self.on_duty(room) if self.talking_of(who) is None}

    def line(self, room: RoomId) -> list[Told]:
        return sorted((it for it in self.calls if it.is_open and it.room == room), key=lambda it: it.asked_at)

    def open_of(self, buyer: AccountId) -> list[Told]:
        return [it for it in self.calls if it.is_open and it.buyer == buyer]

    def asked(self, buyer: AccountId, room: RoomId, key: str) -> Told | str | None:
        """Return the call that comes again, why there is none, or None for a new one."""
        again = self.keys.get((room, buyer, key))
        again = again or next((it for it in self.open_of(buyer) if it.room == room), None)
        if again:
            self.keys[room, buyer, key] = again
            return again
        if not self.on_duty(room):
            return "nobody_on_duty"
        tries = {it: at for it, at in self.tries.get(buyer, {}).items() if at > self.now - TRIES_WINDOW}
        if len(self.open_of(buyer)) >= PLACES or ((room, key) not in tries and len(tries) >= TRIES):
            return "too_many_requests"
        self.tries[buyer] = {(room, key): self.now} | tries
        return "too_soon" if self.last.get((room, buyer), -AGAIN) + AGAIN > self.now else None

    def begin(self, id_: CallId, buyer: AccountId, room: RoomId, key: str) -> Told:
        ends = self.now + WAIT
        call = self.keys[room, buyer, key] = Told(id_, room, buyer, self.now, ends, ends)
        self.last[room, buyer] = self.now
        self.calls.append(call)
        self.turn(room)
        return call

    def why_not(self, who: AccountId, call: Told) -> str | None:
        """Return why somebody cannot take a call; None when they can, or have."""
        if call.is_open and (self.talking_of(who) or self.talking_of(call.buyer)):
            return "in_a_call"
        if call.by not in (None, who):
            return "already_taken"
        is_late = call.is_open and call.rings_until <= self.now
        return "wrong_moment" if is_late or not (call.is_open or call.state == "talking") else None

    def accept(self, who: AccountId, call: Told) -> None:
        if call.is_open:
            call.become("talking")
            call.by, call.is_away = who, False
            call.kept = {call.buyer: self.now + SEAT, who: self.now + SEAT}
        self.turn(call.room)

    def close(self, call: Told, state: str, *from_states: str) -> str | None:
        if call.state not in (state, *from_states):
            return "wrong_moment"
        if call.state != state:
            call.become(state)
        self.turn(call.room)
        return None

    def pass_on(self, who: AccountId, call: Told) -> None:
        if call.is_open and who not in call.passed:
            call.passed.add(who)
            if call.only == who:
                call.only = call.widens_at = None
            if self.on_duty(call.room) <= call.passed:
                call.become("declined")
        self.turn(call.room)

    def pass_to(self, who: AccountId, call: Told, other: AccountId) -> str | None:
        if other not in self.free(call.room) or other == who:
            return "not_free"
        if call.state != "ringing":
            return "wrong_moment"
        if call.only != other or who not in call.passed:
            call.passed = (call.passed - {other}) | {who}
            call.only, call.widens_at = other, self.now + WIDEN
            call.rings_until = max(call.rings_until, call.widens_at + WIDEN)
        return None

    def gone(self, buyer: AccountId) -> None:
        for call in self.open_of(buyer):
            if call.gone_until is None and not call.is_away:
                call.gone_until = self.now + GONE

    def back(self, buyer: AccountId) -> None:
        for call in self.open_of(buyer):
            call.gone_until, call.is_away = None, False

    def sweep(self) -> None:
        for call in self.calls:
            self._expire(call)
        for room in {call.room for call in self.calls if call.is_open}:
            self.turn(room)

    def turn(self, room: RoomId) -> None:
        """Let as many ring as there are people who would take them; what all have left is declined."""
        free, on_duty = self.free(room), self.on_duty(room)
        left = len(free)
        for call in self.line(room):
            if on_duty and on_duty <= call.passed:
                call.become("declined")
                continue
            rings = left > 0 and bool(free - call.passed)
            left -= rings
            if rings and call.state == "waiting":
                call.state, call.rings_until = "ringing", self.now + RING
                call.only = call.widens_at = None
            elif not rings and call.state == "ringing":
                call.state, call.rings_until = "waiting", max(call.waits_until, call.rings_until)
                call.only = call.widens_at = None

    def _expire(self, call: Told) -> None:
        if call.state == "talking" and any(_is_over(until, self.now) for until in call.kept.values()):
            call.become("ended")
        if not call.is_open:
            return
        if call.rings_until <= self.now:
            call.become("missed")
            return
        if _is_over(call.gone_until, self.now):
            call.is_away, call.gone_until = True, None
        if call.state == "ringing" and _is_over(call.widens_at, self.now):
            call.only = call.widens_at = None

    def people_talking(self) -> Iterator[AccountId]:
        for call in self.calls:
            if call.state == "talking" and call.by:
                yield from (call.buyer, call.by)


def _is_over(until: float | None, now: float) -> bool:
    return until is not None and until <= now
