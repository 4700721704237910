"""The calls in Redis: each change is one script that swaps a call somebody read for what it becomes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from config.errors import Busy
from config.ids import AccountId, CallId, RoomId
from rooms.live import keys, reading
from rooms.live.redis_store import busy_when_away
from rooms.live.scripts import Run, Scripts
from rooms.live.shows import LUA as LIVE_LUA
from rooms.negotiation.call import Call, Record, fields_of, record_from
from rooms.negotiation.engagements import Engagements, changed, inside
from rooms.negotiation.gathering import is_in
from rooms.negotiation.rules import deadline, is_open
from rooms.negotiation.states import UNANSWERED

LUA = Path(__file__).parent / "lua"
KEEP_SECONDS = 24 * 3600
ROOMS_LIMIT = 3
TRIES_LIMIT = 10
TRIES_SECONDS = 60
FREE_SECONDS = 300.0
"""A place that nobody gives back is free again so long after its call may wait no more."""
SWEEP_LIMIT = 100
HINT_SECONDS = 60
KNOWN_CALLS = 2000
"""Calls whose buyer is remembered: it never changes."""


class CallStore:
    """Reads and swaps calls, and keeps the indexes that find them."""

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._clock = clock
        self._scripts = Scripts(redis, LUA, LIVE_LUA)
        self._engagements = Engagements(redis, self._scripts)
        self._buyers: OrderedDict[CallId, AccountId] = OrderedDict()

    async def read(self, call_id: CallId) -> Record | None:
        """Return a call, or None when the store has none."""
        return next(iter(await self.read_all([call_id])), None)

    async def look(
        self, call_id: CallId, accounts: Collection[AccountId]
    ) -> tuple[Record | None, frozenset[AccountId]]:
        """Return a call, and who of `accounts` talks in another: one round trip where nobody has others."""

        async def ask() -> list[Any]:
            together = self._redis.pipeline(transaction=False)
            together.hgetall(keys.call(call_id))
            for account in accounts:
                together.zrange(keys.calls_of(account), 0, -1)
            return await together.execute()

        fields, *noted = await busy_when_away(self._redis, ask)
        others = await self.read_all({other for members in noted for other in members} - {call_id})
        talking = (account for account in accounts if any(is_in(other, account) for other in others))
        return record_from(fields) if fields else None, frozenset(talking)

    async def read_all(self, call_ids: Iterable[CallId]) -> list[Record]:
        """Return those of the calls that the store has."""
        found = await reading.hashes(self._redis, [keys.call(call_id) for call_id in call_ids])
        records = [record_from(fields) for fields in found if fields]
        self._buyers.update((record.call.id, record.call.buyer) for record in records)
        while len(self._buyers) > KNOWN_CALLS:
            self._buyers.popitem(last=False)
        return records

    def buyer_of(self, call_id: CallId) -> AccountId | None:
        """Return the buyer of a call if this node has read it before."""
        return self._buyers.get(call_id)

    async def add(self, record: Record, request_key: str, again_seconds: float = 0.0) -> CallId:
        """Keep a new call; return its id, or that of the call it repeats.

        `Busy` (`too_soon`) when the buyer asked here less than `again_seconds` ago.
        """
        call = record.call
        asked = keys.asked(call.room, call.called_by or call.buyer)
        unanswered, line = _unanswered(call)
        last = keys.last_asked(call.room, call.buyer)
        names = [keys.call(call.id), unanswered, asked, line, keys.deadlines(call.room), last]
        look = deadline(record) or call.rings_until
        given = (call.id, request_key, call.requested_at, look, KEEP_SECONDS, again_seconds)
        runs = [self._to_look_at(call.room), Run("request_call", names, (*given, *_flat(record)))]
        answer = str((await self._scripts.run_all(runs))[-1])
        _, is_soon, seconds = answer.partition("soon ")
        if is_soon:
            await self._release(call)
            message = "You asked here a moment ago. Ask again in {seconds} s."
            wait = int(seconds)
            raise Busy(message, code="too_soon", retry_after_seconds=wait, fields={"seconds": wait})
        if answer != call.id:
            await self._give_place_to(CallId(answer), call)
        return CallId(answer)

    async def swap(self, before: Record, after: Record, request_id: str) -> int | None:
        """Replace `before` by `after`; return the new epoch, or None when it is not `before` any more.

        `InOtherCall` when this would bring somebody in who is in another call.
        """
        return await self._run_swap([], before, after, request_id)

    async def settle(self, before: Record, after: Record, request_id: str) -> int | None:
        """Note who is in the call or was, and then swap it, in one go; it is as the records have it."""
        return await self._run_swap(self._notes(after.call), before, after, request_id, by_records=True)

    async def _run_swap(
        self, first: list[Run], before: Record, after: Record, request_id: str, *, by_records: bool = False
    ) -> int | None:
        call, next_look = after.call, deadline(after)
        if next_look is not None and deadline(before) is None:
            first = [*first, self._to_look_at(call.room)]
        people = changed(before, after, by_records=by_records)
        names = [
            keys.call(call.id), keys.call_requests(call.id), *_unanswered(call), keys.deadlines(call.room),
            keys.talking(call.room), *map(keys.in_call, people),
        ]
        given = (
            call.id, request_id, before.call.state, before.call.epoch, call.state,
            "" if next_look is None else next_look, KEEP_SECONDS, _talks(after), call.requested_at,
            *people.values(),
        )
        swap = Run("change_call", names, (*given, *_flat(after)))
        answer = (await self._scripts.run_all([*first, swap]))[-1]
        if isinstance(answer, list):
            await self._engagements.check([[*people][place - 1] for place in answer])
            return None
        return None if answer is None else int(answer)

    async def restore(self, record: Record) -> None:
        """Put an open call back that the store has lost."""
        call, first = record.call, [self._to_look_at(record.call.room)]
        if call.is_request and call.state in UNANSWERED:
            first.append(_note(keys.asked_rooms(call.buyer), call.room, _free_again(call)))
        names = [
            keys.call(call.id), *_unanswered(call), keys.deadlines(call.room), keys.talking(call.room),
            *map(keys.in_call, inside(record)),
        ]
        given = (call.id, call.state, call.requested_at, deadline(record) or self._clock(), KEEP_SECONDS)
        restore = Run("restore_call", names, (*given, _talks(record), *_flat(record)))
        await self._scripts.run_all([*first, restore])

    async def asked_before(self, call: Call, request_key: str) -> CallId | None:
        """Return the call this request made before, or the one like `call` that waits for an answer now."""
        for entry in await self._redis.lrange(keys.asked(call.room, call.called_by or call.buyer), 0, -1):
            key, _, call_id = str(entry).partition(" ")
            if key == request_key:
                return CallId(call_id)
        unanswered = await reading.text(self._redis, _unanswered(call)[0])
        return CallId(unanswered) if unanswered else None

    async def reserve(self, call: Call, request_key: str) -> bool:
        """Take one of the places a buyer has for open requests; False when there is none."""
        names = [keys.asked_rooms(call.buyer), keys.call_tries(call.buyer)]
        given = (call.room, request_key, self._clock(), _free_again(call))
        return bool(
            await self._scripts.run("reserve_call", names, *given, ROOMS_LIMIT, TRIES_LIMIT, TRIES_SECONDS)
        )

    async def note_parties(self, call: Call) -> None:
        """Note who is in the call or was; a note is checked against the call when it is read."""
        await self._scripts.run_all(self._notes(call))

    async def of(self, account: AccountId, but: CallId | None = None) -> list[Record]:
        """Return the open calls of somebody but that one, the newest first; notes of others are dropped."""
        members = await reading.members(self._redis, keys.calls_of(account))
        noted = [CallId(call_id) for call_id in members if call_id != but]
        found = {record.call.id: record for record in await self.read_all(noted)}
        over = [call_id for call_id in noted if call_id not in found or not is_open(found[call_id].call)]
        if over:
            await self._redis.zrem(keys.calls_of(account), *over)
        records = [record for record in found.values() if is_open(record.call)]
        return sorted(records, key=lambda record: -record.call.requested_at)

    async def waiting(self, room: RoomId) -> list[Record]:
        """Return the requests that wait for an answer in a room, the one that waits longest first."""
        members = await reading.members(self._redis, keys.waiting(room))
        found = await self.read_all([CallId(call_id) for call_id in members])
        return [record for record in found if record.call.state in UNANSWERED]

    async def outgoing(self, room: RoomId) -> list[Record]:
        """Return the calls of the staff that ring at buyers."""
        members = await reading.members(self._redis, keys.outgoing(room))
        return await self.read_all([CallId(call_id) for call_id in members])

    async def lines(self) -> list[RoomId]:
        """Return the rooms in which somebody waits for an answer."""
        rooms = [RoomId(room) for room, _ in await reading.scored(self._redis, keys.CALL_ROOMS)]
        counts = await reading.counts_above(self._redis, [keys.waiting(room) for room in rooms], 0.0)
        return [room for room, count in zip(rooms, counts, strict=True) if count]

    async def due(self) -> list[CallId]:
        """Return the calls whose deadline is over, of all rooms, at most a hundred of each."""
        now = self._clock()
        rooms = await reading.scored(self._redis, keys.CALL_ROOMS)
        names = [keys.deadlines(RoomId(room)) for room, _ in rooms]
        found = await reading.first_members(self._redis, names, high=now, limit=SWEEP_LIMIT)
        for (room, asked_at), name in zip(rooms, names, strict=True):
            if asked_at < now - HINT_SECONDS and not await self._redis.exists(name):
                await self._scripts.run("forget_hint", [keys.CALL_ROOMS], room, asked_at)
        return [CallId(call_id) for members in found for call_id in members]

    async def forget(self, call_id: CallId) -> None:
        """Drop what points at a call that the store does not have."""
        room = keys.room_of(call_id)
        await self._redis.zrem(keys.deadlines(room), call_id)
        await self._redis.zrem(keys.waiting(room), call_id)
        await self._redis.zrem(keys.outgoing(room), call_id)
        await self._redis.hdel(keys.talking(room), call_id)

    async def remembers(self) -> bool:
        """Tell whether the store still has what it was told, or was emptied since `remember`."""
        return await reading.text(self._redis, keys.CALLS_KEPT) is not None

    async def remember(self) -> None:
        """Note that all open calls are in the store."""
        await self._redis.set(keys.CALLS_KEPT, "1")

    async def _release(self, call: Call) -> None:
        await self._scripts.run_all([_released(call)])

    async def _give_place_to(self, first: CallId, call: Call) -> None:
        """Leave the place `call` has taken to the one it repeats, which gives it back by its own time.

        Two pages of a buyer have asked at once: neither had found the other's request.
        """
        record = await self.read(first)
        if record is None or record.call.state not in UNANSWERED:
            await self._release(call)
        elif record.call.is_request:
            place = _note(keys.asked_rooms(call.buyer), call.room, _free_again(record.call))
            await self._scripts.run_all([place])

    def _notes(self, call: Call) -> list[Run]:
        parties = dict.fromkeys((call.buyer, call.answered_by, call.called_by))
        write = _note if is_open(call) else _forget
        notes = [write(keys.calls_of(it), call.id, call.requested_at) for it in parties if it is not None]
        return [_released(call), *notes] if call.is_request and call.state not in UNANSWERED else notes

    def _to_look_at(self, room: RoomId) -> Run:
        """Have the sweep look at the calls of a room."""
        return _note(keys.CALL_ROOMS, room, self._clock())


def _note(index: str, member: str, score: float) -> Run:
    return Run("note", [index], (member, score))


def _forget(index: str, member: str, score: float) -> Run:
    return Run("forget_hint", [index], (member, score))


def _released(call: Call) -> Run:
    """Give the buyer's place back, unless a newer call in the room has taken it."""
    return _forget(keys.asked_rooms(call.buyer), call.room, _free_again(call))


def _flat(record: Record) -> list[str]:
    fields = fields_of(record) | {"inside": " ".join(inside(record))}
    return [part for pair in fields.items() for part in pair]


def _unanswered(call: Call) -> tuple[str, str]:
    """Return the keys of the one unanswered call of this buyer, and of all such calls of the room."""
    if call.is_request:
        return keys.ringing(call.room, call.buyer), keys.waiting(call.room)
    return keys.calling(call.room, call.buyer), keys.outgoing(call.room)


def _talks(record: Record) -> str:
    staff = record.call.answered_by
    return staff or "" if is_in(record, staff) else ""


def _free_again(call: Call) -> float:
    """Return when the buyer's place is free even if nobody gives it back; the same all along a call."""
    return (call.waits_until or call.requested_at) + FREE_SECONDS
