"""The booth: the staff's side of a room, where shows are run and requests ring."""

from __future__ import annotations

from collections.abc import Iterable

from config.counters import Counters
from config.errors import Missing
from config.ids import AccountId, CallId, RoomId
from rooms.fair.policy import Permission, may, require
from rooms.fair.products import Products
from rooms.live import keys
from rooms.negotiation.calls import Call
from signaling import herald, wire
from signaling.conversation import Conversation, Visitor
from signaling.hall import RoomParts, room_of, tell_visitors, visitors_data, write_post
from signaling.protocol import AcceptCall, NameCall, NameProduct, Nothing, SetDuty, WritePost
from signaling.protocol_asking import CallBack, Invite, NameOutgoing, PassCall
from signaling.replies import Fields, attempt
from signaling.stage import Stage
from signaling.tickets import Purpose, Ticket, Tickets
from signaling.wire import BoothSnapshot, RoomData
from signaling.wire_programme import rehearsal_data

RELOAD_SECONDS = 5.0
"""A console that is gone for less, as in a reload, does not leave duty."""


class Booth(Conversation):
    """`/booth`."""

    purpose = Purpose.BOOTH

    def __init__(
        self, parts: RoomParts, stage: Stage, products: Products, tickets: Tickets, counters: Counters
    ) -> None:
        super().__init__("/booth", tickets, counters)
        self._parts = parts
        self._stage = stage
        self._products = products
        self._on_duty: set[str] = set()
        self._leaving: dict[tuple[RoomId, AccountId, str], float] = {}
        """Consoles that were on duty and are gone, each with its socket, and when they are given up."""
        self.handlers = {
            "set_duty": self._set_duty, "pin": self._pin, "post": self._post, "end_show": self._end_show,
            "accept_call": self._accept_call, "pass_call": self._pass_call, "call_back": self._call_back,
            "invite": self._invite, "take_back_call": self._take_back_call,
            "decline_call": self._decline_call, "begin_rehearsal": self._begin_rehearsal,
            "end_rehearsal": self._end_rehearsal, "go_live": self._go_live,
        }

    async def enter(self, visitor: Visitor, ticket: Ticket) -> None:
        """Let staff and organisers in; staff are on duty from then on."""
        room = room_of(visitor)
        require(visitor.actor, Permission.SEE_STUDIO, room)
        await self._parts.views.company_name(room)
        self.admit(visitor)
        await self.enter_room(visitor.socket, herald.booth(room))
        await self.enter_room(visitor.socket, herald.account(visitor.actor.id))
        if may(visitor.actor, Permission.ANSWER_CALLS, room):
            await self._go_on_duty(visitor)

    async def leave(self, visitor: Visitor) -> None:
        """Take somebody off duty soon, unless the console comes back."""
        if visitor.socket in self._on_duty:
            self._on_duty.discard(visitor.socket)
            console = room_of(visitor), visitor.actor.id, visitor.socket
            self._leaving[console] = self._parts.views.clock() + RELOAD_SECONDS

    async def snapshot(self, visitor: Visitor) -> BoothSnapshot:
        """Return the room with its shelf and its open calls."""
        room, parts = room_of(visitor), self._parts
        facts = self._stage.sending(room)
        products = await self._products.of_room(room)
        return BoothSnapshot(
            room=RoomData(id=room, company=await parts.views.company_name(room)),
            show=wire.show_data(await parts.shows.get(room)),
            viewers=await parts.audience.viewers(room),
            pinned=await parts.views.product(await parts.shows.pinned(room), room),
            products=[wire.product_data(product) for product in products],
            posts=wire.posts_data(await parts.chat.tail(room), visitor.actor),
            duty=wire.duty_data(await parts.duty.on_duty(room)),
            on_duty=visitor.socket in self._on_duty,
            calls=await parts.views.calls(await self._open_calls(visitor), visitor.actor.id),
            sending=herald.sending_data(facts) if facts else None,
            rehearsal=rehearsal_data(
                await self._stage.rehearsals.of(room), has_picture=self._stage.rehearsals.has_picture(room)
            ),
            recording=wire.recording_data(self._stage.recording(room)),
            visitors=await visitors_data(parts, room),
            appointments=await parts.appointing.near(visitor.actor),
            me=wire.me_data(visitor.actor), now=parts.views.clock(),
        )

    async def renew_duty(self) -> None:
        """Extend the leases of everybody on duty here; called each ten seconds."""
        for visitor in [self.visitors[socket] for socket in self._on_duty if socket in self.visitors]:
            await attempt(self._renew(visitor), "duty")

    async def end_duty(self) -> None:
        """Take those off duty whose consoles did not come back; called each second.

        Who is in a call has left the console for the meeting and stays on duty: others wait in line.
        """
        now, duty = self._parts.views.clock(), self._parts.duty
        for (room, account, socket), deadline in list(self._leaving.items()):
            if deadline > now:
                continue
            if account in await duty.busy(room) and await duty.renew(room, account, socket):
                self._leaving[room, account, socket] = now + RELOAD_SECONDS
                continue
            del self._leaving[room, account, socket]
            if await duty.off(room, account, socket):
                await self._duty_changed(room)

    async def end_leases(self, rooms: Iterable[RoomId]) -> None:
        """Tell of those who are off duty because nobody renews their lease: their node is gone.

        Called each two seconds by every node, for the rooms its pages are in.
        """
        for room in await self._parts.duty.end_leases(rooms):
            await attempt(self._duty_changed(room), "duty")

    async def _renew(self, visitor: Visitor) -> None:
        room = room_of(visitor)
        if not await self._parts.duty.renew(room, visitor.actor.id, visitor.socket):
            await self._parts.duty.on(room, visitor.actor.id, visitor.actor.name, visitor.socket)
            await self._duty_changed(room)

    async def _line_moved(self, room: RoomId) -> None:
        await attempt(self._parts.calls.line_moved(room), "line")

    async def _duty_changed(self, room: RoomId) -> None:
        await self._parts.herald.duty_changed(room)
        await self._parts.calls.line_moved(room)

    async def _go_on_duty(self, visitor: Visitor) -> None:
        room = room_of(visitor)
        require(visitor.actor, Permission.ANSWER_CALLS, room)
        await self._parts.duty.on(room, visitor.actor.id, visitor.actor.name, visitor.socket)
        self._on_duty.add(visitor.socket)
        await self.enter_room(visitor.socket, herald.on_duty(room, visitor.actor.id))
        await self._duty_changed(room)

    async def _go_off_duty(self, visitor: Visitor) -> None:
        room = room_of(visitor)
        self._on_duty.discard(visitor.socket)
        await self.leave_room(visitor.socket, herald.on_duty(room, visitor.actor.id))
        if await self._parts.duty.off(room, visitor.actor.id, visitor.socket):
            await self._duty_changed(room)

    async def _open_calls(self, visitor: Visitor) -> list[Call]:
        """Return who waits here, at whom the staff ring, and the call this person is in."""
        room, calls = room_of(visitor), self._parts.calls
        talking = await calls.talking_of(visitor.actor.id)
        waiting = [*await calls.waiting(room), *await calls.outgoing.of_room(room)]
        return waiting if talking is None or talking.room != visitor.room else [*waiting, talking]

    def _own(self, visitor: Visitor, call: CallId) -> CallId:
        """Return the id of a call of this room; `Missing` (`no_call`) for any other."""
        if keys.room_of(call) != room_of(visitor):
            raise Missing("There is no such call.", code="no_call")
        return call

    async def _set_duty(self, visitor: Visitor, message: SetDuty) -> Fields:
        await (self._go_on_duty(visitor) if message.on else self._go_off_duty(visitor))
        return {}

    async def _pin(self, visitor: Visitor, message: NameProduct) -> Fields:
        room = room_of(visitor)
        require(visitor.actor, Permission.PIN, room)
        views = self._parts.views
        product = await views.product_of(message.product_id, room) if message.product_id else None
        show = await self._parts.shows.pin(room, message.product_id)
        self._parts.chronicle.pinned(show, message.product_id)
        await self._parts.herald.pinned(room, product)
        return {}

    async def _post(self, visitor: Visitor, message: WritePost) -> Fields:
        return await write_post(self._parts, visitor, message)

    async def _accept_call(self, visitor: Visitor, message: AcceptCall) -> Fields:
        calls, own = self._parts.calls, self._own(visitor, message.call)
        call = await calls.accept(visitor.actor, own, message.request_key)
        self.server.start_background_task(self._line_moved, call.room)
        return {"call": await self._parts.views.call(call, visitor.actor.id)}

    async def _pass_call(self, visitor: Visitor, message: PassCall) -> Fields:
        own, calls = self._own(visitor, message.call), self._parts.calls
        await (calls.pass_to(visitor.actor, own, message.to) if message.to else
               calls.pass_on(visitor.actor, own))
        return {}

    async def _call_back(self, visitor: Visitor, message: CallBack) -> Fields:
        room, parts = room_of(visitor), self._parts
        key = message.request_key
        call = await parts.asking.call_back(parts.calls, visitor.actor, room, message.subject, key)
        return {"call": await parts.views.call(call, visitor.actor.id)}

    async def _invite(self, visitor: Visitor, message: Invite) -> Fields:
        room, parts, key = room_of(visitor), self._parts, message.request_key
        call = await parts.asking.invite(parts.calls, visitor.actor, room, message.visitor, key)
        await tell_visitors(parts, room)
        return {"call": await parts.views.call(call, visitor.actor.id)}

    async def _take_back_call(self, visitor: Visitor, message: NameOutgoing) -> Fields:
        own = self._own(visitor, message.call)
        call = await self._parts.calls.outgoing.take_back(visitor.actor, own)
        return {"call": await self._parts.views.call(call, visitor.actor.id)}

    async def _decline_call(self, visitor: Visitor, message: NameCall) -> Fields:
        await self._parts.calls.decline(visitor.actor, self._own(visitor, message.call))
        return {}

    async def _begin_rehearsal(self, visitor: Visitor, _message: Nothing) -> Fields:
        await self._stage.rehearsals.begin(visitor.actor, room_of(visitor))
        return {}

    async def _end_rehearsal(self, visitor: Visitor, _message: Nothing) -> Fields:
        await self._stage.rehearsals.end(visitor.actor, room_of(visitor))
        return {}

    async def _go_live(self, visitor: Visitor, _message: Nothing) -> Fields:
        await self._stage.rehearsals.go_live(visitor.actor, room_of(visitor))
        return {}

    async def _end_show(self, visitor: Visitor, _message: Nothing) -> Fields:
        await self._stage.end_show(visitor.actor, room_of(visitor))
        return {}
