"""The five kinds of refusal every part speaks in.

A subclass or an instance carries a stable `code` for programs and a sentence for people that says
what to do. Kinds are translated once: to an HTTP status in `web/middleware.py`, to a reply in
`signaling/replies.py`.

    FairError
    +-- Invalid    what was sent cannot be understood (400, 413, 415, 422)
    +-- Denied     who you are does not allow it      (401, 403)
    +-- Missing    there is no such thing             (404)
    +-- Conflict   not now: somebody was faster       (409)
    +-- Busy       not now: come back later           (503, with Retry-After)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


class FairError(Exception):
    """Base of all refusals; raise one of its five children.

    What differs from case to case stands in the sentence as `{name}` and comes in `fields`, so that the
    sentence can be looked up in other languages; `message` is it in English, filled in.
    """

    code = "refused"
    facts: Mapping[str, Any] = NOTHING
    """What a program may need beside the code: where the fault is, what is there instead."""

    def __init__(
        self, sentence: str, *, code: str | None = None, fields: Mapping[str, Any] = NOTHING
    ) -> None:
        self.sentence = sentence
        self.fields = fields
        self.message = filled(sentence, fields)
        super().__init__(self.message)
        self.code = code or self.code


class Invalid(FairError):
    """What was sent cannot be understood or is out of bounds."""

    code = "invalid"


class Denied(FairError):
    """The asker may not do this; `code` is `sign_in` when signing in would help."""

    code = "denied"


class Missing(FairError):
    """There is no such thing, or none the asker may know of."""

    code = "missing"


class Conflict(FairError):
    """The state of the world has moved on: somebody was faster or it is too late."""

    code = "conflict"


class Busy(FairError):
    """A limit is reached or a store does not answer; try again after `retry_after_seconds`."""

    code = "busy"

    def __init__(
        self, sentence: str, *, code: str | None = None, retry_after_seconds: int = 2,
        fields: Mapping[str, Any] = NOTHING,
    ) -> None:
        super().__init__(sentence, code=code, fields=fields)
        self.retry_after_seconds = retry_after_seconds


def filled(sentence: str, fields: Mapping[str, Any]) -> str:
    """Return a sentence with its fields in place; one that has none may hold braces."""
    return sentence.format_map(fields) if fields else sentence
