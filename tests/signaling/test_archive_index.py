"""The index of recordings: what was reported reaches the records, whatever comes in between."""

from __future__ import annotations

import asyncio
import time

from prometheus_client import CollectorRegistry
from sqlalchemy import text

from config.counters import Counters
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from signaling.archive_index import ArchiveIndex
from tests.media.hls.shows import section, segments
from tests.rooms.fair_facts import OAK
from tests.signaling.fair import furnish_fair

SHOW = "show-1"


async def test_facts_wait_on_when_the_writing_of_them_is_cancelled(database: Database) -> None:
    """As at each stop of the server: whoever closes the archive ends its task first, then writes the rest."""
    await furnish_fair(database)
    recordings = Recordings(database, time.time)
    await recordings.begin(SHOW, OAK, time.time(), "this-node")
    index = ArchiveIndex(recordings, Counters(CollectorRegistry()))
    index.section(SHOW, section(), "this-node")
    for segment in segments(3):
        index.segment(SHOW, segment)
    async with database.session() as other:
        await other.execute(text("SELECT 1"))  # another writer, for whom the index has to wait
        flushing = asyncio.create_task(index.flush())
        await asyncio.sleep(0)
        flushing.cancel()
    await asyncio.wait([flushing])
    assert flushing.cancelled()
    await index.flush()
    assert [kept.number for kept in await recordings.sections(SHOW)] == [0]
    assert [kept.number for kept in await recordings.segments(SHOW)] == [0, 1, 2]
