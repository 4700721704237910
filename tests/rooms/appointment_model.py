"""Appointments as one would tell them: what the real ones are compared with, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from config.ids import AccountId, AppointmentId, RoomId
from tests.rooms.fair_facts import OAK

QUARTER, MINUTE, HOUR = 900.0, 60.0, 3600.0
NOTICE, HOLD, REMIND, NO_SHOW, MOST = 30 * MINUTE, 24 * HOUR, 60 * MINUTE, 10 * MINUTE, 20
OPENS, CLOSES = 6 * HOUR, 18 * HOUR
"""When the second room works, by the clock of UTC; the first one works round the clock."""
WAITING = ("asked", "countered")
TO_COME = (*WAITING, "accepted")
OPEN = (*TO_COME, "begun")
SIDES = frozenset({"buyer", "staff"})


@dataclass
class Told:
    """One appointment; `is_let_go` is one that nobody answered for in time, whose time others may have."""

    id: AppointmentId
    room: RoomId
    buyer: AccountId
    staff: AccountId
    starts_at: float
    minutes: int
    language: str
    by: str
    hold: float
    changed_at: float
    state: str = "asked"
    revision: int = 0
    begun_at: float | None = None
    came: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    texts: tuple[str, str] = ("", "")
    reminded: str = ""
    is_let_go: bool = False

    @property
    def quarters(self) -> set[int]:
        first = int(self.starts_at // QUARTER)
        return set(range(first, first + self.minutes // 15))

    @property
    def has_time(self) -> bool:
        return self.state in OPEN and not self.is_let_go

    def is_lapsed(self, now: float) -> bool:
        return self.state in WAITING and self.hold <= now

    def become(self, state: str, now: float) -> None:
        self.state, self.changed_at = state, now
        self.revision += 1


@dataclass
class Model:
    """Whose times are taken, who is gone or blocked, and what everybody was written."""

    now: float
    crew: dict[AccountId, tuple[RoomId, str, str]]
    """Room, name and language of each member of staff."""
    told: list[Told] = field(default_factory=list)
    closed: set[AccountId] = field(default_factory=set)
    blocked: set[tuple[RoomId, AccountId]] = field(default_factory=set)
    keys: dict[tuple[AccountId, str], Told] = field(default_factory=dict)
    letters: list[tuple[AppointmentId, int, str, AccountId]] = field(default_factory=list)

    def staff_of(self, room: RoomId) -> list[AccountId]:
        return [who for who, (of, _, _) in self.crew.items() if of == room and who not in self.closed]

    def taken(self, who: AccountId, but: Told | None = None) -> set[int]:
        mine = (it for it in self.told if it is not but and it.has_time and who in (it.buyer, it.staff))
        return set().union(*(it.quarters for it in mine))

    def claims(self) -> list[tuple[AccountId, int, AppointmentId]]:
        open_ones = [it for it in self.told if it.has_time]
        both = ((it, who) for it in open_ones for who in (it.buyer, it.staff))
        return sorted((who, quarter, it.id) for it, who in both for quarter in it.quarters)

    def why_not_then(self, room: RoomId, start: float, minutes: int) -> str | None:
        if start < self.now + NOTICE:
            return "too_late"
        second = start % (24 * HOUR)
        is_open = room == OAK or OPENS <= second <= CLOSES - minutes * MINUTE
        return None if is_open else "closed"

    def best(self, told: Told, first: AccountId | None, but: Told | None = None) -> AccountId:
        """Return who of the staff gets it, empty where nobody is free; `first` is asked first."""
        free = [it for it in self.staff_of(told.room) if not told.quarters & self.taken(it, but)]
        quarter = int(self.now // QUARTER)
        loads = {who: len([n for n in self.taken(who, but) if n >= quarter]) for who in free}
        crew = self.crew
        order = {it: (it != first, crew[it][2] != told.language, loads[it], crew[it][1], it) for it in free}
        return min(free, key=order.__getitem__, default=AccountId(""))

    def before(self, buyer: AccountId) -> list[Told]:
        mine = (it for it in self.told if it.buyer == buyer and it.state in OPEN)
        return sorted((it for it in mine if not it.is_lapsed(self.now)), key=lambda it: (it.starts_at, it.id))

    def lapsed(self, room: RoomId, buyer: AccountId, but: Told | None = None) -> list[Told]:
        near = (it for it in self.told if it is not but and (it.room == room or it.buyer == buyer))
        return [it for it in near if it.is_lapsed(self.now) and not it.is_let_go]

    def asked(self, new: Told, key: str) -> Told | str | None:
        """Return what a buyer's wish comes to again, why to nothing, or None for a new one."""
        again = self.keys.get((new.buyer, key))
        why = self.why_not_then(new.room, new.starts_at, new.minutes)
        if again or why:
            return again or why
        if (new.room, new.buyer) in self.blocked:
            return "blocked"
        ahead = self.before(new.buyer)
        times = (new.room, new.starts_at, new.minutes, "buyer")
        same = next((it for it in ahead if (it.room, it.starts_at, it.minutes, it.by) == times), None)
        if same:
            self.let_go(self.lapsed(new.room, new.buyer))
            self.keys[new.buyer, key] = same
        return same or ("too_many_appointments" if len(ahead) >= MOST else None)

    def proposed(self, new: Told, by: AccountId, key: str) -> Told | str | None:
        """Do so for what one of the staff suggests to a buyer."""
        again = self.keys.get((by, key))
        why = self.why_not_then(new.room, new.starts_at, new.minutes)
        if again or why:
            return again or why
        if (new.room, new.buyer) in self.blocked or new.buyer in self.closed:
            return "blocked" if (new.room, new.buyer) in self.blocked else "no_account"
        ahead = self.before(new.buyer)
        unanswered = [it for it in ahead if it.state in WAITING and (it.room, it.by) == (new.room, "staff")]
        time = (new.starts_at, new.minutes)
        same = next((it for it in unanswered if (it.starts_at, it.minutes) == time), None)
        if same:
            self.let_go(self.lapsed(new.room, new.buyer))
            self.keys[by, key] = same
        if same or unanswered:
            return same or "proposed_already"
        return "too_many_appointments" if len(ahead) >= MOST else None

    def place(self, new: Told, first: AccountId | None, but: Told | None = None) -> str | None:
        """Give a time to whom it is for and to the best of the staff; or say why not, and change nothing."""
        gone = self.lapsed(new.room, new.buyer, but)
        self.let_go(gone)
        new.staff = self.best(new, first, but)
        is_taken = bool(new.quarters & self.taken(new.buyer, but))
        if is_taken or not new.staff:
            self.let_go(gone, is_so=False)
            return "buyer_taken" if is_taken else "slot_taken"
        return None

    def let_go(self, gone: list[Told], *, is_so: bool = True) -> None:
        for it in gone:
            it.is_let_go = is_so

    def why_no_answer(self, told: Told, side: str) -> str | None:
        if told.state not in WAITING or told.is_lapsed(self.now) or told.starts_at <= self.now:
            return "wrong_moment"
        return "own_proposal" if told.by == side else None

    def why_not_moved(self, told: Told, trial: Told, side: str, is_same: bool, seen: int) -> str | None:
        """Return why somebody cannot suggest another time, which `trial` has."""
        if why := self.why_not_then(told.room, trial.starts_at, trial.minutes):
            return why
        if side == "buyer" and (told.room, told.buyer) in self.blocked:
            return "blocked"
        if told.is_lapsed(self.now) or told.starts_at <= self.now:
            return "wrong_moment"
        if is_same:
            self.let_go(self.lapsed(told.room, told.buyer, told))
            return None
        if told.state not in ("asked", "countered", "accepted"):
            return "wrong_moment"
        return "changed" if seen != told.revision else self.place(trial, told.staff, told)

    def why_not_given(self, told: Told, colleague: AccountId, seen: int) -> str | None:
        """Return why a colleague cannot take it over."""
        if told.state not in ("asked", "countered", "accepted") or told.is_lapsed(self.now):
            return "wrong_moment"
        if seen != told.revision:
            return "changed"
        return "slot_taken" if told.quarters & self.taken(colleague) else None

    def write(self, told: Told, what: str, *sides: str, to: AccountId | None = None) -> None:
        """Note the letters of a change, to nobody whose account was closed."""
        people = [to] if to else [told.buyer if side == "buyer" else told.staff for side in sides or SIDES]
        self.letters += [(told.id, told.revision, what, who) for who in people if who not in self.closed]

    def is_off(self, told: Told) -> bool:
        return (told.room, told.buyer) in self.blocked or told.buyer in self.closed

    def sweep(self) -> Iterator[tuple[Told, str]]:
        """Do what is due, in order; yield what the screens are told."""
        in_order = sorted(self.told, key=lambda it: (it.starts_at, it.id))
        for it in in_order:
            if it.is_lapsed(self.now):
                yield self._end(it, "expired", "expire")
        for it in in_order:
            if it.state in TO_COME and self.is_off(it):
                yield self._end(it, "cancelled", "cancel")
        for it in in_order:
            if it.state in TO_COME and it.staff in self.closed:
                yield self._hand_over(it)
        yield from self._remind(in_order)
        for it in in_order:
            if it.state == "accepted" and it.starts_at <= self.now:
                it.become("begun", self.now)
                it.begun_at = self.now
                yield it, "changed"

    def _end(self, told: Told, state: str, what: str) -> tuple[Told, str]:
        told.become(state, self.now)
        self.write(told, what)
        return told, "changed"

    def _hand_over(self, told: Told) -> tuple[Told, str]:
        staff = self.best(told, None)
        if not staff:
            return self._end(told, "cancelled", "cancel")
        told.become(told.state, self.now)
        told.staff, told.reminded = staff, ""
        self.write(told, "reassign")
        return told, "changed"

    def _remind(self, in_order: list[Told]) -> Iterator[tuple[Told, str]]:
        for it in in_order:
            left = it.starts_at - self.now
            stage = "one_minute" if left <= MINUTE else "ten_minutes"
            is_due = it.state == "accepted" and 0 < left <= 10 * MINUTE and it.reminded != stage
            if is_due:
                it.reminded = stage
                yield it, stage

    def attend(self, told: Told, here: frozenset[str], *, is_over: bool) -> None:
        """Note who of the two is in the call."""
        if told.state != "begun" or told.begun_at is None:
            return
        told.came |= here
        if here == SIDES:
            told.become("held", self.now)
        elif is_over or self.now >= told.begun_at + NO_SHOW:
            told.become("missed", self.now)
            told.absent = (SIDES - told.came) or (SIDES - here)
            self.write(told, "miss")

    def write_reminders(self) -> None:
        for it in self.told:
            soon = it.state == "accepted" and self.now < it.starts_at <= self.now + REMIND
            is_new = not any(known[:3] == (it.id, it.revision, "remind") for known in self.letters)
            if soon and is_new and it.changed_at < it.starts_at - REMIND:
                self.write(it, "remind")
