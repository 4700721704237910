"""The call room: who is in a private call, what they agreed on, and what they handed over.

Everything here is shared by all in the call: whatever changes is told to all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from redis.asyncio import Redis

from config.errors import Busy, Conflict, Denied, Invalid
from config.ids import AccountId, CallId
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.negotiation.call import Call
from rooms.negotiation.call_files import CallFile, CallFiles
from rooms.negotiation.call_notes import CallNotes, Note
from rooms.negotiation.calls import Calls
from rooms.negotiation.consent_rules import ConsentState
from rooms.negotiation.consents import Consents
from rooms.negotiation.states import CallState
from rooms.negotiation.thirds import Third, ThirdKind, Thirds, account_at, no_invitation
from signaling import herald, keys
from signaling.call_channels import EVERYBODY, CallChannels
from signaling.call_recorder import CallRecorder
from signaling.call_stage import BUYER, STAFF, CallStage, seat_of
from signaling.herald import Herald
from signaling.replies import attempt
from signaling.seats import KEEP_SECONDS, Seats
from signaling.tickets import Grounds
from signaling.views import Views
from signaling.wire_callroom import ConsentData, GatheringData, NoteData, SeatData, file_data

MEDIA_SECONDS = 4 * 3600.0
LISTENERS = frozenset({EVERYBODY, BUYER, STAFF})


@dataclass(frozen=True, slots=True)
class CallParts:
    """What the call room is made of."""

    calls: Calls
    consents: Consents
    thirds: Thirds
    channels: CallChannels
    files: CallFiles
    notes: CallNotes
    stage: CallStage
    recorder: CallRecorder


class CallRoom:
    """Speaks through the herald; `clock` of the views gives Unix seconds."""

    def __init__(self, redis: Redis, parts: CallParts, views: Views, herald: Herald) -> None:
        self._redis = redis
        self._seats = Seats(redis)
        self._views = views
        self._herald = herald
        self.parts = parts
        parts.recorder.on_change = self.tell
        herald.on_end = parts.recorder.end

    def media_ticket(self, actor: Actor, call: CallId, grounds: Grounds | None = None) -> str:
        """Return what opens the relay's doors of this call to somebody who is in it, on these grounds."""
        return self.parts.stage.ticket(actor, call, MEDIA_SECONDS, grounds)

    async def gathering_for(self, actor: Actor, call: Call) -> GatheringData:
        """Return how a call stands, as somebody in it may know."""
        found = await self.gathering(call)
        return _for_thirds(found) if actor.role is Role.THIRD else found

    async def gathering(self, call: Call) -> GatheringData:
        """Return how a call stands, as its two may know."""
        thirds = await self.parts.thirds.of(call.id)
        consent = await self._consent(call, thirds)
        is_relayed = consent["state"] == ConsentState.AGREED or any(third.joined_at for third in thirds)
        frozen = await self._redis.get(keys.frozen(call.id))
        company = await self._views.company_name(call.room)
        files, notes = await self.parts.files.of(call.id), await self.parts.notes.of(call.id)
        return GatheringData(
            way="relay" if is_relayed else "direct", seats=await self._seats_of(call, thirds),
            consent=consent, files=[file_data(it, _erased(call, it.sender, company)) for it in files],
            notes=[_note_data(call, it, company) for it in notes], frozen=str(frozen) if frozen else None,
        )

    async def tell(self, call_id: CallId) -> None:
        """Tell everybody in a call how it stands now."""
        found = await self.gathering(await self.parts.calls.get(call_id))
        for room, data in ((herald.pair(call_id), found), (herald.thirds(call_id), _for_thirds(found))):
            await self._herald.emit("gathering", {"gathering": data}, namespace="/meeting", room=room)

    async def require_inside(self, actor: Actor, call: Call) -> None:
        """Raise `Denied` unless somebody is in this call and was not sent away."""
        require(actor, Permission.JOIN_CALL, call.room, call)
        if actor.role is Role.THIRD:
            await self.parts.thirds.require_here(actor)

    async def answer(
        self, actor: Actor, call: Call, language: str, *, is_agreed: bool, key: str = ""
    ) -> None:
        """Take an answer to whether the call may be recorded; a refusal stops it before this returns.

        What comes again with its `key` changes nothing. `Conflict` (`no_recordings`) where the fair records
        nothing.
        """
        await self.require_inside(actor, call)
        recorder = self.parts.recorder
        if is_agreed and not recorder.can_record:
            raise Conflict("This fair does not record.", code="no_recordings")
        written = self.parts.consents.answer(actor, call, language, is_agreed=is_agreed, key=key)
        await recorder.change(call, actor.id, written)
        await self.tell(call.id)

    async def invite(self, actor: Actor, call: Call, kind: str, name: str, company: str) -> str:
        """Invite a third person and return the secret of their link."""
        _, token = await self.parts.thirds.invite(actor, call, kind, name, company)
        await self.tell(call.id)
        return token

    async def invited(self, token: str) -> tuple[Third, Call]:
        """Return whom a link is for, and into which call; `Missing` (`no_invitation`) once that is over."""
        third = await self.parts.thirds.invited(token)
        call = await self.parts.calls.get(third.call)
        if call.state is not CallState.TALKING:
            raise no_invitation()
        return third, call

    async def join(self, token: str) -> Third:
        """Let a third person in by their link, once; what was recorded so far stops until they agree."""
        third, call = await self.invited(token)
        await self.parts.recorder.change(call, third.id, self.parts.thirds.join(token))
        await self.tell(call.id)
        return third

    async def remove(self, actor: Actor, call: Call, seat: str) -> None:
        """Send a third person away, or take their invitation back; `Missing` (`no_third`)."""
        third = account_at(seat)
        await self.parts.recorder.change(call, third, self.parts.thirds.remove(actor, call, third))
        self.parts.stage.send_away(call.id, third)
        await self.parts.channels.forget(call.id, seat)
        await self._herald.emit(
            "removed", {"seat": seat}, namespace="/meeting", room=herald.meeting(call.id)
        )
        await self.tell(call.id)

    async def speak_to(self, actor: Actor, call: Call, listener: str) -> None:
        """Say whom an interpreter speaks to: `buyer`, `staff` or `both`.

        The relay sends silence to all others, at another node a second later at most; that is recorded, too.
        """
        third = await self.parts.thirds.require_here(actor)
        if third.kind is not ThirdKind.INTERPRETER:
            raise Denied("Only an interpreter chooses whom to speak to.", code="denied")
        if listener not in LISTENERS:
            raise Invalid("An interpreter speaks to buyer, staff or both.", code="malformed")
        await self.parts.channels.speak_to(call.id, seat_of(call, actor.id), listener)
        await self.parts.recorder.follow(call.id)
        await self._tell_channels(call.id)

    async def follow_channels(self, calls: Collection[CallId]) -> None:
        """Have all in calls told to whom interpreters speak, where they may know otherwise; each second.

        `calls` are those that have pages at this node: what the store lost of them is put back first.
        """
        channels = self.parts.channels
        for call in calls:
            if channels.knows(call):
                await attempt(channels.of(call), "channels")
        for call in list(channels.untold):
            await attempt(self._tell_channels(call), "tell channels")

    async def freeze(self, call: Call, file: str | None) -> None:
        """Put a picture that was handed over in front of everybody, to point at; None takes it away."""
        if file is None:
            await self._redis.delete(keys.frozen(call.id))
        else:
            picture = await self.parts.files.get(call.id, file)
            if not picture.kind.is_picture:
                raise Invalid("Only a picture can be pointed at.", code="malformed")
            await self._redis.set(keys.frozen(call.id), picture.id, ex=KEEP_SECONDS)
        await self.tell(call.id)

    async def add_file(self, actor: Actor, call: Call, name: str, body: bytes) -> CallFile:
        """Hand a file over."""
        await self.require_inside(actor, call)
        file = await self.parts.files.add(actor, call, name, body)
        await self.tell(call.id)
        return file

    async def leave_note(self, actor: Actor, call: Call, text: str, key: str = "") -> None:
        """Leave a note for the other, once for a `key`."""
        await self.parts.notes.leave(actor, call, text, key)
        await self.tell(call.id)

    async def _tell_channels(self, call: CallId) -> None:
        """Tell everybody in a call how it stands, at once or later."""
        untold = self.parts.channels.untold
        untold.discard(call)
        try:
            await self.tell(call)
        except Busy:
            untold.add(call)
            raise

    async def _consent(self, call: Call, thirds: list[Third]) -> ConsentData:
        recorder = self.parts.recorder
        found = await self.parts.consents.standing(call.id, await recorder.parties(call))
        is_agreed = found.state is ConsentState.AGREED
        company = await self._views.company_name(call.room)
        asked_by = found.asked_by or "".join(_erased(call, it, company) for it in found.agreed[:1])
        return ConsentData(
            can_record=recorder.can_record, state=found.state.value,
            agreed=[seat_of(call, party) for party in found.agreed], asked_by=asked_by,
            is_recording=await recorder.is_recorded(call.id),
            stopped=await recorder.why_stopped(call.id) if is_agreed else "",
        )

    async def _seats_of(self, call: Call, thirds: list[Third]) -> list[SeatData]:
        taken = await self._seats.taken(call.id)
        channels = await self.parts.channels.of(call.id)
        company = await self._views.company_name(call.room)
        seats = [
            _seat(BUYER, BUYER, call.buyer_name, call.buyer_company, call.buyer in taken),
            _seat(STAFF, STAFF, call.answered_by_name or company, company, call.answered_by in taken),
        ]
        for third in thirds:
            seat = seat_of(call, third.id)
            data = _seat(seat, third.kind, third.name, third.company, third.id in taken)
            data["is_invited"] = third.joined_at is None
            data["speaks_to"] = channels.get(seat, EVERYBODY)
            seats.append(data)
        return seats


def _for_thirds(gathering: GatheringData) -> GatheringData:
    """Leave the notes out: they are between the two."""
    return {**gathering, "notes": []}


def _note_data(call: Call, note: Note, company: str) -> NoteData:
    return NoteData(name=note.name or _erased(call, note.author, company), text=note.text, at=note.at)


def _erased(call: Call, account: AccountId, company: str) -> str:
    """Return what stands for one of the two whose name was erased: their company, of staff `company`."""
    return call.buyer_company if account == call.buyer else company


def _seat(seat: str, kind: str, name: str, company: str, is_here: bool) -> SeatData:
    return SeatData(
        id=seat, kind=str(kind), name=name, company=company, is_here=is_here, is_invited=False,
        speaks_to=EVERYBODY,
    )
