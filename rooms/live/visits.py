"""Which buyers are in a room: a lease their pages renew, and the one invitation each may get in a visit."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from redis.asyncio import Redis

from config.errors import Conflict, Missing
from config.ids import AccountId, RoomId
from rooms.fair.policy import Actor
from rooms.live import keys, reading
from rooms.live.scripts import Scripts

LUA = Path(__file__).parent / "lua"
LEASE_SECONDS = 30.0
RENEW_SECONDS = 10.0
"""So often the node of each page renews the lease."""
LEAVE_SECONDS = RENEW_SECONDS + 2.0
"""A visit goes on when its page is back so soon, as after a reload, or when another node has one, too."""
KEEP_SECONDS = 3600
REMEMBERED_VISITS = 20_000
"""Visits of which a node knows when they began, also when the store was emptied."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A buyer in a room since `since`; `is_invited` says whether staff have invited them in this visit."""

    account: AccountId
    name: str
    company: str
    country: str
    language: str
    since: float
    is_invited: bool = False


class Visits:
    """Notes who comes and goes; whether anybody may see them is not decided here."""

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock
        self._scripts = Scripts(redis, LUA)
        self._begun: OrderedDict[tuple[RoomId, AccountId], tuple[float, float]] = OrderedDict()
        """When visits began, and until when they are believed to last."""

    async def enter(self, room: RoomId, actor: Actor) -> bool:
        """Note that a buyer is in the room, or is still; True when a visit begins with it."""
        now = self._clock()
        begun, ends = self._begun.get((room, actor.id), (now, now))
        since = begun if ends > now else now
        self._remember(room, actor.id, since, now + LEASE_SECONDS)
        visit = Visit(actor.id, actor.name, actor.company, actor.country, actor.language, since)
        names = [keys.visits(room), keys.visitors(room), keys.invited(room)]
        given = (actor.id, json.dumps(asdict(visit), ensure_ascii=False), now, now + LEASE_SECONDS)
        return bool(await self._scripts.run("enter_visit", names, *given, KEEP_SECONDS))

    async def leave(self, room: RoomId, account: AccountId) -> None:
        """Let the visit end soon, unless the buyer comes back."""
        until = self._clock() + LEAVE_SECONDS
        if (room, account) in self._begun:
            self._remember(room, account, self._begun[room, account][0], until)
        await self._redis.zadd(keys.visits(room), {account: until}, xx=True)

    async def of_room(self, room: RoomId) -> list[Visit]:
        """Return the buyers in a room, who came first first."""
        here = await reading.members(self._redis, keys.visits(room), low=f"({self._clock()}")
        kept, invited = await reading.hashes(self._redis, [keys.visitors(room), keys.invited(room)])
        found = [Visit(**json.loads(kept[account])) for account in here if account in kept]
        visits = [replace(visit, is_invited=visit.account in invited) for visit in found]
        return sorted(visits, key=lambda visit: (visit.since, visit.account))

    async def claim(self, room: RoomId, account: AccountId, key: str) -> Visit:
        """Take the one invitation of a visit, for the request `key`; `is_invited` when `key` had it before.

        `Missing` (`not_here`) when the buyer is not in the room, `Conflict` (`invited_already`).
        """
        names = [keys.visits(room), keys.invited(room)]
        taken = str(await self._scripts.run("claim_invitation", names, account, self._clock(), key))
        visit = next((visit for visit in await self.of_room(room) if visit.account == account), None)
        if taken == "gone" or visit is None:
            raise Missing("This visitor has left the room.", code="not_here")
        if taken not in ("", key):
            raise invited_already()
        return replace(visit, is_invited=taken == key)

    async def give_back(self, room: RoomId, account: AccountId) -> None:
        """Give an invitation back that did not reach anybody."""
        await self._redis.hdel(keys.invited(room), account)

    def _remember(self, room: RoomId, account: AccountId, since: float, until: float) -> None:
        self._begun[room, account] = since, until
        self._begun.move_to_end((room, account))
        while len(self._begun) > REMEMBERED_VISITS:
            self._begun.popitem(last=False)


def invited_already() -> Conflict:
    """Return what is said to whoever comes second."""
    message = "This visitor was invited already; one invitation a visit is enough."
    return Conflict(message, code="invited_already")
