"""Which rooms rehearse: their picture is for their staff only until somebody opens it to all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from config.errors import Conflict
from config.ids import RoomId
from rooms.live import keys, reading
from rooms.live.scripts import Scripts

LUA = Path(__file__).parent / "lua"
KEEP_SECONDS = 12 * 3600
"""A rehearsal that somebody forgot does not keep tomorrow's show from the audience."""
OPENING_SECONDS = 30
"""So long the wish to go live waits for whoever has the picture."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A room that rehearses; `by` is who began. While it `is_opening` its picture is to go live at once."""

    by: str
    is_opening: bool = False


class Rehearsals:
    """Begins and ends rehearsals, over all nodes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = Scripts(redis, LUA)

    async def begin(self, room: RoomId, by: str) -> None:
        """Rehearse from the next picture on; a room that does already goes on. `Conflict` (`on_air`)."""
        both = [keys.rehearsal(room), keys.show(room)]
        if not await self._scripts.run("begin_rehearsal", both, by, KEEP_SECONDS):
            raise Conflict("This room is on air. End the show before you rehearse.", code="on_air")

    async def open(self, room: RoomId) -> bool:
        """Let what is rehearsed go live; False when nothing is."""
        return bool(await self._scripts.run("open_rehearsal", [keys.rehearsal(room)], OPENING_SECONDS))

    async def end(self, room: RoomId) -> None:
        """Rehearse no more."""
        await self._redis.delete(keys.rehearsal(room))

    async def of(self, room: RoomId) -> Rehearsal | None:
        """Return the rehearsal of a room, or None when what it sends is for all."""
        by = await reading.text(self._redis, keys.rehearsal(room))
        return None if by is None else Rehearsal(by, is_opening=not by)
