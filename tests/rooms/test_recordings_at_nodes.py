"""A show that was at two nodes: each looks after the files that it wrote itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from rooms.fair.database import Database
from rooms.fair.models import RecordingSectionRow
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import OAK, Clock, furnish
from tests.rooms.recorded import STARTED_AT, section, segments

SHOW = "show-1"


@pytest.fixture
async def recordings(database: Database) -> Recordings:
    """The records of a show that began at one node and went on at another."""
    await furnish(database)
    recordings = Recordings(database, Clock())
    for number in range(2):
        await recordings.begin(SHOW, OAK, STARTED_AT, f"node-{number + 1}")
        await recordings.add_section(SHOW, section(number))
        await recordings.add_segments(segments(SHOW, 3 * number, 3 * number + 3, number))
    return recordings


async def test_each_node_moves_what_it_wrote(recordings: Recordings) -> None:
    for number in range(2):
        await recordings.section_whole(SHOW, number, 3700, "ab" * 32)
    await recordings.end(SHOW, "ended")
    for number in range(2):
        assert [it.number for _, it in await recordings.not_moved(f"node-{number + 1}")] == [number]


async def test_each_node_repairs_what_it_left_torn(recordings: Recordings) -> None:
    """Also once the show is over, which only the node it was at last can say."""
    await recordings.section_whole(SHOW, 1, 3700, "ab" * 32)
    for _ in range(2):
        assert [it.id for it in await recordings.unfinished("node-1")] == [SHOW]
        await recordings.end(SHOW, "ended")
    assert await recordings.unfinished("node-2") == []
    await recordings.section_whole(SHOW, 0, 3700, "ab" * 32)
    assert await recordings.unfinished("node-1") == []


async def test_what_is_written_down_late_is_of_the_node_that_wrote_it(
    recordings: Recordings, database: Database
) -> None:
    await recordings.add_section(SHOW, replace(section(2), node="node-1"))
    async with database.reading() as session:
        nodes = select(RecordingSectionRow.node).order_by(RecordingSectionRow.number)
        assert list(await session.scalars(nodes)) == ["node-1", "node-2", "node-1"]
