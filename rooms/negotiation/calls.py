"""The private calls: asked for by buyers, rung at every member of staff on duty, won by exactly one."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from functools import partial

from redis.asyncio import Redis

from config.errors import Busy, Conflict, Invalid
from config.ids import AccountId, CallId, ProductId, RoomId, ShowId, new_id
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Permission, require
from rooms.live.duty import Duty
from rooms.negotiation import rules
from rooms.negotiation.call import Call, Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.changes import Changes
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallEvent, CallState, WrongMoment

__all__ = ["Call", "CallState", "Calls"]

REQUEST_KEY_LENGTH = 64


class Calls:
    """Takes requests and carries calls to their end. Times come from `clock`, in Unix seconds.

    `on_change` is awaited with the call after each change of its state, once over all nodes.
    """

    def __init__(
        self, redis: Redis, database: Database, duty: Duty, clock: Callable[[], float], settings: Settings,
        on_change: Callable[[Call], Awaitable[None]],
    ) -> None:
        self._store = CallStore(redis, clock)
        self._changes = Changes(self._store, Outcomes(database), clock, on_change)
        self._duty = duty
        self._clock = clock
        self._settings = settings.calls

    async def request(
        self, actor: Actor, room: RoomId, show: ShowId | None, show_second: float | None,
        product: ProductId | None, request_key: str, replay_of: float | None = None,
    ) -> Call:
        """Let a call ring and return it; the one that rings already, or that `request_key` made, comes again.

        `replay_of` is when the show began, if it is over and its replay was watched.
        `Denied`, `Invalid` (`malformed`), `Conflict` (`nobody_on_duty`), `Busy` (`too_many_requests`).
        """
        require(actor, Permission.REQUEST_CALL, room)
        _check_key(request_key)
        if show_second is not None and not (math.isfinite(show_second) and show_second >= 0):
            raise Invalid("The second of the show is a number from 0 up.", code="malformed")
        record = self._new_record(actor, room, show, show_second, product, replay_of)
        if await self._store.asked_before(room, actor.id, request_key) is None:
            await self._check_limits(record.call, request_key)
        call_id = await self._store.add(record, request_key)
        return (await self._changes.settle(await self._changes.read(call_id))).call

    async def accept(self, actor: Actor, call_id: CallId, request_key: str) -> Call:
        """Win the call, confirmed in SQL when this returns; `Conflict` (`already_taken`) names who did."""
        _check_key(request_key)
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        now, seat_seconds = self._clock(), self._settings.seat_seconds
        record = await self._changes.change(
            record, lambda it: rules.accept(it, actor, now, seat_seconds), f"accept:{actor.id}:{request_key}"
        )
        call = (await self._changes.settle(record)).call
        if call.answered_by not in (None, actor.id):
            raise rules.taken(call)
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        return call

    async def pass_on(self, actor: Actor, call_id: CallId) -> Call:
        """Leave a ringing call to the others on duty; when all have, it is declined."""
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        on_duty = [attendant.id for attendant in await self._duty.on_duty(record.call.room)]
        now = self._clock()
        record = await self._changes.change(record, lambda it: rules.pass_on(it, actor, on_duty, now))
        return (await self._changes.settle(record)).call

    async def decline(self, actor: Actor, call_id: CallId) -> Call:
        """Refuse a ringing call for the whole company."""
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        return await self._close(record, CallEvent.DECLINE)

    async def cancel(self, actor: Actor, call_id: CallId) -> Call:
        """Take a ringing call back; only its buyer may."""
        record = await self._changes.read(call_id)
        require(actor, Permission.REQUEST_CALL, record.call.room)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        return await self._close(record, CallEvent.CANCEL)

    async def hang_up(self, actor: Actor, call_id: CallId) -> Call:
        """End a call; each of the two may."""
        record = await self._changes.read(call_id)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        return await self._close(record, CallEvent.HANG_UP)

    async def buyer_gone(self, call_id: CallId) -> Call:
        """Note that the buyer's page is away while it rings; the sweep cancels the call if it stays away."""
        now, reload_seconds = self._clock(), self._settings.reload_seconds
        record = await self._changes.read(call_id)
        return (await self._changes.change(record, lambda it: rules.buyer_gone(it, now, reload_seconds))).call

    async def buyer_back(self, call_id: CallId) -> Call:
        """Note that the buyer's page is there again."""
        return (await self._changes.change(await self._changes.read(call_id), rules.buyer_back)).call

    async def take_seat(self, actor: Actor, call: Call, seat: str = "") -> Call:
        """Seat one of the two; `seat` names the socket: a person's newest one holds the seat."""
        record = await self._changes.read(call.id)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        return (await self._changes.change(record, lambda it: rules.take_seat(it, actor, seat))).call

    async def leave_seat(self, actor: Actor, call: Call, seat: str = "") -> Call:
        """Keep the seat of somebody whose socket `seat` broke for a while; the sweep then ends the call."""
        record = await self._changes.read(call.id)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        now, seconds = self._clock(), self._settings.seat_seconds
        rule = partial(rules.leave_seat, actor=actor, holder=seat, now=now, seat_seconds=seconds)
        return (await self._changes.change(record, rule)).call

    async def sweep(self) -> list[Call]:
        """Do what is due, on any node and on several at once; return the calls whose state this changed."""
        await self._changes.restore_if_lost()
        swept = [await self._changes.sweep(call_id) for call_id in await self._store.due()]
        return [call for call in swept if call is not None]

    async def get(self, call_id: CallId) -> Call:
        """Return a call, also one that is over; `Missing` (`no_call`)."""
        return (await self._changes.read(call_id)).call

    async def open_of_buyer(self, account: AccountId, room: RoomId | None = None) -> Call | None:
        """Return the newest call of a buyer that rings or runs, in `room` when given."""
        calls = [record.call for record in await self._store.of(account)]
        mine = (call for call in calls if call.buyer == account and room in (None, call.room))
        return next(mine, None)

    async def talking_of(self, account: AccountId) -> Call | None:
        """Return the newest running call somebody is one of the two of."""
        calls = (record.call for record in await self._store.of(account))
        return next((call for call in calls if call.state is CallState.TALKING), None)

    async def waiting(self, room: RoomId) -> list[Call]:
        """Return the calls that ring in a room, the one that waits longest first."""
        return [record.call for record in await self._store.waiting(room)]

    def _new_record(
        self, actor: Actor, room: RoomId, show: ShowId | None, show_second: float | None,
        product: ProductId | None, replay_of: float | None,
    ) -> Record:
        now = self._clock()
        call = Call(
            id=CallId(f"{room}.{new_id()}"), room=room, show=show, show_second=show_second, product=product,
            buyer=actor.id, buyer_name=actor.name, buyer_company=actor.company, buyer_country=actor.country,
            buyer_language=actor.language, state=CallState.RINGING, since=now, requested_at=now,
            rings_until=now + self._settings.ring_seconds, answered_by=None, answered_by_name=None,
            passed=(), epoch=1, replay_of=replay_of,
        )
        return Record(call, turned=1)

    async def _check_limits(self, call: Call, request_key: str) -> None:
        if not await self._duty.on_duty(call.room):
            raise Conflict("Nobody is on duty here at the moment.", code="nobody_on_duty")
        if not await self._store.reserve(call, request_key):
            message = "You have asked for many calls; wait for an answer to one of them."
            raise Busy(message, code="too_many_requests", retry_after_seconds=15)

    async def _close(self, record: Record, event: CallEvent) -> Call:
        now = self._clock()
        record = await self._changes.change(record, lambda it: rules.close(it, event, now))
        return (await self._changes.settle(record)).call

def _check_key(request_key: str) -> None:
    printable = request_key.isascii() and request_key.isprintable() and " " not in request_key
    if not (request_key and printable and len(request_key) <= REQUEST_KEY_LENGTH):
        raise Invalid("A request key is 1 to 64 printable characters without blanks.", code="malformed")
