"""The stream keys: one secret a room with which OBS or FFmpeg may publish there, replaced when rotated."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

from sqlalchemy import select

from config.errors import Missing
from config.ids import AccountId, RoomId
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow, StreamKeyRow

PREFIX = "sk_"


class StreamKeys:
    """Makes and checks stream keys; only their hashes are kept."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def rotate(self, room: RoomId, by: AccountId | str) -> str:
        """Return a new key of the room, seen only now; the old one is refused from now on."""
        key = PREFIX + secrets.token_urlsafe(24)
        async with self._database.session() as session:
            company = select(CompanyRow.id).where(CompanyRow.room == room).with_for_update()
            if await session.scalar(company) is None:
                raise Missing("There is no such room at this fair.", code="no_room")
            row = StreamKeyRow(room=room, key_hash=_hash(key), created_at=self._clock(), created_by=by)
            await session.merge(row)
        return key

    async def verify(self, room: RoomId, key: str) -> bool:
        """Tell whether `key` is the room's key of today."""
        if not words.is_id(room):
            return False
        async with self._database.reading() as session:
            kept = await session.scalar(select(StreamKeyRow.key_hash).where(StreamKeyRow.room == room))
        return kept is not None and hmac.compare_digest(kept, _hash(key))

    async def facts(self, room: RoomId) -> float | None:
        """Return when the room's key was made, or None when it has none."""
        async with self._database.reading() as session:
            return await session.scalar(select(StreamKeyRow.created_at).where(StreamKeyRow.room == room))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
