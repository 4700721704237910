"""Canonical JSON: one value, one row of bytes, so that a hash of it means the same to everybody.

As RFC 8785 has it for objects, arrays, texts, whole numbers, truth values and null: keys sorted by their
UTF-16 code units, no blanks, UTF-8. Fractions are refused: amounts are texts, because binary numbers are
not exact.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from config.errors import Invalid

LARGEST = 2**53 - 1
"""Whole numbers beyond this are not exact in every reader of JSON (RFC 7493, section 2.2)."""
DEEPEST = 64
"""Readers of JSON follow objects and arrays within each other only so far, each as far as it likes (RFC 8259,
section 9); documents of the fair are far flatter."""


def canonical(value: object) -> bytes:
    """Return the bytes of `value`, or raise `Invalid` (`not_canonical`) when it has no canonical form."""
    text = json.dumps(_sorted(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _refused("a text with half a character") from None


def sha256_of(value: object) -> str:
    """Return the SHA-256 of the canonical form, in lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse(text: bytes) -> Any:
    """Return what JSON says; raise `Invalid` when it is none, or when a name stands twice in one object."""
    try:
        return json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is not JSON: {error}", code="not_json") from None


def _sorted(value: object, depth: int = 0) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise _refused(f"the number {value}")
        return value
    if depth == DEEPEST:
        raise _refused(f"more than {DEEPEST} values within each other")
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise _refused("a name that is no text")
        return {name: _sorted(value[name], depth + 1) for name in sorted(value, key=_code_units)}
    if isinstance(value, list | tuple):
        return [_sorted(item, depth + 1) for item in value]
    raise _refused(f"a {type(value).__name__}")


def _code_units(name: str) -> bytes:
    """Return the order of RFC 8785, section 3.2.3."""
    return name.encode("utf-16-be", "surrogatepass")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _refused(what: str) -> Invalid:
    return Invalid(f"A document cannot hold {what}.", code="not_canonical")
