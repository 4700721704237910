"""The threads: who may open one, who is in it, and the lists of them.

A buyer may write to any room, its staff only to who has turned to them: asked for a call, taken one of
theirs, or sent a message or an offer. To have been rung is not enough, and nobody else knows of a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, RoomId
from rooms.fair import words
from rooms.fair.asking_rows import BuyerMessageRow
from rooms.fair.database import Database, insert_once
from rooms.fair.departures import has_left, no_room
from rooms.fair.models import AccountRow, CallAnswerRow, CallRequestRow, CompanyRow
from rooms.fair.offer_rows import OfferRow, ThreadRow
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.negotiation.offers.records import Buyer, Seller, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.states import CallKind

MOST_LISTED = 200
NOBODY = Buyer("", "", "")

Of = type[ThreadRow] | type[CallRequestRow] | type[BuyerMessageRow]
"""A table of what happens between a room and a buyer."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as a list shows it; after an erasure the buyer's name is empty.

    One with an exhibitor who `has_left` the fair is there to be read.
    """

    key: ThreadKey
    buyer: Buyer
    company: str
    changed_at_ms: int
    is_erased: bool
    has_left: bool


class Threads:
    """Finds threads. One exists once its buyer has turned to a room; to its buyer, also for a draft."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, actor: Actor, key: ThreadKey) -> Thread:
        """Return a thread to somebody of it; `Denied`, `Missing` (`no_thread`)."""
        require(actor, Permission.NEGOTIATE, key.room, thread=key)
        async with self._database.reading() as session:
            return await find(session, key, actor)

    async def of(self, actor: Actor, most: int | None = MOST_LISTED) -> list[Thread]:
        """Return threads of a buyer, or of the room that somebody works in: the newest first, or all."""
        require(actor, Permission.NEGOTIATE, actor.room, thread=ThreadKey(RoomId(""), actor.id))
        async with self._database.reading() as session:
            changed = await _changed(session, actor, most=most)
            newest = sorted(changed, key=lambda key: -changed[key])[:most]
            return await _listed(session, {key: changed[key] for key in newest})


def side_of(actor: Actor) -> Side:
    """Return for whom somebody speaks in threads."""
    return Side.BUYER if actor.role is Role.BUYER else Side.SELLER


async def find(session: AsyncSession, key: ThreadKey, actor: Actor) -> Thread:
    """Return a thread; `Missing` (`no_thread`) to staff to whom the buyer has not turned."""
    return await _thread(session, key, await _check_turned(session, key, actor))


async def opened(session: AsyncSession, key: ThreadKey, actor: Actor, now_ms: int) -> ThreadRow:
    """Return the row of a thread, locked for this transaction; made if this is its first word."""
    _check(key)
    locked = select(ThreadRow).where(_of(ThreadRow, key)).with_for_update()
    row = await session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        await find(session, key, actor)
        await insert_once(session, ThreadRow, {
            "room": key.room, "buyer": key.buyer, "buyer_name": "", "buyer_company": "", "buyer_country": "",
            "opened_at_ms": now_ms, "changed_at_ms": now_ms, "erased_at_ms": None,
        })
        row = (await session.scalars(locked)).one()
        await _name(session, row)
    else:
        await _check_turned(session, key, actor)
    return row


async def name_again(session: AsyncSession, row: ThreadRow) -> None:
    """Give an erased buyer their name again, because they send something in it."""
    if row.erased_at_ms is not None:
        await _name(session, row)
        row.erased_at_ms = None


def _check(key: ThreadKey) -> None:
    """Refuse what a database would choke on."""
    if not words.is_id(key.buyer) or not words.is_id(key.room):
        raise _missing()


async def seller_of(session: AsyncSession, room: RoomId) -> Seller:
    """Return the exhibitor as documents name it; `Missing` (`no_room`)."""
    company = await session.scalar(select(CompanyRow).where(CompanyRow.room == room))
    if company is None:
        raise no_room()
    return Seller(company.name, company.country, company.city, room)


async def _name(session: AsyncSession, row: ThreadRow) -> None:
    buyer = await _account(session, AccountId(row.buyer))
    row.buyer_name, row.buyer_company, row.buyer_country = buyer.name, buyer.company, buyer.country


async def _check_turned(session: AsyncSession, key: ThreadKey, actor: Actor) -> int:
    """Return when something last happened in a thread, 0 for nothing yet; `Missing` where staff may not."""
    _check(key)
    changed_at_ms = (await _changed(session, actor, key)).get(key)
    if changed_at_ms is None and side_of(actor) is Side.SELLER:
        raise _missing()
    return changed_at_ms or 0


async def _changed(
    session: AsyncSession, actor: Actor, only: ThreadKey | None = None, most: int | None = MOST_LISTED
) -> dict[ThreadKey, int]:
    """Return when something last happened in each thread, by its calls, messages and what was written."""
    is_buyer = side_of(actor) is Side.BUYER
    written = select(ThreadRow.room, ThreadRow.buyer, ThreadRow.changed_at_ms)
    written = written.order_by(ThreadRow.changed_at_ms.desc()).limit(most)
    if not is_buyer:
        offers = exists().where(OfferRow.room == ThreadRow.room, OfferRow.buyer == ThreadRow.buyer)
        written = written.where(offers)
    found: dict[ThreadKey, int] = {}
    asked_at_ms = CallRequestRow.requested_at * 1000
    for table, query in (
        (CallRequestRow, _last(CallRequestRow, asked_at_ms, most).where(_has_turned())),
        (BuyerMessageRow, _last(BuyerMessageRow, BuyerMessageRow.sent_at * 1000, most)),
        (ThreadRow, written),
    ):
        mine = table.buyer == actor.id if is_buyer else table.room == actor.room
        query = query.where(mine if only is None else _of(table, only))
        for room, buyer, at_ms in await session.execute(query):
            key = ThreadKey(RoomId(room), AccountId(buyer))
            found[key] = max(found.get(key, 0), int(at_ms))
    return found


def _last(table: Of, moment: SQLColumnExpression[Any], most: int | None) -> Select[str, str, Any]:
    """Return the query of the last moment of each thread in a table, for as many as are wanted."""
    last = func.max(moment)
    query = select(table.room, table.buyer, last).group_by(table.room, table.buyer)
    return query.order_by(last.desc()).limit(most)


def _has_turned() -> ColumnElement[bool]:
    """Tell the calls that buyers asked for or took from those that only rang at them."""
    is_taken = exists().where(CallAnswerRow.call == CallRequestRow.id)
    return or_(CallRequestRow.kind == CallKind.REQUEST.value, is_taken)


async def _listed(session: AsyncSession, changed: dict[ThreadKey, int]) -> list[Thread]:
    """Return threads of one room or of one buyer, by when they changed; few or many, it asks as often."""
    rooms, buyers = {key.room for key in changed}, {key.buyer for key in changed}
    among = ThreadRow.room.in_(rooms) & ThreadRow.buyer.in_(buyers)
    rows = {_key(row): row for row in await session.scalars(select(ThreadRow).where(among))}
    named = select(CompanyRow.room, CompanyRow.name, CompanyRow.left_at).where(CompanyRow.room.in_(rooms))
    companies = {row.room: (row.name, row.left_at is not None) for row in await session.execute(named)}
    accounts = await session.scalars(select(AccountRow).where(AccountRow.id.in_(buyers)))
    now = {row.id: _buyer(row) for row in accounts}
    then = await _callers(session, rooms, buyers)
    then |= {key: Buyer(row.buyer_name, row.buyer_company, row.buyer_country) for key, row in rows.items()}
    return [
        Thread(
            key, then.get(key) or now.get(key.buyer, NOBODY), company, at_ms,
            key in rows and rows[key].erased_at_ms is not None, is_left,
        )
        for key, at_ms in changed.items()
        for company, is_left in (companies.get(key.room, ("", False)),)
    ]


async def _callers(
    session: AsyncSession, rooms: set[RoomId], buyers: set[AccountId]
) -> dict[ThreadKey, Buyer]:
    """Return buyers as they were when they last turned to each room by a call."""
    call = CallRequestRow
    last = select(call.room, call.buyer, func.max(call.requested_at).label("at"))
    last = last.where(call.room.in_(rooms), call.buyer.in_(buyers), _has_turned())
    own = last.group_by(call.room, call.buyer).subquery()
    is_last = (call.room == own.c.room) & (call.buyer == own.c.buyer) & (call.requested_at == own.c.at)
    found = await session.scalars(select(call).join(own, is_last))
    return {_key(row): Buyer(row.buyer_name, row.buyer_company, row.buyer_country) for row in found}


def _key(row: ThreadRow | CallRequestRow) -> ThreadKey:
    return ThreadKey(RoomId(row.room), AccountId(row.buyer))


async def _thread(session: AsyncSession, key: ThreadKey, changed_at_ms: int) -> Thread:
    seller = await seller_of(session, key.room)
    row, is_left = await session.get(ThreadRow, (key.room, key.buyer)), await has_left(session, key.room)
    if row is not None:
        buyer = Buyer(row.buyer_name, row.buyer_company, row.buyer_country)
        return Thread(key, buyer, seller.company, changed_at_ms, row.erased_at_ms is not None, is_left)
    buyer = await _caller(session, key) or await _account(session, key.buyer)
    return Thread(key, buyer, seller.company, changed_at_ms, is_erased=False, has_left=is_left)


async def _caller(session: AsyncSession, key: ThreadKey) -> Buyer | None:
    """Return the buyer as they were when they last turned to the room by a call."""
    query = select(CallRequestRow).where(_of(CallRequestRow, key), _has_turned())
    call = await session.scalar(query.order_by(CallRequestRow.requested_at.desc()).limit(1))
    return Buyer(call.buyer_name, call.buyer_company, call.buyer_country) if call else None


async def _account(session: AsyncSession, buyer: AccountId) -> Buyer:
    account = await session.get(AccountRow, buyer)
    if account is None or account.role != Role.BUYER:
        raise _missing()
    return _buyer(account)


def _buyer(account: AccountRow) -> Buyer:
    return Buyer(account.name, account.company, account.country)


def _of(table: Of, key: ThreadKey) -> ColumnElement[bool]:
    return and_(table.room == key.room, table.buyer == key.buyer)


def _missing() -> Missing:
    return Missing("There is no such thread.", code="no_thread")
