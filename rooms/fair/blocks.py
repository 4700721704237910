"""The block list of an exhibitor: buyers of whom it takes no calls, messages, appointments or offers.

Who is blocked goes on watching and reading, and may take back, decline, sign and erase what there is. What
they have asked for by then ends: requests that wait are declined (`signaling/asking.py`), appointments to
come are cancelled (`negotiation/appointments/due.py`); a call that has begun goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Denied, Missing
from config.ids import AccountId, RoomId
from rooms.fair.asking_rows import BlockRow
from rooms.fair.database import Database, insert_or_find
from rooms.fair.models import AccountRow
from rooms.fair.policy import Actor, Permission, Role, require

LIST_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Block:
    """A buyer who is blocked, by whom and since when."""

    account: AccountId
    name: str
    company: str
    blocked_by: str
    blocked_at: float


class Blocks:
    """Keeps who is blocked where. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def is_blocked(self, room: RoomId, account: AccountId) -> bool:
        """Tell whether an exhibitor takes nothing from this buyer."""
        async with self._database.reading() as session:
            return await session.get(BlockRow, (room, account)) is not None

    async def check(self, room: RoomId, account: AccountId) -> None:
        """Raise `Denied` (`blocked`) for a buyer of whom an exhibitor takes nothing."""
        async with self._database.reading() as session:
            await check_not_blocked(session, room, account)

    async def of_room(self, actor: Actor, room: RoomId) -> list[Block]:
        """Return who is blocked, the newest first; `Denied`."""
        require(actor, Permission.BLOCK_BUYERS, room)
        query = select(BlockRow).where(BlockRow.room == room).order_by(BlockRow.blocked_at.desc())
        async with self._database.reading() as session:
            return [_block(row) for row in await session.scalars(query.limit(LIST_LIMIT))]

    async def block(self, actor: Actor, room: RoomId, account: AccountId) -> Block:
        """Block a buyer, once; `Denied`, `Missing` (`no_account`) for anybody who is no buyer."""
        require(actor, Permission.BLOCK_BUYERS, room)
        async with self._database.session() as session:
            buyer = await session.get(AccountRow, account)
            if buyer is None or buyer.role != Role.BUYER:
                raise Missing("There is no such buyer.", code="no_account")
            values = {
                "room": room, "account": account, "name": buyer.name, "company": buyer.company,
                "blocked_by": actor.name, "blocked_at": self._clock(),
            }
            return _block(await insert_or_find(session, BlockRow, values) or BlockRow(**values))

    async def unblock(self, actor: Actor, room: RoomId, account: AccountId) -> None:
        """Take again what a buyer asks for; one who is not blocked stays so; `Denied`."""
        require(actor, Permission.BLOCK_BUYERS, room)
        async with self._database.session() as session:
            gone = delete(BlockRow).where(BlockRow.room == room, BlockRow.account == account)
            await session.execute(gone)


async def check_not_blocked(session: AsyncSession, room: RoomId, account: AccountId) -> None:
    """Do as `Blocks.check` in a transaction of one's own."""
    if await session.get(BlockRow, (room, account)) is not None:
        message = "This exhibitor takes nothing from you. You can go on watching and reading."
        raise Denied(message, code="blocked")


def _block(row: BlockRow) -> Block:
    return Block(AccountId(row.account), row.name, row.company, row.blocked_by, row.blocked_at)
