"""Past shows of a room: each reader gets a full page of those they may know of, and those before it."""

from __future__ import annotations

from itertools import count

import pytest

from config.ids import AccountId
from rooms.fair.database import Database
from rooms.fair.past_shows import past_shows
from rooms.fair.policy import Actor
from rooms.fair.recording import Access, Kind
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, guest, organiser, staff
from tests.rooms.recorded import STARTED_AT, record


@pytest.fixture
def recordings(database: Database) -> Recordings:
    return Recordings(database, Clock())


async def listed(database: Database, actor: Actor, limit: int = 9, before: float | None = None) -> list[str]:
    return [it.id for it in await past_shows(database, actor, OAK, limit, before)]


async def test_shows_by_invitation_take_no_place_of_those_for_all(
    database: Database, recordings: Recordings
) -> None:
    moments = count(int(STARTED_AT))
    for name in ("old", "signed-in", "closed-1", "closed-2"):
        await record(recordings, name, started_at=next(moments), access=Access.INVITED)
    for name, access in (("old", Access.PUBLIC), ("signed-in", Access.SIGNED_IN)):
        await recordings.set_access(staff(), name, access)
    for reader in (guest(), buyer(), staff(room=LAMP)):
        assert await listed(database, reader, limit=2) == ["signed-in", "old"], reader
    for reader in (staff(), organiser()):
        assert await listed(database, reader, limit=2) == ["closed-2", "closed-1"], reader


async def test_the_invited_find_theirs(database: Database, recordings: Recordings) -> None:
    await record(recordings, "closed", access=Access.INVITED)
    await recordings.set_access(staff(), "closed", Access.INVITED, [AccountId(buyer(2).id)])
    assert await listed(database, buyer(2)) == ["closed"]
    assert await listed(database, buyer(1)) == []


async def test_older_ones_are_those_that_began_before(database: Database, recordings: Recordings) -> None:
    for number in range(4):
        await record(recordings, f"show-{number}", started_at=STARTED_AT + number)
    assert await listed(database, buyer(), 2, STARTED_AT + 3) == ["show-2", "show-1"]
    assert await listed(database, buyer(), 2, STARTED_AT + 1) == ["show-0"]


async def test_what_runs_holds_nothing_or_is_a_call_is_no_past_show(
    database: Database, recordings: Recordings
) -> None:
    await record(recordings, "running", reason="")
    await record(recordings, "empty", count=0)
    await record(recordings, "deleted")
    await recordings.delete(staff(), "deleted")
    await recordings.begin("call-1", OAK, STARTED_AT, "node-1", Kind.CALL, parties=[buyer().id])
    await recordings.end("call-1", "ended")
    assert await listed(database, staff()) == []
