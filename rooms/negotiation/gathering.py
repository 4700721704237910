"""Calls that were arranged: nobody rings, both seats wait for their people for a while; rules only."""

from __future__ import annotations

from dataclasses import dataclass

from config.ids import AccountId, CallId, ProductId, RoomId
from rooms.negotiation.call import Call, Record, Seat
from rooms.negotiation.states import CallState


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
        state=CallState.TALKING, since=now, requested_at=now, rings_until=now,
        answered_by=arranged.staff, answered_by_name=arranged.staff_name, passed=(), epoch=1,
    )
    seat = Seat(kept_until=until)
    return Record(call, buyer_seat=seat, staff_seat=seat, turned=1, gather_until=until)


def present_in(record: Record) -> frozenset[AccountId]:
    """Return who sits in the call."""
    call = record.call
    seats = ((call.buyer, record.buyer_seat), (call.answered_by, record.staff_seat))
    if call.state is not CallState.TALKING:
        return frozenset()
    return frozenset(who for who, seat in seats if who is not None and seat.kept_until is None)
