"""Keys of a room: one secret of each kind a room, with which another program may do one thing there."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import select

from config.ids import AccountId, RoomId
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.departures import check_at_fair


class RoomKeys:
    """Makes and checks the keys of one kind, `table` with its hashes and the `prefix` of its keys."""

    table: type[Any]
    """A table with the columns of `RoomKeyColumns`."""
    prefix: str

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def rotate(self, room: RoomId, by: AccountId | str) -> str:
        """Return a new key of the room, seen only now; the old one is refused from now on.

        `Missing` (`no_room`, `exhibitor_left`).
        """
        key = self.prefix + secrets.token_urlsafe(24)
        async with self._database.session() as session:
            await check_at_fair(session, room, alone=True)
            row = self.table(room=room, key_hash=_hash(key), created_at=self._clock(), created_by=by)
            await session.merge(row)
        return key

    async def verify(self, room: RoomId, key: str) -> bool:
        """Tell whether `key` is the room's key of today."""
        if not words.is_id(room):
            return False
        async with self._database.reading() as session:
            kept = await session.scalar(select(self.table.key_hash).where(self.table.room == room))
        return kept is not None and hmac.compare_digest(kept, _hash(key))

    async def hashes(self, rooms: Collection[RoomId]) -> dict[RoomId, str]:
        """Return the hashes of some rooms' keys of today: SHA-256, in hexadecimal digits."""
        query = select(self.table.room, self.table.key_hash).where(self.table.room.in_(rooms))
        async with self._database.reading() as session:
            return {RoomId(room): key_hash for room, key_hash in await session.execute(query)}

    async def facts(self, room: RoomId) -> float | None:
        """Return when the room's key was made, or None when it has none."""
        async with self._database.reading() as session:
            made_at: float | None = await session.scalar(
                select(self.table.created_at).where(self.table.room == room)
            )
        return made_at


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
