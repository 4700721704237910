"""The private calls: asked for by buyers, rung at the staff who are free, won by exactly one."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from redis.asyncio import Redis

from config.errors import Conflict, Invalid
from config.ids import AccountId, CallId, ProductId, RoomId, ShowId, new_id
from config.settings import Settings
from rooms.fair.blocks import Blocks
from rooms.fair.database import Database
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.roster import Roster
from rooms.live.duty import Duty
from rooms.negotiation import gathering, parties, rules
from rooms.negotiation.admission import Admission
from rooms.negotiation.call import Call, Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.changes import Changes
from rooms.negotiation.gathering import Arranged
from rooms.negotiation.line import Line, TellLine
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.outgoing import Outgoing
from rooms.negotiation.routing import Place
from rooms.negotiation.states import UNANSWERED, CallEvent, CallState, WrongMoment

__all__ = ["Call", "CallState", "Calls"]


async def _nobody_waits(_room: RoomId, _line: list[Place]) -> None:
    """Tell nobody where they stand: there are no screens."""


class Calls:
    """Takes requests and carries calls to their end. Times come from `clock`, in Unix seconds.

    `on_change` is awaited with the call after each change of its state, once over all nodes; `on_line` with a
    room and its line after each change of that. Calls of the staff to buyers go through `outgoing`.
    """

    def __init__(
        self, redis: Redis, database: Database, duty: Duty, clock: Callable[[], float], settings: Settings,
        on_change: Callable[[Call], Awaitable[None]], on_line: TellLine = _nobody_waits,
    ) -> None:
        outcomes = self._outcomes = Outcomes(database)
        self._store = CallStore(redis, clock)
        self._changes = Changes(self._store, outcomes, clock, on_change)
        self._line = Line(
            self._store, self._changes, outcomes, duty, Roster(database, clock), clock, settings.calls,
            on_line,
        )
        self.outgoing = Outgoing(self._store, self._changes, clock, settings.calls, self._line.moved)
        self._admission = Admission(self._store, Blocks(database, clock), duty)
        self._duty = duty
        self._clock = clock
        self._settings = settings.calls

    async def request(
        self, actor: Actor, room: RoomId, show: ShowId | None, show_second: float | None,
        product: ProductId | None, request_key: str, replay_of: float | None = None,
    ) -> Call:
        """Let a call ring or wait in line; the open one, or the one that `request_key` made, comes again.

        `replay_of` is when the show began, if it is over and its replay was watched. `Denied` (also
        `blocked`), `Invalid` (`malformed`), `Conflict` (`nobody_on_duty`), `Busy` (`too_many_requests`,
        `too_soon`).
        """
        require(actor, Permission.REQUEST_CALL, room)
        rules.check_key(request_key)
        if show_second is not None and not (math.isfinite(show_second) and show_second >= 0):
            raise Invalid("The second of the show is a number from 0 up.", code="malformed")
        record = self._new_record(actor, room, show, show_second, product, replay_of)
        if await self._store.asked_before(record.call, request_key) is None:
            record = await self._line.begin(record, await self._admission.admit(record.call, request_key))
        call_id = await self._store.add(record, request_key, self._settings.again_seconds)
        record = await self._changes.settle(await self._changes.read(call_id))
        if await self._admission.is_blocked(record.call):  # meanwhile: whoever did that found no request yet
            now = self._clock()
            declined = await self._changes.change(record, lambda it: rules.turn_away(it, now))
            record = await self._changes.settle(declined)
        await self._line.moved(room)
        return record.call

    async def accept(self, actor: Actor, call_id: CallId, request_key: str) -> Call:
        """Win the call, confirmed in SQL when this returns; `Conflict` (`already_taken`) names who did.

        `Busy` (`in_a_call`) while `actor` or the buyer is in another call. The line has not moved yet: who
        calls this lets it do so, with `line_moved`, once the winner has been told.
        """
        rules.check_key(request_key)
        record = await self._read_for(actor, call_id)
        now, seat_seconds = self._clock(), self._settings.seat_seconds
        rule = partial(rules.accept, actor=actor, now=now, seat_seconds=seat_seconds)
        with parties.telling({actor.id: parties.you_talk, record.call.buyer: parties.buyer_talks}):
            record = await self._changes.change(record, rule, f"accept:{actor.id}:{request_key}")
        call = (await self._changes.settle(record)).call
        if call.answered_by not in (None, actor.id):
            raise rules.taken(call)
        if call.state in UNANSWERED:
            await parties.require_free(self._store, actor.id, call.buyer, call_id)
            raise parties.neither_free()
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        return call

    async def pass_on(self, actor: Actor, call_id: CallId) -> Call:
        """Leave a call to the others on duty; when all have, it is declined."""
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        on_duty = [attendant.id for attendant in await self._duty.on_duty(record.call.room)]
        now = self._clock()
        record = await self._changes.change(record, lambda it: rules.pass_on(it, actor, on_duty, now))
        call = (await self._changes.settle(record)).call
        await self._line.moved(call.room)
        return call

    async def pass_to(self, actor: Actor, call_id: CallId, colleague: AccountId) -> Call:
        """Hand a ringing call to a colleague, who is rung alone for a while; `Conflict` (`not_free`)."""
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        crew, now = await self._duty.crew(record.call.room), self._clock()
        if colleague not in crew.free or colleague == actor.id:
            raise Conflict("This colleague cannot take a call right now.", code="not_free")
        record = await self._changes.change(record, lambda it: rules.pass_to(it, actor, colleague, now))
        return (await self._changes.settle(record)).call

    async def decline(self, actor: Actor, call_id: CallId) -> Call:
        """Refuse a request for the whole company."""
        record = await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        rules.require_request(record.call)
        return await self._close(record, CallEvent.DECLINE)

    async def turn_away(self, room: RoomId) -> None:
        """Decline all that waits in a room, and take back what rings from it: its exhibitor has left."""
        rule = partial(rules.turn_away, now=self._clock())
        for record in [*await self._store.waiting(room), *await self._store.outgoing(room)]:
            await self._changes.settle(await self._changes.change(record, rule))
        await self._line.moved(room)

    async def cancel(self, actor: Actor, call_id: CallId) -> Call:
        """Take a request back; only its buyer may."""
        record = await self._changes.read(call_id)
        require(actor, Permission.REQUEST_CALL, record.call.room)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        rules.require_request(record.call)
        return await self._close(record, CallEvent.CANCEL)

    async def hang_up(self, actor: Actor, call_id: CallId) -> Call:
        """End a call; each of the two may."""
        record = await self._changes.read(call_id)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        return await self._close(record, CallEvent.HANG_UP)

    async def give_up(self, call_id: CallId) -> None:
        """End a call to which one of the two did not come."""
        await self._close(await self._changes.read(call_id), CallEvent.HANG_UP)

    async def buyer_gone(self, account: AccountId) -> None:
        """Note that no page of a buyer is open; the staff see it after a while, and nothing else happens."""
        now, seconds = self._clock(), self._settings.reload_seconds
        for record in await self._open_of(account):
            await self._changes.change(record, lambda it: rules.buyer_gone(it, now, seconds))

    async def buyer_back(self, account: AccountId) -> None:
        """Note that a page of a buyer is there again."""
        for record in await self._open_of(account):
            await self._changes.settle(await self._changes.change(record, rules.buyer_back))

    async def take_seat(self, actor: Actor, call: Call, seat: str = "") -> Call:
        """Seat one of the two; `seat` names the socket: a person's newest one holds the seat.

        `Busy` (`in_a_call`) for who comes to an appointment from the middle of another call.
        """
        record = await self._changes.read(call.id)
        require(actor, Permission.JOIN_CALL, record.call.room, record.call)
        await parties.require_free_to_sit(self._store, actor, record)
        with parties.telling({actor.id: parties.you_talk}):
            seated = (await self._changes.change(record, lambda it: rules.take_seat(it, actor, seat))).call
        await self._outcomes.note_came(seated, actor.id, self._clock())
        return seated

    async def leave_seat(self, actor: Actor, call: Call, seat: str = "") -> Call:
        """Keep the seat of somebody whose socket `seat` broke for a while; the sweep then ends the call."""
        require(actor, Permission.JOIN_CALL, call.room, call)
        return await self.lose_seat(call.id, actor.id, seat)

    async def lose_seat(self, call_id: CallId, account: AccountId, seat: str) -> Call:
        """Do as `leave_seat` for somebody whose socket is gone with the node it was on."""
        record = await self._changes.read(call_id)
        now, seconds = self._clock(), self._settings.seat_seconds
        rule = partial(rules.leave_seat, account=account, holder=seat, now=now, seat_seconds=seconds)
        return (await self._changes.change(record, rule)).call

    async def arrange(self, arranged: Arranged) -> Call:
        """Open a call between two who agreed on it; again it is the same call.

        Their seats wait for them, wherever else they are: they are in it once they come.
        """
        record = gathering.record_of(arranged, self._clock())
        await self._store.restore(record)
        return (await self._changes.settle(await self._changes.read(record.call.id))).call

    async def present(self, call_id: CallId) -> frozenset[AccountId]:
        """Return who of the two sits in a call at this moment."""
        return gathering.present_in(await self._changes.read(call_id))

    async def reconcile(self) -> None:
        """Take over from the records what the store has forgotten, as after a fail-over, and tell of it."""
        await self._changes.reconcile()

    async def sweep(self) -> list[Call]:
        """Do what is due, on any node and on several at once; return the calls whose state this changed."""
        await self._changes.tell_rest()
        await self._changes.reconcile_if_lost()
        looked_at = [await self._changes.sweep(call_id) for call_id in await self._store.due()]
        swept = [call for call in looked_at if call is not None]
        await self._line.refresh_all({call.room for call in swept})
        return swept

    async def line_moved(self, room: RoomId) -> None:
        """Note that staff came, left, or took a call: others ring now, or wait, and are told so."""
        await self._line.moved(room)

    async def get(self, call_id: CallId) -> Call:
        """Return a call, also one that is over; `Missing` (`no_call`)."""
        return (await self._changes.read(call_id)).call

    async def erase_names(self, call_ids: Collection[CallId], account: AccountId) -> None:
        """Take somebody's name out of what the store has of these calls, open or over; `Busy`."""
        for record in await self._store.read_all(call_ids):
            await self._changes.change(record, partial(rules.erase_name, account=account))

    async def open_of_buyer(self, account: AccountId, room: RoomId | None = None) -> Call | None:
        """Return the newest open request of a buyer, in `room` when given, or the call it became."""
        mine = (call for call in await self.all_of_buyer(account) if room in (None, call.room))
        return next((call for call in mine if call.is_request or call.state is CallState.TALKING), None)

    async def all_of_buyer(self, account: AccountId) -> list[Call]:
        """Return the open calls of a buyer, those that staff make too, the newest first."""
        return [record.call for record in await self._store.of(account) if record.call.buyer == account]

    async def talking_of(self, account: AccountId) -> Call | None:
        """Return the newest running call somebody is one of the two of."""
        calls = (record.call for record in await self._store.of(account))
        return next((call for call in calls if call.state is CallState.TALKING), None)

    async def waiting(self, room: RoomId) -> list[Call]:
        """Return the requests that wait for an answer in a room, the one that waits longest first."""
        return [record.call for record in await self._store.waiting(room)]

    async def place_of(self, call: Call) -> Place | None:
        """Return where a request stands in line; None for one that waits no more."""
        return await self._line.place_of(call)

    async def _read_for(self, actor: Actor, call_id: CallId) -> Record:
        """Return a call that one of the staff may take now, in one round trip.

        A buyer of whom this node has not read yet has asked just now: whether they talk the records know.
        """
        asked = {actor.id, self._store.buyer_of(call_id) or actor.id}
        found, talking = await self._store.look(call_id, asked)
        record = found or await self._changes.read(call_id)
        require(actor, Permission.ANSWER_CALLS, record.call.room)
        if record.call.state in UNANSWERED:
            parties.refuse_if_talking(talking, actor.id, record.call.buyer)
        return record

    async def _open_of(self, account: AccountId) -> list[Record]:
        return [it for it in await self._store.of(account) if it.call.state in UNANSWERED]

    def _new_record(
        self, actor: Actor, room: RoomId, show: ShowId | None, show_second: float | None,
        product: ProductId | None, replay_of: float | None,
    ) -> Record:
        now = self._clock()
        ends = now + self._settings.wait_seconds
        call = Call(
            id=CallId(f"{room}.{new_id()}"), room=room, show=show, show_second=show_second, product=product,
            buyer=actor.id, buyer_name=actor.name, buyer_company=actor.company, buyer_country=actor.country,
            buyer_language=actor.language, state=CallState.WAITING, since=now, requested_at=now,
            rings_until=ends, answered_by=None, answered_by_name=None, passed=(), epoch=1,
            replay_of=replay_of, waits_until=ends,
        )
        return Record(call, turned=1)

    async def _close(self, record: Record, event: CallEvent) -> Call:
        now = self._clock()
        record = await self._changes.change(record, lambda it: rules.close(it, event, now))
        call = (await self._changes.settle(record)).call
        rules.require_closed(call, event)
        await self._line.moved(call.room)
        return call
