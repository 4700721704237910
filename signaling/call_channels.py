"""To whom the interpreters of calls speak, for all nodes to know."""

from __future__ import annotations

from redis.asyncio import Redis

from config.ids import CallId
from signaling import keys
from signaling.seats import KEEP_SECONDS

EVERYBODY = "both"

Channels = dict[str, str]
"""Seats of interpreters with the one seat that each speaks to, or `EVERYBODY`, as all others do."""


class CallChannels:
    """Keeps whom each seat of a call speaks to."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def of(self, call: CallId) -> Channels:
        """Return the channels of a call."""
        found = await self._redis.hgetall(keys.speaks(call))
        return {str(seat): str(listener) for seat, listener in found.items()}

    async def speak_to(self, call: CallId, seat: str, listener: str) -> None:
        """Let a seat speak to another alone, or to everybody."""
        await self._redis.hset(keys.speaks(call), seat, listener)
        await self._redis.expire(keys.speaks(call), KEEP_SECONDS)

    async def forget(self, call: CallId, seat: str) -> None:
        """Forget the channel of somebody who is gone."""
        await self._redis.hdel(keys.speaks(call), seat)


def may_hear(channels: Channels, speaker: str, listener: str) -> bool:
    """Tell whether what one seat says is for another."""
    return channels.get(speaker, EVERYBODY) in (EVERYBODY, listener)


def is_for_all(channels: Channels, speaker: str) -> bool:
    """Tell whether what a seat says is for everybody."""
    return channels.get(speaker, EVERYBODY) == EVERYBODY
