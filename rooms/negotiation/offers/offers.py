"""The offers: sent, countered, withdrawn, expired. A version that was sent never changes."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from sqlalchemy import func, select

from config.errors import Conflict, Missing
from config.ids import AccountId, CallId, ProductId, RoomId, ShowId, new_id
from rooms.fair import words
from rooms.fair.blocks import check_not_blocked
from rooms.fair.departures import check_at_fair
from rooms.fair.models import CallRequestRow, ProductRow
from rooms.fair.offer_rows import OfferRow, ThreadRow, VersionRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.offers import drafts, reading, requests, rules, threads
from rooms.negotiation.offers.checking import checked
from rooms.negotiation.offers.desk import Change, Desk, moved
from rooms.negotiation.offers.document import document_of, sha256_of
from rooms.negotiation.offers.records import Buyer, Offer, OfferId, Origin, ThreadKey
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferEvent, OfferState, Side, next_state
from rooms.negotiation.offers.terms import Wish
from rooms.negotiation.offers.threads import side_of
from rooms.negotiation.sheets.canonical import canonical

FAIR = AccountId("fair")
"""Who acts in the audit trail when something happens by itself."""
MOST_EXPIRED = 100


class Offers:
    """Sends offers and takes them back. `fair` is how the fair names itself in documents.

    `key` names a request: sent again, it is done once and answered the same. A refusal changes nothing.
    """

    def __init__(self, desk: Desk, fair: str) -> None:
        self._desk = desk
        self._fair = fair

    async def send(
        self, actor: Actor, thread: ThreadKey, wish: Wish, key: str, call: CallId | None = None,
        draft: int | None = None,
    ) -> Receipt:
        """Open an offer with its first version; it may name the call it began in.

        `draft` is the newest revision of their side's draft that the sender knows: `StaleDraft` when a
        colleague has typed something else since. `Denied` (also `blocked`), `Missing` (`no_thread`,
        `no_call`, `exhibitor_left`), `Invalid` (`bad_terms`), `Conflict` (`key_reused`).
        """
        asked = {"wish": asdict(wish), "room": thread.room, "buyer": thread.buyer, "call": call}
        work = partial(self._open, actor=actor, wish=wish, call=call, draft=draft)
        return await self._desk.once(actor, thread, key, asked, "sent", work)

    async def counter(
        self, actor: Actor, offer: OfferId, seen: int, wish: Wish, key: str, draft: int | None = None
    ) -> Receipt:
        """Add a version to an offer of which `seen` is the newest one known; `Superseded` when it is not.

        `draft` and `StaleDraft` as with `send`; `Denied` (also `blocked`), `Missing` (`exhibitor_left`),
        `Invalid` (`bad_terms`), `Conflict` (`key_reused`, `agreed`).
        """
        thread = await self._desk.thread_of(actor, offer)
        asked = {"wish": asdict(wish), "offer": offer, "seen": seen}
        work = partial(self._counter, actor=actor, offer=offer, seen=seen, wish=wish, draft=draft)
        return await self._desk.once(actor, thread, key, asked, "countered", work)

    async def withdraw(self, actor: Actor, offer: OfferId, version: int, key: str) -> Receipt:
        """Take back the newest version, if the actor's side sent it; `Denied` (`not_yours`), `Superseded`."""
        thread = await self._desk.thread_of(actor, offer)

        async def work(change: Change) -> Receipt:
            found = await reading.read_offer(change.session, offer)
            state = rules.after_withdrawal(found, side_of(actor), version, change.now_ms)
            written = await change.session.get_one(VersionRow, (offer, version))
            written.withdrawn_at_ms = change.now_ms
            return await moved(change, offer, version, found.newest.sha256, state)

        return await self._desk.once(actor, thread, key, [offer, version], "withdrawn", work)

    async def expire(self) -> list[Receipt]:
        """Write down, and tell, which offers are no longer valid; on any node, and on several at once."""
        is_due = OfferRow.valid_until_ms <= self._desk.now_ms()
        due = select(OfferRow.id, OfferRow.room, OfferRow.buyer)
        due = due.where(OfferRow.state == OfferState.OPEN.value, is_due).limit(MOST_EXPIRED)
        async with self._desk.database.reading() as session:
            found = (await session.execute(due)).all()
        receipts = [
            await self._expire_one(OfferId(row.id), ThreadKey(RoomId(row.room), AccountId(row.buyer)))
            for row in found
        ]
        return [receipt for receipt in receipts if receipt is not None]

    async def forget_requests(self) -> None:
        """Drop the answers that nobody will ask for any more."""
        async with self._desk.database.session() as session:
            await requests.forget_old(session, self._desk.now_ms())

    async def get(self, actor: Actor, offer: OfferId) -> Offer:
        """Return an offer to somebody of its thread; `Missing` (`no_offer`), `Denied`."""
        await self._desk.thread_of(actor, offer)
        async with self._desk.database.reading() as session:
            return await reading.read_offer(session, offer)

    async def of_thread(self, actor: Actor, thread: ThreadKey) -> list[Offer]:
        """Return the offers of a thread, the newest first."""
        require(actor, Permission.NEGOTIATE, thread.room, thread=thread)
        async with self._desk.database.reading() as session:
            return await reading.offers_of(session, thread)

    async def _open(
        self, change: Change, actor: Actor, wish: Wish, call: CallId | None, draft: int | None
    ) -> Receipt:
        thread, offer = change.thread, OfferId(new_id())
        await _check_count(change)
        origin = await _origin(change, call)
        row = OfferRow(
            id=offer, room=thread.room, buyer=thread.buyer, call=origin.call, show=origin.show,
            show_second=origin.show_second, state=OfferState.OPEN.value, valid_until_ms=None,
            opened_at_ms=change.now_ms, changed_at_ms=change.now_ms,
        )
        change.session.add(row)
        await change.session.flush()
        await drafts.check(change.session, thread, side_of(actor), None, wish, draft)
        await drafts.clear(change.session, thread, side_of(actor), None, change.now_ms)
        return await self._write(change, row, actor, 1, OfferState.OPEN, wish)

    async def _counter(
        self, change: Change, actor: Actor, offer: OfferId, seen: int, wish: Wish, draft: int | None
    ) -> Receipt:
        found = await reading.read_offer(change.session, offer)
        state = rules.after_counter(found, seen, change.now_ms)
        row = await change.session.get_one(OfferRow, offer)
        await drafts.check(change.session, change.thread, side_of(actor), offer, wish, draft)
        await drafts.clear(change.session, change.thread, side_of(actor), offer, change.now_ms)
        return await self._write(change, row, actor, found.newest.number + 1, state, wish)

    async def _write(
        self, change: Change, row: OfferRow, actor: Actor, number: int, state: OfferState, wish: Wish
    ) -> Receipt:
        """Write down a version of an offer; `Denied` (`blocked`) of a buyer who may send nothing here.

        `Missing` (`exhibitor_left`) once there is nobody at the fair to agree with.
        """
        await check_at_fair(change.session, change.thread.room)
        if side_of(actor) is Side.BUYER:
            await check_not_blocked(change.session, change.thread.room, change.thread.buyer)
        terms = checked(wish, await _products(change), change.now_ms)
        offer, thread, side = OfferId(row.id), change.thread, side_of(actor)
        if side is Side.BUYER:
            await threads.name_again(change.session, change.row)
        origin = Origin(
            CallId(row.call) if row.call else None, ShowId(row.show) if row.show else None, row.show_second
        )
        buyer = Buyer(change.row.buyer_name, change.row.buyer_company, change.row.buyer_country)
        seller = await threads.seller_of(change.session, thread.room)
        text = canonical(document_of(
            self._fair, offer, number, thread, origin, seller, buyer, side, actor.name, change.now_ms, terms
        ))
        sha256 = sha256_of(text)
        change.session.add(VersionRow(
            offer=offer, number=number, side=side.value, author=actor.id, written_at_ms=change.now_ms,
            text=text.decode(), sha256=sha256, valid_until_ms=terms.valid_until_ms, withdrawn_at_ms=None,
            erased_at_ms=None,
        ))
        row.valid_until_ms = terms.valid_until_ms
        return await moved(change, offer, number, sha256, state)

    async def _expire_one(self, offer: OfferId, thread: ThreadKey) -> Receipt | None:
        async with self._desk.database.session() as session:
            now_ms = self._desk.now_ms()
            locked = select(ThreadRow).where(ThreadRow.room == thread.room, ThreadRow.buyer == thread.buyer)
            row = (await session.scalars(locked.with_for_update())).one()
            change = Change(session, thread, row, FAIR, now_ms)
            found = await reading.read_offer(session, offer)
            if found.state is not OfferState.OPEN or found.state_at(now_ms) is not OfferState.EXPIRED:
                return None  # somebody was faster, or has sent a version that holds longer
            state = next_state(found.state, OfferEvent.EXPIRE)
            receipt = await moved(change, offer, found.newest.number, found.newest.sha256, state)
            await self._desk.note(change, "expired", receipt)
        await self._desk.tell(change, "expired", receipt, None)
        return receipt


async def _check_count(change: Change) -> None:
    thread = change.thread
    count = select(func.count()).select_from(OfferRow)
    count = count.where(OfferRow.room == thread.room, OfferRow.buyer == thread.buyer)
    if (await change.session.scalar(count) or 0) >= rules.MOST_OFFERS:
        raise Conflict("There are too many offers between you; counter one of them.", code="too_many_offers")


async def _products(change: Change) -> set[ProductId]:
    found = await change.session.scalars(select(ProductRow.id).where(ProductRow.room == change.thread.room))
    return {ProductId(product) for product in found}


async def _origin(change: Change, call: CallId | None) -> Origin:
    """Return where an offer begins, with the show and second of its call."""
    if call is None:
        return Origin()
    row = await change.session.get(CallRequestRow, call) if words.is_id(call) else None
    if row is None or (row.room, row.buyer) != (change.thread.room, change.thread.buyer):
        raise Missing("There is no such call in this thread.", code="no_call")
    return Origin(call, ShowId(row.show) if row.show else None, row.show_second)
