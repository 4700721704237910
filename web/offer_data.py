"""Threads and offers as scripts get them, with the words of consent in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rooms.fair.products import Product
from rooms.negotiation.offers.amounts import currencies, places_of
from rooms.negotiation.offers.differences import differences
from rooms.negotiation.offers.document import signature_data
from rooms.negotiation.offers.drafts import draft_data
from rooms.negotiation.offers.records import Draft, Offer, Version
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferState, Side
from rooms.negotiation.offers.terms import INCOTERMS
from rooms.negotiation.offers.threads import Thread
from signaling.wire import product_data
from web.i18n import gettext
from web.templating import money


def thread_data(
    thread: Thread, side: Side, offers: list[Offer], drafts: list[Draft], products: list[Product], now_ms: int
) -> dict[str, Any]:
    """Return a thread as the side that reads it sees it."""
    return {
        "room": thread.key.room, "buyer": thread.key.buyer, "side": side.value, "company": thread.company,
        "buyer_name": thread.buyer.name, "buyer_company": thread.buyer.company, "has_left": thread.has_left,
        "offers": [offer_data(offer, side, now_ms, has_left=thread.has_left) for offer in offers],
        "drafts": [draft_data(draft) for draft in drafts],
        "products": [product_data(product) for product in products],
        "currencies": sorted(currencies()),
        "places": {code: places_of(code) for code in sorted(currencies())}, "incoterms": list(INCOTERMS),
        "now_ms": now_ms,
    }


def offer_data(offer: Offer, side: Side, now_ms: int, *, has_left: bool) -> dict[str, Any]:
    """Return an offer with what `side` may do to it now, or once the exhibitor has left the fair."""
    state = offer.state_at(now_ms)
    older = (None, *offer.versions)
    return {
        "id": offer.id, "state": state.value, "call": offer.origin.call, "show": offer.origin.show,
        "show_second": offer.origin.show_second, "opened_at_ms": offer.opened_at_ms,
        "changed_at_ms": offer.changed_at_ms, "may": _may(offer, state, side, has_left),
        "consent": consent_to(offer.newest, side),
        "versions": [version_data(it, before) for it, before in zip(offer.versions, older, strict=False)],
    }


def version_data(version: Version, before: Version | None) -> dict[str, Any]:
    """Return a version with what it changed of the one before it."""
    return {
        "number": version.number, "side": version.side.value, "written_at_ms": version.written_at_ms,
        "document": dict(version.document), "sha256": version.sha256,
        "withdrawn_at_ms": version.withdrawn_at_ms, "is_erased": version.is_erased,
        "signatures": [signature_data(it) for it in version.signatures],
        "differences": differences(before.document, version.document).data() if before else None,
    }


def receipt_data(receipt: Receipt) -> dict[str, Any]:
    """Return what was done, as the answer to whoever asked for it."""
    return {
        "offer": receipt.offer, "version": receipt.version, "sha256": receipt.sha256,
        "state": receipt.state.value, "at_ms": receipt.at_ms,
    }


def consent_to(version: Version, side: Side) -> str:
    """Return the words that somebody of `side` consents to by signing a version."""
    document = version.document
    whose = document["buyer" if side is Side.BUYER else "seller"]["company"] or document["buyer"]["name"]
    return gettext(
        "I have read version %(version)s of this order of intent between %(seller)s and %(buyer)s over"
        " %(total)s, and I agree to it for %(company)s. I know that it is an order of intent and not a"
        " qualified electronic signature."
    ) % {
        "version": version.number, "seller": document["seller"]["company"],
        "buyer": document["buyer"]["company"] or document["buyer"]["name"], "company": whose,
        "total": total_of(version),
    }


def total_of(version: Version) -> str:
    """Return what a version costs, as the reader's language writes it."""
    return money(Decimal(version.document["total"]), version.document["currency"])


def _may(offer: Offer, state: OfferState, side: Side, has_left: bool) -> list[str]:
    newest, is_open = offer.newest, state is OfferState.OPEN
    is_unsigned = not newest.is_erased and newest.signature_of(side) is None
    allowed = {
        "counter": state is not OfferState.AGREED and not has_left,
        "withdraw": is_open and newest.side is side,
        "sign": is_open and is_unsigned and not has_left,
    }
    return [name for name, holds in allowed.items() if holds]
