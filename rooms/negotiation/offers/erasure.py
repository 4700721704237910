"""Erasure: at a buyer's wish their name goes from everything in a thread that is no signed fact.

Signed versions and signatures stay, as do recordings that both agreed to, and that they did: the other side
holds them too. So do words that the buyer wrote. The audit trail names nobody.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, select

from config.errors import Denied
from config.ids import CallId, new_id
from rooms.fair.audit import Audit, Facts
from rooms.fair.offer_rows import DraftRow, ErasureRow, OfferRow, SignatureRow, VersionRow
from rooms.fair.policy import Actor
from rooms.negotiation.offers import drafts, traces
from rooms.negotiation.offers.desk import Change, Desk
from rooms.negotiation.offers.document import sha256_of
from rooms.negotiation.offers.records import OfferId, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.threads import side_of
from rooms.negotiation.sheets.canonical import canonical


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: how many unsigned versions and how many calls lost the buyer's name."""

    versions: int
    calls: int
    at_ms: int


Forget = Callable[[Collection[CallId]], Awaitable[None]]
"""Takes the buyers' names out of the copies of some calls that the store has."""


class Erasure:
    """Takes names out; `forget` is awaited after the commit with all calls of the thread."""

    def __init__(self, desk: Desk, audit: Audit, forget: Forget) -> None:
        self._desk = desk
        self._audit = audit
        self._forget = forget

    async def ask(self, actor: Actor, thread: ThreadKey) -> Erased:
        """Record the buyer's wish and do it; only they may ask, and as often as they like.

        `Denied` (`not_yours`), `Busy` when the store is away: its calls have the name then, until somebody
        asks again.
        """
        async with self._desk.change(actor, thread) as change:
            if side_of(actor) is not Side.BUYER:
                raise Denied("Only the buyer can ask for this.", code="not_yours")
            erased = await _erase_versions(change)
            of_thread = await traces.calls_of(change.session, thread)
            calls = await traces.erase(change.session, thread, of_thread)
            await _erase_drafts(change)
            change.row.buyer_name, change.row.erased_at_ms = "", change.now_ms
            change.row.changed_at_ms = change.now_ms
            change.session.add(ErasureRow(
                id=new_id(), room=thread.room, buyer=thread.buyer, asked_at_ms=change.now_ms,
                done_at_ms=change.now_ms,
            ))
            for row in erased:
                await self._note_left(change, row)
            facts = {"versions": len(erased), "calls": calls}
            subject = f"thread:{thread.room}:{thread.buyer}"
            await self._audit.note(change.session, change.now_ms, change.by, "thread.erased", subject, facts)
        await self._forget(of_thread)
        return Erased(len(erased), calls, change.now_ms)

    async def _note_left(self, change: Change, row: VersionRow) -> None:
        """Write down the hash of what is left of a version: that of what was sent fits it no more."""
        state = (await change.session.get_one(OfferRow, row.offer)).state
        facts: Facts = {"version": row.number, "sha256": sha256_of(row.text.encode()), "state": state}
        subject = f"offer:{row.offer}"
        await self._audit.note(change.session, change.now_ms, change.by, "offer.erased", subject, facts)


async def _erase_versions(change: Change) -> Sequence[VersionRow]:
    mine = and_(OfferRow.room == change.thread.room, OfferRow.buyer == change.thread.buyer)
    is_signed = exists().where(
        SignatureRow.offer == VersionRow.offer, SignatureRow.version == VersionRow.number
    )
    unsigned = select(VersionRow).join(OfferRow, OfferRow.id == VersionRow.offer)
    unsigned = unsigned.where(mine, ~is_signed, VersionRow.erased_at_ms.is_(None))
    rows = (await change.session.scalars(unsigned)).all()
    for row in rows:
        row.text, row.erased_at_ms = _without_name(row.text), change.now_ms
    return rows


def _without_name(text: str) -> str:
    document = json.loads(text)
    document["buyer"]["name"] = ""
    if document["written_by"]["side"] == Side.BUYER.value:
        document["written_by"]["name"] = ""
    return canonical(document).decode()


async def _erase_drafts(change: Change) -> None:
    thread = change.thread
    query = select(DraftRow.offer).where(DraftRow.room == thread.room, DraftRow.buyer == thread.buyer)
    for offer in (await change.session.scalars(query.where(DraftRow.side == Side.BUYER.value))).all():
        await drafts.clear(
            change.session, thread, Side.BUYER, OfferId(offer) if offer else None, change.now_ms
        )
