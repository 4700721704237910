"""The last show of a room: what its dark room offers to see."""

from __future__ import annotations

import pytest

from rooms.fair.database import Database
from rooms.fair.recording import Access
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import OAK, Clock
from tests.rooms.recorded import STARTED_AT, record, segments


@pytest.fixture
def recordings(database: Database) -> Recordings:
    return Recordings(database, Clock())


async def test_the_last_show_is_one_that_everybody_may_see_to_its_end(recordings: Recordings) -> None:
    assert await recordings.last_of_room(OAK) is None
    await record(recordings, "old", started_at=STARTED_AT)
    await record(recordings, "empty", started_at=STARTED_AT + 1, count=0)
    await record(recordings, "closed", started_at=STARTED_AT + 2, access=Access.SIGNED_IN)
    await record(recordings, "running", started_at=STARTED_AT + 3, reason="")
    last = await recordings.last_of_room(OAK)
    assert last is not None
    assert last.id == "old"


async def test_the_last_show_is_none_that_was_cut_off_as_it_began(recordings: Recordings) -> None:
    """Because all the room there is was used; one that was cut off after a minute or more is."""
    await record(recordings, "old", started_at=STARTED_AT)
    await record(recordings, "stub", started_at=STARTED_AT + 1, count=29, reason="quota")
    late = "begun-late"
    await recordings.begin(late, OAK, STARTED_AT + 2, "node-1")
    await recordings.add_segments(segments(late, 500, 505))
    await recordings.end(late, "quota")
    last = await recordings.last_of_room(OAK)
    assert last is not None
    assert last.id == "old"
    await record(recordings, "cut", started_at=STARTED_AT + 3, count=30, reason="quota")
    last = await recordings.last_of_room(OAK)
    assert last is not None
    assert last.id == "cut"
