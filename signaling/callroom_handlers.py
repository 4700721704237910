"""What the screens of a call ask beside talking, done in the call room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rooms.negotiation.calls import Call, Calls
from signaling.call_room import CallRoom
from signaling.call_stage import seat_of
from signaling.conversation import Handler, Visitor, call_of
from signaling.protocol import Nothing
from signaling.protocol_callroom import Consent, Freeze, Invite, Point, SpeakTo
from signaling.replies import Fields

TellOthers = Callable[[Visitor, str, Fields], Awaitable[None]]


class RoomHandlers:
    """The handlers of `/meeting` that concern the room; `tell` reaches all others in the call."""

    def __init__(self, room: CallRoom, calls: Calls, tell: TellOthers) -> None:
        self._room = room
        self._calls = calls
        self._tell = tell
        self.handlers: dict[str, Handler] = {
            "consent": self._consent, "invite": self._invite,
            "speak_to": self._speak_to, "freeze": self._freeze, "point": self._point, "wipe": self._wipe,
        }

    async def _consent(self, visitor: Visitor, message: Consent) -> Fields:
        call, agree = await self._call(visitor), message.agree
        await self._room.answer(visitor.actor, call, message.language, is_agreed=agree, key=message.key)
        return {}

    async def _invite(self, visitor: Visitor, message: Invite) -> Fields:
        call = await self._call(visitor)
        token = await self._room.invite(visitor.actor, call, message.kind, message.name, message.company)
        return {"link": f"/join/{token}"}

    async def _speak_to(self, visitor: Visitor, message: SpeakTo) -> Fields:
        await self._room.speak_to(visitor.actor, await self._call(visitor), message.listener)
        return {}

    async def _freeze(self, visitor: Visitor, message: Freeze) -> Fields:
        await self._room.freeze(await self._call(visitor), message.file)
        return {}

    async def _point(self, visitor: Visitor, message: Point) -> Fields:
        seat = seat_of(await self._call(visitor), visitor.actor.id)
        data = {"seat": seat, "x": message.x, "y": message.y, "is_down": message.is_down}
        await self._tell(visitor, "pointed", data)
        return {}

    async def _wipe(self, visitor: Visitor, _message: Nothing) -> Fields:
        await self._tell(visitor, "wiped", {})
        return {}

    async def _call(self, visitor: Visitor) -> Call:
        return await self._calls.get(call_of(visitor))
