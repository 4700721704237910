"""Reading what scripts send: one JSON object, whose fields have the types and bounds they should have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from aiohttp import web

from config.errors import Invalid
from web.i18n import gettext

LONGEST_TEXT = 8000


async def object_of(request: web.Request) -> dict[str, Any]:
    """Return the body; `Invalid` (`content_type`, `malformed`) when it is no JSON object."""
    if request.content_type != "application/json":
        raise Invalid(gettext("Send JSON with Content-Type: application/json."), code="content_type")
    try:
        fields = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise Invalid(gettext("The body is not JSON."), code="malformed") from None
    if not isinstance(fields, dict):
        raise Invalid(gettext("The body is not a JSON object."), code="malformed")
    return fields


def text(fields: Mapping[str, Any], name: str) -> str:
    """Return a field as text; empty when it is missing or null."""
    value = "" if fields.get(name) is None else fields[name]
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _is_whole(value):
        raise _malformed()
    return value


def number(fields: Mapping[str, Any], name: str) -> float:
    """Return a field as a number that is one."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _malformed()
    return float(value)


def flag(fields: Mapping[str, Any], name: str) -> bool:
    """Return a field as true or false; false when it is missing."""
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise _malformed()
    return value


def _is_whole(text: str) -> bool:
    """Tell whether no character is cut in half, which JSON can say and no database keeps."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _malformed() -> Invalid:
    return Invalid(gettext("A field of this request is missing or of the wrong kind."), code="malformed")
