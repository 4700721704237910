"""The states of an offer and what leads from one to the next; the table is the whole rule.

An offer is a chain of versions. Its state is that of its newest version: an older one can neither be signed
nor taken back any more. Signing by one side changes no state, signing by the second ends the offer for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from config.errors import Conflict


class Side(StrEnum):
    """Who speaks in a thread: the buyer, or anybody of the exhibitor's staff."""

    BUYER = "buyer"
    SELLER = "seller"


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    AGREED = "agreed"


class OfferEvent(StrEnum):
    """What can happen to an offer."""

    COUNTER = "counter"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    SIGN = "sign"
    AGREE = "agree"


NEXT = {
    (OfferState.OPEN, OfferEvent.COUNTER): OfferState.OPEN,
    (OfferState.OPEN, OfferEvent.WITHDRAW): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferEvent.EXPIRE): OfferState.EXPIRED,
    (OfferState.OPEN, OfferEvent.SIGN): OfferState.OPEN,
    (OfferState.OPEN, OfferEvent.AGREE): OfferState.AGREED,
    (OfferState.WITHDRAWN, OfferEvent.COUNTER): OfferState.OPEN,
    (OfferState.EXPIRED, OfferEvent.COUNTER): OfferState.OPEN,
}


REFUSALS: dict[OfferState, Callable[[], Conflict]] = {
    OfferState.OPEN: lambda: Conflict("This offer is open.", code="offer_open"),
    OfferState.WITHDRAWN: lambda: Conflict("This version was withdrawn.", code="withdrawn"),
    OfferState.EXPIRED: lambda: Conflict("This version has expired; ask for a new one.", code="expired"),
    OfferState.AGREED: lambda: Conflict("Both sides have signed: this offer stays as it is.", code="agreed"),
}
"""Why something cannot happen to an offer in a state."""


def next_state(state: OfferState, event: OfferEvent) -> OfferState:
    """Return the state after `event`, or raise the `Conflict` of the state."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise REFUSALS[state]() from None


def other(side: Side) -> Side:
    """Return the other side."""
    return Side.SELLER if side is Side.BUYER else Side.BUYER
