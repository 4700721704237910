"""What is left to follow up: requests that led to no talk, and messages, until it has been dealt with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from config.errors import Missing
from config.ids import CallId, RoomId
from rooms.fair import words
from rooms.fair.asking_rows import BuyerMessageRow, SeenToRow
from rooms.fair.buyer_messages import BuyerMessage, BuyerMessages
from rooms.fair.database import Database, insert_once
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.call import Call
from rooms.negotiation.outcomes import call_from, have_met
from rooms.negotiation.states import CallKind, CallState

LEFT_LIMIT = 1000
"""Of more that nobody has dealt with, the others are listed once some of these are done."""
DONE_LIMIT = 200
LOST = (CallState.MISSED, CallState.DECLINED)


@dataclass(frozen=True, slots=True)
class Done:
    """Who has dealt with it, and when."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A request that was lost; `tries` are calls back in vain, `is_reached` that one led to a talk."""

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
        """Return the requests nobody answered, or to whose answer one of the two did not come; `Denied`.

        The newest first: all that is left, however old, and the newest of what is done.
        """
        require(actor, Permission.SEE_FOLLOW_UP, room)
        newest, is_done = CallRequestRow.requested_at.desc(), _is_done(room, CallRequestRow.id)
        query = select(CallRequestRow).where(CallRequestRow.room == room, _is_lost()).order_by(newest)
        left, over = query.where(~is_done).limit(LEFT_LIMIT), query.where(is_done).limit(DONE_LIMIT)
        async with self._database.reading() as session:
            rows = [*await session.scalars(left), *await session.scalars(over)]
        calls = sorted((call_from(row, None) for row in rows), key=lambda call: -call.requested_at)
        done, tries, reached = await self._done(room), *await self._tries(room)
        return [
            Missed(call, done.get(call.id), tries.get(call.id, 0), call.id in reached) for call in calls
        ]

    async def letters(self, actor: Actor, room: RoomId) -> list[Letter]:
        """Return the messages to a room, the newest first, as many as of requests; `Denied`."""
        require(actor, Permission.SEE_FOLLOW_UP, room)
        is_done = _is_done(room, BuyerMessageRow.id)
        left = await self._messages.of_room(room, ~is_done, LEFT_LIMIT)
        over = await self._messages.of_room(room, is_done, DONE_LIMIT)
        messages = sorted([*left, *over], key=lambda message: -message.sent_at)
        done, tries, reached = await self._done(room), *await self._tries(room)
        return [
            Letter(it, done.get(it.id), tries.get(it.id, 0), it.id in reached) for it in messages
        ]

    async def call(self, room: RoomId, call_id: CallId) -> Call:
        """Return a lost request of this room as it was written down, so that an erased name stays erased.

        `Missing` (`no_call`), also for one in which the two met or that was taken back, and for a call of the
        staff.
        """
        query = select(CallRequestRow).where(CallRequestRow.id == call_id, _is_lost())
        async with self._database.reading() as session:
            row = await session.scalar(query) if words.is_id(call_id) else None
        if row is None or row.room != room:
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
        """Return how often each was called back in vain, and which were reached."""
        query = (
            select(CallRequestRow.about, CallAnswerRow.call)
            .outerjoin(CallAnswerRow, and_(CallAnswerRow.call == CallRequestRow.id, _reaches(CallRequestRow)))
            .where(CallRequestRow.room == room, CallRequestRow.about.is_not(None))
        )
        tries: dict[str, int] = {}
        reached: set[str] = set()
        async with self._database.reading() as session:
            for about, talk in await session.execute(query):
                if talk:
                    reached.add(str(about))
                else:
                    tries[str(about)] = tries.get(str(about), 0) + 1
        return tries, reached


def _is_lost() -> ColumnElement[bool]:
    """Tell the requests of buyers that led to no talk, and that the buyer did not take back."""
    talk = exists().where(CallAnswerRow.call == CallRequestRow.id, have_met())
    parted = and_(CallRequestRow.outcome == CallState.ENDED, ~talk)
    return and_(CallRequestRow.kind == CallKind.REQUEST, or_(CallRequestRow.outcome.in_(LOST), parted))


def _is_done(room: RoomId, subject: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Tell what somebody has dealt with: it was marked, or its buyer was reached."""
    back = aliased(CallRequestRow)
    talks = select(back.id).join(CallAnswerRow, CallAnswerRow.call == back.id)
    talks = talks.where(back.room == room, back.about == subject, _reaches(back))
    return or_(exists().where(SeenToRow.subject == subject), exists(talks))


def _reaches(back: type[CallRequestRow]) -> ColumnElement[bool]:
    """Tell the calls back, of those that were answered, in which the two met, or may still do so."""
    return or_(have_met(), back.outcome == CallState.TALKING)
