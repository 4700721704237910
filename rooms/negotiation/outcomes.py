"""The record of calls in SQL: who asked, who won, how it ended. Where Redis forgot, this knows better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId, CallId, ProductId, RoomId, ShowId
from rooms.fair.database import Database, insert_once
from rooms.fair.models import AccountRow, CallAnswerRow, CallRequestRow
from rooms.negotiation.call import Call
from rooms.negotiation.states import OPEN, CallKind, CallState

LOOK_BACK_SECONDS = 12 * 3600
"""An open call that is older than this has been forgotten."""
LIST_LIMIT = 1000
THREAD_LIMIT = 100

Both = Select[CallRequestRow, CallAnswerRow]
"""A query of calls with their answers, which may be None."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What SQL holds of a call once it was written down: the state and the one winner."""

    state: CallState
    answered_by: AccountId | None
    answered_by_name: str | None


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """A call as the organiser sees it; `outcome` is its state now."""

    id: CallId
    room: RoomId
    show: ShowId | None
    show_second: float | None
    product: ProductId | None
    buyer: AccountId
    buyer_name: str
    buyer_company: str
    requested_at: float
    answered_by: AccountId | None
    answered_by_name: str | None
    answered_at: float | None
    ended_at: float | None
    outcome: CallState
    kind: CallKind = CallKind.REQUEST
    called_by_name: str | None = None
    have_met: bool = False
    """Whether both have come to it."""

    @property
    def is_request(self) -> bool:
        """Whether the buyer asked for it by themselves."""
        return self.kind is CallKind.REQUEST


class Outcomes:
    """Writes calls down and lists them; writing the same call again changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, call: Call) -> Verdict:
        """Write a call down as it is now, and return what holds: an older fact in SQL wins over `call`.

        A request is not answered while one of the two is in another call: it is what it was before.
        """
        async with self._database.session() as session:
            await _hold_parties(session, call)
            is_new = await insert_once(session, CallRequestRow, _request(call))
            row = await session.get_one(CallRequestRow, call.id, with_for_update=True)
            written, told = CallState(row.outcome), call.state
            answer = await session.get(CallAnswerRow, call.id)
            if answer is None and written in OPEN and call.answered_by is not None:
                if told is CallState.TALKING and not is_new and await _are_elsewhere(session, call):
                    told = written
                else:
                    await insert_once(session, CallAnswerRow, _answer(call))
                    answer = await session.get(CallAnswerRow, call.id)
            state = verdict(written, answer is not None, told)
            if state is not written:
                row.outcome, row.epoch, row.rings_until = state, call.epoch, call.rings_until
                row.ended_at = None if state in OPEN else call.since
        return Verdict(state, AccountId(answer.account) if answer else None, answer.name if answer else None)

    async def note_came(self, call: Call, account: AccountId, at: float) -> None:
        """Note when one of the two first took their seat; again changes nothing."""
        came = CallAnswerRow.buyer_came_at if account == call.buyer else CallAnswerRow.staff_came_at
        unknown = and_(CallAnswerRow.call == call.id, came.is_(None))
        async with self._database.reading() as session:
            if await session.scalar(select(CallAnswerRow.call).where(unknown)) is None:
                return
        async with self._database.session() as session:
            await session.execute(update(CallAnswerRow).where(unknown).values({came: at}))

    async def get(self, call_id: CallId) -> Call | None:
        """Return a call as it was written down, or None."""
        found = await self._calls(_both().where(CallRequestRow.id == call_id))
        return found[0] if found else None

    async def was_invited(self, room: RoomId, buyer: AccountId, since: float) -> bool:
        """Tell whether a room's staff have invited a buyer since then."""
        query = select(CallRequestRow.id).where(
            CallRequestRow.room == room, CallRequestRow.buyer == buyer, CallRequestRow.requested_at >= since,
            CallRequestRow.kind == CallKind.INVITATION,
        )
        async with self._database.reading() as session:
            return await session.scalar(query.limit(1)) is not None

    async def unsure(self, open_since: float, ended_since: float) -> list[Call]:
        """Return the calls asked for since then that are open, and those that ended since then."""
        is_open = CallRequestRow.outcome.in_([state.value for state in OPEN])
        still = and_(is_open, CallRequestRow.requested_at >= open_since)
        return await self._calls(_both().where(or_(still, CallRequestRow.ended_at >= ended_since)))

    async def since(self, moment: float) -> list[CallOutcome]:
        """Return the calls asked for since then, the newest first, at most a thousand."""
        query = _both().where(CallRequestRow.requested_at >= moment)
        query = query.order_by(CallRequestRow.requested_at.desc()).limit(LIST_LIMIT)
        async with self._database.reading() as session:
            return [_outcome(request, answer) for request, answer in await session.execute(query)]

    async def of_thread(self, room: RoomId, buyer: AccountId) -> list[CallOutcome]:
        """Return the calls of a buyer with a room, whoever asked, the newest first, at most a hundred."""
        query = _both().where(CallRequestRow.room == room, CallRequestRow.buyer == buyer)
        query = query.order_by(CallRequestRow.requested_at.desc()).limit(THREAD_LIMIT)
        async with self._database.reading() as session:
            return [_outcome(request, answer) for request, answer in await session.execute(query)]

    async def counts(self, moment: float) -> dict[CallState, int]:
        """Return how many calls that buyers have asked for since then stand in each state."""
        # Told the states, SQLite looks the day up in each of them; otherwise it would read all days.
        is_any = CallRequestRow.outcome.in_([state.value for state in CallState])
        query = select(CallRequestRow.outcome, func.count()).where(is_any, _requested_since(moment))
        async with self._database.reading() as session:
            found = await session.execute(query.group_by(CallRequestRow.outcome))
            counted = {CallState(outcome): int(count) for outcome, count in found}
        return {state: counted.get(state, 0) for state in CallState}

    async def waits(self, moment: float) -> list[float]:
        """Return how long buyers who have asked since then waited until they were answered, in seconds."""
        wait = CallAnswerRow.answered_at - CallRequestRow.requested_at
        query = select(wait).join(CallRequestRow, CallAnswerRow.call == CallRequestRow.id)
        async with self._database.reading() as session:
            found = await session.scalars(query.where(_requested_since(moment)))
            return [max(0.0, seconds) for seconds in found]

    async def lengths(self, room: RoomId, limit: int) -> list[float]:
        """Return how long the last calls of a room lasted, in seconds, the newest first; both had come."""
        length = CallRequestRow.ended_at - CallAnswerRow.answered_at
        # An answered call that is over has ended; asked by its state, SQLite would read those of all rooms.
        query = select(length).join(CallAnswerRow, CallAnswerRow.call == CallRequestRow.id).where(
            CallRequestRow.room == room, CallRequestRow.ended_at.is_not(None), have_met()
        )
        async with self._database.reading() as session:
            found = await session.scalars(query.order_by(CallRequestRow.requested_at.desc()).limit(limit))
            return [seconds for seconds in found if seconds is not None]

    async def _calls(self, query: Both) -> list[Call]:
        async with self._database.reading() as session:
            return [call_from(request, answer) for request, answer in await session.execute(query)]


def verdict(written: CallState, is_answered: bool, told: CallState) -> CallState:
    """Return the state that holds: what ended stays ended, and what was answered can only talk or end."""
    if written not in OPEN:
        return written
    if is_answered and told is not CallState.ENDED:
        return CallState.TALKING
    return told


async def _hold_parties(session: AsyncSession, call: Call) -> None:
    """Let nobody else bring one of the two into a call until the transaction ends."""
    if call.answered_by is not None:
        both = select(AccountRow.id).where(AccountRow.id.in_([call.buyer, call.answered_by]))
        await session.execute(both.order_by(AccountRow.id).with_for_update())


async def _are_elsewhere(session: AsyncSession, call: Call) -> bool:
    """Tell whether one of the two is in another call; an appointment is one once both have come."""
    query = select(CallRequestRow.id).join(CallAnswerRow, CallAnswerRow.call == CallRequestRow.id).where(
        CallRequestRow.outcome == CallState.TALKING, CallRequestRow.id != call.id,
        CallRequestRow.requested_at >= call.requested_at - LOOK_BACK_SECONDS,
        or_(CallRequestRow.kind != CallKind.APPOINTMENT, have_met()),
        or_(CallRequestRow.buyer == call.buyer, CallAnswerRow.account == call.answered_by),
    )
    return (await session.execute(query.limit(1))).first() is not None


def _requested_since(moment: float) -> ColumnElement[bool]:
    is_request = CallRequestRow.kind == CallKind.REQUEST
    return and_(CallRequestRow.requested_at >= moment, is_request)


def _both() -> Both:
    query = select(CallRequestRow, CallAnswerRow)
    return query.outerjoin(CallAnswerRow, CallAnswerRow.call == CallRequestRow.id)


def _request(call: Call) -> dict[str, Any]:
    return {
        "id": call.id, "room": call.room, "show": call.show, "show_second": call.show_second,
        "product": call.product, "buyer": call.buyer, "buyer_name": call.buyer_name,
        "buyer_company": call.buyer_company, "buyer_country": call.buyer_country,
        "buyer_language": call.buyer_language, "requested_at": call.requested_at,
        "rings_until": call.rings_until, "outcome": CallState.RINGING, "epoch": call.epoch,
        "replay_of": call.replay_of, "kind": call.kind, "called_by": call.called_by,
        "called_by_name": call.called_by_name, "about": call.about, "waits_until": call.waits_until,
    }


def _answer(call: Call) -> dict[str, Any]:
    return {
        "call": call.id, "account": call.answered_by, "name": call.answered_by_name, "answered_at": call.since
    }


def _met(answer: CallAnswerRow | None) -> bool:
    return answer is not None and None not in (answer.buyer_came_at, answer.staff_came_at)


def have_met() -> ColumnElement[bool]:
    """Tell the answers to which both came."""
    return and_(CallAnswerRow.buyer_came_at.is_not(None), CallAnswerRow.staff_came_at.is_not(None))


def call_from(request: CallRequestRow, answer: CallAnswerRow | None) -> Call:
    """Return a call as it was written down."""
    times = (request.requested_at, answer.answered_at if answer else None, request.ended_at)
    return Call(
        id=CallId(request.id),
        room=RoomId(request.room),
        show=ShowId(request.show) if request.show else None,
        show_second=request.show_second,
        product=ProductId(request.product) if request.product else None,
        buyer=AccountId(request.buyer),
        buyer_name=request.buyer_name,
        buyer_company=request.buyer_company,
        buyer_country=request.buyer_country,
        buyer_language=request.buyer_language,
        state=CallState(request.outcome),
        since=max(time for time in times if time is not None),
        requested_at=request.requested_at,
        rings_until=request.rings_until,
        answered_by=AccountId(answer.account) if answer else None,
        answered_by_name=answer.name if answer else None,
        passed=(),
        epoch=request.epoch,
        replay_of=request.replay_of,
        kind=CallKind(request.kind),
        called_by=AccountId(request.called_by) if request.called_by else None,
        called_by_name=request.called_by_name,
        about=request.about,
        waits_until=request.waits_until,
    )


def _outcome(request: CallRequestRow, answer: CallAnswerRow | None) -> CallOutcome:
    call = call_from(request, answer)
    return CallOutcome(
        call.id, call.room, call.show, call.show_second, call.product, call.buyer, call.buyer_name,
        call.buyer_company, call.requested_at, call.answered_by, call.answered_by_name,
        answer.answered_at if answer else None, request.ended_at, call.state, call.kind, call.called_by_name,
        _met(answer),
    )
