"""Reading the fields of a message: each of the type and in the bounds it should have, or `Invalid`."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from config.errors import Invalid


def fields_of(value: object) -> Mapping[str, Any]:
    """Return a message's fields."""
    if not isinstance(value, Mapping):
        raise malformed("it is not an object")
    return value


def text(fields: Mapping[str, Any], name: str, limit: int, *, may_be_empty: bool = False) -> str:
    """Return a text of at most `limit` characters."""
    value = fields.get(name)
    if not isinstance(value, str) or not (value or may_be_empty or name == "text"):
        raise malformed(f"{name} is not a text")
    if len(value) > limit:
        raise Invalid(f"That is too long: {name} has more than {limit} characters.", code="too_large")
    if not value.isprintable() and any("\ud800" <= character <= "\udfff" for character in value):
        raise malformed(f"{name} holds half a character")
    return value


def flag(fields: Mapping[str, Any], name: str) -> bool:
    """Return true or false."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise malformed(f"{name} is not true or false")
    return value


def share(fields: Mapping[str, Any], name: str) -> float:
    """Return a number from 0 to 1."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise malformed(f"{name} is not a number")
    if not 0 <= value <= 1:
        raise malformed(f"{name} is out of bounds")
    return float(value)


def malformed(why: str) -> Invalid:
    """Return the refusal of a message."""
    return Invalid(f"This message cannot be understood: {why}.", code="malformed")
