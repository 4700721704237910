"""Whom a request rings at: first those it suits, then all who are free; and how long that takes. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from config.ids import AccountId, CallId
from rooms.fair.roster import RosterEntry
from rooms.live.duty import Crew
from rooms.negotiation.call import Call
from rooms.negotiation.states import CallEvent, CallState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands in line, from 1 on, and how long it will probably wait; None when unknown."""

    call: Call
    position: int
    wait_seconds: float | None


def suited(call: Call, free: Collection[AccountId], roster: Iterable[RosterEntry]) -> tuple[AccountId, ...]:
    """Return who of those who are free speaks the buyer's language or explains the product.

    Nobody, when it suits none or all of them: it rings at everybody then.
    """
    here = [account for account in free if account not in call.passed]
    own = {
        entry.account
        for entry in roster
        if entry.speaks(call.buyer_language) or call.product in entry.product_lines
    }
    first = tuple(account for account in here if account in own)
    return () if len(first) == len(here) else first


def ringers(call: Call, crew: Crew) -> tuple[AccountId, ...]:
    """Return at whom a call rings now: those it was routed to while one of them is free, else all."""
    if call.state is not CallState.RINGING or not call.is_request:
        return ()
    willing = tuple(account for account in crew.free if account not in call.passed)
    first = tuple(account for account in willing if account in call.first)
    return first or willing


def turns(line: Sequence[Call], crew: Crew) -> list[tuple[CallId, CallEvent]]:
    """Return which calls of a line, the oldest first, begin to ring, have to wait again, or are declined.

    As many ring as there are people to take them, and none where nobody is on duty: they wait for whoever
    comes. What all on duty have left to others nobody will take.
    """
    places, changed = len(crew.free), []
    for call in line:
        if have_all_passed(call, crew):
            changed.append((call.id, CallEvent.DECLINE))
            continue
        rings = places > 0 and bool(set(crew.free) - set(call.passed))
        places -= rings
        if rings and call.state is CallState.WAITING:
            changed.append((call.id, CallEvent.RING))
        elif not rings and call.state is CallState.RINGING:
            changed.append((call.id, CallEvent.HOLD))
    return changed


def have_all_passed(call: Call, crew: Crew) -> bool:
    """Tell whether everybody who is on duty has left a call to the others."""
    return bool(crew.on_duty) and set(crew.on_duty) <= set(call.passed)


def places(line: Sequence[Call], crew: Crew, lengths: Sequence[float]) -> list[Place]:
    """Return the places of a line, the oldest request first.

    The wait is the median length of recent calls, times the people ahead (those in a call and those before
    in line), shared by the staff on duty.
    """
    typical = statistics.median(lengths) if lengths else None
    staff = len(crew.on_duty)
    return [
        Place(call, number + 1, _wait(call, number + crew.talking, staff, typical))
        for number, call in enumerate(line)
    ]


def _wait(call: Call, ahead: int, staff: int, typical: float | None) -> float | None:
    if call.state is CallState.RINGING or typical is None or not staff:
        return None
    return typical * ahead / staff
