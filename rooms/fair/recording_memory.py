"""What pages ask about recordings beside the rest: those deleted, where shows paused, what calls take."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from config.errors import Missing
from config.ids import RoomId
from rooms.fair import recording_rows as rows
from rooms.fair.database import Database
from rooms.fair.models import RecordingRow, RecordingSegmentRow
from rooms.fair.recording import Kind, Recording, recording_of
from rooms.fair.recording_queries import used_bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the timeline, in seconds, in which nothing was sent."""

    start: float
    end: float


async def remembered(database: Database, recording: str) -> Recording:
    """Return a recording, also one that was deleted; `Missing` (`no_recording`) for one that never was."""
    async with database.reading() as session:
        row = await rows.found(session, recording)
    if row is None:
        raise Missing("There is no such recording.", code="no_recording")
    return recording_of(row)


async def bytes_of_calls(database: Database, room: RoomId) -> int:
    """Return what the recordings of private calls take of what a room uses; they stand in no list of it."""
    query = used_bytes(room).where(RecordingRow.kind == Kind.CALL)
    async with database.reading() as session:
        return int(await session.scalar(query) or 0)


async def seconds_of_sections(database: Database, recording: str) -> dict[int, float]:
    """Return for how long each file of a recording lasts, without gaps, by its number."""
    table = RecordingSegmentRow
    query = select(table.section, func.sum(table.duration)).where(table.recording == recording)
    async with database.reading() as session:
        found = await session.execute(query.group_by(table.section))
        return {section: float(seconds) for section, seconds in found}


async def gaps_of(database: Database, recording: str, least_seconds: float) -> tuple[Gap, ...]:
    """Return the gaps of a recording that last longer than that, in order; also one before it began."""
    table = RecordingSegmentRow
    end = table.start + table.duration
    before = func.lag(end, 1, 0.0).over(order_by=table.number)
    pairs = select(before.label("ended"), table.start.label("began")).where(table.recording == recording)
    runs = pairs.subquery()
    query = select(runs.c.ended, runs.c.began).where(runs.c.began - runs.c.ended > least_seconds)
    async with database.reading() as session:
        found = await session.execute(query.order_by(runs.c.began))
        return tuple(Gap(ended, began) for ended, began in found)
