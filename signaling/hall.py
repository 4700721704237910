"""The hall: buyers and guests, inside one room or walking from room to room."""

from __future__ import annotations

from dataclasses import dataclass

from config.counters import Counters
from config.errors import Missing
from config.ids import RoomId, ShowId
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.fair.recording import Kind
from rooms.fair.recordings import Recordings
from rooms.fair.reservations import Reservations
from rooms.live.audience import Audience
from rooms.live.chat import Chat
from rooms.live.duty import Duty
from rooms.live.shows import Shows
from rooms.negotiation.calls import Call, Calls
from signaling import herald, wire
from signaling.appointing import Appointing
from signaling.asking import Asking
from signaling.chronicle import Chronicle
from signaling.conversation import Conversation, Visitor
from signaling.herald import Herald
from signaling.protocol import NameCall, RequestCall, WritePost
from signaling.protocol_asking import ChooseVisibility, Here, NameOutgoing
from signaling.reminding import Reminding
from signaling.replies import Fields, attempt
from signaling.tickets import Purpose, Ticket, Tickets
from signaling.views import Views
from signaling.wire import CallData, HallSnapshot, LiveRoomData, RoomData
from signaling.wire_asking import VisitorData, line_data, visitor_data
from signaling.wire_programme import ReminderData


@dataclass(frozen=True, slots=True)
class RoomParts:
    """What every conversation about a room looks at and changes."""

    views: Views
    herald: Herald
    shows: Shows
    audience: Audience
    duty: Duty
    chat: Chat
    calls: Calls
    recordings: Recordings
    chronicle: Chronicle
    reservations: Reservations
    asking: Asking
    appointing: Appointing


@dataclass(frozen=True, slots=True)
class Watched:
    """What somebody watches who asks for a call, and how long it is by now, in seconds."""

    show: ShowId | None
    seconds: float
    replay_of: float | None = None

    def clamp(self, second: float | None) -> float | None:
        """Return a second of it, or None where nothing is watched."""
        return None if self.show is None or second is None else min(second, self.seconds)


class Hall(Conversation):
    """`/hall`."""

    purpose = Purpose.HALL

    def __init__(self, parts: RoomParts, tickets: Tickets, counters: Counters) -> None:
        super().__init__("/hall", tickets, counters)
        self._parts = parts
        self._told: list[LiveRoomData] | None = []
        """What all who walk here know of what is on the air; None when they know different things."""
        self._reminding = Reminding(parts.reservations, parts.views, parts.herald)
        self._entered: set[RoomId] = set()
        self.handlers = {
            "post": self._post, "request_call": self._request_call, "cancel_call": self._cancel_call,
            "answer_call": self._answer_call, "refuse_call": self._refuse_call,
            "set_visibility": self._set_visibility, "here": self._here,
        }

    async def enter(self, visitor: Visitor, ticket: Ticket) -> None:
        """Let anybody in; a buyer whose request is open is back, whatever page this is."""
        require(visitor.actor, Permission.WATCH, visitor.room)
        if visitor.room is not None:
            await self._parts.views.company_name(visitor.room)
        self.admit(visitor)
        await self.enter_room(visitor.socket, herald.account(visitor.actor.id))
        if visitor.actor.room is not None:
            await self.enter_room(visitor.socket, herald.staff(visitor.actor.room))
        if visitor.room is None:
            await self.enter_room(visitor.socket, herald.WALKERS)
        else:
            await self.enter_room(visitor.socket, herald.inside(visitor.room))
        if visitor.actor.role is Role.BUYER:
            await self._parts.calls.buyer_back(visitor.actor.id)
            await attempt(self._visit(visitor), "visit")  # a store that is full keeps nobody out

    async def leave(self, visitor: Visitor) -> None:
        """Note that a buyer has no page open any more, at all or in a room; their requests stay."""
        self._reminding.strike(visitor)
        actor, room = visitor.actor, visitor.room
        if actor.role is not Role.BUYER:
            return
        if not self.is_here(actor):
            await self._parts.calls.buyer_gone(actor.id)
            if self.is_here(actor):  # a page that came meanwhile found nothing to take back yet
                await self._parts.calls.buyer_back(actor.id)
        if room is not None and not self.is_here(actor, room):
            await self._parts.asking.visits.leave(room, actor.id)

    async def snapshot(self, visitor: Visitor) -> HallSnapshot:
        """Return the room, or all rooms on the air."""
        if visitor.room is None:
            return HallSnapshot(
                room=None, show=None, viewers=0, pinned=None, posts=[], duty=[], call=None,
                me=wire.me_data(visitor.actor), live=await self._live_rooms(),
                reminders=await self._reminders(visitor), calls=await self._own_calls(visitor), line=None,
                visibility=None, appointments=await self._parts.appointing.near(visitor.actor),
                now=self._parts.views.clock(),
            )
        return await self._room_snapshot(visitor, visitor.room)

    async def greet(self, visitor: Visitor) -> None:
        """Send a client a fresh snapshot; from then on its reminders are told."""
        await super().greet(visitor)
        self._reminding.strike(visitor)

    async def _live_rooms(self) -> list[LiveRoomData]:
        rooms = await self._parts.views.live_rooms()
        if rooms != self._told:
            self._told = None
        return rooms

    async def tell_walkers(self) -> None:
        """Tell those who walk in the hall what is on the air, when that changes; called each two seconds."""
        if not any(visitor.room is None for visitor in list(self.visitors.values())):
            return
        rooms = await self._parts.views.live_rooms()
        if rooms != self._told:
            self._told = rooms
            await self.emit("live", {"rooms": rooms}, room=herald.WALKERS, ignore_queue=True)

    async def remind(self) -> None:
        """Remind those who are here of what they reserved; called each two seconds, by every node."""
        here = {visitor.actor.id for visitor in self.visitors.values() if visitor.actor.role is Role.BUYER}
        await self._reminding.remind(here)

    async def _room_snapshot(self, visitor: Visitor, room: RoomId) -> HallSnapshot:
        parts = self._parts
        call = await self._open_call(visitor)
        return HallSnapshot(
            room=RoomData(id=room, company=await parts.views.company_name(room)),
            show=wire.show_data(await parts.shows.get(room)),
            viewers=await parts.audience.viewers(room),
            pinned=await parts.views.product(await parts.shows.pinned(room), room),
            posts=wire.posts_data(await parts.chat.tail(room), visitor.actor),
            duty=wire.duty_data(await parts.duty.on_duty(room)),
            call=await parts.views.call(call, visitor.actor.id) if call else None,
            me=wire.me_data(visitor.actor), live=[], reminders=await self._reminders(visitor),
            calls=await self._own_calls(visitor),
            line=line_data(await parts.calls.place_of(call)) if call else None,
            visibility=await self._visibility(visitor),
            appointments=await parts.appointing.near(visitor.actor), now=parts.views.clock(),
        )

    async def renew_visits(self) -> None:
        """Extend the visits of all buyers here, and tell the staff who is there; called each ten seconds."""
        rooms = {visitor.room for visitor in self.visitors.values() if visitor.room}
        for visitor in list(self.visitors.values()):
            if visitor.room and visitor.actor.role is Role.BUYER:
                await self._parts.asking.visits.enter(visitor.room, visitor.actor)
        for room in rooms:
            await tell_visitors(self._parts, room)

    async def _visit(self, visitor: Visitor) -> None:
        """Note a visit; the staff are told of it soon if they may know."""
        room, asking = visitor.room, self._parts.asking
        if room is None or not await asking.visits.enter(room, visitor.actor):
            return
        if await asking.is_visible(visitor.actor, room):
            self._entered.add(room)

    async def tell_entered(self) -> None:
        """Tell the staff of rooms that somebody has entered who is there; called each second.

        Not at once: when a whole audience comes, each telling is as long as the audience.
        """
        rooms, self._entered = self._entered, set()
        for room in rooms:
            await tell_visitors(self._parts, room)

    async def _own_calls(self, visitor: Visitor) -> list[CallData]:
        if visitor.actor.role is not Role.BUYER:
            return []
        calls = await self._parts.calls.all_of_buyer(visitor.actor.id)
        return await self._parts.views.calls(calls, visitor.actor.id)

    async def _visibility(self, visitor: Visitor) -> str | None:
        if visitor.actor.role is not Role.BUYER or visitor.room is None:
            return None
        return await self._parts.asking.visibility.of(visitor.actor.id, visitor.room)

    async def _reminders(self, visitor: Visitor) -> list[ReminderData]:
        """Return what somebody who has just come was not reminded of yet."""
        if visitor.actor.role is not Role.BUYER:
            return []
        return await self._reminding.of(visitor)

    async def _open_call(self, visitor: Visitor) -> Call | None:
        if visitor.actor.role is not Role.BUYER or visitor.room is None:
            return None
        return await self._parts.calls.open_of_buyer(visitor.actor.id, visitor.room)

    async def _post(self, visitor: Visitor, message: WritePost) -> Fields:
        return await write_post(self._parts, visitor, message)

    async def _request_call(self, visitor: Visitor, message: RequestCall) -> Fields:
        room, parts = room_of(visitor), self._parts
        require(visitor.actor, Permission.REQUEST_CALL, room)
        if message.product_id:
            await parts.views.product_of(message.product_id, room)
        watched = await self._watched(visitor.actor, room, message.show)
        call = await parts.calls.request(
            visitor.actor, room, watched.show, watched.clamp(message.show_second), message.product_id,
            message.request_key, watched.replay_of,
        )
        return {"call": await parts.views.call(call, visitor.actor.id)}

    async def _watched(self, actor: Actor, room: RoomId, replay: ShowId | None) -> Watched:
        """Return what a buyer watches: a replay of this room that they may see, or the show that runs."""
        show = await self._parts.shows.get(room)
        if replay is None or (show and show.id == replay):
            elapsed = max(0.0, self._parts.views.clock() - show.started_at) if show else 0.0
            return Watched(show.id if show else None, elapsed)
        recording = await self._parts.recordings.get(replay)
        if recording.room != room or recording.kind is not Kind.SHOW:
            raise Missing("There is no such recording in this room.", code="no_recording")
        await self._parts.recordings.require_watching(actor, recording)
        return Watched(replay, recording.seconds, replay_of=recording.started_at)

    async def _cancel_call(self, visitor: Visitor, message: NameCall) -> Fields:
        call = await self._parts.calls.cancel(visitor.actor, message.call)
        return {"call": await self._parts.views.call(call, visitor.actor.id)}

    async def _answer_call(self, visitor: Visitor, message: NameOutgoing) -> Fields:
        call = await self._parts.calls.outgoing.answer(visitor.actor, message.call)
        return {"call": await self._parts.views.call(call, visitor.actor.id)}

    async def _refuse_call(self, visitor: Visitor, message: NameOutgoing) -> Fields:
        call = await self._parts.asking.refuse(self._parts.calls, visitor.actor, message.call)
        await tell_visitors(self._parts, call.room)
        return {"call": await self._parts.views.call(call, visitor.actor.id)}

    async def _set_visibility(self, visitor: Visitor, message: ChooseVisibility) -> Fields:
        room = room_of(visitor)
        choice = await self._parts.asking.visibility.choose(visitor.actor, room, message.choice)
        await tell_visitors(self._parts, room)
        return {"choice": choice}

    async def _here(self, visitor: Visitor, _message: Here) -> Fields:
        await self._parts.calls.buyer_back(visitor.actor.id)
        return {}


async def tell_visitors(parts: RoomParts, room: RoomId) -> None:
    """Tell the staff of a room who is there and may be seen."""
    await parts.herald.visitors_changed(room, await visitors_data(parts, room))


async def visitors_data(parts: RoomParts, room: RoomId) -> list[VisitorData]:
    """Return who is in a room and may be seen."""
    visits = await parts.asking.visible(room)
    refused = await parts.asking.visibility.refusals(room)
    return [visitor_data(visit, has_refused=visit.account in refused) for visit in visits]


async def write_post(parts: RoomParts, visitor: Visitor, message: WritePost) -> Fields:
    """Write a post into the room of `visitor` and show it to everybody there, now and in the replay."""
    room = room_of(visitor)
    show = await parts.shows.get(room)
    post = await parts.chat.post(room, visitor.actor, message.text)
    parts.chronicle.posted(show, post)
    await parts.herald.posted(room, post)
    return {"post": wire.posts_data([post], visitor.actor)[0]}


def room_of(visitor: Visitor) -> RoomId:
    """Return the room a visitor is in; `Missing` (`no_room`) for those who walk in the hall."""
    if visitor.room is None:
        raise Missing("Enter a room first.", code="no_room")
    return visitor.room
