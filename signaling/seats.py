"""Who sits in a meeting and what lies on its table, known on every node."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from redis.asyncio import Redis

from config.ids import AccountId, CallId, ProductId
from rooms.live.scripts import Scripts
from rooms.negotiation.call_store import LUA
from rooms.negotiation.calls import Call
from signaling import keys

KEEP_SECONDS = 24 * 3600
LOOKS = 3
"""How often in a row a socket must look the same before its node counts as gone."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A socket by which somebody sits in a meeting."""

    call: CallId
    account: AccountId
    socket: str

    @property
    def seat(self) -> str:
        """How it stands among the seats of its meeting."""
        return f"{self.account} {self.socket}"

    @property
    def name(self) -> str:
        """How it stands among those of all meetings."""
        return f"{self.call} {self.seat}"


@dataclass(slots=True)
class Watch:
    """Finds what has ceased to count up, without any clock: nodes need not agree on the time."""

    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def look(self, counts: dict[str, str]) -> list[str]:
        """Take what all count now; return those who said the same at `LOOKS` looks after the first."""
        before, self._seen = self._seen, {}
        for name, count in counts.items():
            last, looks = before.get(name, ("", 0))
            self._seen[name] = (count, looks + 1 if count == last else 0)
        return [name for name, (_, looks) in self._seen.items() if looks >= LOOKS]


class Seats:
    """Keeps the sockets of each meeting. A socket removes itself only, so none overwrites a newer one.

    A socket that sits is held by its node again and again; one that nobody holds any more is deserted.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._scripts = Scripts(redis, LUA)
        self._watch = Watch()

    async def sit(self, sitting: Sitting) -> list[str]:
        """Note a socket of one of the two; return that person's older ones, which have lost the seat."""
        seats, mine = keys.seats(sitting.call), await self.sockets(sitting.call, sitting.account)
        older = [other for other in mine if other != sitting.socket]
        await self._scripts.run("sit_down", [seats], sitting.seat, KEEP_SECONDS)
        await self.hold([sitting])
        for other in older:
            await self._redis.srem(seats, f"{sitting.account} {other}")
        return older

    async def hold(self, sittings: Iterable[Sitting]) -> None:
        """Say that these sockets are still there; twice when the answer was lost, which says no more."""
        names = [sitting.name for sitting in sittings]
        if names:
            await self._scripts.run("hold_seats", [keys.HELD_SEATS], *names)

    async def deserted(self) -> AsyncIterator[Sitting]:
        """Yield the sockets that no node has held for `LOOKS` calls of this, each on one node only.

        Each is yielded as soon as it is claimed: nobody finds it a second time.
        """
        counts = await self._redis.hgetall(keys.HELD_SEATS)
        for name in self._watch.look({str(name): str(count) for name, count in counts.items()}):
            if await self._redis.hdel(keys.HELD_SEATS, name):
                call, account, socket = name.split(" ")
                yield Sitting(CallId(call), AccountId(account), socket)

    async def rise(self, sitting: Sitting) -> bool:
        """Remove a socket; return whether its person is gone with it. Twice when the first was refused."""
        await self._redis.hdel(keys.HELD_SEATS, sitting.name)
        await self._redis.srem(keys.seats(sitting.call), sitting.seat)
        return not await self.sockets(sitting.call, sitting.account)

    async def is_taken(self, call: CallId, account: AccountId | None) -> bool:
        """Tell whether somebody sits in a meeting."""
        return account is not None and bool(await self.sockets(call, account))

    async def taken(self, call: CallId) -> set[AccountId]:
        """Return everybody who sits in a meeting."""
        members = await self._redis.smembers(keys.seats(call))
        return {AccountId(str(member).split(" ", 1)[0]) for member in members}

    async def put_on_table(self, call: CallId, product: ProductId | None) -> None:
        """Put a product on the table, or nothing."""
        await self._redis.set(keys.table(call), product or "", ex=KEEP_SECONDS)

    async def on_table(self, call: Call) -> ProductId | None:
        """Return what lies on the table: at first what the request was about."""
        product = await self._redis.get(keys.table(call.id))
        return call.product if product is None else ProductId(str(product)) if product else None

    async def sockets(self, call: CallId, account: AccountId) -> list[str]:
        """Return the sockets by which somebody sits in a meeting."""
        members = await self._redis.smembers(keys.seats(call))
        pairs = (str(member).split(" ", 1) for member in members)
        return [socket for owner, socket in pairs if owner == account]
