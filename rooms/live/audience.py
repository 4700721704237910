"""How many people watch each room, as the sum of what each node counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from redis.asyncio import Redis

from config.ids import RoomId
from rooms.live import keys, reading

STALE_SECONDS = 20.0
"""A count that was not told again for so long is of a node that is gone; nodes tell theirs each 5 s."""


class Audience:
    """Keeps each node's count of connected viewers, for 20 s unless it is told again.

    A node that starts calls `forget` with its name first.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock

    async def set_viewers(self, room: RoomId, node: str, count: int) -> None:
        """Note that `node` has `count` viewers in `room`."""
        if count <= 0:
            await self._redis.hdel(keys.audience(room), node)
            return
        await self._redis.zadd(keys.audience_rooms(node), {room: self._clock()})
        await self._redis.hset(keys.audience(room), node, f"{count} {self._clock()}")

    async def viewers(self, room: RoomId) -> int:
        """Return how many people watch a room."""
        return (await self.viewers_of([room]))[room]

    async def viewers_of(self, rooms: Iterable[RoomId]) -> dict[RoomId, int]:
        """Return how many people watch each of `rooms`."""
        wanted = list(rooms)
        found = await reading.hashes(self._redis, [keys.audience(room) for room in wanted])
        return {room: self._sum(counts) for room, counts in zip(wanted, found, strict=True)}

    async def forget(self, node: str) -> None:
        """Drop all counts of a node: it has just started, or it is gone."""
        for room in await reading.members(self._redis, keys.audience_rooms(node)):
            await self._redis.hdel(keys.audience(RoomId(room)), node)
        await self._redis.delete(keys.audience_rooms(node))

    def _sum(self, counts: dict[str, str]) -> int:
        oldest = self._clock() - STALE_SECONDS
        parts = (text.split() for text in counts.values())
        return sum(int(count) for count, at in parts if float(at) > oldest)
