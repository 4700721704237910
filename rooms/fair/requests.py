"""Requests that come again because their answer was lost: what was made of one is found by its key.

A key belongs to who asks and to what is asked for; the row is written in the transaction that does it, so of
two that come at once the second waits and finds what the first has made. `negotiation/offers/requests.py`
keeps whole answers in the same table, and forgets all of them after a week.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Invalid
from config.ids import AccountId
from rooms.fair.database import insert_or_find
from rooms.fair.offer_rows import RequestRow

KEY_LENGTH = 64


async def seen(session: AsyncSession, account: AccountId, what: str, key: str) -> str | None:
    """Return the id of what was made for a request; None for one that is new, and for one without a key."""
    row = await session.get(RequestRow, (account, _name(what, key))) if key else None
    return row.answer if row else None


async def made_before(
    session: AsyncSession, account: AccountId, what: str, key: str, now: float
) -> str | None:
    """Do so in the transaction that will make it, and then `keep` what was made: nobody else makes it."""
    if not key:
        return None
    name = _name(what, key)
    row = {"account": account, "key": name, "fingerprint": "", "answer": "", "at_ms": int(now * 1000)}
    before = await insert_or_find(session, RequestRow, row)
    return before.answer if before else None


async def keep(session: AsyncSession, account: AccountId, what: str, key: str, made: str) -> None:
    """Keep the id of what was made for who asks again."""
    if key:
        (await session.get_one(RequestRow, (account, _name(what, key)))).answer = made


def check_key(key: str) -> None:
    """Raise `Invalid` (`malformed`) for what is no key of a request."""
    printable = key.isascii() and key.isprintable() and " " not in key
    if not (key and printable and len(key) <= KEY_LENGTH):
        raise Invalid("A request key is 1 to 64 printable characters without blanks.", code="malformed")


def _name(what: str, key: str) -> str:
    """Return a key that no request of another kind has."""
    check_key(key)
    return hashlib.sha256(f"{what}\n{key}".encode()).hexdigest()
