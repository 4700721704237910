"""Reading JSON that scripts and programs send."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from aiohttp import web

from config.errors import Invalid
from web.i18n import gettext


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


def number_in(fields: dict[str, Any], name: str) -> float | None:
    """Return a field that is a number or missing; `Invalid` (`malformed`) for anything else."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Invalid(gettext("Times are numbers of seconds."), code="malformed")
    return float(value)


def text_in(fields: dict[str, Any], name: str, limit: int) -> str:
    """Return a field that is a text, empty when missing; `Invalid` (`malformed`, `too_large`)."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(gettext("A field that should be a text is not."), code="malformed")
    if len(value) > limit:
        raise Invalid(gettext("A text is too long."), code="too_large")
    return value


def objects_in(fields: dict[str, Any], name: str, limit: int) -> list[dict[str, Any]]:
    """Return a field that is a list of objects; `Invalid` (`malformed`, `too_large`)."""
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Invalid(gettext("A field that should be a list of objects is not."), code="malformed")
    if len(value) > limit:
        raise Invalid(gettext("That is too much at once; send less."), code="too_large")
    return value
