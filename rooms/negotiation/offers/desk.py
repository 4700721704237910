"""How anything in a thread is changed: in one transaction, once for each request, with its audit row.

Who changes something locks the thread first, so that what is checked still holds when it is written, and
writes the trail last, because all who write it wait for each other. Both screens are told after the commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId
from rooms.fair.audit import Audit
from rooms.fair.database import Database
from rooms.fair.offer_rows import OfferRow, ThreadRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.offers import reading, requests, threads
from rooms.negotiation.offers.records import OfferId, ThreadKey
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferState, Side


@dataclass(frozen=True, slots=True)
class News:
    """What happened in a thread: `sent`, `countered`, `withdrawn`, `signed`, or `expired`, which nobody
    does.
    """

    thread: ThreadKey
    buyer_name: str
    action: str
    by: Side | None
    receipt: Receipt


OnChange = Callable[[News], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Change:
    """A thread that is locked for a change, and who changes it when; `by` is an account."""

    session: AsyncSession
    thread: ThreadKey
    row: ThreadRow
    by: AccountId
    now_ms: int


class Desk:
    """Where threads are changed. `clock` gives Unix seconds, `on_change` is awaited after each commit."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], float], on_change: OnChange
    ) -> None:
        self.database = database
        self._on_change = on_change
        self._audit = audit
        self._clock = clock

    def now_ms(self) -> int:
        """Return the time in whole milliseconds since 1970."""
        return int(self._clock() * 1000)

    async def thread_of(self, actor: Actor, offer: OfferId) -> ThreadKey:
        """Return the thread of an offer to somebody who may negotiate in it; `Missing`, `Denied`."""
        async with self.database.reading() as session:
            thread = await reading.thread_of(session, offer)
        require(actor, Permission.NEGOTIATE, thread.room, thread=thread)
        return thread

    @asynccontextmanager
    async def change(self, actor: Actor, thread: ThreadKey) -> AsyncIterator[Change]:
        """Give the locked thread to somebody who may negotiate in it; committed at the end of the block."""
        require(actor, Permission.NEGOTIATE, thread.room, thread=thread)
        async with self.database.session() as session:
            now_ms = self.now_ms()
            row = await threads.opened(session, thread, actor, now_ms)
            yield Change(session, thread, row, actor.id, now_ms)

    async def once(
        self, actor: Actor, thread: ThreadKey, key: str, asked: Any, action: str,
        work: Callable[[Change], Awaitable[Receipt]],
    ) -> Receipt:
        """Do `work` in a thread, unless the request `key`, which asks for the same, has done so before."""
        async with self.change(actor, thread) as change:
            known = await requests.answered(change.session, actor.id, key, [action, asked], change.now_ms)
            if known:
                return known
            receipt = await work(change)
            await requests.answer(change.session, actor.id, key, receipt)
            await self.note(change, action, receipt)
        await self.tell(change, action, receipt, threads.side_of(actor))
        return receipt

    async def tell(self, change: Change, action: str, receipt: Receipt, by: Side | None) -> None:
        """Tell both sides what was done; after the commit."""
        name = change.row.buyer_name or change.row.buyer_company
        await self._on_change(News(change.thread, name, action, by, receipt))

    async def note(self, change: Change, action: str, receipt: Receipt) -> None:
        """Write into the audit trail what was done to an offer, and when the thread last changed."""
        change.row.changed_at_ms = change.now_ms
        await self._audit.note(
            change.session, change.now_ms, change.by, f"offer.{action}", f"offer:{receipt.offer}",
            {"version": receipt.version, "sha256": receipt.sha256, "state": receipt.state.value},
        )


async def moved(change: Change, offer: OfferId, version: int, sha256: str, state: OfferState) -> Receipt:
    """Write down where an offer stands now, and return what was done."""
    row = await change.session.get_one(OfferRow, offer)
    row.state, row.changed_at_ms = state.value, change.now_ms
    return Receipt(offer, version, sha256, state, change.now_ms)
