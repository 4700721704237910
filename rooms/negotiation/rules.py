"""The rules of a private call, pure: each takes a record and returns what it becomes, often the same.

A refusal is raised as a `FairError`. Whether the change takes place is decided once, where it is swapped in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from config.errors import Conflict
from config.ids import AccountId
from rooms.fair.policy import Actor
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.states import OPEN, CallEvent, CallState, WrongMoment, next_state

SETTLE_SECONDS = 2.0
"""How long the node that changed a call has to write it down before any other does it."""


def advance(record: Record, event: CallEvent, now: float) -> Record:
    """Return the record after `event`, or raise `WrongMoment`."""
    call = record.call
    state = next_state(call.state, event)
    turned = call.epoch + 1
    return replace(record, call=replace(call, state=state, since=now), turned=turned, gone_until=None)


def accept(record: Record, actor: Actor, now: float, seat_seconds: float) -> Record:
    """Let `actor` win the call; a second winner is told who was first (`already_taken`)."""
    call = record.call
    if call.answered_by == actor.id and call.state is CallState.TALKING:
        return record
    if call.answered_by not in (None, actor.id):
        raise taken(call)
    overdue = due(record, now)
    if call.state is CallState.RINGING and overdue is not None:
        raise WrongMoment(next_state(call.state, overdue))
    talking = advance(record, CallEvent.ACCEPT, now)
    empty = Seat(kept_until=now + seat_seconds)
    winner = replace(talking.call, answered_by=actor.id, answered_by_name=actor.name)
    return replace(talking, call=winner, buyer_seat=empty, staff_seat=empty)


def pass_on(record: Record, actor: Actor, on_duty: Collection[AccountId], now: float) -> Record:
    """Leave the call to the others; when nobody on duty is left, it is declined."""
    call = record.call
    if call.state is not CallState.RINGING or actor.id in call.passed:
        return record
    passed = replace(record, call=replace(call, passed=(*call.passed, actor.id)))
    if set(on_duty) <= set(passed.call.passed):
        return advance(passed, CallEvent.DECLINE, now)
    return passed


def close(record: Record, event: CallEvent, now: float) -> Record:
    """Apply `event`, which ends the call; one that ended that way already stays as it is."""
    ends = {CallEvent.DECLINE: CallState.DECLINED, CallEvent.CANCEL: CallState.CANCELLED}
    if record.call.state is ends.get(event, CallState.ENDED):
        return record
    return advance(record, event, now)


def buyer_gone(record: Record, now: float, reload_seconds: float) -> Record:
    """Start the time the buyer's page has to come back while it rings."""
    if record.call.state is not CallState.RINGING or record.gone_until is not None:
        return record
    return replace(record, gone_until=now + reload_seconds)


def buyer_back(record: Record) -> Record:
    """Stop it: the page is there again."""
    return replace(record, gone_until=None) if record.gone_until is not None else record


def take_seat(record: Record, actor: Actor, holder: str) -> Record:
    """Seat one of the two, in place of whoever held that person's seat before."""
    if record.call.state is not CallState.TALKING:
        raise WrongMoment(record.call.state)
    return _seat(record, actor, Seat(holder))


def leave_seat(record: Record, actor: Actor, holder: str, now: float, seat_seconds: float) -> Record:
    """Keep the seat for a while; nothing changes when another socket of the same person holds it."""
    seat = record.buyer_seat if actor.id == record.call.buyer else record.staff_seat
    if record.call.state is not CallState.TALKING or seat != Seat(holder):
        return record
    return _seat(record, actor, Seat(kept_until=now + seat_seconds))


def deadline(record: Record) -> float | None:
    """Return when somebody must look at the call again, or None when never."""
    times = [time for time, _ in _timers(record)]
    if record.settled < record.turned:
        times.append(record.call.since + SETTLE_SECONDS)
    return min(times, default=None)


def due(record: Record, now: float) -> CallEvent | None:
    """Return what has happened to the call because its time came, the earliest first; None when nothing."""
    passed = [(time, event) for time, event in _timers(record) if time <= now]
    return min(passed)[1] if passed else None


def expire(record: Record, now: float) -> Record:
    """Apply what is due, if anything is."""
    event = due(record, now)
    return advance(record, event, now) if event else record


def settle(
    record: Record, state: CallState, answered_by: AccountId | None, answered_by_name: str | None
) -> Record:
    """Mark the change as written down, and take over what SQL holds where it knows better."""
    call = replace(record.call, state=state, answered_by=answered_by, answered_by_name=answered_by_name)
    return replace(record, call=call, settled=record.turned)


def at_epoch(record: Record, epoch: int) -> Record:
    """Return the record at the epoch its change made."""
    return replace(record, call=replace(record.call, epoch=epoch))


def taken(call: Call) -> Conflict:
    """Return the refusal that names who took the call."""
    return Conflict(f"{call.answered_by_name} has taken this call.", code="already_taken")


def is_open(call: Call) -> bool:
    """Tell whether the call rings or runs."""
    return call.state in OPEN


def _timers(record: Record) -> list[tuple[float, CallEvent]]:
    """Return the deadlines that apply in the record's state, each with what it leads to."""
    if record.call.state is CallState.RINGING:
        timers = [(record.call.rings_until, CallEvent.TIME_OUT), (record.gone_until, CallEvent.LEAVE)]
    elif record.call.state is CallState.TALKING:
        seats = (record.buyer_seat, record.staff_seat)
        timers = [(seat.kept_until, CallEvent.LEAVE) for seat in seats]
    else:
        timers = []
    return [(time, event) for time, event in timers if time is not None]


def _seat(record: Record, actor: Actor, seat: Seat) -> Record:
    if actor.id == record.call.buyer:
        return replace(record, buyer_seat=seat)
    return replace(record, staff_seat=seat)
