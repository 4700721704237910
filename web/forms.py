"""Reading forms: texts of bounded length, whatever was sent."""

from __future__ import annotations

from aiohttp.web import FileField
from multidict import MultiDictProxy

Form = MultiDictProxy[str | bytes | bytearray | FileField]

LONGEST_FIELD = 500
"""Characters of one field that are looked at."""


def field(form: Form, name: str, *, strip: bool = True, most: int = LONGEST_FIELD) -> str:
    """Return a field as text; empty when it is missing or no text."""
    value = form.get(name, "")
    text = value[:most] if isinstance(value, str) else ""
    return text.strip() if strip else text
