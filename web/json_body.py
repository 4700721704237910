"""Reading JSON that scripts and programs send: each field of the type and in the bounds it should have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from aiohttp import web

from config.errors import Invalid
from web.i18n import gettext

LONGEST_TEXT = 8000
"""Of a field that nobody says more of."""


async def json_fields(request: web.Request) -> dict[str, Any]:
    """Return the object in the body; `Invalid` (`content_type`, `malformed`)."""
    if request.content_type != "application/json":
        raise Invalid(gettext("Send JSON with Content-Type: application/json."), code="content_type")
    try:
        fields = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise Invalid(gettext("The body is not JSON."), code="malformed") from None
    if not isinstance(fields, dict):
        raise Invalid(gettext("The body is not a JSON object."), code="malformed")
    return fields


def number_in(fields: Mapping[str, Any], name: str) -> float | None:
    """Return a field that is a number or missing; `Invalid` (`malformed`) for anything else."""
    return None if fields.get(name) is None else needed_number_in(fields, name)


def needed_number_in(fields: Mapping[str, Any], name: str) -> float:
    """Return a field that is a number; `Invalid` (`malformed`) for anything else, and for nothing."""
    return _number(fields.get(name))


def needed_whole_in(fields: Mapping[str, Any], name: str) -> int:
    """Return a field that is a whole number; `Invalid` (`malformed`) for anything else, and for nothing."""
    return whole(fields.get(name))


def whole(value: Any) -> int:
    """Return a value that is a whole number; `Invalid` (`malformed`) for anything else."""
    number = _number(value)
    if not number.is_integer():
        raise malformed()
    return int(number)


def text_in(fields: Mapping[str, Any], name: str, limit: int = LONGEST_TEXT) -> str:
    """Return a field that is a text, empty when missing; `Invalid` (`malformed`, `too_large`)."""
    value = fields.get(name)
    return "" if value is None else _text(value, limit)


def texts_in(fields: Mapping[str, Any], name: str, limit: int) -> list[str]:
    """Return a field that is a list of texts, empty when missing; `Invalid` (`malformed`, `too_large`)."""
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise malformed()
    if len(value) > limit:
        raise Invalid(gettext("That is too much at once; send less."), code="too_large")
    return [_text(one, LONGEST_TEXT) for one in value]


def flag_in(fields: Mapping[str, Any], name: str) -> bool:
    """Return a field that is true or false, false when missing; `Invalid` (`malformed`)."""
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise malformed()
    return value


def objects_in(fields: Mapping[str, Any], name: str, limit: int) -> list[dict[str, Any]]:
    """Return a field that is a list of objects; `Invalid` (`malformed`, `too_large`)."""
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise malformed()
    if len(value) > limit:
        raise Invalid(gettext("That is too much at once; send less."), code="too_large")
    return value


def malformed() -> Invalid:
    """Return the refusal of a field of the wrong kind."""
    return Invalid(gettext("A field of this request is missing or of the wrong kind."), code="malformed")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise malformed()
    try:
        number = float(value)
    except OverflowError:  # JSON has whole numbers of any length
        raise malformed() from None
    if not isfinite(number):
        raise malformed()
    return number


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or not _is_whole(value):
        raise malformed()
    if len(value) > limit:
        raise Invalid(gettext("A text is too long."), code="too_large")
    return value


def _is_whole(text: str) -> bool:
    """Tell whether no character is cut in half and none is NUL, which JSON can say and no database keeps."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)
