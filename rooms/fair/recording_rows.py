"""What writing down a recording comes to, inside a transaction that the caller has opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId
from rooms.fair import caption_rows, departures, words
from rooms.fair.database import insert_once
from rooms.fair.models import (
    RecordingGuestRow,
    RecordingRow,
    RecordingSectionRow,
    RecordingSegmentRow,
    ShowPinRow,
    ShowPostRow,
)
from rooms.fair.recording import KeptSection, KeptSegment, Place, Recording, RecordingState, write_files
from rooms.fair.recording_access import Circle

SECTIONS_APART, SEGMENTS_APART = 20, 500
"""What a node may have begun, or have to write down yet, when another one takes a recording over."""
ROWS_AT_ONCE = 500
"""Rows in one statement: both stores limit its parameters."""


async def locked(session: AsyncSession, recording: str) -> RecordingRow:
    """Return the row of a recording for change; `Missing` (`no_recording`), also for a deleted one."""
    row = await found(session, recording, for_update=True)
    if row is None or row.state == RecordingState.DELETED:
        raise Missing("There is no such recording.", code="no_recording")
    return row


async def found(session: AsyncSession, recording: str, *, for_update: bool = False) -> RecordingRow | None:
    """Return the row of a recording, deleted or not, if there is one."""
    if not words.is_id(recording):
        return None
    return await session.get(RecordingRow, recording, with_for_update=for_update)


async def add_section(session: AsyncSession, row: RecordingRow, section: KeptSection) -> None:
    """Write a section down, unless it is; its initialisation counts."""
    values = asdict(section) | {"recording": row.id, "node": section.node or row.node}
    if await insert_once(session, RecordingSectionRow, values):
        row.bytes += section.init_bytes
        await session.flush()
        await settle_storage(session, row)


async def settle_storage(session: AsyncSession, row: RecordingRow) -> None:
    """Say of a recording that it lies in the object store once each of its files does."""
    table = RecordingSectionRow
    mine = select(func.count()).select_from(table).where(table.recording == row.id)
    here = await session.scalar(mine.where(table.place == Place.LOCAL))
    row.storage = Place.LOCAL if here else Place.S3


async def add_segments(session: AsyncSession, segments: Sequence[KeptSegment]) -> int:
    """Write segments down that are not, of recordings that are there; return how many that were."""
    names = {segment.recording for segment in segments if words.is_id(segment.recording)}
    alive = RecordingRow.state != RecordingState.DELETED
    query = select(RecordingRow).where(RecordingRow.id.in_(names), alive).order_by(RecordingRow.id)
    rows = {row.id: row for row in await session.scalars(query.with_for_update())}
    wanted = {(it.recording, it.number): it for it in segments if it.recording in rows}
    added = [wanted[key] for key in await _insert(session, list(wanted.values()))]
    for segment in added:
        row = rows[segment.recording]
        row.bytes += segment.size
        row.seconds = max(row.seconds, segment.start + segment.duration)
    return len(added)


async def _insert(session: AsyncSession, segments: list[KeptSegment]) -> list[tuple[str, int]]:
    """Return the keys of those that were not there before."""
    table = RecordingSegmentRow
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    keys: list[tuple[str, int]] = []
    for first in range(0, len(segments), ROWS_AT_ONCE):
        some = [asdict(segment) for segment in segments[first : first + ROWS_AT_ONCE]]
        rows = insert(table).values(some).on_conflict_do_nothing()
        added = await session.execute(rows.returning(table.recording, table.number))
        keys += [(recording, number) for recording, number in added]
    return keys


async def leave_room(session: AsyncSession, row: RecordingRow) -> None:
    """Let another node count from where the one before it does not get to with what it is yet to write down.

    What that one says late goes between, where it belongs: numbers are in the order of time.
    """
    sections, segments = RecordingSectionRow, RecordingSegmentRow
    last_section = select(func.max(sections.number)).where(sections.recording == row.id)
    last_segment = select(func.max(segments.number)).where(segments.recording == row.id)
    section, segment = await session.scalar(last_section), await session.scalar(last_segment)
    row.first_section = max(section or 0, row.first_section) + SECTIONS_APART
    row.first_segment = max(segment or 0, row.first_segment) + SEGMENTS_APART


async def set_guests(session: AsyncSession, recording: str, guests: Sequence[str]) -> None:
    """Let these be the guests of a recording, and nobody else."""
    table = RecordingGuestRow
    await session.execute(delete(table).where(table.recording == recording))
    session.add_all(table(recording=recording, account=account) for account in sorted(set(guests)))


async def guest_ids(session: AsyncSession, recording: str) -> frozenset[AccountId]:
    """Return who is invited, or the parties of a call."""
    query = select(RecordingGuestRow.account).where(RecordingGuestRow.recording == recording)
    return frozenset(AccountId(account) for account in await session.scalars(query))


async def circle_of(session: AsyncSession, recording: Recording) -> Circle:
    """Return for whom a recording is."""
    guests = await guest_ids(session, recording.id)
    return Circle(guests, await departures.has_left(session, recording.room))


async def strip(session: AsyncSession, row: RecordingRow) -> None:
    """Delete all that was written down of a recording; what remains says which files to delete."""
    query = select(RecordingSectionRow).where(RecordingSectionRow.recording == row.id)
    row.left_files = write_files(list(await session.scalars(query.order_by(RecordingSectionRow.number))))
    row.state, row.title, row.bytes, row.seconds = RecordingState.DELETED, "", 0, 0.0
    for table in (RecordingSegmentRow, RecordingSectionRow, RecordingGuestRow):
        await session.execute(delete(table).where(table.recording == row.id))
    for moments in (ShowPinRow, ShowPostRow):
        await session.execute(delete(moments).where(moments.show == row.id))
    await caption_rows.forget(session, [row.id])


async def deleted_among(session: AsyncSession, names: Sequence[str]) -> list[str]:
    """Return which of these name recordings that were deleted."""
    table, found = RecordingRow, list[str]()
    for first in range(0, len(names), ROWS_AT_ONCE):
        some = table.id.in_(names[first : first + ROWS_AT_ONCE])
        found += await session.scalars(select(table.id).where(some, table.state == RecordingState.DELETED))
    return found


async def settled(session: AsyncSession, names: Sequence[str]) -> dict[str, frozenset[int]]:
    """Return which of these are whole, or deleted with all their files, and the numbers of their sections."""
    table, part, found = RecordingRow, RecordingSectionRow, dict[str, frozenset[int]]()
    is_gone = and_(table.state == RecordingState.DELETED, table.left_files == "")
    for first in range(0, len(names), ROWS_AT_ONCE):
        some = table.id.in_(names[first : first + ROWS_AT_ONCE])
        query = select(table.id, part.number).join(part, part.recording == table.id, isouter=True)
        over = query.where(some, or_(table.state == RecordingState.WHOLE, is_gone))
        for recording, number in await session.execute(over):
            numbers = frozenset() if number is None else frozenset({number})
            found[recording] = found.get(recording, frozenset()) | numbers
    return found


async def change_section(session: AsyncSession, recording: str, number: int, **values: object) -> None:
    """Change what is known of a section; `Missing` (`no_section`)."""
    table = RecordingSectionRow
    change = update(table).where(table.recording == recording, table.number == number).values(values)
    if (await session.execute(change.returning(table.number))).first() is None:
        raise Missing("There is no such section.", code="no_section")
