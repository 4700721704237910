"""The recorded shows of a room that are over, as far as somebody may know of them."""

from __future__ import annotations

from config.ids import RoomId
from rooms.fair import recording_queries as queries
from rooms.fair.database import Database
from rooms.fair.models import RecordingRow
from rooms.fair.policy import Actor, Permission, may
from rooms.fair.recording import Recording, recording_of


async def past_shows(
    database: Database, actor: Actor, room: RoomId, limit: int, before: float | None = None
) -> list[Recording]:
    """Return shows that began `before`, in Unix seconds, the newest first.

    What is by invitation is nobody's business but the invited's; of the rest all are told, who may watch
    it or not.
    """
    query = queries.past_shows_of(room).limit(limit)
    if before is not None:
        query = query.where(RecordingRow.started_at < before)
    if not may(actor, Permission.SEE_INVITED_REPLAYS, room):
        query = query.where(queries.is_known_to(actor.id))
    async with database.reading() as session:
        return [recording_of(row) for row in await session.scalars(query)]
