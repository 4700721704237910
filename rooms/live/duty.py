"""Who of the staff is on duty: a lease the open console renews, because an empty booth must not ring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from config.ids import AccountId, RoomId
from rooms.live import keys, reading
from rooms.live.scripts import Scripts

LUA = Path(__file__).parent / "lua"
LEASE_SECONDS = 30.0
KEEP_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Attendant:
    """A member of staff on duty; `is_busy` tells whether they are in a call."""

    id: AccountId
    name: str
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """Who of a room's staff is on duty, and who of the staff is in a call."""

    on_duty: tuple[AccountId, ...]
    busy: frozenset[AccountId]

    @property
    def free(self) -> tuple[AccountId, ...]:
        """Those who can take a call now."""
        return tuple(account for account in self.on_duty if account not in self.busy)

    @property
    def talking(self) -> int:
        """How many of those on duty are in a call."""
        return len(self.busy.intersection(self.on_duty))


class Duty:
    """Puts staff on and off duty; a lease ends 30 s after it was taken or last renewed.

    Somebody may have several consoles, on several nodes, which `console` tells apart: they are on duty as
    long as one of them rings.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock
        self._scripts = Scripts(redis, LUA)

    async def on(self, room: RoomId, account: AccountId, name: str, console: str = "") -> None:
        """Put somebody on duty in a room."""
        now, all_three = self._clock(), [keys.duty(room), keys.duty_names(room), keys.duty_consoles(room)]
        ends, its_name = now + LEASE_SECONDS, f"{account} {console}"
        await self._scripts.run("take_duty", all_three, account, name, now, ends, KEEP_SECONDS, its_name)

    async def renew(self, room: RoomId, account: AccountId, console: str = "") -> bool:
        """Extend a lease; False when it has ended or was given up, and `on` must decide anew."""
        now, all_three = self._clock(), [keys.duty(room), keys.duty_names(room), keys.duty_consoles(room)]
        ends, its_name = now + LEASE_SECONDS, f"{account} {console}"
        return bool(
            await self._scripts.run("renew_duty", all_three, account, now, ends, KEEP_SECONDS, its_name)
        )

    async def off(self, room: RoomId, account: AccountId, console: str = "") -> bool:
        """Let a console ring no more; return whether that took its owner off duty."""
        both = [keys.duty(room), keys.duty_consoles(room)]
        return bool(
            await self._scripts.run("end_duty", both, account, self._clock(), f"{account} {console}")
        )

    async def end_leases(self, rooms: Iterable[RoomId]) -> list[RoomId]:
        """Take those off duty whose leases have ended; return the rooms where this did it, each to one."""
        looked_at, now = list(rooms), self._clock()
        names = [keys.duty(room) for room in looked_at]
        over = await reading.first_members(self._redis, names, high=now, limit=1)
        ended = [room for room, gone in zip(looked_at, over, strict=True) if gone]
        return [room for room in ended if await self._end_leases(room, now)]

    async def on_duty(self, room: RoomId) -> list[Attendant]:
        """Return who is on duty in a room, by name."""
        accounts = await reading.members(self._redis, keys.duty(room), low=f"({self._clock()}")
        if not accounts:
            return []
        names, by_call = await reading.hashes(self._redis, [keys.duty_names(room), keys.talking(room)])
        busy = set(by_call.values())
        here = [Attendant(AccountId(it), names.get(it, ""), is_busy=it in busy) for it in accounts]
        return sorted(here, key=lambda attendant: (attendant.name, attendant.id))

    async def busy(self, room: RoomId) -> frozenset[AccountId]:
        """Return who of a room's staff is in a call."""
        (by_call,) = await reading.hashes(self._redis, [keys.talking(room)])
        return frozenset(AccountId(account) for account in by_call.values())

    async def crew(self, room: RoomId) -> Crew:
        """Return who is on duty, and who of the staff is in a call."""
        on_duty = tuple(attendant.id for attendant in await self.on_duty(room))
        return Crew(on_duty, await self.busy(room))

    async def staffed(self, rooms: Iterable[RoomId]) -> dict[RoomId, int]:
        """Return how many are on duty in each of `rooms`."""
        wanted = list(rooms)
        counts = await reading.counts_above(self._redis, [keys.duty(room) for room in wanted], self._clock())
        return dict(zip(wanted, counts, strict=True))

    async def _end_leases(self, room: RoomId, now: float) -> bool:
        all_three = [keys.duty(room), keys.duty_names(room), keys.duty_consoles(room)]
        return bool(await self._scripts.run("end_leases", all_three, now))
