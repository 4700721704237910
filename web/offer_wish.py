"""Reading offers that scripts send: every field a text, as it was typed, in bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.errors import Invalid
from rooms.negotiation.offers.terms import MOST_BREAKS, MOST_LINES, Wish, WishedBreak, WishedLine
from web.i18n import gettext
from web.json_body import number_in, objects_in, text_in

LONGEST_NUMBER = 40
LONGEST_LINE = 1000
LONGEST_ID = 128
LARGEST_WHOLE = 2.0**53


def wish_in(fields: Mapping[str, Any], name: str = "wish") -> Wish:
    """Return the sheet in a field; `Invalid` (`malformed`, `too_large`)."""
    sheet = fields.get(name)
    if not isinstance(sheet, dict):
        raise Invalid(gettext("A field of this request is missing or of the wrong kind."), code="malformed")
    return Wish(
        lines=tuple(_line(line) for line in objects_in(sheet, "lines", MOST_LINES)),
        currency=text_in(sheet, "currency", LONGEST_NUMBER),
        incoterm=text_in(sheet, "incoterm", LONGEST_NUMBER),
        place=text_in(sheet, "place", LONGEST_LINE),
        lead_days=text_in(sheet, "lead_days", LONGEST_NUMBER),
        payment=text_in(sheet, "payment", LONGEST_LINE),
        valid_until_ms=whole_in(sheet, "valid_until_ms"),
        notes=text_in(sheet, "notes"),
    )


def whole_in(fields: Mapping[str, Any], name: str) -> int | None:
    """Return a field that is a whole number from 0 up or missing; `Invalid` (`malformed`)."""
    value = number_in(fields, name)
    if value is None:
        return None
    if not 0 <= value <= LARGEST_WHOLE or not value.is_integer():
        raise Invalid(gettext("A field of this request is missing or of the wrong kind."), code="malformed")
    return int(value)


def _line(fields: dict[str, Any]) -> WishedLine:
    return WishedLine(
        product=text_in(fields, "product", LONGEST_ID), title=text_in(fields, "title", LONGEST_LINE),
        quantity=text_in(fields, "quantity", LONGEST_NUMBER), unit=text_in(fields, "unit", LONGEST_LINE),
        price=text_in(fields, "price", LONGEST_NUMBER),
        breaks=tuple(
            WishedBreak(text_in(step, "start", LONGEST_NUMBER), text_in(step, "price", LONGEST_NUMBER))
            for step in objects_in(fields, "breaks", MOST_BREAKS)
        ),
    )
