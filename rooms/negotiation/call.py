"""A private call as the parts know it, and the record of it with what only the rules need."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from config.ids import AccountId, CallId, ProductId, RoomId, ShowId
from rooms.negotiation.states import CallKind, CallState


@dataclass(frozen=True, slots=True)
class Call:
    """A call a buyer asked for in a room, at a second of the show and with a product in view.

    `replay_of` is when that show began, if it was its replay that the buyer watched. `since` is when its
    state last changed; `passed` are the staff who left it to others; `epoch` grows with each change, so that
    an older view of the call cannot overwrite a newer one. `rings_until` is when it is missed unless somebody
    answers, for one that waits in line too; `waits_until` is how long it may wait. It rings at those in
    `first` until `widens_at` and at everybody who is free after that. Where `kind` is a call of the staff,
    `called_by` rings the buyer instead, perhaps `about` a missed request or a message. That of an appointment
    rings at nobody: its seats wait for the two until `rings_until`.
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
    replay_of: float | None = None
    kind: CallKind = CallKind.REQUEST
    called_by: AccountId | None = None
    called_by_name: str | None = None
    about: str | None = None
    waits_until: float | None = None
    first: tuple[AccountId, ...] = ()
    widens_at: float | None = None
    buyer_away: bool = False

    @property
    def is_new(self) -> bool:
        """Whether this is the first thing the world hears of it: the version that settling made."""
        return self.epoch == 2

    @property
    def is_request(self) -> bool:
        """Whether the buyer asked for it by themselves."""
        return self.kind is CallKind.REQUEST

    def without_name(self, account: AccountId) -> Call:
        """The call with an empty name for somebody, whatever they are in it: the buyer, or of the staff."""
        return replace(
            self, buyer_name="" if account == self.buyer else self.buyer_name,
            answered_by_name="" if account == self.answered_by else self.answered_by_name,
            called_by_name="" if account == self.called_by else self.called_by_name,
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the two seats of a call: who sits there (a socket), or until when it is kept for somebody."""

    holder: str = ""
    kept_until: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A call with its timers.

    `turned` is the epoch of the last change of state, `settled` the one SQL and the screens know of: where it
    is lower, somebody must still write down the change and tell it. Until `gather_until` the seats of an
    arranged call wait for the two, whoever comes and goes.
    """

    call: Call
    gone_until: float | None = None
    buyer_seat: Seat = Seat()
    staff_seat: Seat = Seat()
    turned: int = 0
    settled: int = 0
    gather_until: float | None = None


def fields_of(record: Record) -> dict[str, str]:
    """Return a record as the fields of a Redis hash: what scripts compare, and all of it as JSON."""
    facts = json.dumps(asdict(record), ensure_ascii=False)
    return {"state": record.call.state, "epoch": str(record.call.epoch), "facts": facts}


def record_from(fields: dict[str, str]) -> Record:
    """Return the record that `fields_of` wrote, at the epoch a script gave it since."""
    facts = json.loads(fields["facts"])
    call = facts["call"] | {
        "state": CallState(fields["state"]),
        "epoch": int(fields["epoch"]),
        "kind": CallKind(facts["call"].get("kind", CallKind.REQUEST)),
        **{name: tuple(facts["call"].get(name, ())) for name in ("passed", "first")},
    }
    seats = {name: Seat(**facts[name]) for name in ("buyer_seat", "staff_seat")}
    return Record(**facts | seats | {"call": Call(**call)})
