"""Amounts, exact: the currencies there are, and numbers as people type them and as documents have them.

Numbers are decimals, never floats. A document writes one in one way only: no plus, no leading or superfluous
trailing zeros, prices with as many decimals as the currency has, or up to four where they need more.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.core import get_global

PRICE_PLACES = 4
QUANTITY_PLACES = 3
LARGEST = Decimal(10) ** 12
"""No quantity and no price reaches it."""
LARGEST_TOTAL = Decimal(10) ** 15

_OTHER_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_PLACES = {code: places for places, codes in _OTHER_PLACES.items() for code in codes.split()}
"""The minor units of ISO 4217 where they are not two decimals. CLDR has other ones for some: how shops round,
which would make thirteen of a price of 12.50 dinars."""

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


@cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes of the currencies that are tender somewhere today, as CLDR has them."""
    tender = (held for periods in get_global("territory_currencies").values() for held in periods)
    return frozenset(code for code, _begin, end, is_tender in tender if end is None and is_tender)


def places_of(currency: str) -> int:
    """Return how many decimals amounts in a currency have, as ISO 4217 says."""
    return _PLACES.get(currency, 2)


def number(text: str, places: int) -> Decimal | None:
    """Return the number that was typed; None for what is none, is too large, or has too many decimals."""
    typed = text.strip()
    if not _NUMBER.fullmatch(typed):
        return None
    value = Decimal(typed)
    short = value.quantize(Decimal(1).scaleb(-places))
    return value if value < LARGEST and short == value else None


def amount(quantity: Decimal, price: Decimal, currency: str) -> Decimal:
    """Return what a quantity costs, rounded half up to the currency's decimals."""
    return (quantity * price).quantize(Decimal(1).scaleb(-places_of(currency)), ROUND_HALF_UP)


def plain(value: Decimal, least_places: int = 0) -> str:
    """Return a number as documents write it, with at least so many decimals."""
    whole, _, rest = f"{value:f}".partition(".")
    rest = rest.rstrip("0").ljust(least_places, "0")
    return f"{whole}.{rest}" if rest else whole
