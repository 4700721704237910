"""The shapes of negotiations: threads, offers with their versions and signatures, drafts and differences."""

from __future__ import annotations

from rooms.negotiation.offers.differences import FIELDS, LINE_FIELDS, ORDER
from rooms.negotiation.offers.document import FORMAT
from rooms.negotiation.offers.states import OfferState, Side
from rooms.negotiation.offers.terms import INCOTERMS, MOST_BREAKS, MOST_LINES
from rooms.negotiation.states import CallState
from web.openapi.shapes import (
    LARGEST_WHOLE,
    Shape,
    anything,
    choice,
    count,
    flag,
    listed,
    moment,
    moment_ms,
    named,
    number,
    or_null,
    record,
    table,
    text,
    whole,
    words,
)

SHA256 = "6f1ed002ab5595859014ebf0951522d9c5a2d4a1d8a1a1b7a6f7d8f0a7c2e9b4"

THREAD_SUMMARY = record({
    "room": text("", "aurora-lamps"), "buyer": text("", "by2Vw0YkqGd3mYcHqV9Abc"),
    "company": text("", "Aurora Lamps"),
    "buyer_name": text("Empty once the buyer has asked for erasure.", "Robin Okafor"),
    "buyer_company": text("", "Okafor & Lindqvist"), "changed_at_ms": moment_ms(),
}, "A thread as a list shows it.")

THREAD = record({
    "room": text("", "aurora-lamps"), "buyer": text("", "by2Vw0YkqGd3mYcHqV9Abc"),
    "side": choice(Side, "For whom the reader speaks."), "company": text("", "Aurora Lamps"),
    "buyer_name": text("", "Robin Okafor"), "buyer_company": text("", "Okafor & Lindqvist"),
    "has_left": flag("The exhibitor has left the fair: nothing more is sent or signed.", example=False),
    "offers": listed(named("Offer"), "The newest first."),
    "drafts": listed(named("Draft"), "Of the reader's side."),
    "products": listed(named("Product"), "What the room has on its shelf."),
    "currencies": listed(text("", "EUR"), "What offers can be in."),
    "places": table(count("", 2), "The decimal places of amounts in each currency."),
    "incoterms": listed(choice(INCOTERMS)), "now_ms": moment_ms("The server's clock."),
}, "All that passes between a buyer and an exhibitor.")

OFFER = record({
    "id": text("", "of9Vw0YkqGd3mYcHqV9Abc"), "state": choice(OfferState),
    "call": or_null(text("The call it began in.")),
    "show": or_null(text("The show the call came from.")), "show_second": or_null(number()),
    "opened_at_ms": moment_ms(), "changed_at_ms": moment_ms(),
    "may": listed(choice(("counter", "withdraw", "sign")), "What the reader's side may do now."),
    "consent": text("The words that a signature consents to; they are sent back with it."),
    "versions": listed(named("Version"), "The oldest first; none ever changes."),
}, "An offer.")

VERSION = record({
    "number": whole("From 1 up.", 1), "side": choice(Side, "Who wrote it."), "written_at_ms": moment_ms(),
    "document": named("OrderDocument"),
    "sha256": text("Of the document as canonical JSON (RFC 8785).", SHA256),
    "withdrawn_at_ms": or_null(moment_ms()),
    "is_erased": flag("Names were taken out, so the hash no longer fits and nobody can sign it."),
    "signatures": listed(named("Signature")),
    "differences": or_null(named("Differences", "What it changed of the version before it.")),
}, "A version of an offer.")

_LINE = record({
    "product": or_null(text("", "aurora-lamps-1")), "title": text("", "Pendant lamp Halo"),
    "quantity": text("", "200"), "unit": text("", "pcs"), "price": text("", "118.00"),
    "breaks": listed(record({"from": text("", "500"), "price": text("", "109.00")}),
                     "Prices from quantities on."),
    "amount": text("", "23600.00"),
})

ORDER_DOCUMENT = record({
    "format": text("", FORMAT), "fair": text("The fair's address.", "https://fair.example"), "offer": text(),
    "version": whole("", 1), "thread": record({"room": text(), "buyer": text()}), "call": or_null(text()),
    "show": or_null(record({"id": text(), "second": text("", "325.5")})),
    "seller": record({"company": text(), "country": text("", "DE"), "city": text(), "room": text()}),
    "buyer": record({"name": text(), "company": text(), "country": text("", "SE")}),
    "written_by": record({
        "side": choice(Side), "name": text("Empty once they have asked for erasure, unless it was signed."),
    }), "written_at_ms": moment_ms(),
    "lines": listed(_LINE), "currency": text("", "EUR"), "incoterm": or_null(choice(INCOTERMS)),
    "place": text(),
    "lead_days": or_null(whole("", 30)), "payment": text("", "30 days net"),
    "valid_until_ms": or_null(moment_ms()),
    "notes": text(), "total": text("", "23600.00"),
}, "What is signed. Amounts are decimal numbers as texts: exact.")

SIGNATURE = record({
    "side": choice(Side), "account": text(), "name": text("", "Robin Okafor"), "company": text(),
    "email": text("", "buyer@shop.example"), "signed_at_ms": moment_ms(), "consent": text(),
    "language": text("", "en"),
    "sha256": text("", SHA256), "seal": text("The fair's Ed25519 over all else, base64url without padding."),
}, "Somebody's signature of a version.")

WISH = record({
    "lines": listed(record({
        "product": or_null(words("One of the room's products; empty for free text.", "", most=128)),
        "title": or_null(words("", "Pendant lamp Halo", most=1000)),
        "quantity": or_null(words("A number with a point, up to three decimals.", "200", most=40)),
        "unit": or_null(words("", "pcs", most=1000)),
        "price": or_null(words("A number with a point, up to four decimals.", "118.00", most=40)),
        "breaks": listed(record({
            "start": or_null(words("", "500", most=40)), "price": or_null(words("", "109.00", most=40)),
        }, needs=()), "Prices from quantities on, rising.", maxItems=MOST_BREAKS),
    }, needs=("breaks",)), maxItems=MOST_LINES),
    "currency": or_null(words("ISO 4217.", "EUR", most=40)), "incoterm": or_null(words("", "DAP", most=40)),
    "place": or_null(words("The place that belongs to the Incoterm.", "Malmö", most=1000)),
    "lead_days": or_null(words("Whole days, as text.", "30", most=40)),
    "payment": or_null(words("", "30 days net", most=1000)),
    "valid_until_ms": or_null(whole("Milliseconds since 1970.", minimum=0, maximum=LARGEST_WHOLE)),
    "notes": or_null(words("", "Samples by the end of the month.")),
}, "A sheet as it is typed: a draft may be half done, an offer is refused with `bad_terms`.",
needs=("lines",))

DRAFT = record({
    "offer": or_null(text("The offer it counters; null for a new one.")),
    "wish": record({
        "lines": listed(record({
            "product": text(), "title": text(), "quantity": text(), "unit": text(), "price": text(),
            "breaks": listed(record({"start": text(), "price": text()})),
        })),
        "currency": text("", "EUR"), "incoterm": text(), "place": text(), "lead_days": text(),
        "payment": text(),
        "valid_until_ms": or_null(moment_ms()), "notes": text(),
    }),
    "revision": count("Counts saves; sent back with the next one.", 3), "saved_at_ms": moment_ms(),
    "saved_by": text("Empty once it was sent, or they have asked for erasure.", "Ida Holm"),
}, "What one side types, shared by all of an exhibitor's staff.")

_CHANGE = record({"name": choice((*FIELDS, ORDER)), "before": anything(), "after": anything()})
_LINE_CHANGE = record({"name": choice(LINE_FIELDS), "before": anything(), "after": anything()})

DIFFERENCES = record({
    "fields": listed(_CHANGE, "`order`: the lines stand in another one; both values are places in the older"
                     " version."),
    "lines": listed(record({
        "before": or_null(count("Its place in the older version; null for a line that was added.")),
        "after": or_null(count("Its place in the newer version; null for a line that was taken out.")),
        "fields": listed(_LINE_CHANGE),
    })),
}, "What changed from one version to another; both lists are empty when nothing did.")

RECEIPT = record({
    "offer": text("", "of9Vw0YkqGd3mYcHqV9Abc"), "version": whole("", 1), "sha256": text("", SHA256),
    "state": choice(OfferState), "at_ms": moment_ms(),
}, "What was done. The same request key is answered the same.")

SIGNED_ORDER = record({
    "format": text("", "showroom-signed-order/1"), "document": named("OrderDocument"),
    "signatures": listed(named("Signature")),
    "public_key": text("The fair's, base64url without padding."),
}, "A signed order of intent, as `showroom verify` takes it.")

THREAD_EXPORT = record({
    "format": text("", "showroom-thread/1"), "room": text(), "buyer": text(), "company": text(),
    "buyer_name": text(),
    "buyer_company": text(),
    "calls": listed(record({
        "id": text(), "show": or_null(text()), "show_second": or_null(number()), "product": or_null(text()),
        "requested_at": moment(),
        "answered_by": or_null(text("The company, once they have asked for erasure.")),
        "answered_at": or_null(moment()), "ended_at": or_null(moment()), "outcome": choice(CallState),
        "files": listed(named("CallFile")),
    })),
    "offers": listed(record({
        "id": text(), "state": choice(OfferState),
        "versions": listed(record({
            "document": named("OrderDocument"), "sha256": text("", SHA256), "is_erased": flag(),
            "withdrawn_at_ms": or_null(moment_ms()), "signatures": listed(named("Signature")),
        })),
    })),
    "audit": record({"sequence": count(), "hash": text(), "seal": text()}, "The end of the audit trail."),
    "public_key": text(),
}, "A whole thread to take along.")

SHAPES: dict[str, Shape] = {
    "ThreadSummary": THREAD_SUMMARY, "Thread": THREAD, "Offer": OFFER, "Version": VERSION,
    "OrderDocument": ORDER_DOCUMENT, "Signature": SIGNATURE, "Wish": WISH, "Draft": DRAFT,
    "Differences": DIFFERENCES, "Receipt": RECEIPT, "SignedOrder": SIGNED_ORDER,
    "ThreadExport": THREAD_EXPORT,
}
