"""Recordings: written down once, counted, found, moved, deleted with everything that hangs on them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from config.errors import Conflict, Denied, Invalid, Missing
from config.ids import ProductId, RoomId, ShowId
from rooms.fair.database import Database
from rooms.fair.models import (
    RecordingGuestRow,
    RecordingSectionRow,
    RecordingSegmentRow,
    ShowPinRow,
    ShowPostRow,
)
from rooms.fair.moments import Moments, Pin, ShowPost
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access, Kind, LeftFile, Place, RecordingState
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, organiser, staff
from tests.rooms.recorded import SECTION_INIT, SEGMENT_SIZE, STARTED_AT, record, section, segments

DAY = 24 * 3600


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recordings(database: Database, clock: Clock) -> Recordings:
    return Recordings(database, clock)


async def test_a_recording_begins_once_and_goes_on_after_a_restart(
    recordings: Recordings, clock: Clock
) -> None:
    first = await recordings.begin("show-1", OAK, STARTED_AT, "node-1", title=" Autumn\nchairs ")
    assert (first.state, first.ended_at, first.is_running) == (RecordingState.RECORDING, None, True)
    assert (first.kind, first.access, first.title) == (Kind.SHOW, Access.PUBLIC, "Autumn chairs")
    again = await recordings.begin("show-1", OAK, STARTED_AT + 99, "node-2", title="Other")
    counted = replace(again, first_section=0, first_segment=0)
    assert counted == replace(first, node="node-2"), "the timeline stays where it began"
    await recordings.end("show-1", "failed")
    clock.move(10)
    assert await recordings.begin("show-1", OAK, STARTED_AT, "node-2") == again


async def test_ten_nodes_that_begin_at_once_make_one_recording(recordings: Recordings) -> None:
    await asyncio.gather(*(recordings.begin("show-1", OAK, STARTED_AT, "node") for _ in range(10)))
    assert len(await recordings.of_room(OAK)) == 1


async def test_only_some_reasons_make_a_recording_whole(recordings: Recordings, clock: Clock) -> None:
    for reason, state in (("disk_full", "recording"), ("failed", "recording"), ("ended", "whole")):
        await recordings.begin(reason, OAK, STARTED_AT, "node-1")
        ended = await recordings.end(reason, reason)
        assert (ended.state, ended.stop_reason, ended.ended_at) == (state, reason, clock.now)
        assert not ended.is_running
    assert [it.id for it in await recordings.unfinished("node-1")] == ["disk_full", "failed"]
    assert await recordings.unfinished("node-2") == []


async def test_the_first_end_counts(recordings: Recordings, clock: Clock) -> None:
    whole = await record(recordings, reason="limit")
    clock.move(100)
    assert await recordings.end("show-1", "ended") == whole


async def test_segments_written_twice_count_once(recordings: Recordings) -> None:
    await recordings.begin("show-1", OAK, STARTED_AT, "node-1")
    for _ in range(2):
        await recordings.add_section("show-1", section())
    assert await recordings.add_segments(segments("show-1", 0, 3)) == 3
    assert await recordings.add_segments([*segments("show-1", 1, 5), *segments("show-1", 4, 5)]) == 2
    kept = await recordings.get("show-1")
    assert (kept.seconds, kept.bytes) == (10.0, SECTION_INIT + 5 * SEGMENT_SIZE)
    assert await recordings.segments("show-1") == segments("show-1", 0, 5)
    assert await recordings.sections("show-1") == [replace(section(), node="node-1")]


async def test_a_day_of_segments_is_written_and_read_in_pieces(recordings: Recordings) -> None:
    """More than one statement may carry."""
    await recordings.begin("show-1", OAK, STARTED_AT, "node-1")
    day = segments("show-1", 0, 1700)
    assert await recordings.add_segments(day) == 1700
    assert await recordings.segments("show-1", after=1690, limit=4) == day[1691:1695]
    assert (await recordings.get("show-1")).seconds == 3400.0


async def test_one_batch_serves_several_recordings_and_passes_over_unknown_ones(
    recordings: Recordings,
) -> None:
    await recordings.begin("show-1", OAK, STARTED_AT, "node-1")
    await recordings.begin("show-2", LAMP, STARTED_AT, "node-1")
    batch = [*segments("show-1", 0, 2), *segments("nobody", 0, 2), *segments("show-2", 0, 1)]
    assert await recordings.add_segments(batch) == 3
    assert await recordings.add_segments([]) == 0
    assert [(await recordings.get(name)).seconds for name in ("show-1", "show-2")] == [4.0, 2.0]


async def test_segments_that_come_at_once_are_all_counted(recordings: Recordings) -> None:
    await recordings.begin("show-1", OAK, STARTED_AT, "node-1")
    pieces = (segments("show-1", number, number + 2) for number in range(20))
    await asyncio.gather(*(recordings.add_segments(piece) for piece in pieces))
    assert (await recordings.get("show-1")).bytes == 21 * SEGMENT_SIZE


async def test_a_room_lists_its_shows_newest_first_and_no_calls(recordings: Recordings) -> None:
    for number in range(3):
        await record(recordings, f"show-{number}", started_at=STARTED_AT + number)
    await record(recordings, "running", started_at=STARTED_AT + 9, reason="")
    await record(recordings, "lamps", room=LAMP)
    await recordings.begin("call-1", OAK, STARTED_AT, "node-1", Kind.CALL, parties=[buyer().id])
    listed = [it.id for it in await recordings.of_room(OAK)]
    assert listed == ["running", "show-2", "show-1", "show-0"]
    page = await recordings.of_room(OAK, limit=1, before=STARTED_AT + 2)
    assert [it.id for it in page] == ["show-1"]


async def test_whole_files_wait_to_be_moved_until_they_are(recordings: Recordings) -> None:
    await record(recordings)
    await recordings.add_section("show-1", section(1))
    assert await recordings.not_moved("node-1") == []
    for number in (0, 1):
        await recordings.section_whole("show-1", number, 3700 + number, "ab" * 32)
    waiting = [(recording.id, it.number, it.bytes) for recording, it in await recordings.not_moved("node-1")]
    assert waiting == [("show-1", 0, 3700), ("show-1", 1, 3701)]
    await recordings.moved("show-1", 0, Place.S3)
    assert (await recordings.get("show-1")).storage is Place.LOCAL
    await recordings.moved("show-1", 1, Place.S3)
    assert (await recordings.get("show-1")).storage is Place.S3
    assert await recordings.not_moved("node-1") == []
    assert await recordings.not_moved("node-2") == []
    assert [it.place for it in await recordings.sections("show-1")] == [Place.S3, Place.S3]
    await recordings.add_section("show-1", section(2))
    assert (await recordings.get("show-1")).storage is Place.LOCAL, "it went on here"
    for change in (recordings.moved("show-1", 9, Place.S3), recordings.section_whole("show-1", 9, 1, "")):
        with pytest.raises(Missing):
            await change


async def test_a_room_uses_what_its_recordings_hold(recordings: Recordings) -> None:
    await record(recordings, "show-1", count=3)
    await record(recordings, "show-2", count=1)
    await record(recordings, "lamps", room=LAMP, count=1)
    assert await recordings.used_bytes(OAK) == 2 * SECTION_INIT + 4 * SEGMENT_SIZE
    await recordings.delete(staff(), "show-1")
    assert await recordings.used_bytes(OAK) == SECTION_INIT + SEGMENT_SIZE
    assert await recordings.used_bytes(RoomId("nobody")) == 0


async def test_deleting_takes_everything_and_remembers_the_files_until_they_are_gone(
    recordings: Recordings, database: Database
) -> None:
    await record(recordings)
    await recordings.add_section("show-1", section(1))
    await recordings.moved("show-1", 1, Place.S3)
    await recordings.set_access(staff(), "show-1", Access.INVITED, [buyer().id])
    moments, show = Moments(database), ShowId("show-1")
    post = ShowPost("post-1", show, 3.0, buyer().id, "B", "T", Role.BUYER, "Hello", 3.0)
    await moments.keep([Pin(show, 0.0, ProductId("chair")), post])
    await recordings.delete(staff(), "show-1")
    await moments.keep([post])
    assert await rows_left(database) == 0, "late words of a deleted show are not kept either"
    for question in (recordings.get("show-1"), recordings.end("show-1", "ended")):
        with pytest.raises(Missing) as refusal:
            await question
        assert refusal.value.code == "no_recording"
    assert await recordings.of_room(OAK) == []
    assert await recordings.add_segments(segments("show-1", 0, 1)) == 0
    left = await recordings.files_to_delete()
    assert [(it.recording, it.node) for it in left] == [("show-1", "node-1")]
    assert left[0].files == (LeftFile(0, "mp4", Place.LOCAL), LeftFile(1, "mp4", Place.S3))
    await recordings.files_deleted("show-1")
    assert await recordings.files_to_delete() == []


async def rows_left(database: Database) -> int:
    tables = (RecordingSectionRow, RecordingSegmentRow, RecordingGuestRow, ShowPinRow, ShowPostRow)
    async with database.reading() as session:
        counts = [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    return sum(counts)


async def test_files_of_a_recording_that_is_there_are_never_forgotten(recordings: Recordings) -> None:
    await record(recordings)
    await recordings.files_deleted("show-1")
    await recordings.files_deleted("nobody")
    await recordings.delete(staff(), "show-1")
    assert len(await recordings.files_to_delete()) == 1


async def test_what_runs_is_not_deleted_and_what_was_deleted_does_not_run_again(
    recordings: Recordings,
) -> None:
    await record(recordings, reason="")
    with pytest.raises(Conflict) as refusal:
        await recordings.delete(staff(), "show-1")
    assert refusal.value.code == "still_recording"
    assert len(await recordings.segments("show-1")) == 3
    await recordings.end("show-1", "disk_full")
    await recordings.delete(staff(), "show-1")
    with pytest.raises(Conflict) as refusal:
        await recordings.begin("show-1", OAK, STARTED_AT, "node-1")
    assert refusal.value.code == "recording_deleted"


async def test_what_is_overdue_goes_unless_it_is_kept(recordings: Recordings, clock: Clock) -> None:
    await record(recordings, "old", started_at=clock.now - 100 * DAY)
    await record(recordings, "kept", started_at=clock.now - 100 * DAY)
    await record(recordings, "cut off", started_at=clock.now - 95 * DAY, reason="")
    await recordings.set_kept(staff(), "kept", is_kept=True)
    assert [it.id for it in await recordings.overdue(clock.now + 1, 90)] == ["cut off"]
    clock.move(91 * DAY)
    await record(recordings, "new", started_at=clock.now)
    assert [it.id for it in await recordings.overdue(clock.now, 90)] == ["old", "cut off"]
    for recording in await recordings.overdue(clock.now, 90):
        await recordings.expire(recording.id)
    assert await recordings.overdue(clock.now, 90) == []
    await recordings.set_kept(staff(), "kept", is_kept=False)
    assert [it.id for it in await recordings.overdue(clock.now, 90)] == ["kept"]
    assert {it.recording for it in await recordings.files_to_delete()} == {"old", "cut off"}


async def test_titles_are_cleaned_and_bounded(recordings: Recordings) -> None:
    await record(recordings)
    assert (await recordings.rename(staff(), "show-1", " Tables \x00")).title == "Tables"
    with pytest.raises(Invalid):
        await recordings.rename(staff(), "show-1", "x" * 121)
    assert (await recordings.get("show-1")).title == "Tables"


@pytest.mark.parametrize("actor", [buyer(), staff(room=LAMP), organiser()], ids=lambda it: it.id)
async def test_only_the_rooms_staff_change_a_recording(recordings: Recordings, actor: Actor) -> None:
    before = await record(recordings)
    for change in (
        recordings.set_access(actor, "show-1", Access.INVITED, [actor.id]),
        recordings.set_kept(actor, "show-1", is_kept=True),
        recordings.rename(actor, "show-1", "Mine"),
        recordings.delete(actor, "show-1"),
        recordings.require_download(actor, before),
    ):
        with pytest.raises(Denied):
            await change
    assert await recordings.get("show-1") == before
    await recordings.require_download(staff(), before)


async def test_ids_that_no_store_could_hold_are_missing(recordings: Recordings) -> None:
    for name in ("", "x" * 129, "a\x00b"):
        with pytest.raises(Missing):
            await recordings.get(name)
        assert await recordings.add_segments(segments(name, 0, 1)) == 0


async def test_a_call_belongs_to_its_parties(recordings: Recordings) -> None:
    parties = [buyer().id, staff().id]
    call = await recordings.begin("call-1", OAK, STARTED_AT, "node-1", Kind.CALL, parties=parties)
    await recordings.end("call-1", "ended")
    with pytest.raises(Conflict) as refusal:
        await recordings.set_access(staff(), "call-1", Access.PUBLIC)
    assert refusal.value.code == "call_is_private"
    for stranger in (staff(2), organiser(), buyer(2)):
        with pytest.raises(Denied):
            await recordings.delete(stranger, "call-1")
        with pytest.raises(Denied):
            await recordings.require_download(stranger, call)
    await recordings.require_download(buyer(), call)
    await recordings.delete(buyer(), "call-1")
