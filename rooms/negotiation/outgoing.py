"""Calls of the staff to a buyer: back to one who was missed, or an invitation; the buyer takes it or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from config.errors import Conflict
from config.ids import AccountId, CallId, ProductId, RoomId, new_id
from config.settings import CallSettings
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation import rules
from rooms.negotiation.call import Call, Record
from rooms.negotiation.call_store import CallStore
from rooms.negotiation.changes import Changes
from rooms.negotiation.parties import caller_talks, require_free, require_free_to_answer, telling, you_talk
from rooms.negotiation.states import UNANSWERED, CallEvent, CallKind, CallState, WrongMoment


@dataclass(frozen=True, slots=True)
class Callee:
    """The buyer who is rung, and what it is about."""

    buyer: AccountId
    name: str
    company: str
    country: str
    language: str
    product: ProductId | None = None
    about: str | None = None


class Outgoing:
    """Makes such calls and answers them. `moved` is awaited with a room whose staff became busy or free."""

    def __init__(
        self, store: CallStore, changes: Changes, clock: Callable[[], float], settings: CallSettings,
        moved: Callable[[RoomId], Awaitable[None]],
    ) -> None:
        self._store = store
        self._changes = changes
        self._clock = clock
        self._settings = settings
        self._moved = moved

    async def ring(
        self, actor: Actor, room: RoomId, kind: CallKind, callee: Callee, request_key: str
    ) -> Call:
        """Ring a buyer wherever they are in the fair; the call that rings at them already comes again.

        `Denied`, `Invalid` (`malformed`), `Conflict` (`already_calling`) when a colleague rings them,
        `Busy` (`in_a_call`) while the buyer or the caller is in a call.
        """
        require(actor, Permission.CALL_BUYERS, room)
        rules.check_key(request_key)
        record = self._new_record(actor, room, kind, callee)
        if await self._store.asked_before(record.call, request_key) is None:
            await require_free(self._store, actor.id, callee.buyer)
        call_id = await self._store.add(record, request_key)
        call = (await self._changes.settle(await self._changes.read(call_id))).call
        if call.called_by != actor.id:
            raise _called_already(call)
        return call

    async def answer(self, actor: Actor, call_id: CallId) -> Call:
        """Let the buyer take the call; confirmed in SQL when this returns. `Busy` (`in_a_call`)."""
        record = await self._changes.read(call_id)
        require(actor, Permission.BE_CALLED, record.call.room, record.call)
        await self._require_free(record.call)
        now, seat_seconds = self._clock(), self._settings.seat_seconds
        with telling({record.call.called_by or actor.id: caller_talks, actor.id: you_talk}):
            record = await self._changes.change(record, lambda it: rules.answer(it, now, seat_seconds))
        call = (await self._changes.settle(record)).call
        if call.state is not CallState.TALKING:
            await self._require_free(call)
            raise WrongMoment(call.state)
        await self._moved(call.room)
        return call

    async def refuse(self, actor: Actor, call_id: CallId) -> Call:
        """Let the buyer refuse the call; a second refusal is the first one."""
        record = await self._changes.read(call_id)
        require(actor, Permission.BE_CALLED, record.call.room, record.call)
        return await self._close(record, CallEvent.DECLINE)

    async def take_back(self, actor: Actor, call_id: CallId) -> Call:
        """Let the staff stop ringing; any of them may."""
        record = await self._changes.read(call_id)
        require(actor, Permission.CALL_BUYERS, record.call.room)
        return await self._close(record, CallEvent.CANCEL)

    async def of_room(self, room: RoomId) -> list[Call]:
        """Return the calls of a room's staff that ring at buyers."""
        calls = [record.call for record in await self._store.outgoing(room)]
        return [call for call in calls if call.state in UNANSWERED]

    async def _require_free(self, call: Call) -> None:
        if call.called_by is not None:
            await require_free_to_answer(self._store, call.buyer, call.called_by, call.id)

    async def _close(self, record: Record, event: CallEvent) -> Call:
        if record.call.is_request:
            raise Conflict("This call rings at the exhibitor's staff.", code="wrong_moment")
        now = self._clock()
        record = await self._changes.change(record, lambda it: rules.close(it, event, now))
        call = (await self._changes.settle(record)).call
        rules.require_closed(call, event)
        return call

    def _new_record(self, actor: Actor, room: RoomId, kind: CallKind, callee: Callee) -> Record:
        now = self._clock()
        ends = now + self._settings.ring_seconds
        call = Call(
            id=CallId(f"{room}.{new_id()}"), room=room, show=None, show_second=None, product=callee.product,
            buyer=callee.buyer, buyer_name=callee.name, buyer_company=callee.company,
            buyer_country=callee.country, buyer_language=callee.language, state=CallState.RINGING, since=now,
            requested_at=now, rings_until=ends, answered_by=None, answered_by_name=None, passed=(), epoch=1,
            kind=kind, called_by=actor.id, called_by_name=actor.name, about=callee.about, waits_until=ends,
        )
        return Record(call, turned=1)


def _called_already(call: Call) -> Conflict:
    """Return the refusal that names who rings the buyer, unless they have had their name erased."""
    if not call.called_by_name:
        return Conflict("A colleague is calling this buyer already.", code="already_calling")
    fields = {"name": call.called_by_name}
    return Conflict("{name} is calling this buyer already.", code="already_calling", fields=fields)
