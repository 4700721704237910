"""What can be asked of the tables of recordings, as queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from config.ids import AccountId, RoomId
from rooms.fair.models import (
    AccountRow,
    RecordingGuestRow,
    RecordingRow,
    RecordingSectionRow,
    RecordingSegmentRow,
)
from rooms.fair.recording import Access, Kind, Place, RecordingState

STUB_SECONDS = 60.0
"""What its quota cut off before it had so much is no show to be seen afterwards."""
SegmentColumns = tuple[str, int, int, float, float, int, int, str]


def shows_of(room: RoomId) -> Select[RecordingRow]:
    """Recorded shows of a room, the newest first."""
    query = _alive(RecordingRow.room == room, RecordingRow.kind == Kind.SHOW)
    return query.order_by(RecordingRow.started_at.desc(), RecordingRow.id)


def public_shows_of(room: RoomId) -> Select[RecordingRow]:
    """Those that are whole, hold something and are open to everybody; no stubs that the quota cut off."""
    is_whole, is_public = RecordingRow.state == RecordingState.WHOLE, RecordingRow.access == Access.PUBLIC
    table = RecordingSegmentRow
    lasts = select(func.coalesce(func.sum(table.duration), 0.0)).where(table.recording == RecordingRow.id)
    is_stub = and_(RecordingRow.stop_reason == "quota", lasts.scalar_subquery() < STUB_SECONDS)
    return shows_of(room).where(is_whole, is_public, RecordingRow.seconds > 0, not_(is_stub))


def past_shows_of(room: RoomId) -> Select[RecordingRow]:
    """Those that are over and hold something."""
    is_over = or_(RecordingRow.state != RecordingState.RECORDING, RecordingRow.ended_at.is_not(None))
    return shows_of(room).where(is_over, RecordingRow.seconds > 0)


def is_known_to(account: AccountId) -> ColumnElement[bool]:
    """What is by invitation is known to its guests, everything else to all."""
    table = RecordingGuestRow
    invited = select(table.recording).where(table.account == account)
    return or_(RecordingRow.access != Access.INVITED, RecordingRow.id.in_(invited))


def unfinished(node: str) -> Select[RecordingRow]:
    """What a node wrote last and did not bring to an end, and what it left a torn file of; oldest first."""
    table = RecordingSectionRow
    is_open = and_(RecordingRow.state == RecordingState.RECORDING, RecordingRow.node == node)
    torn = select(table.recording).where(table.node == node, table.is_whole.is_(False))
    return _oldest_first(_alive(or_(is_open, RecordingRow.id.in_(torn))))


def ended_before(moment: float) -> Select[RecordingRow]:
    """What ended before that and is not kept, the oldest first; what never ended, by its last segment."""
    ended_at = func.coalesce(RecordingRow.ended_at, RecordingRow.started_at + RecordingRow.seconds)
    return _oldest_first(_alive(ended_at < moment, RecordingRow.is_kept.is_(False)))


def with_left_files() -> Select[RecordingRow]:
    """Deleted recordings whose files may be there still."""
    is_deleted = RecordingRow.state == RecordingState.DELETED
    return select(RecordingRow).where(is_deleted, RecordingRow.left_files != "").order_by(RecordingRow.id)


def used_bytes(room: RoomId) -> Select[int]:
    """What all recordings of a room take."""
    return select(func.coalesce(func.sum(RecordingRow.bytes), 0)).where(RecordingRow.room == room)


def sections(recording: str) -> Select[RecordingSectionRow]:
    """The files of a recording by number."""
    table = RecordingSectionRow
    return select(table).where(table.recording == recording).order_by(table.number)


def sections_here(node: str) -> Select[RecordingRow, RecordingSectionRow]:
    """Whole files of whole recordings that a node wrote and still has, the oldest recordings first."""
    table = RecordingSectionRow
    query = select(RecordingRow, table).join(table, table.recording == RecordingRow.id)
    is_whole = RecordingRow.state == RecordingState.WHOLE
    query = query.where(table.place == Place.LOCAL, table.is_whole, is_whole, table.node == node)
    return query.order_by(RecordingRow.started_at, RecordingRow.id, table.number)


def taken_over(recordings: Sequence[str], node: str) -> Select[str]:
    """The names of those of these that are at another node."""
    table = RecordingRow
    return select(table.id).where(table.id.in_(recordings), table.node != node)


def segments(recording: str, after: int) -> Select[*SegmentColumns]:
    """Segments by number, from the one behind `after` on, as the fields of `KeptSegment`.

    Columns and no objects of the store's: there are thousands of a long show, and these cost a third.
    """
    it = RecordingSegmentRow
    query = select(it.recording, it.number, it.section, it.start, it.duration, it.offset, it.size, it.parts)
    return query.where(it.recording == recording, it.number > after).order_by(it.number)


def guests(recording: str) -> Select[AccountRow]:
    """The accounts of those who are invited, by address."""
    table = RecordingGuestRow
    query = select(AccountRow).join(table, table.account == AccountRow.id)
    return query.where(table.recording == recording).order_by(AccountRow.email)


def _alive(*conditions: ColumnElement[bool]) -> Select[RecordingRow]:
    return select(RecordingRow).where(RecordingRow.state != RecordingState.DELETED, *conditions)


def _oldest_first(query: Select[RecordingRow]) -> Select[RecordingRow]:
    return query.order_by(RecordingRow.started_at, RecordingRow.id)
