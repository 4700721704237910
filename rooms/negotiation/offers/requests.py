"""The same request, sent again because its answer was lost, is done once and answered the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict
from config.ids import AccountId
from rooms.fair.database import insert_or_find
from rooms.fair.offer_rows import RequestRow
from rooms.fair.requests import KEY_LENGTH as KEY_LENGTH
from rooms.fair.requests import check_key
from rooms.negotiation.offers.records import OfferId
from rooms.negotiation.offers.states import OfferState
from rooms.negotiation.sheets.canonical import canonical

KEPT_MS = 7 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: to which version of which offer, and where the offer stands since."""

    offer: OfferId
    version: int
    sha256: str
    state: OfferState
    at_ms: int


async def answered(
    session: AsyncSession, account: AccountId, key: str, asked: Any, now_ms: int
) -> Receipt | None:
    """Return the answer that a request got before; None when it is new, and is to be ended by `answer`.

    `asked` is what is wanted, as JSON: `Conflict` (`key_reused`) when the key was used for something else.
    """
    check_key(key)
    fingerprint = hashlib.sha256(canonical(asked)).hexdigest()
    values = {"account": account, "key": key, "fingerprint": fingerprint, "answer": "", "at_ms": now_ms}
    row = await insert_or_find(session, RequestRow, values)
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Conflict("This request key was used for something else.", code="key_reused")
    facts = json.loads(row.answer)
    return Receipt(**facts | {"state": OfferState(facts["state"])})


async def answer(session: AsyncSession, account: AccountId, key: str, receipt: Receipt) -> Receipt:
    """Keep the answer of a request for whoever asks again."""
    row = await session.get_one(RequestRow, (account, key))
    row.answer = json.dumps(asdict(receipt))
    return receipt


async def forget_old(session: AsyncSession, now_ms: int) -> None:
    """Drop the answers that nobody will ask for any more."""
    await session.execute(delete(RequestRow).where(RequestRow.at_ms < now_ms - KEPT_MS))
