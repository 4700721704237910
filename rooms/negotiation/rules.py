"""The rules of a private call, pure: each takes a record and returns what it becomes, often the same.

A refusal is raised as a `FairError`. Whether the change takes place is decided once, where it is swapped in.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from config.errors import Conflict, Invalid
from config.ids import AccountId
from rooms.fair.policy import Actor
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.states import OPEN, UNANSWERED, CallEvent, CallKind, CallState, WrongMoment, next_state

SETTLE_SECONDS = 2.0
"""How long the node that changed a call has to write it down before any other does it."""

REQUEST_KEY_LENGTH = 64

ENDS = {
    CallEvent.DECLINE: CallState.DECLINED, CallEvent.CANCEL: CallState.CANCELLED,
    CallEvent.HANG_UP: CallState.ENDED,
}

WIDEN_SECONDS = 10.0
"""So long a call rings at those it suits best before it rings at everybody who is free."""


def advance(record: Record, event: CallEvent, now: float) -> Record:
    """Return the record after `event`, or raise `WrongMoment`."""
    call = record.call
    state = next_state(call.state, event)
    turned = call.epoch + 1
    return replace(record, call=replace(call, state=state, since=now), turned=turned, gone_until=None)


def ring(record: Record, first: tuple[AccountId, ...], now: float, ring_seconds: float) -> Record:
    """Let a call that waits in line ring, for a while at those in `first` only."""
    ringing = advance(record, CallEvent.RING, now)
    call = replace(
        ringing.call, rings_until=now + ring_seconds, first=first,
        widens_at=now + WIDEN_SECONDS if first else None,
    )
    return replace(ringing, call=call, gone_until=record.gone_until)


def at_start(record: Record) -> Record:
    """Return a call that has not been kept yet as its first version, whatever led to it."""
    return replace(record, call=replace(record.call, epoch=1), turned=1, settled=0)


def hold(record: Record, now: float) -> Record:
    """Put a ringing call back in line because nobody is free any more: its time to ring starts anew then."""
    if record.call.state is not CallState.RINGING:
        return record
    held = advance(record, CallEvent.HOLD, now)
    ends = max(record.call.waits_until or 0.0, record.call.rings_until)
    call = replace(held.call, rings_until=ends, first=(), widens_at=None)
    return replace(held, call=call, gone_until=record.gone_until)


def accept(record: Record, actor: Actor, now: float, seat_seconds: float) -> Record:
    """Let `actor` win the call; a second winner is told who was first (`already_taken`)."""
    call = record.call
    require_request(call)
    if call.answered_by == actor.id and call.state is CallState.TALKING:
        return record
    if call.answered_by not in (None, actor.id):
        raise taken(call)
    return _begin_talk(record, actor.id, actor.name, now, seat_seconds)


def answer(record: Record, now: float, seat_seconds: float) -> Record:
    """Let the buyer take a call that staff make; whoever rang has the other seat."""
    call = record.call
    if call.is_request or call.called_by is None:
        raise Conflict("This call rings at the exhibitor's staff.", code="wrong_moment")
    if call.state is CallState.TALKING:
        return record
    return _begin_talk(record, call.called_by, call.called_by_name or "", now, seat_seconds)


def pass_on(record: Record, actor: Actor, on_duty: Collection[AccountId], now: float) -> Record:
    """Leave the call to the others; when nobody on duty is left, it is declined."""
    call = record.call
    require_request(call)
    if call.state not in UNANSWERED or actor.id in call.passed:
        return record
    first = tuple(account for account in call.first if account != actor.id)
    left = replace(
        call, passed=(*call.passed, actor.id), first=first, widens_at=call.widens_at if first else None
    )
    passed = replace(record, call=left)
    if first != call.first:
        passed = _noted(passed)  # it may ring at others now
    if set(on_duty) <= set(passed.call.passed):
        return advance(passed, CallEvent.DECLINE, now)
    return passed


def pass_to(record: Record, actor: Actor, colleague: AccountId, now: float) -> Record:
    """Hand the call to one colleague, for a while to nobody else; `actor` is not rung any more."""
    call = record.call
    require_request(call)
    if call.state is not CallState.RINGING:
        raise WrongMoment(call.state)
    if call.first == (colleague,) and actor.id in call.passed:
        return record
    passed = (*(account for account in call.passed if account not in (colleague, actor.id)), actor.id)
    widens_at = now + WIDEN_SECONDS
    handed = replace(
        call, passed=passed, first=(colleague,), widens_at=widens_at,
        rings_until=max(call.rings_until, widens_at + WIDEN_SECONDS),
    )
    return _noted(replace(record, call=handed))


def close(record: Record, event: CallEvent, now: float) -> Record:
    """Apply `event`, which ends the call; one that ended that way already stays as it is."""
    if record.call.state is ENDS[event]:
        return record
    return advance(record, event, now)


def turn_away(record: Record, now: float) -> Record:
    """Decline a request that still waits, take back a call of the staff; what was answered stays as it is."""
    if record.call.state not in UNANSWERED:
        return record
    return advance(record, CallEvent.DECLINE if record.call.is_request else CallEvent.CANCEL, now)


def require_closed(call: Call, event: CallEvent) -> None:
    """Refuse once it is written down, when the records had the call end or go on in another way."""
    if call.state is not ENDS[event]:
        raise WrongMoment(call.state)


def buyer_gone(record: Record, now: float, reload_seconds: float) -> Record:
    """Note that no page of the buyer is open; after a while, as a reload takes, they count as away.

    A request belongs to a person and not to a page: being away ends nothing, the staff just see it.
    """
    is_known = record.gone_until is not None or record.call.buyer_away
    if record.call.state not in UNANSWERED or is_known:
        return record
    return replace(record, gone_until=now + reload_seconds)


def buyer_back(record: Record) -> Record:
    """Note that a page is there again, while the request waits for an answer."""
    if record.call.state not in UNANSWERED:
        return record
    if record.call.buyer_away:
        return _noted(replace(record, call=replace(record.call, buyer_away=False), gone_until=None))
    return replace(record, gone_until=None) if record.gone_until is not None else record


def take_seat(record: Record, actor: Actor, holder: str) -> Record:
    """Seat one of the two, in place of whoever held that person's seat before."""
    if record.call.state is not CallState.TALKING:
        raise WrongMoment(record.call.state)
    return _seat(record, actor.id, Seat(holder))


def leave_seat(record: Record, account: AccountId, holder: str, now: float, seat_seconds: float) -> Record:
    """Keep the seat for a while; nothing changes when another socket of the same person holds it."""
    seat = record.buyer_seat if account == record.call.buyer else record.staff_seat
    if record.call.state is not CallState.TALKING or seat != Seat(holder):
        return record
    return _seat(record, account, Seat(kept_until=max(now + seat_seconds, record.gather_until or 0.0)))


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
    """Apply what is due, the earliest first, until nothing is."""
    while event := due(record, now):
        record = _apply(record, event, now)
    return record


def settle(
    record: Record, state: CallState, answered_by: AccountId | None, answered_by_name: str | None
) -> Record:
    """Mark the change as written down, and take over what SQL holds where it knows better."""
    call = replace(record.call, state=state, answered_by=answered_by, answered_by_name=answered_by_name)
    return replace(record, call=call, settled=record.turned)


def doubt(record: Record, seat: Seat | None) -> Record:
    """Have SQL asked again what holds of the call; where it talks after all, both have `seat` to come to."""
    if record.settled < record.turned:
        return record
    noted = _noted(record)
    if seat is None or record.call.state is CallState.TALKING:
        return noted
    return replace(noted, buyer_seat=seat, staff_seat=seat)


def erase_name(record: Record, account: AccountId) -> Record:
    """Return the record without somebody's name; nobody is told, as the state stays what it is."""
    return replace(record, call=record.call.without_name(account))


def at_epoch(record: Record, epoch: int) -> Record:
    """Return the record at the epoch its change made."""
    return replace(record, call=replace(record.call, epoch=epoch))


def taken(call: Call) -> Conflict:
    """Return the refusal that names who took the call, unless they have had their name erased."""
    if not call.answered_by_name:
        return Conflict("A colleague has taken this call.", code="already_taken")
    fields = {"name": call.answered_by_name}
    return Conflict("{name} has taken this call.", code="already_taken", fields=fields)


def require_request(call: Call) -> None:
    """Refuse what only a request of a buyer knows, for a call that staff make or that was arranged."""
    if call.kind is CallKind.APPOINTMENT:
        raise WrongMoment(call.state)
    if not call.is_request:
        raise Conflict("This call rings at the buyer.", code="wrong_moment")


def check_key(request_key: str) -> None:
    """Refuse a request key that cannot be one; `Invalid` (`malformed`)."""
    printable = request_key.isascii() and request_key.isprintable() and " " not in request_key
    if not (request_key and printable and len(request_key) <= REQUEST_KEY_LENGTH):
        raise Invalid("A request key is 1 to 64 printable characters without blanks.", code="malformed")


def is_open(call: Call) -> bool:
    """Tell whether the call rings or runs."""
    return call.state in OPEN


def _begin_talk(
    record: Record, account: AccountId, name: str, now: float, seat_seconds: float
) -> Record:
    call = record.call
    if call.state in UNANSWERED and call.rings_until <= now:
        raise WrongMoment(CallState.MISSED)
    talking = advance(record, CallEvent.ACCEPT, now)
    empty = Seat(kept_until=now + seat_seconds)
    winner = replace(talking.call, answered_by=account, answered_by_name=name, buyer_away=False)
    return replace(talking, call=winner, buyer_seat=empty, staff_seat=empty)


def _apply(record: Record, event: CallEvent, now: float) -> Record:
    """Return the record after a timer: two of them change what is known of the call and not its state."""
    call = record.call
    if event is CallEvent.WIDEN:
        return _noted(replace(record, call=replace(call, first=(), widens_at=None)))
    if event is CallEvent.LEAVE and call.state in UNANSWERED:
        return _noted(replace(record, call=replace(call, buyer_away=True), gone_until=None))
    return advance(record, event, now)


def _noted(record: Record) -> Record:
    """Return the record as one whose change must be told although its state is the same."""
    return replace(record, turned=record.call.epoch + 1)


def _timers(record: Record) -> list[tuple[float, CallEvent]]:
    """Return the deadlines that apply in the record's state, each with what it leads to."""
    call = record.call
    timers: list[tuple[float | None, CallEvent]] = []
    if call.state in UNANSWERED:
        timers = [(call.rings_until, CallEvent.TIME_OUT), (record.gone_until, CallEvent.LEAVE)]
    if call.state is CallState.RINGING:
        timers.append((call.widens_at, CallEvent.WIDEN))
    if call.state is CallState.TALKING:
        seats = (record.buyer_seat, record.staff_seat)
        timers = [(seat.kept_until, CallEvent.LEAVE) for seat in seats]
    return [(time, event) for time, event in timers if time is not None]


def _seat(record: Record, account: AccountId, seat: Seat) -> Record:
    if account == record.call.buyer:
        return replace(record, buyer_seat=seat)
    return replace(record, staff_seat=seat)
