"""The meeting: two people, two seats, and a relay of what their browsers have to say to each other."""

from __future__ import annotations

import logging
from contextlib import suppress

from config.counters import Counters
from config.errors import Denied, Missing
from config.ids import CallId
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.live.chat import Chat
from rooms.negotiation import thirds
from rooms.negotiation.calls import Call, Calls, CallState
from rooms.negotiation.states import CallKind, WrongMoment
from signaling import herald, wire
from signaling.call_room import CallRoom
from signaling.call_stage import seat_of
from signaling.callroom_handlers import RoomHandlers
from signaling.conversation import Conversation, Visitor, call_of
from signaling.herald import EndReason, Herald
from signaling.protocol import Candidate, Description, Devices, NameProduct, Nothing, Signal, WritePost
from signaling.protocol_callroom import NameSeat
from signaling.replies import Fields, attempt
from signaling.seats import Seats, Sitting
from signaling.stubs import Stubs
from signaling.tickets import Purpose, Ticket, Tickets
from signaling.turn import Turn
from signaling.views import Views
from signaling.wire import MeetingSnapshot, PartyData

log = logging.getLogger(__name__)


class Meeting(Conversation):
    """`/meeting`."""

    purpose = Purpose.MEETING

    def __init__(
        self, views: Views, herald: Herald, calls: Calls, chat: Chat, seats: Seats, stubs: Stubs, turn: Turn,
        tickets: Tickets, counters: Counters, room: CallRoom,
    ) -> None:
        super().__init__("/meeting", tickets, counters)
        self._views = views
        self._herald = herald
        self._calls = calls
        self._chat = chat
        self._seats = seats
        self._stubs = stubs
        self._turn = turn
        self._room = room
        self._lost: set[Sitting] = set()
        """Seats whose sockets are gone, until everybody knows; by then no store names them any more."""
        self.handlers = {
            "signal": self._signal, "post": self._post, "table": self._table, "devices": self._devices,
            "hang_up": self._hang_up, "remove": self._remove,
            **RoomHandlers(room, calls, self._tell_all).handlers,
        }

    async def enter(self, visitor: Visitor, ticket: Ticket) -> None:
        """Seat somebody of the call, once per ticket; another socket of the same person loses the seat."""
        call = await self._calls.get(call_of(visitor))
        await self._room.require_inside(visitor.actor, call)
        await self._stubs.tear(ticket)
        is_third = visitor.actor.role is Role.THIRD
        if not is_third:
            call = await self._calls.take_seat(visitor.actor, call, visitor.socket)
        elif call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        self.admit(visitor)
        for older in await self._seats.sit(_sitting(visitor)):
            await self._replace(call, older)
        await self.enter_room(visitor.socket, herald.meeting(call.id))
        if is_third:
            await self.enter_room(visitor.socket, herald.thirds(call.id))
        else:
            await self.enter_room(visitor.socket, herald.pair(call.id))
            await self._tell_other(visitor, "arrived", {})
        if call.kind is CallKind.APPOINTMENT:  # which they are in from now on
            await self._herald.duty_changed(call.room)
        await self._room.tell(call.id)

    async def leave(self, visitor: Visitor) -> None:
        """Keep the seat for a while when the last socket of somebody is gone."""
        self._lost.add(sitting := _sitting(visitor))
        await self._free(sitting)

    async def renew_seats(self, *, of_all: bool = False) -> None:
        """Seat again whom an emptied store forgot, so that they are missed when they go; each two seconds.

        Third persons who were sent away go, also when this node was not told.
        `of_all` is for a store that lost some of it: a seat that it has to keep ends the call.
        """
        for visitor in list(self.visitors.values()):
            await attempt(self._renew(visitor, of_all=of_all), "seat")

    async def hold_seats(self) -> None:
        """Say that all who sit here still do; each second, in one go."""
        await self._seats.hold([_sitting(visitor) for visitor in self.visitors.values()])

    async def follow_channels(self) -> None:
        """See that all who sit here know to whom interpreters speak; each second."""
        await self._room.follow_channels({call_of(visitor) for visitor in self.visitors.values()})

    async def free_seats(self) -> None:
        """Do what `leave` does for sockets whose node is gone, and what it could not; each some seconds."""
        async for sitting in self._seats.deserted():
            log.warning("a seat is free: its node is gone", extra={"call": sitting.call})
            self._lost.add(sitting)
        for sitting in list(self._lost):
            await attempt(self._free(sitting), "lost seat")

    async def snapshot(self, visitor: Visitor) -> MeetingSnapshot:
        """Return the meeting as this person sees it, with fresh credentials for the relay servers."""
        call = await self._calls.get(call_of(visitor))
        is_buyer = visitor.actor.id == call.buyer
        other = call.answered_by if is_buyer else call.buyer
        on_table = await self._seats.on_table(call)
        me = visitor.actor
        return MeetingSnapshot(
            call=await self._views.call(call, me.id),
            me=PartyData(id=me.id, name=me.name, company=me.company, role=me.role.value),
            other=await self._staff(call) if is_buyer else _buyer(call),
            other_present=await self._seats.is_taken(call.id, other), polite=is_buyer,
            posts=wire.posts_data(await self._chat.tail(_chat_of(call.id)), me),
            product=await self._views.product(on_table, call.room),
            ice_servers=self._turn.servers(me.id), now=self._views.clock(), seat=seat_of(call, me.id),
            media_ticket=self._room.media_ticket(me, call.id, visitor.ticket.grounds),
            gathering=await self._room.gathering_for(me, call),
        )

    async def _staff(self, call: Call) -> PartyData:
        company = await self._views.company_name(call.room)
        return wire.party_data(call.answered_by_name or company, company, "", Role.STAFF)

    async def _renew(self, visitor: Visitor, *, of_all: bool) -> None:
        call_id, me = call_of(visitor), visitor.actor
        if me.role is Role.THIRD and await self._is_sent_away(me):  # where no word of it has come from
            await self.emit("removed", {"seat": thirds.seat_of(me.id)}, to=visitor.socket)
            await self.disconnect(visitor.socket)
            return
        if not of_all and await self._seats.is_taken(call_id, me.id):
            return
        if me.role is not Role.THIRD:
            await self._calls.take_seat(me, await self._calls.get(call_id), visitor.socket)
            await self._tell_other(visitor, "arrived", {})  # who may have been told of the opposite
        await self._seats.sit(_sitting(visitor))
        await self._room.tell(call_id)
        if visitor.socket not in self.visitors:
            await self.leave(visitor)  # gone meanwhile, and perhaps before this seat was noted

    async def _is_sent_away(self, third: Actor) -> bool:
        try:
            await self._room.parts.thirds.require_here(third)
        except Denied:
            return True
        return False

    async def _free(self, sitting: Sitting) -> None:
        with suppress(Missing):  # a call that nobody knows any more has no seats
            await self._rise(sitting)
        self._lost.discard(sitting)

    async def _rise(self, sitting: Sitting) -> None:
        if not await self._seats.rise(sitting):
            return
        if not thirds.is_third(sitting.account):
            await self.emit("left", {}, room=herald.pair(sitting.call), skip_sid=sitting.socket)
            await self._calls.lose_seat(sitting.call, sitting.account, sitting.socket)
        await self._room.tell(sitting.call)

    async def _replace(self, call: Call, socket: str) -> None:
        data = {"call": await self._views.call(call), "reason": EndReason.ELSEWHERE}
        await self.emit("ended", data, to=socket)
        await self.disconnect(socket)

    async def _tell_other(self, visitor: Visitor, event: str, data: Fields) -> None:
        room = herald.pair(call_of(visitor))
        await self.emit(event, data, room=room, skip_sid=visitor.socket)

    async def _tell_all(self, visitor: Visitor, event: str, data: Fields) -> None:
        room = herald.meeting(call_of(visitor))
        await self.emit(event, data, room=room, skip_sid=visitor.socket)

    async def _signal(self, visitor: Visitor, message: Signal) -> Fields:
        if visitor.actor.role is Role.THIRD:
            raise Denied("Third persons talk through the relay.", code="denied")
        await self._tell_other(visitor, "signal", _signal_data(message))
        return {}

    async def _post(self, visitor: Visitor, message: WritePost) -> Fields:
        call = call_of(visitor)
        post = await self._chat.post(_chat_of(call), visitor.actor, message.text)
        await self.emit("posted", {"post": wire.post_data(post)}, room=herald.meeting(call))
        return {"post": wire.posts_data([post], visitor.actor)[0]}

    async def _table(self, visitor: Visitor, message: NameProduct) -> Fields:
        call = await self._calls.get(call_of(visitor))
        require(visitor.actor, Permission.HOST_CALL, call.room, call)
        product = (
            await self._views.product_of(message.product_id, call.room) if message.product_id else None
        )
        await self._seats.put_on_table(call.id, message.product_id)
        await self._tell_all(visitor, "table", {"product": product})
        return {"product": product}

    async def _devices(self, visitor: Visitor, message: Devices) -> Fields:
        data = {"microphone": message.microphone, "camera": message.camera, "screen": message.screen}
        seat = seat_of(await self._calls.get(call_of(visitor)), visitor.actor.id)
        await self._tell_all(visitor, "devices", {**data, "seat": seat})
        return {}

    async def _hang_up(self, visitor: Visitor, _message: Nothing) -> Fields:
        call = call_of(visitor)
        if visitor.actor.role is Role.THIRD:  # who goes alone; the call is that of the two
            return await self._remove(visitor, NameSeat(thirds.seat_of(visitor.actor.id)))
        await self._herald.hang_up(call, self._calls.hang_up(visitor.actor, call))
        return {}

    async def _remove(self, visitor: Visitor, message: NameSeat) -> Fields:
        """Send a third person away: they are told so, and hear and say nothing more."""
        call = await self._calls.get(call_of(visitor))
        await self._room.remove(visitor.actor, call, message.seat)
        for socket in await self._seats.sockets(call.id, thirds.account_at(message.seat)):
            await self.disconnect(socket)
        return {}


def _buyer(call: Call) -> PartyData:
    return wire.party_data(call.buyer_name, call.buyer_company, call.buyer_country, Role.BUYER)


def _sitting(visitor: Visitor) -> Sitting:
    return Sitting(call_of(visitor), visitor.actor.id, visitor.socket)


def _chat_of(call: CallId) -> str:
    return f"call:{call}"


def _signal_data(message: Signal) -> Fields:
    match message.description, message.candidate:
        case Description(type=kind, sdp=sdp), _:
            return {"description": {"type": kind, "sdp": sdp}}
        case _, Candidate() as it:
            return {
                "candidate": {
                    "candidate": it.candidate, "sdpMid": it.sdpMid, "sdpMLineIndex": it.sdpMLineIndex,
                    "usernameFragment": it.usernameFragment,
                }
            }
    return {"restart": message.restart}
