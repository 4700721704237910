"""The rules of an offer, pure: what may be done to it now, and why not.

A refusal of something that is done to an old version is `Superseded` and says what changed since.
"""

from __future__ import annotations

from config.errors import Conflict, Denied, Invalid
from rooms.negotiation.offers.differences import differences
from rooms.negotiation.offers.records import Offer, Version
from rooms.negotiation.offers.states import OfferEvent, OfferState, Side, next_state, other

MOST_VERSIONS = 100
MOST_OFFERS = 100
"""In one thread."""


class Superseded(Conflict):
    """There is a newer version; `facts` have its number, hash, and what changed since the one meant."""

    code = "superseded"

    def __init__(self, meant: Version | None, newest: Version) -> None:
        super().__init__(Conflict("There is a newer version; look at what has changed.").message)
        changed = differences(meant.document, newest.document).data() if meant else None
        self.facts = {"version": newest.number, "sha256": newest.sha256, "differences": changed}


def check_newest(offer: Offer, number: int) -> Version:
    """Return the version that was meant if it is the newest, else raise `Superseded`."""
    newest = offer.newest
    if number == newest.number:
        return newest
    meant = next((it for it in offer.versions if it.number == number), None)
    raise Superseded(meant, newest)


def after_counter(offer: Offer, seen: int, now_ms: int) -> OfferState:
    """Return the state after a further version by somebody who has seen version `seen`."""
    state = next_state(offer.state_at(now_ms), OfferEvent.COUNTER)
    check_newest(offer, seen)
    if len(offer.versions) >= MOST_VERSIONS:
        raise Conflict("This offer has too many versions; begin a new one.", code="too_many_versions")
    return state


def after_withdrawal(offer: Offer, side: Side, number: int, now_ms: int) -> OfferState:
    """Return the state after `side` takes back its version `number`."""
    state = next_state(offer.state_at(now_ms), OfferEvent.WITHDRAW)
    if check_newest(offer, number).side is not side:
        raise Denied("Only who sent a version can withdraw it.", code="not_yours")
    return state


def after_signature(offer: Offer, side: Side, number: int, sha256: str, now_ms: int) -> OfferState:
    """Return the state after `side` signs version `number`, of which it saw the hash."""
    now = offer.state_at(now_ms)
    if now is OfferState.AGREED:
        next_state(now, OfferEvent.SIGN)
    version = check_newest(offer, number)
    next_state(now, OfferEvent.SIGN)
    if sha256 != version.sha256:
        raise Invalid("This is not the document that was sent; reload the page.", code="wrong_document")
    if version.is_erased:
        message = "A name was taken out of this version; send it again to sign it."
        raise Conflict(message, code="erased")
    if version.signature_of(side) is not None:
        raise Conflict("Your side has signed this version already.", code="already_signed")
    is_last = version.signature_of(other(side)) is not None
    return next_state(now, OfferEvent.AGREE if is_last else OfferEvent.SIGN)
