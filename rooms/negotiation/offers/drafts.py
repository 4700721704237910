"""The drafts: what each side types, saved as it is typed, shared by all of the exhibitor's staff.

A save names the revision it goes on from. One that does not know the newest is refused with what is there:
nobody's words are overwritten unseen. A draft that was sent becomes empty and keeps counting, so that a
late save of a page that was left open cannot bring it back.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, Invalid, Missing
from rooms.fair.offer_rows import DraftRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.offers import reading
from rooms.negotiation.offers.desk import Change, Desk
from rooms.negotiation.offers.records import Draft, OfferId, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.terms import Wish, WishedBreak, WishedLine
from rooms.negotiation.offers.threads import side_of

LONGEST = 100_000
"""Characters of a draft as JSON."""


class StaleDraft(Conflict):
    """Somebody has saved a newer revision; `facts` have it."""

    code = "stale_draft"

    def __init__(self, there: Draft) -> None:
        super().__init__(Conflict("This draft was changed in another window, or by a colleague.").message)
        self.facts = {"draft": draft_data(there)}


class Drafts:
    """Keeps what is typed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def save(
        self, actor: Actor, thread: ThreadKey, offer: OfferId | None, revision: int, wish: Wish
    ) -> Draft:
        """Keep a draft that goes on from `revision` (0: from nothing) and return it; `StaleDraft`."""
        text = json.dumps(asdict(wish), ensure_ascii=False)
        if len(text) > LONGEST:
            raise Invalid("This draft is too long to be kept.", code="too_large")
        async with self._desk.change(actor, thread) as change:
            await _check_offer(change, offer)
            row = await change.session.get(DraftRow, _key(thread, side_of(actor), offer))
            there = _draft(row) if row else Draft(offer, Wish(), 0)
            if there.revision != revision:
                raise StaleDraft(there)
            row = row or _empty(thread, side_of(actor), offer)
            row.text, row.revision = text, revision + 1
            row.saved_at_ms, row.saved_by = change.now_ms, actor.name
            change.session.add(row)
        return Draft(offer, wish, revision + 1, change.now_ms, actor.name)

    async def of(self, actor: Actor, thread: ThreadKey) -> list[Draft]:
        """Return the drafts of the actor's own side, empty ones too for their revisions."""
        require(actor, Permission.NEGOTIATE, thread.room, thread=thread)
        query = select(DraftRow).where(
            DraftRow.room == thread.room, DraftRow.buyer == thread.buyer, DraftRow.side ==
            side_of(actor).value )
        async with self._desk.database.reading() as session:
            return [_draft(row) for row in await session.scalars(query)]


async def check(
    session: AsyncSession, thread: ThreadKey, side: Side, offer: OfferId | None, wish: Wish, seen: int | None
) -> None:
    """Raise `StaleDraft` when sending `wish` would lose words that whoever has seen revision `seen` has not.

    Somebody who names no revision knows of no drafts, and loses none that they could have seen.
    """
    row = await session.get(DraftRow, _key(thread, side, offer))
    if row is None or seen is None or row.revision == seen:
        return
    there = _draft(row)
    if there.wish not in (Wish(), wish):
        raise StaleDraft(there)


async def clear(
    session: AsyncSession, thread: ThreadKey, side: Side, offer: OfferId | None, now_ms: int
) -> None:
    """Empty a draft, because it was sent or is to be forgotten."""
    row = await session.get(DraftRow, _key(thread, side, offer))
    if row is not None:
        row.text, row.revision = json.dumps(asdict(Wish())), row.revision + 1
        row.saved_at_ms, row.saved_by = now_ms, ""


def draft_data(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON has it."""
    return asdict(draft)


async def _check_offer(change: Change, offer: OfferId | None) -> None:
    if offer is not None and await reading.thread_of(change.session, offer) != change.thread:
        raise Missing("There is no such offer.", code="no_offer")


def _key(thread: ThreadKey, side: Side, offer: OfferId | None) -> tuple[str, str, str, str]:
    return thread.room, thread.buyer, side.value, offer or ""


def _empty(thread: ThreadKey, side: Side, offer: OfferId | None) -> DraftRow:
    return DraftRow(room=thread.room, buyer=thread.buyer, side=side.value, offer=offer or "")


def _draft(row: DraftRow) -> Draft:
    facts = json.loads(row.text)
    lines = tuple(
        WishedLine(**line | {"breaks": tuple(WishedBreak(**step) for step in line["breaks"])})
        for line in facts.pop("lines")
    )
    offer = OfferId(row.offer) if row.offer else None
    return Draft(offer, Wish(lines=lines, **facts), row.revision, row.saved_at_ms, row.saved_by)
