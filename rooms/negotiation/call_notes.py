"""Notes that somebody leaves in a call for the other, who was gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from config.errors import Busy, Invalid
from config.ids import AccountId, CallId, new_id
from rooms.fair import requests, words
from rooms.fair.callroom_models import CallNoteRow
from rooms.fair.database import Database
from rooms.fair.models import CallRequestRow
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.call import Call

NOTE_LENGTH = 2000
MOST_NOTES = 20
WHAT = "note"
"""What a request is for, as its key is kept."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `name` is its author's, empty after an erasure."""

    id: str
    call: CallId
    author: AccountId
    name: str
    text: str
    at: float


class CallNotes:
    """Keeps notes, also once the call is over. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def leave(self, actor: Actor, call: Call, text: str, key: str = "") -> Note:
        """Keep a note, once for a `key`; `Denied`, `Invalid` (`bad_note`), `Busy` (`call_full`)."""
        require(actor, Permission.HOST_CALL, call.room, call)
        clean = words.paragraphs(text)
        if not 1 <= len(clean) <= NOTE_LENGTH:
            message = "A note has 1 to {limit} characters."
            raise Invalid(message, code="bad_note", fields={"limit": NOTE_LENGTH})
        note = Note(new_id(), call.id, actor.id, actor.name, clean, self._clock())
        async with self._database.session() as session:
            await session.get(CallRequestRow, call.id, with_for_update=True)  # one at a time, to be counted
            if again := await requests.made_before(session, actor.id, WHAT, key, self._clock()):
                return _note(await session.get_one(CallNoteRow, again))
            count = select(func.count()).select_from(CallNoteRow).where(CallNoteRow.call == call.id)
            if int(await session.scalar(count) or 0) >= MOST_NOTES:
                raise Busy("There are enough notes in this call.", code="call_full")
            session.add(CallNoteRow(
                id=note.id, call=call.id, author=actor.id, name=actor.name, text=clean, at=note.at
            ))
            await requests.keep(session, actor.id, WHAT, key, note.id)
        return note

    async def of(self, *calls: CallId) -> list[Note]:
        """Return the notes of a call, or of several, the oldest first."""
        query = select(CallNoteRow).where(CallNoteRow.call.in_(calls))
        query = query.order_by(CallNoteRow.at, CallNoteRow.id)
        async with self._database.reading() as session:
            rows = await session.scalars(query)
            return [_note(row) for row in rows]


def _note(row: CallNoteRow) -> Note:
    return Note(row.id, CallId(row.call), AccountId(row.author), row.name, row.text, row.at)
