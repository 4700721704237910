"""To whom the interpreters of calls speak, for all nodes to know."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

from redis.asyncio import Redis

from config.errors import Busy
from config.ids import CallId
from signaling import keys
from signaling.seats import KEEP_SECONDS

EVERYBODY = "both"
KNOWN_CALLS = 2000

Channels = dict[str, str]
"""Seats of interpreters with the one seat that each speaks to, or `EVERYBODY`, as all others do."""


class CallChannels:
    """Keeps whom each seat of a call speaks to.

    A store that was emptied is told again what this node knows: nobody is heard by both because of that.
    It knows the last `KNOWN_CALLS` it was asked about.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: OrderedDict[CallId, Channels] = OrderedDict()

    async def of(self, call: CallId) -> Channels:
        """Return the channels of a call."""
        found = await self._redis.hgetall(keys.speaks(call))
        channels = {str(seat): str(listener) for seat, listener in found.items()}
        lost = {seat: to for seat, to in self._known.get(call, {}).items() if seat not in channels}
        self._keep(call, channels | lost)
        if lost:  # who speaks to everybody again stands there too
            await self._tell_again(call, lost)
        return channels | lost

    async def speak_to(self, call: CallId, seat: str, listener: str) -> None:
        """Let a seat speak to another alone, or to everybody."""
        await self._redis.hset(keys.speaks(call), seat, listener)
        await self._redis.expire(keys.speaks(call), KEEP_SECONDS)
        self._keep(call, {**self._known.get(call, {}), seat: listener})

    async def forget(self, call: CallId, seat: str) -> None:
        """Forget the channel of somebody who is gone."""
        self._known.get(call, {}).pop(seat, None)
        await self._redis.hdel(keys.speaks(call), seat)

    async def _tell_again(self, call: CallId, lost: Channels) -> None:
        with suppress(Busy):  # a full store: what this node knows holds here, and it is told at the next look
            for seat, listener in lost.items():
                await self._redis.hsetnx(keys.speaks(call), seat, listener)
            await self._redis.expire(keys.speaks(call), KEEP_SECONDS)

    def _keep(self, call: CallId, channels: Channels) -> None:
        if channels:
            self._known[call] = channels
            self._known.move_to_end(call)
        while len(self._known) > KNOWN_CALLS:
            self._known.popitem(last=False)


def may_hear(channels: Channels, speaker: str, listener: str) -> bool:
    """Tell whether what one seat says is for another."""
    return channels.get(speaker, EVERYBODY) in (EVERYBODY, listener)


def is_for_all(channels: Channels, speaker: str) -> bool:
    """Tell whether what a seat says is for everybody."""
    return channels.get(speaker, EVERYBODY) == EVERYBODY
