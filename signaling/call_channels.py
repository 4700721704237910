"""To whom the interpreters of calls speak, for all nodes to know, and for all pages to be told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from redis.asyncio import Redis

from config.errors import Busy
from config.ids import CallId
from rooms.live import reading
from rooms.live.scripts import Scripts
from rooms.negotiation.call_store import LUA
from signaling import keys
from signaling.seats import KEEP_SECONDS

EVERYBODY = "both"
KNOWN_CALLS = 2000
STEP_SECONDS = 0.001
"""So much later than the one before is a choice at least, whatever the clocks of two nodes say."""

Channels = dict[str, str]
"""Seats of interpreters with the one seat that each speaks to, or `EVERYBODY`, as all others do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom somebody chose to speak to, and when, in Unix seconds."""

    listener: str
    at: float


class CallChannels:
    """Keeps whom each seat of a call speaks to. Of two choices the newer one holds.

    A store that was emptied, or fell back to what it knew before, is told again what this node knows: nobody
    is heard by both because of that. It knows the last `KNOWN_CALLS` it was asked about. Times come from
    `clock`, in Unix seconds.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock
        self._scripts = Scripts(redis, LUA)
        self._known: OrderedDict[CallId, dict[str, Choice]] = OrderedDict()
        self.untold: set[CallId] = set()
        """Calls whose pages may have been told something else than what holds."""

    def knows(self, call: CallId) -> bool:
        """Tell whether somebody in a call has chosen, as far as this node knows."""
        return bool(self._known.get(call))

    async def of(self, call: CallId) -> Channels:
        """Return the channels of a call."""
        return {seat: choice.listener for seat, choice in (await self._read(call)).items()}

    async def speak_to(self, call: CallId, seat: str, listener: str) -> None:
        """Let a seat speak to another alone, or to everybody; `Busy`, when it may hold all the same."""
        before = (await self._read(call)).get(seat)
        choice = Choice(listener, max(self._clock(), before.at + STEP_SECONDS if before else 0.0))
        self.untold.add(call)
        if await self._write(call, seat, choice):
            self._keep(call, {**self._known.get(call, {}), seat: choice})

    async def forget(self, call: CallId, seat: str) -> None:
        """Forget the channel of somebody who is gone."""
        self._known.get(call, {}).pop(seat, None)
        await self._redis.hdel(keys.speaks(call), seat)
        await self._redis.hdel(keys.speaks_since(call), seat)

    async def _read(self, call: CallId) -> dict[str, Choice]:
        both = [keys.speaks(call), keys.speaks_since(call)]
        listeners, times = await reading.hashes(self._redis, both)
        found = {seat: Choice(to, float(times.get(seat, 0.0))) for seat, to in listeners.items()}
        known = self._known.get(call, {})
        lost = {seat: it for seat, it in known.items() if seat not in found or it.at > found[seat].at}
        self._keep(call, found | lost)
        if lost:  # who speaks to everybody again stands there too
            self.untold.add(call)
            with suppress(Busy):  # what this node knows holds here, and the store is told at the next look
                for seat, choice in lost.items():
                    await self._write(call, seat, choice)
        return found | lost

    async def _write(self, call: CallId, seat: str, choice: Choice) -> bool:
        """Have the store know a choice; tell whether it holds."""
        both = [keys.speaks(call), keys.speaks_since(call)]
        return bool(
            await self._scripts.run("speak_to", both, seat, choice.listener, choice.at, KEEP_SECONDS)
        )

    def _keep(self, call: CallId, choices: dict[str, Choice]) -> None:
        if choices:
            self._known[call] = choices
            self._known.move_to_end(call)
        while len(self._known) > KNOWN_CALLS:
            self._known.popitem(last=False)


def may_hear(channels: Channels, speaker: str, listener: str) -> bool:
    """Tell whether what one seat says is for another."""
    return channels.get(speaker, EVERYBODY) in (EVERYBODY, listener)


def is_for_all(channels: Channels, speaker: str) -> bool:
    """Tell whether what a seat says is for everybody."""
    return channels.get(speaker, EVERYBODY) == EVERYBODY
