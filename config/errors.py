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


class FairError(Exception):
    """Base of all refusals; raise one of its five children."""

    code = "refused"
    facts: Mapping[str, Any] = MappingProxyType({})
    """What a program may need beside the code: where the fault is, what is there instead."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
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

    def __init__(self, message: str, *, code: str | None = None, retry_after_seconds: int = 2) -> None:
        super().__init__(message, code=code)
        self.retry_after_seconds = retry_after_seconds
