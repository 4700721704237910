"""From a wish to terms: every bound of an offer, and refusals that name the line and field to change."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from config.errors import Invalid
from config.ids import ProductId
from rooms.fair import words
from rooms.negotiation.offers import terms as bounds
from rooms.negotiation.offers.amounts import (
    LARGEST_TOTAL,
    PRICE_PLACES,
    QUANTITY_PLACES,
    currencies,
    number,
)
from rooms.negotiation.offers.terms import (
    INCOTERMS,
    Line,
    PriceBreak,
    Terms,
    Wish,
    WishedBreak,
    WishedLine,
)
from rooms.negotiation.sheets import facts

DAY_MS = 24 * 3600 * 1000


class BadTerms(Invalid):
    """Terms that cannot be sent; `facts` say where, a line by its place from 0 on."""

    code = "bad_terms"

    def __init__(self, refusal: Invalid, field: str, line: int | None = None) -> None:
        super().__init__(refusal.message)
        self.facts = {"field": field, "line": line}


def checked(wish: Wish, products: Collection[ProductId], now_ms: int) -> Terms:
    """Return what is typed as terms that can be sent, or raise `BadTerms`; `products` are the room's.

    What could not be printed is taken out of the texts: a sheet says what the page says, sign by sign.
    """
    if wish.currency not in currencies():
        raise BadTerms(Invalid("Choose a currency."), "currency")
    if not 1 <= len(wish.lines) <= bounds.MOST_LINES:
        raise BadTerms(Invalid("An offer has 1 to 100 lines."), "lines")
    found = Terms(
        lines=tuple(_line(typed, products, place) for place, typed in enumerate(wish.lines)),
        currency=wish.currency,
        incoterm=_incoterm(wish),
        place=_short(wish.place, bounds.PLACE_LENGTH, "place"),
        lead_days=_lead_days(wish.lead_days),
        payment=_short(wish.payment, bounds.PAYMENT_LENGTH, "payment"),
        valid_until_ms=_valid_until(wish.valid_until_ms, now_ms),
        notes=_bounded(_paragraphs(wish.notes), bounds.NOTES_LENGTH, "notes"),
    )
    if found.total >= LARGEST_TOTAL:
        raise BadTerms(Invalid("The total is too large for one offer."), "lines")
    return found


def _line(typed: WishedLine, products: Collection[ProductId], place: int) -> Line:
    product = ProductId(typed.product) if typed.product else None
    if product is not None and product not in products:
        raise BadTerms(Invalid("There is no such product in this room."), "product", place)
    title = _short(typed.title, bounds.TITLE_LENGTH, "title", place)
    if words.is_blank(title):
        raise BadTerms(Invalid("Say what this line is about."), "title", place)
    quantity = number(typed.quantity, QUANTITY_PLACES)
    if not quantity:
        refusal = Invalid("Give the quantity as a number above 0, with a point: 1250.5.")
        raise BadTerms(refusal, "quantity", place)
    return Line(
        product, title, quantity, _short(typed.unit, bounds.UNIT_LENGTH, "unit", place),
        _price(typed.price, "price", place), _breaks(typed.breaks, place),
    )


def _price(text: str, field: str, place: int) -> Decimal:
    price = number(text, PRICE_PLACES)
    if price is None:
        refusal = Invalid("Give the price as a number with a point and at most four decimals: 12.50.")
        raise BadTerms(refusal, field, place)
    return price


def _breaks(typed: tuple[WishedBreak, ...], place: int) -> tuple[PriceBreak, ...]:
    if len(typed) > bounds.MOST_BREAKS:
        raise BadTerms(Invalid("A line has at most eight price breaks."), "breaks", place)
    steps: list[PriceBreak] = []
    for step in typed:
        start = number(step.start, QUANTITY_PLACES)
        if not start or (steps and start <= steps[-1].start):
            refusal = Invalid("Each price break begins at a larger quantity than the one before it.")
            raise BadTerms(refusal, "breaks", place)
        steps.append(PriceBreak(start, _price(step.price, "breaks", place)))
    return tuple(steps)


def _incoterm(wish: Wish) -> str | None:
    if not wish.incoterm:
        return None
    if wish.incoterm not in INCOTERMS:
        raise BadTerms(Invalid("Choose one of the Incoterms 2020, or none."), "incoterm")
    if words.is_blank(_one_line(wish.place)):
        raise BadTerms(Invalid("Name the place that belongs to the Incoterm."), "place")
    return wish.incoterm


def _lead_days(text: str) -> int | None:
    if not text.strip():
        return None
    days = number(text, 0)
    if days is None or days > bounds.MOST_LEAD_DAYS:
        raise BadTerms(Invalid("Give the lead time in whole days, five years at most."), "lead_days")
    return int(days)


def _valid_until(moment_ms: int | None, now_ms: int) -> int | None:
    if moment_ms is None:
        return None
    if not now_ms < moment_ms <= now_ms + bounds.MOST_VALID_DAYS * DAY_MS:
        refusal = Invalid("An offer is valid until a moment to come, within two years.")
        raise BadTerms(refusal, "valid_until_ms")
    return moment_ms


def _short(text: str, limit: int, field: str, place: int | None = None) -> str:
    return _bounded(_one_line(text), limit, field, place)


def _one_line(text: str) -> str:
    return words.line(facts.typed(text))


def _paragraphs(text: str) -> str:
    return facts.typed(words.paragraphs(text)).strip()


def _bounded(text: str, limit: int, field: str, place: int | None = None) -> str:
    if len(text) > limit:
        raise BadTerms(Invalid("A text is too long."), field, place)
    return text
