"""Calls that were arranged: nobody rings, both seats wait for their people for a while; rules only."""

from __future__ import annotations

from dataclasses import dataclass

from config.ids import AccountId, CallId, ProductId, RoomId
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.states import CallKind, CallState


@dataclass(frozen=True, slots=True)
class Arranged:
    """Who is to meet, from now on for `wait_seconds`; `id` is of one's own making, so that it is one call."""

    id: CallId
    room: RoomId
    product: ProductId | None
    buyer: AccountId
    buyer_name: str
    buyer_company: str
    buyer_country: str
    buyer_language: str
    staff: AccountId
    staff_name: str
    wait_seconds: float


def record_of(arranged: Arranged, now: float) -> Record:
    """Return the call as it begins: answered, and both seats kept."""
    until = now + arranged.wait_seconds
    call = Call(
        id=arranged.id, room=arranged.room, show=None, show_second=None, product=arranged.product,
        buyer=arranged.buyer, buyer_name=arranged.buyer_name, buyer_company=arranged.buyer_company,
        buyer_country=arranged.buyer_country, buyer_language=arranged.buyer_language,
        state=CallState.TALKING, since=now, requested_at=now, rings_until=until,
        answered_by=arranged.staff, answered_by_name=arranged.staff_name, passed=(), epoch=1,
        kind=CallKind.APPOINTMENT,
    )
    seat = Seat(kept_until=until)
    return Record(call, buyer_seat=seat, staff_seat=seat, turned=1, gather_until=until)


def is_in(record: Record, account: AccountId | None) -> bool:
    """Tell whether somebody is in a call: in an arranged one, not while their seat just waits for them."""
    call, seat = record.call, record.buyer_seat if account == record.call.buyer else record.staff_seat
    if call.state is not CallState.TALKING or account not in (call.buyer, call.answered_by):
        return False
    waits = record.gather_until is not None and seat.kept_until is not None
    return not waits or (seat.kept_until or 0.0) > (record.gather_until or 0.0)


def present_in(record: Record) -> frozenset[AccountId]:
    """Return who sits in the call."""
    call = record.call
    seats = ((call.buyer, record.buyer_seat), (call.answered_by, record.staff_seat))
    if call.state is not CallState.TALKING:
        return frozenset()
    return frozenset(who for who, seat in seats if who is not None and seat.kept_until is None)
