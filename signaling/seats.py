"""Who sits in a meeting and what lies on its table, known on every node."""

from __future__ import annotations

from redis.asyncio import Redis

from config.ids import AccountId, CallId, ProductId
from rooms.negotiation.calls import Call
from signaling import keys

KEEP_SECONDS = 24 * 3600


class Seats:
    """Keeps the sockets of each meeting. A socket removes itself only, so none overwrites a newer one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def sit(self, call: CallId, account: AccountId, socket: str) -> list[str]:
        """Note a socket of one of the two; return that person's older ones, which have lost the seat."""
        older = [other for other in await self._sockets(call, account) if other != socket]
        await self._redis.sadd(keys.seats(call), f"{account} {socket}")
        await self._redis.expire(keys.seats(call), KEEP_SECONDS)
        for other in older:
            await self._redis.srem(keys.seats(call), f"{account} {other}")
        return older

    async def rise(self, call: CallId, account: AccountId, socket: str) -> bool:
        """Remove a socket; return whether its person is gone with it."""
        await self._redis.srem(keys.seats(call), f"{account} {socket}")
        return not await self._sockets(call, account)

    async def is_taken(self, call: CallId, account: AccountId | None) -> bool:
        """Tell whether somebody sits in a meeting."""
        return account is not None and bool(await self._sockets(call, account))

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

    async def _sockets(self, call: CallId, account: AccountId) -> list[str]:
        members = await self._redis.smembers(keys.seats(call))
        pairs = (str(member).split(" ", 1) for member in members)
        return [socket for owner, socket in pairs if owner == account]
