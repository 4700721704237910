"""How the fields of a message are read at the edge: each of its type and within its bounds, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from config.errors import Invalid
from config.ids import ProductId, ShowId

ID_LIMIT = 128
KEY_LIMIT = 256
SHOW_SECONDS_LIMIT = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Asked:
    """An event clients may send: how to read it, its fields, and the fields of the answer beside `ok`."""

    parse: Callable[[Mapping[str, Any]], object]
    fields: tuple[str, ...]
    answers: tuple[str, ...] = ()


def fields(value: object) -> Mapping[str, Any]:
    """Return an object."""
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


def key(fields: Mapping[str, Any]) -> str:
    """Return a digest: clients choose the key, and further in it has one length and no odd characters."""
    chosen = text(fields, "request_key", KEY_LIMIT)
    return hashlib.sha256(chosen.encode()).hexdigest()[:32]


def optional_text(fields: Mapping[str, Any], name: str) -> str | None:
    """Return a short text, or None when it is missing."""
    return None if fields.get(name) is None else text(fields, name, 256, may_be_empty=True)


def product(fields: Mapping[str, Any]) -> ProductId | None:
    """Return a product's id, or None."""
    if fields.get("product_id") is None:
        return None
    return ProductId(text(fields, "product_id", ID_LIMIT))


def show(fields: Mapping[str, Any]) -> ShowId | None:
    """Return a show's id, or None."""
    return None if fields.get("show") is None else ShowId(text(fields, "show", ID_LIMIT))


def flag(fields: Mapping[str, Any], name: str) -> bool:
    """Return true or false."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise malformed(f"{name} is not true or false")
    return value


def seconds(fields: Mapping[str, Any], name: str) -> float | None:
    """Return a second of a show, or None."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise malformed(f"{name} is not a number")
    if not isfinite(value) or not 0 <= value <= SHOW_SECONDS_LIMIT:
        raise malformed(f"{name} is out of bounds")
    return float(value)


def share(fields: Mapping[str, Any], name: str) -> float:
    """Return a number from 0 to 1."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise malformed(f"{name} is not a number")
    if not 0 <= value <= 1:
        raise malformed(f"{name} is out of bounds")
    return float(value)


def malformed(why: str) -> Invalid:
    """Return the refusal of a message that cannot be understood."""
    return Invalid(f"This message cannot be understood: {why}.", code="malformed")
