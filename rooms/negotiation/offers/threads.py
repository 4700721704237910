"""The threads: who may open one, who is in it, and the lists of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, RoomId
from rooms.fair import words
from rooms.fair.database import Database, insert_once
from rooms.fair.models import AccountRow, CallRequestRow, CompanyRow
from rooms.fair.offer_rows import ThreadRow
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.negotiation.offers.records import Buyer, Seller, ThreadKey
from rooms.negotiation.offers.states import Side

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as a list shows it; after an erasure the buyer's name is empty."""

    key: ThreadKey
    buyer: Buyer
    company: str
    changed_at_ms: int
    is_erased: bool


class Threads:
    """Finds threads. One exists once its buyer has asked for a call, or either side has written something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, actor: Actor, key: ThreadKey) -> Thread:
        """Return a thread to somebody of it; `Denied`, `Missing` (`no_thread`)."""
        require(actor, Permission.NEGOTIATE, key.room, thread=key)
        async with self._database.reading() as session:
            return await find(session, key, actor)

    async def of(self, actor: Actor) -> list[Thread]:
        """Return the threads of a buyer, or of the room that somebody works in, the newest first."""
        require(actor, Permission.NEGOTIATE, actor.room, thread=ThreadKey(RoomId(""), actor.id))
        async with self._database.reading() as session:
            changed = await _changed(session, actor)
            newest = sorted(changed, key=lambda key: -changed[key])[:MOST_LISTED]
            return await _listed(session, {key: changed[key] for key in newest})


def side_of(actor: Actor) -> Side:
    """Return for whom somebody speaks in threads."""
    return Side.BUYER if actor.role is Role.BUYER else Side.SELLER


async def find(session: AsyncSession, key: ThreadKey, actor: Actor) -> Thread:
    """Return a thread. A buyer may write to any room, staff only to who has turned to them."""
    _check(key)
    row = await session.get(ThreadRow, (key.room, key.buyer))
    last = select(func.max(CallRequestRow.requested_at)).where(_of(CallRequestRow, key))
    asked = await session.scalar(last)
    if row is None and asked is None and side_of(actor) is Side.SELLER:
        raise _missing()
    times = [row.changed_at_ms if row else 0, int((asked or 0) * 1000)]
    return await _thread(session, key, max(times))


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
        raise Missing("There is no such room at this fair.", code="no_room")
    return Seller(company.name, company.country, company.city, room)


async def _name(session: AsyncSession, row: ThreadRow) -> None:
    buyer = await _account(session, AccountId(row.buyer))
    row.buyer_name, row.buyer_company, row.buyer_country = buyer.name, buyer.company, buyer.country


async def _changed(session: AsyncSession, actor: Actor) -> dict[ThreadKey, int]:
    """Return when something last happened in each thread, by its calls and by what was written."""
    found: dict[ThreadKey, int] = {}
    is_buyer = side_of(actor) is Side.BUYER
    mine = CallRequestRow.buyer == actor.id if is_buyer else CallRequestRow.room == actor.room
    calls = select(CallRequestRow.room, CallRequestRow.buyer, func.max(CallRequestRow.requested_at))
    calls = calls.where(mine).group_by(CallRequestRow.room, CallRequestRow.buyer)
    calls = calls.order_by(func.max(CallRequestRow.requested_at).desc()).limit(MOST_LISTED)
    for room, buyer, at in await session.execute(calls):
        found[ThreadKey(RoomId(room), AccountId(buyer))] = int(at * 1000)
    own = ThreadRow.buyer == actor.id if is_buyer else ThreadRow.room == actor.room
    rows = select(ThreadRow.room, ThreadRow.buyer, ThreadRow.changed_at_ms).where(own)
    rows = rows.order_by(ThreadRow.changed_at_ms.desc()).limit(MOST_LISTED)
    for room, buyer, at_ms in await session.execute(rows):
        key = ThreadKey(RoomId(room), AccountId(buyer))
        found[key] = max(found.get(key, 0), at_ms)
    return found


async def _listed(session: AsyncSession, changed: dict[ThreadKey, int]) -> list[Thread]:
    """Return threads of one room or of one buyer, by when they changed; few or many, it asks as often."""
    rooms, buyers = {key.room for key in changed}, {key.buyer for key in changed}
    among = ThreadRow.room.in_(rooms) & ThreadRow.buyer.in_(buyers)
    rows = {_key(row): row for row in await session.scalars(select(ThreadRow).where(among))}
    named = select(CompanyRow.room, CompanyRow.name).where(CompanyRow.room.in_(rooms))
    companies = {row.room: row.name for row in await session.execute(named)}
    names = await _callers(session, rooms, buyers)
    names |= {key: Buyer(row.buyer_name, row.buyer_company, row.buyer_country) for key, row in rows.items()}
    return [
        Thread(
            key, names.get(key) or await _account(session, key.buyer), companies.get(key.room, ""), at_ms,
            key in rows and rows[key].erased_at_ms is not None,
        )
        for key, at_ms in changed.items()
    ]


async def _callers(
    session: AsyncSession, rooms: set[RoomId], buyers: set[AccountId]
) -> dict[ThreadKey, Buyer]:
    """Return buyers as they were when they last asked for a call in each room."""
    call = CallRequestRow
    last = select(call.room, call.buyer, func.max(call.requested_at).label("at"))
    last = last.where(call.room.in_(rooms), call.buyer.in_(buyers)).group_by(call.room, call.buyer)
    own = last.subquery()
    is_last = (call.room == own.c.room) & (call.buyer == own.c.buyer) & (call.requested_at == own.c.at)
    found = await session.scalars(select(call).join(own, is_last))
    return {_key(row): Buyer(row.buyer_name, row.buyer_company, row.buyer_country) for row in found}


def _key(row: ThreadRow | CallRequestRow) -> ThreadKey:
    return ThreadKey(RoomId(row.room), AccountId(row.buyer))


async def _thread(session: AsyncSession, key: ThreadKey, changed_at_ms: int) -> Thread:
    seller = await seller_of(session, key.room)
    row = await session.get(ThreadRow, (key.room, key.buyer))
    if row is not None:
        buyer = Buyer(row.buyer_name, row.buyer_company, row.buyer_country)
        return Thread(key, buyer, seller.company, changed_at_ms, row.erased_at_ms is not None)
    buyer = await _caller(session, key) or await _account(session, key.buyer)
    return Thread(key, buyer, seller.company, changed_at_ms, is_erased=False)


async def _caller(session: AsyncSession, key: ThreadKey) -> Buyer | None:
    """Return the buyer as they were when they last asked for a call here."""
    query = select(CallRequestRow).where(_of(CallRequestRow, key))
    call = await session.scalar(query.order_by(CallRequestRow.requested_at.desc()).limit(1))
    return Buyer(call.buyer_name, call.buyer_company, call.buyer_country) if call else None


async def _account(session: AsyncSession, buyer: AccountId) -> Buyer:
    account = await session.get(AccountRow, buyer)
    if account is None or account.role != Role.BUYER:
        raise _missing()
    return Buyer(account.name, account.company, account.country)


def _of(table: type[ThreadRow] | type[CallRequestRow], key: ThreadKey) -> ColumnElement[bool]:
    return and_(table.room == key.room, table.buyer == key.buyer)


def _missing() -> Missing:
    return Missing("There is no such thread.", code="no_thread")
