"""Erasure: at somebody's wish their own name goes from everything in a thread that is no signed fact.

The buyer may wish it, and each of the exhibitor's staff for themselves: their company stands there then.
Signed versions and signatures stay, as do recordings that both agreed to, and that they did: the other side
holds them too. So do words that somebody wrote. The audit trail names nobody. What they do later has their
name again.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from sqlalchemy import exists, select, update

from config.ids import AccountId, CallId, new_id
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
    """What was erased: how many unsigned versions and how many calls lost the name of who asked."""

    versions: int
    calls: int
    at_ms: int


Forget = Callable[[Collection[CallId], AccountId], Awaitable[None]]
"""Takes somebody's name out of the copies of some calls that the store has."""


class Erasure:
    """Takes names out; `forget` is awaited after the commit with all calls of the thread."""

    def __init__(self, desk: Desk, audit: Audit, forget: Forget) -> None:
        self._desk = desk
        self._audit = audit
        self._forget = forget

    async def ask(self, actor: Actor, thread: ThreadKey) -> Erased:
        """Record the wish of the buyer, or of one of the staff, and do it; as often as they like.

        `Denied`, `Missing` (`no_thread`), `Busy` when the store is away: its calls have the name then, until
        they ask again.
        """
        async with self._desk.change(actor, thread) as change:
            erased = await _erase_versions(change)
            of_thread = await traces.calls_of(change.session, thread)
            calls = await traces.erase(change.session, thread, of_thread, actor.id, actor.name)
            if side_of(actor) is Side.BUYER:
                await _erase_buyer(change)
            else:
                await _erase_saver(change, actor.name)
            change.row.changed_at_ms = change.now_ms
            change.session.add(ErasureRow(
                id=new_id(), room=thread.room, buyer=thread.buyer, side=side_of(actor).value,
                account=actor.id, asked_at_ms=change.now_ms, done_at_ms=change.now_ms,
            ))
            for row in erased:
                await self._note_left(change, row)
            facts = {"versions": len(erased), "calls": calls}
            subject = f"thread:{thread.room}:{thread.buyer}"
            await self._audit.note(change.session, change.now_ms, change.by, "thread.erased", subject, facts)
        await self._forget(of_thread, actor.id)
        return Erased(len(erased), calls, change.now_ms)

    async def _note_left(self, change: Change, row: VersionRow) -> None:
        """Write down the hash of what is left of a version: that of what was sent fits it no more."""
        state = (await change.session.get_one(OfferRow, row.offer)).state
        facts: Facts = {"version": row.number, "sha256": sha256_of(row.text.encode()), "state": state}
        subject = f"offer:{row.offer}"
        await self._audit.note(change.session, change.now_ms, change.by, "offer.erased", subject, facts)


async def _erase_versions(change: Change) -> list[VersionRow]:
    """Return the unsigned versions that lost the name; one in which it does not stand can still be signed."""
    thread = change.thread
    is_signed = exists().where(
        SignatureRow.offer == VersionRow.offer, SignatureRow.version == VersionRow.number
    )
    unsigned = select(VersionRow).join(OfferRow, OfferRow.id == VersionRow.offer)
    unsigned = unsigned.where(OfferRow.room == thread.room, OfferRow.buyer == thread.buyer, ~is_signed)
    if change.by != thread.buyer:
        unsigned = unsigned.where(VersionRow.author == change.by)
    erased = []
    for row in await change.session.scalars(unsigned):
        text = _without_name(row, thread, change.by)
        if text != row.text:
            row.text, row.erased_at_ms = text, change.now_ms
            erased.append(row)
    return erased


def _without_name(row: VersionRow, thread: ThreadKey, who: AccountId) -> str:
    document = json.loads(row.text)
    if who == thread.buyer:
        document["buyer"]["name"] = ""
    if who == row.author:
        document["written_by"]["name"] = ""
    return canonical(document).decode()


async def _erase_buyer(change: Change) -> None:
    """Forget what the buyer has typed, and call the thread by their company."""
    thread = change.thread
    query = select(DraftRow.offer).where(DraftRow.room == thread.room, DraftRow.buyer == thread.buyer)
    for offer in (await change.session.scalars(query.where(DraftRow.side == Side.BUYER.value))).all():
        await drafts.clear(
            change.session, thread, Side.BUYER, OfferId(offer) if offer else None, change.now_ms
        )
    change.row.buyer_name, change.row.erased_at_ms = "", change.now_ms


async def _erase_saver(change: Change, name: str) -> None:
    """Leave the drafts of the staff to all of them, without the name of who saved them last."""
    of_thread = DraftRow.room == change.thread.room, DraftRow.buyer == change.thread.buyer
    saved = update(DraftRow).where(*of_thread, DraftRow.side == Side.SELLER.value, DraftRow.saved_by == name)
    await change.session.execute(saved.values(saved_by=""))
