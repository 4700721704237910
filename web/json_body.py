"""Reading the fields of what scripts send, each of the type and within the bounds it should have."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from config.errors import Invalid
from web.i18n import gettext

LONGEST_TEXT = 8000


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
