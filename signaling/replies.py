"""The answers to what clients ask: `ok` with what they asked for, or an error with a code and a sentence.

This is the one place where refusals, and everything nobody foresaw, become words on the wire.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, NotRequired, TypedDict

from config.errors import FairError

log = logging.getLogger(__name__)

Fields = Mapping[str, Any]


class Refusal(TypedDict):
    """An error on the wire: `code` for programs, `message` for people.

    A message that differs from case to case comes as its `sentence` and its `fields` as well: pages look the
    sentence up in the reader's language.
    """

    code: str
    message: str
    sentence: NotRequired[str]
    fields: NotRequired[Fields]


BROKEN = Refusal(code="broken", message="Something broke on our side, and it has been noted.")


async def attempt(work: Awaitable[object], what: str) -> Refusal | None:
    """Do `work`; return why it was refused, None when it was done. The unforeseen is logged as `what`."""
    try:
        await work
    except FairError as error:
        return refusal(error)
    except Exception:
        log.exception("signaling failed", extra={"what": what})
        return BROKEN
    return None


async def answer(work: Awaitable[Fields], what: str) -> dict[str, Any]:
    """Return the acknowledgement of an event whose handling is `work`."""
    fields: dict[str, Any] = {"ok": True}

    async def done() -> None:
        fields.update(await work)

    refused = await attempt(done(), what)
    return {"error": refused} if refused else fields


def refusal(error: FairError) -> Refusal:
    """Return a refusal as it goes over the wire."""
    if not error.fields:
        return Refusal(code=error.code, message=error.message)
    return Refusal(
        code=error.code, message=error.message, sentence=error.sentence, fields=dict(error.fields)
    )
