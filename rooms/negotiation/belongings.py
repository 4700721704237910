"""What somebody did at the fair, as tables to take along: a buyer's own, or all of an exhibitor's.

Each sheet is one query for buyers and one for staff; whoever has more to give adds a sheet to `SHEETS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from config.ids import StillId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.asking_rows import BuyerMessageRow, SeenToRow, VisibilityRow
from rooms.fair.callroom_models import CallConsentRow, CallFileRow, CallNoteRow
from rooms.fair.database import Database
from rooms.fair.models import (
    AccountRow,
    CallAnswerRow,
    CallRequestRow,
    CompanyRow,
    ProductRow,
    RecordingGuestRow,
    RecordingRow,
    ShowPostRow,
    ShowRow,
)
from rooms.fair.policy import Actor, Role
from rooms.fair.programme_rows import AnnouncedRow, ReservationRow
from rooms.fair.recording import Kind, RecordingState
from rooms.fair.show_models import StillRow
from rooms.fair.visibility import ANSWERED
from rooms.negotiation.states import CallKind

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns and its rows; columns whose names end in `_at` are Unix seconds."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


class Belongings:
    """Reads what belongs to somebody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sheets(self, actor: Actor) -> list[Sheet]:
        """Return all sheets of a buyer or of a member of staff, those without rows too."""
        async with self._database.reading() as session:
            found = []
            for name, query in SHEETS.items():
                if (asked := query(actor)) is not None:
                    result = await session.execute(asked)
                    found.append(Sheet(name, tuple(result.keys()), [tuple(row) for row in result]))
            return found

    async def stills(self, actor: Actor) -> list[StillId]:
        """Return the stills that somebody took, and those that went with the calls of their threads."""
        call = exists().where(CallRequestRow.id == StillRow.call, _calls_of(actor))
        query = select(StillRow.id).where(or_(StillRow.taken_by == actor.id, call))
        async with self._database.reading() as session:
            return [StillId(it) for it in await session.scalars(query.order_by(StillRow.taken_ms))]


def _is_buyer(actor: Actor) -> bool:
    return actor.role is Role.BUYER


def _calls_of(actor: Actor) -> ColumnElement[bool]:
    """Tell the calls of somebody's threads: to staff, no buyer whom they rang in vain has turned to them."""
    if _is_buyer(actor):
        return CallRequestRow.buyer == actor.id
    is_taken = exists().where(CallAnswerRow.call == CallRequestRow.id).correlate(CallRequestRow)
    return and_(
        CallRequestRow.room == actor.room,
        or_(CallRequestRow.kind == CallKind.REQUEST.value, is_taken),
    )


def _of_calls(query: Query, actor: Actor, call: InstrumentedAttribute[str]) -> Query:
    query = query.join(CallRequestRow, CallRequestRow.id == call).where(_calls_of(actor))
    return query.outerjoin(CompanyRow, CompanyRow.room == CallRequestRow.room)


def _staff(name: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the name of one of the staff; after an erasure that of the company."""
    return case((name == "", CompanyRow.name), else_=name)


def _party(account: InstrumentedAttribute[str], name: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the name of somebody in a call; after an erasure that of their company."""
    is_buyer = account == CallRequestRow.buyer
    return case((name != "", name), (is_buyer, CallRequestRow.buyer_company), else_=CompanyRow.name)


def _account(actor: Actor) -> Query:
    it = AccountRow
    query = select(it.name, it.email, it.company, it.country, it.language, it.created_at)
    return query.where(it.id == actor.id)


def _calls(actor: Actor) -> Query:
    call, answer = CallRequestRow, CallAnswerRow
    query = select(
        call.id.label("call"), call.kind, CompanyRow.name.label("exhibitor"), call.buyer_name,
        call.buyer_company, call.buyer_country, call.buyer_language, ShowRow.title.label("show"),
        call.show_second, ProductRow.title.label("product"), call.requested_at, call.outcome,
        _staff(answer.name).label("answered_by"), answer.answered_at, call.ended_at,
    )
    query = query.outerjoin(answer, answer.call == call.id).outerjoin(ShowRow, ShowRow.id == call.show)
    query = query.outerjoin(ProductRow, ProductRow.id == call.product)
    query = query.outerjoin(CompanyRow, CompanyRow.room == call.room)
    return query.where(_calls_of(actor)).order_by(call.requested_at)


def _appointments(actor: Actor) -> Query:
    it, is_buyer = AppointmentRow, _is_buyer(actor)
    query = select(
        it.id.label("appointment"), CompanyRow.name.label("exhibitor"), it.state, it.starts_at, it.minutes,
        it.buyer_name, it.buyer_company, it.buyer_country,
        _staff(it.staff_name).label("staff_name"), ProductRow.title.label("product"),
        it.language, it.note, *(() if is_buyer else (it.outcome, it.next_step)),
    )
    query = query.outerjoin(ProductRow, ProductRow.id == it.product)
    query = query.outerjoin(CompanyRow, CompanyRow.room == it.room)
    return query.where(it.buyer == actor.id if is_buyer else it.room == actor.room).order_by(it.starts_at)


def _messages(actor: Actor) -> Query:
    it, is_buyer = BuyerMessageRow, _is_buyer(actor)
    query = select(
        it.id.label("message"), CompanyRow.name.label("exhibitor"), it.buyer_name, it.buyer_company,
        it.buyer_country, it.buyer_language, it.subject, ProductRow.title.label("product"), it.quantity,
        it.text, it.sent_at,
        *(() if is_buyer else (_staff(SeenToRow.name).label("seen_to_by"), SeenToRow.done_at)),
    )
    query = query.outerjoin(ProductRow, ProductRow.id == it.product)
    query = query.outerjoin(CompanyRow, CompanyRow.room == it.room)
    if not is_buyer:
        query = query.outerjoin(SeenToRow, SeenToRow.subject == it.id)
    return query.where(it.buyer == actor.id if is_buyer else it.room == actor.room).order_by(it.sent_at)


def _consents(actor: Actor) -> Query:
    it = CallConsentRow
    name = _party(it.party, it.name).label("name")
    query = select(it.call, name, it.is_agreed, it.text, it.language, it.at.label("answered_at"))
    return _of_calls(query, actor, it.call).order_by(it.number)


def _notes(actor: Actor) -> Query:
    it = CallNoteRow
    name = _party(it.author, it.name).label("name")
    query = select(it.call, name, it.text, it.at.label("left_at"))
    if not _is_buyer(actor):  # notes are between those who were in the call
        took = exists().where(CallAnswerRow.call == it.call, CallAnswerRow.account == actor.id)
        query = query.where(took)
    return _of_calls(query, actor, it.call).order_by(it.at)


def _files(actor: Actor) -> Query:
    it = CallFileRow
    query = select(
        it.call, it.id.label("file"), it.name, it.size, it.sha256,
        _party(it.sent_by, it.sent_by_name).label("sent_by"),
        it.sent_at,
    )
    return _of_calls(query, actor, it.call).order_by(it.sent_at)


def _chat(actor: Actor) -> Query:
    it = ShowPostRow
    query = select(
        CompanyRow.name.label("exhibitor"), ShowRow.title.label("show"), it.second, it.author, it.company,
        it.text, it.at.label("written_at"),
    )
    query = query.join(ShowRow, ShowRow.id == it.show).outerjoin(CompanyRow, CompanyRow.room == ShowRow.room)
    mine = it.author_id == actor.id if _is_buyer(actor) else ShowRow.room == actor.room
    return query.where(mine).order_by(it.at)


def _recordings(actor: Actor) -> Query:
    it = RecordingRow
    query = select(
        it.id.label("recording"), it.kind, it.room, it.title, it.started_at, it.ended_at, it.seconds,
        it.bytes, it.access,
    )
    is_party = exists().where(RecordingGuestRow.recording == it.id, RecordingGuestRow.account == actor.id)
    mine = and_(it.kind == Kind.CALL.value, is_party)
    if not _is_buyer(actor):
        mine = or_(mine, and_(it.kind == Kind.SHOW.value, it.room == actor.room))
    return query.where(mine, it.state != RecordingState.DELETED.value).order_by(it.started_at)


def _reservations(actor: Actor) -> Query | None:
    if not _is_buyer(actor):
        return None
    it = AnnouncedRow
    query = select(CompanyRow.name.label("exhibitor"), it.title, it.starts_at, it.state)
    query = query.join(ReservationRow, ReservationRow.announced == it.id)
    query = query.outerjoin(CompanyRow, CompanyRow.room == it.room)
    return query.where(ReservationRow.account == actor.id).order_by(it.starts_at)


def _visibility(actor: Actor) -> Query | None:
    if not _is_buyer(actor):
        return None
    it = VisibilityRow
    query = select(it.room, it.since.label("since_at"))
    return query.where(it.account == actor.id, it.room != ANSWERED).order_by(it.room)


SHEETS: dict[str, Callable[[Actor], Query | None]] = {
    "account": _account, "calls": _calls, "appointments": _appointments, "messages": _messages,
    "consents": _consents, "call-notes": _notes, "call-files": _files, "chat": _chat,
    "recordings": _recordings, "reservations": _reservations, "visible-to": _visibility,
}
