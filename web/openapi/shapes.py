"""The words that shapes of JSON are written in: small functions that return JSON Schema (draft 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Shape = dict[str, Any]
"""A JSON Schema."""

LONGEST_TEXT = 8000
"""Characters of a text of which nothing else is said."""
LARGEST_WHOLE = 2**53
"""The largest whole number that every reader of JSON keeps exactly."""
REF = "#/components/schemas/"


def text(about: str = "", example: str | None = None, **more: Any) -> Shape:
    """Return a text; `more` are keywords of JSON Schema."""
    return _with({"type": "string"}, about, example, more)


def words(about: str = "", example: str | None = None, *, most: int = LONGEST_TEXT, least: int = 0) -> Shape:
    """Return a text that is sent, of bounded length."""
    bounds = {"minLength": least, "maxLength": most} if least else {"maxLength": most}
    return text(about, example, **bounds)


def whole(about: str = "", example: int | None = None, **more: Any) -> Shape:
    """Return a whole number."""
    return _with({"type": "integer"}, about, example, more)


def count(about: str = "", example: int | None = None) -> Shape:
    """Return a whole number from 0 up."""
    return whole(about, example, minimum=0)


def number(about: str = "", example: float | None = None, **more: Any) -> Shape:
    """Return a number."""
    return _with({"type": "number"}, about, example, more)


def moment(about: str = "", example: float | None = 1782896400) -> Shape:
    """Return a moment in Unix seconds."""
    return number(f"{about} Unix seconds.".strip(), example)


def moment_ms(about: str = "", example: int | None = 1782896400000) -> Shape:
    """Return a moment in whole milliseconds since 1970."""
    return whole(f"{about} Milliseconds since 1970.".strip(), example)


def flag(about: str = "", *, example: bool | None = None) -> Shape:
    """Return true or false."""
    return _with({"type": "boolean"}, about, example, {})


def choice(values: type[StrEnum] | tuple[str, ...], about: str = "", example: str | None = None) -> Shape:
    """Return one of some texts, those of an enumeration of the product where there is one."""
    named = [str(value) for value in values]
    return _with({"type": "string", "enum": named}, about, example or named[0], {})


def listed(of: Shape, about: str = "", **more: Any) -> Shape:
    """Return a list."""
    return _with({"type": "array", "items": of}, about, None, more)


def record(fields: Mapping[str, Shape], about: str = "", *, needs: tuple[str, ...] | None = None) -> Shape:
    """Return an object; `needs` are the fields that must be there, all of them where nothing is said."""
    needed = list(fields) if needs is None else list(needs)
    shape: Shape = {"type": "object", "properties": dict(fields)}
    return _with(shape | ({"required": needed} if needed else {}), about, None, {})


def table(of: Shape, about: str = "", **more: Any) -> Shape:
    """Return an object whose names are data."""
    return _with({"type": "object", "additionalProperties": of}, about, None, more)


def named(name: str, about: str = "") -> Shape:
    """Return a shape that stands in the document under its own name."""
    return _with({"$ref": REF + name}, about, None, {})


def or_null(shape: Shape, about: str = "") -> Shape:
    """Return what may be null as well."""
    if "$ref" in shape:
        return _with({"oneOf": [{"$ref": shape["$ref"]}, {"type": "null"}]}, about, None, {})
    wider = shape | {"type": [shape["type"], "null"]}
    return wider | ({"enum": [*shape["enum"], None]} if "enum" in shape else {})


def anything(about: str = "") -> Shape:
    """Return what can be any JSON."""
    return _with({}, about, None, {})


def _with(shape: Shape, about: str, example: Any, more: Mapping[str, Any]) -> Shape:
    told = {"description": about} if about else {}
    shown = {} if example is None else {"examples": [example]}
    return shape | dict(more) | told | shown
