"""A version as a document, its SHA-256, and what a signature's seal covers. Amounts are texts: exact."""

from __future__ import annotations

import hashlib
from typing import Any

from rooms.negotiation.offers.amounts import places_of, plain
from rooms.negotiation.offers.records import Buyer, OfferId, Origin, Seller, Signature, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.terms import Line, Terms

FORMAT = "showroom-order-of-intent/1"


def document_of(
    fair: str, offer: OfferId, version: int, thread: ThreadKey, origin: Origin, seller: Seller, buyer: Buyer,
    side: Side, author: str, written_at_ms: int, terms: Terms,
) -> dict[str, Any]:
    """Return a version as the document that is hashed, signed and exported."""
    return {
        "format": FORMAT, "fair": fair, "offer": offer, "version": version,
        **begun(thread, origin),
        "seller": {
            "company": seller.company, "country": seller.country, "city": seller.city, "room": seller.room,
        },
        "buyer": {"name": buyer.name, "company": buyer.company, "country": buyer.country},
        "written_by": {"side": side.value, "name": author}, "written_at_ms": written_at_ms,
        **_terms(terms),
    }


def begun(thread: ThreadKey, origin: Origin) -> dict[str, Any]:
    """Return what a document says of whose it is, and of where it began."""
    place = {"room": thread.room, "buyer": thread.buyer}
    return {"thread": place, "call": origin.call, "show": _show(origin)}


def sha256_of(document: bytes) -> str:
    """Return the hash of a document in lower-case hexadecimal digits."""
    return hashlib.sha256(document).hexdigest()


def sealed_facts(signature: Signature, offer: OfferId, version: int) -> dict[str, str | int]:
    """Return what the seal of a signature covers: all its other fields, the offer and the version."""
    return {
        "side": signature.side.value, "account": signature.account, "name": signature.name,
        "company": signature.company, "email": signature.email, "signed_at_ms": signature.signed_at_ms,
        "consent": signature.consent, "language": signature.language, "sha256": signature.sha256,
        "offer": offer, "version": version,
    }


def signature_data(signature: Signature) -> dict[str, str | int]:
    """Return a signature as the record that goes with the document."""
    facts = {name: getattr(signature, name) for name in signature.__dataclass_fields__}
    return facts | {"side": signature.side.value}


def _show(origin: Origin) -> dict[str, str] | None:
    if origin.show is None:
        return None
    return {"id": origin.show, "second": f"{origin.show_second or 0:.1f}"}


def _terms(terms: Terms) -> dict[str, Any]:
    places = places_of(terms.currency)
    return {
        "lines": [_line(line, terms.currency, places) for line in terms.lines],
        "currency": terms.currency, "incoterm": terms.incoterm, "place": terms.place,
        "lead_days": terms.lead_days, "payment": terms.payment, "valid_until_ms": terms.valid_until_ms,
        "notes": terms.notes, "total": plain(terms.total, places),
    }


def _line(line: Line, currency: str, places: int) -> dict[str, Any]:
    return {
        "product": line.product, "title": line.title, "quantity": plain(line.quantity), "unit": line.unit,
        "price": plain(line.price, places),
        "breaks": [{"from": plain(it.start), "price": plain(it.price, places)} for it in line.breaks],
        "amount": plain(line.amount(currency), places),
    }
