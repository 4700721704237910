"""What an offer says: as it is typed (a wish, which may be half done) and as it is sent (terms, checked)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from config.ids import ProductId
from rooms.negotiation.offers.amounts import amount

MOST_LINES = 100
MOST_BREAKS = 8
TITLE_LENGTH = 200
UNIT_LENGTH = 40
PLACE_LENGTH = 120
PAYMENT_LENGTH = 500
NOTES_LENGTH = 4000
MOST_LEAD_DAYS = 1825
MOST_VALID_DAYS = 730

INCOTERMS = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
"""Incoterms 2020: the seven for any mode of transport, then the four for sea and inland waterway."""


@dataclass(frozen=True, slots=True)
class WishedBreak:
    """A price from a quantity on, as it was typed."""

    start: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A line as it was typed; `product` is one of the room, or nothing for free text."""

    product: str = ""
    title: str = ""
    quantity: str = ""
    unit: str = ""
    price: str = ""
    breaks: tuple[WishedBreak, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A sheet as it was typed."""

    lines: tuple[WishedLine, ...] = ()
    currency: str = ""
    incoterm: str = ""
    place: str = ""
    lead_days: str = ""
    payment: str = ""
    valid_until_ms: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """A price that holds from a quantity on."""

    start: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an offer."""

    product: ProductId | None
    title: str
    quantity: Decimal
    unit: str
    price: Decimal
    breaks: tuple[PriceBreak, ...] = ()

    @property
    def price_that_holds(self) -> Decimal:
        """The price of the last break that the quantity reaches, else the price."""
        reached = [step.price for step in self.breaks if step.start <= self.quantity]
        return reached[-1] if reached else self.price

    def amount(self, currency: str) -> Decimal:
        """Return what the line costs."""
        return amount(self.quantity, self.price_that_holds, currency)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered; times are milliseconds since 1970, lead time is in days."""

    lines: tuple[Line, ...]
    currency: str
    incoterm: str | None
    place: str
    lead_days: int | None
    payment: str
    valid_until_ms: int | None
    notes: str

    @property
    def total(self) -> Decimal:
        """What all lines cost together."""
        return sum((line.amount(self.currency) for line in self.lines), Decimal(0))
