"""A private call as the parts know it, and the record of it with what only the rules need."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from config.ids import AccountId, CallId, ProductId, RoomId, ShowId
from rooms.negotiation.states import CallState


@dataclass(frozen=True, slots=True)
class Call:
    """A call a buyer asked for in a room, at a second of the show and with a product in view.

    `since` is when its state last changed; `passed` are the staff who left it to others; `epoch` grows with
    each change, so that an older view of the call cannot overwrite a newer one.
    """

    id: CallId
    room: RoomId
    show: ShowId | None
    show_second: float | None
    product: ProductId | None
    buyer: AccountId
    buyer_name: str
    buyer_company: str
    buyer_country: str
    buyer_language: str
    state: CallState
    since: float
    requested_at: float
    rings_until: float
    answered_by: AccountId | None
    answered_by_name: str | None
    passed: tuple[AccountId, ...]
    epoch: int


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the two seats of a call: who sits there (a socket), or until when it is kept for somebody."""

    holder: str = ""
    kept_until: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A call with its timers.

    `turned` is the epoch of the last change of state, `settled` the one SQL and the screens know of: where it
    is lower, somebody must still write down the change and tell it.
    """

    call: Call
    gone_until: float | None = None
    buyer_seat: Seat = Seat()
    staff_seat: Seat = Seat()
    turned: int = 0
    settled: int = 0


def fields_of(record: Record) -> dict[str, str]:
    """Return a record as the texts of a Redis hash; None is an empty text."""
    call = record.call
    values: dict[str, Any] = {name: getattr(call, name) for name in Call.__slots__}
    values |= {
        "passed": json.dumps(call.passed),
        "gone_until": record.gone_until,
        "buyer_holder": record.buyer_seat.holder,
        "buyer_kept_until": record.buyer_seat.kept_until,
        "staff_holder": record.staff_seat.holder,
        "staff_kept_until": record.staff_seat.kept_until,
        "turned": record.turned,
        "settled": record.settled,
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def record_from(fields: dict[str, str]) -> Record:
    """Return the record that `fields_of` wrote."""
    return Record(
        call=_call(fields),
        gone_until=_seconds(fields["gone_until"]),
        buyer_seat=Seat(fields["buyer_holder"], _seconds(fields["buyer_kept_until"])),
        staff_seat=Seat(fields["staff_holder"], _seconds(fields["staff_kept_until"])),
        turned=int(fields["turned"]),
        settled=int(fields["settled"]),
    )


def _call(fields: dict[str, str]) -> Call:
    return Call(
        id=CallId(fields["id"]),
        room=RoomId(fields["room"]),
        show=ShowId(fields["show"]) if fields["show"] else None,
        show_second=_seconds(fields["show_second"]),
        product=ProductId(fields["product"]) if fields["product"] else None,
        buyer=AccountId(fields["buyer"]),
        buyer_name=fields["buyer_name"],
        buyer_company=fields["buyer_company"],
        buyer_country=fields["buyer_country"],
        buyer_language=fields["buyer_language"],
        state=CallState(fields["state"]),
        since=float(fields["since"]),
        requested_at=float(fields["requested_at"]),
        rings_until=float(fields["rings_until"]),
        answered_by=AccountId(fields["answered_by"]) if fields["answered_by"] else None,
        answered_by_name=fields["answered_by_name"] or None,
        passed=tuple(AccountId(account) for account in json.loads(fields["passed"])),
        epoch=int(fields["epoch"]),
    )


def _seconds(text: str) -> float | None:
    return float(text) if text else None
