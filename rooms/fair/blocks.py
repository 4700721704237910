"""The block list of an exhibitor: buyers whose calls and messages its staff do not take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select

from config.errors import Missing
from config.ids import AccountId, RoomId
from rooms.fair.asking_rows import BlockRow
from rooms.fair.database import Database, insert_once
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
            await insert_once(session, BlockRow, values)
            return _block(await session.get_one(BlockRow, (room, account)))

    async def unblock(self, actor: Actor, room: RoomId, account: AccountId) -> None:
        """Take a buyer's calls again; one who is not blocked is none; `Denied`."""
        require(actor, Permission.BLOCK_BUYERS, room)
        async with self._database.session() as session:
            gone = delete(BlockRow).where(BlockRow.room == room, BlockRow.account == account)
            await session.execute(gone)


def _block(row: BlockRow) -> Block:
    return Block(AccountId(row.account), row.name, row.company, row.blocked_by, row.blocked_at)
