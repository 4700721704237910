"""What is left to follow up: requests nobody answered and messages, until somebody has dealt with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select

from config.errors import Missing
from config.ids import CallId, RoomId
from rooms.fair import words
from rooms.fair.asking_rows import BuyerMessageRow, SeenToRow
from rooms.fair.buyer_messages import BuyerMessage, BuyerMessages
from rooms.fair.database import Database, insert_once
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.call import Call
from rooms.negotiation.outcomes import call_from
from rooms.negotiation.states import CallKind, CallState

LOOK_BACK_SECONDS = 14 * 24 * 3600
LIST_LIMIT = 200
LOST = (CallState.MISSED, CallState.DECLINED)


@dataclass(frozen=True, slots=True)
class Done:
    """Who has dealt with it, and when."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A request that was lost; `tries` are calls back nobody answered, `is_reached` that one was answered."""

    call: Call
    done: Done | None
    tries: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and what became of it."""

    message: BuyerMessage
    done: Done | None
    tries: int
    is_reached: bool


class FollowUp:
    """Lists what is left to do for a room. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._messages = BuyerMessages(database, clock)
        self._clock = clock

    async def missed(self, actor: Actor, room: RoomId) -> list[Missed]:
        """Return the requests nobody answered, the newest first; `Denied`."""
        require(actor, Permission.SEE_FOLLOW_UP, room)
        query = select(CallRequestRow).where(
            CallRequestRow.room == room, CallRequestRow.requested_at >= self._clock() - LOOK_BACK_SECONDS,
            CallRequestRow.kind == CallKind.REQUEST, CallRequestRow.outcome.in_(LOST),
        )
        query = query.order_by(CallRequestRow.requested_at.desc()).limit(LIST_LIMIT)
        async with self._database.reading() as session:
            calls = [call_from(row, None) for row in await session.scalars(query)]
        done, tries, reached = await self._done(room), *await self._tries(room)
        return [
            Missed(call, done.get(call.id), tries.get(call.id, 0), call.id in reached) for call in calls
        ]

    async def letters(self, actor: Actor, room: RoomId) -> list[Letter]:
        """Return the messages to a room, the newest first; `Denied`."""
        require(actor, Permission.SEE_FOLLOW_UP, room)
        messages = await self._messages.of_room(room, self._clock() - LOOK_BACK_SECONDS)
        done, tries, reached = await self._done(room), *await self._tries(room)
        return [
            Letter(it, done.get(it.id), tries.get(it.id, 0), it.id in reached) for it in messages
        ]

    async def call(self, room: RoomId, call_id: CallId) -> Call:
        """Return a lost request of this room as it was written down, so that an erased name stays erased.

        `Missing` (`no_call`), also for one that was answered or taken back, and for a call of the staff.
        """
        async with self._database.reading() as session:
            row = await session.get(CallRequestRow, call_id) if words.is_id(call_id) else None
        is_lost = row is not None and row.kind == CallKind.REQUEST and row.outcome in LOST
        if row is None or row.room != room or not is_lost:
            raise Missing("There is no such call.", code="no_call")
        return call_from(row, None)

    async def see_to(self, actor: Actor, room: RoomId, subject: str, *, is_done: bool) -> None:
        """Mark a missed request or a message as dealt with, or not; `Denied`, `Missing` (`no_follow_up`)."""
        require(actor, Permission.SEE_TO_FOLLOW_UP, room)
        async with self._database.session() as session:
            call = await session.get(CallRequestRow, subject)
            message = await session.get(BuyerMessageRow, subject)
            if room not in (call.room if call else None, message.room if message else None):
                raise Missing("There is nothing of this kind to follow up.", code="no_follow_up")
            if not is_done:
                await session.execute(delete(SeenToRow).where(SeenToRow.subject == subject))
                return
            values = {
                "subject": subject, "room": room, "account": actor.id, "name": actor.name,
                "done_at": self._clock(),
            }
            await insert_once(session, SeenToRow, values)

    async def _done(self, room: RoomId) -> dict[str, Done]:
        query = select(SeenToRow).where(SeenToRow.room == room)
        async with self._database.reading() as session:
            return {row.subject: Done(row.name, row.done_at) for row in await session.scalars(query)}

    async def _tries(self, room: RoomId) -> tuple[dict[str, int], set[str]]:
        """Return how often each was called back in vain, and which were answered."""
        query = (
            select(CallRequestRow.about, CallAnswerRow.call)
            .outerjoin(CallAnswerRow, CallAnswerRow.call == CallRequestRow.id)
            .where(CallRequestRow.room == room, CallRequestRow.about.is_not(None))
        )
        tries: dict[str, int] = {}
        reached: set[str] = set()
        async with self._database.reading() as session:
            for about, answer in await session.execute(query):
                if answer:
                    reached.add(str(about))
                else:
                    tries[str(about)] = tries.get(str(about), 0) + 1
        return tries, reached
