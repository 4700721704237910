"""A show that was at two nodes: each looks after the files that it wrote itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

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


async def test_each_that_takes_a_show_over_counts_from_numbers_that_nobody_else_uses(
    recordings: Recordings,
) -> None:
    """Also where nothing of the one before was written down yet, which comes late and goes between."""
    at = await recordings.get(SHOW)
    assert await recordings.begin(SHOW, OAK, STARTED_AT, "node-2") == at, "it is there already"
    taken = [(at.first_section, at.first_segment)]
    for node in ("node-1", "node-2", "node-1"):
        kept = await recordings.begin(SHOW, OAK, STARTED_AT, node)
        taken.append((kept.first_section, kept.first_segment))
    for before, after in pairwise(taken):
        assert after[0] - before[0] >= 10
        assert after[1] - before[1] >= 100
    late = segments(SHOW, 6, 8, 1)
    assert await recordings.add_segments(late) == 2
    assert [it.number for it in await recordings.segments(SHOW)] == [*range(8)]
    last = await recordings.begin(SHOW, OAK, STARTED_AT, "node-2")
    assert last.first_segment > taken[-1][1]


async def test_who_has_taken_a_show_over_is_known(recordings: Recordings) -> None:
    await recordings.begin("show-2", OAK, STARTED_AT, "node-1")
    assert await recordings.elsewhere([SHOW, "show-2", "never"], "node-1") == [SHOW]
    assert await recordings.elsewhere([SHOW, "show-2"], "node-2") == ["show-2"]
