"""Nothing begins to be recorded without room for it; what waits for room is recorded once there is some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import Missing
from config.settings import Settings
from media.recording.facts import StopReason
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from signaling.archive_allowance import GB, look_again
from signaling.recording_news import RecordingState
from tests.rooms.fair_facts import OAK, staff
from tests.rooms.recorded import record, segments
from tests.signaling.archive_hall import NODE, Hall
from tests.signaling.fair import furnish_fair

OLD = "old-show"
QUOTA_GB = 0.1


@pytest.fixture
async def here(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> AsyncIterator[Hall]:
    """An archive that a picture comes to, of a room that has used all it may; the show is yet to begin."""
    await furnish_fair(database)
    recordings = Recordings(database, lambda: 0.0)
    await record(recordings, OLD)
    long = replace(segments(OLD, 3, 4)[0], size=int(QUOTA_GB * GB))
    await recordings.add_segments([long])
    settings = replace(settings, recording=replace(settings.recording, min_free_mb=1, quota_gb=QUOTA_GB))
    hall = Hall(database, settings, clips, tmp_path / "recordings")
    await hall.archive.start(NODE, set())
    hall.on_air.start()
    try:
        yield hall
    finally:
        await hall.on_air.stop()
        await hall.archive.close()


async def stopped_for(here: Hall, reason: StopReason) -> None:
    """Wait until the console is told so."""

    async def look() -> bool:
        return here.archive.news(OAK).reason == reason

    await here.until(look)
    assert here.archive.news(OAK).state is RecordingState.STOPPED


async def look_twice(here: Hall) -> None:
    """Let what looks each ten seconds do so, twice, and the archive act on it."""
    for _ in range(2):
        await look_again(here.disk, here.archive)
        await asyncio.sleep(0.5)


async def give_room(here: Hall) -> None:
    await here.recordings.delete(staff(), OLD)
    await look_again(here.disk, here.archive)


@pytest.mark.threat("T37")
async def test_a_show_of_who_has_used_all_the_room_there_is_never_begins_to_be_recorded(here: Hall) -> None:
    """Not one byte, so that nothing stands for the last show of the room; its people are told."""
    here.archive.begin(here.show)
    await stopped_for(here, StopReason.QUOTA)
    await look_twice(here)
    assert here.on_air.sinks == []
    assert not (here.folder / here.show.id).exists()
    with pytest.raises(Missing):
        await here.recordings.get(here.show.id)
    assert [news.reason for news in here.told] == ["quota"], "it is said once"
    assert here.counted("recording_stops_total", reason="quota") == 1
    here.archive.end(here.show.id)
    await look_twice(here)
    assert here.archive.news(OAK).state is RecordingState.OFF


async def test_it_is_recorded_as_soon_as_its_people_have_made_room(here: Hall) -> None:
    here.archive.begin(here.show, "Chairs")
    await stopped_for(here, StopReason.QUOTA)
    await give_room(here)
    await here.has(2)
    assert [news.state for news in here.told] == [RecordingState.STOPPED, RecordingState.RECORDING]


async def test_no_show_begins_to_be_recorded_while_the_disk_is_nearly_full(here: Hall) -> None:
    """A little over what stops recordings: it would stop at once."""
    here.disk.free_mb = 110
    await give_room(here)
    here.archive.begin(here.show)
    await stopped_for(here, StopReason.DISK_FULL)
    await look_twice(here)
    assert here.on_air.sinks == []
    with pytest.raises(Missing):
        await here.recordings.get(here.show.id)
    assert here.counted("recording_stops_total", reason="disk_full") == 1
    here.disk.free_mb = 113
    await look_again(here.disk, here.archive)
    await here.has(2)


async def test_a_show_whose_recording_stopped_before_the_disk_was_full_goes_on_with_it_by_itself(
    here: Hall,
) -> None:
    """As the same recording, and not before there is an eighth more than stopped it."""
    await give_room(here)
    here.archive.begin(here.show)
    await here.has(2)
    here.disk.free_mb = 110
    here.archive.drop(here.show.id, StopReason.DISK_FULL)
    await stopped_for(here, StopReason.DISK_FULL)
    await look_twice(here)
    assert here.archive.running() == []
    assert not (await here.recordings.get(here.show.id)).is_running
    assert here.counted("recording_stops_total", reason="disk_full") == 1
    here.disk.free_mb = 1000
    await look_again(here.disk, here.archive)
    await here.goes_on()
    kept = await here.recordings.get(here.show.id)
    assert (kept.is_running, kept.stop_reason) == (True, "")
    assert [it.id for it in await here.recordings.of_room(OAK)] == [here.show.id]


@pytest.mark.parametrize("is_told", [True, False])
async def test_what_has_gone_to_another_node_waits_for_room_here_no_more(here: Hall, is_told: bool) -> None:
    """Also while this node has its picture yet, or the picture alone has gone."""
    here.archive.begin(here.show)
    await stopped_for(here, StopReason.QUOTA)
    if is_told:
        here.archive.went_on(here.show.id, has_picture=True)
    else:
        here.archive.away(OAK)
    await give_room(here)
    await look_twice(here)
    assert here.archive.running() == []


async def test_a_show_that_comes_to_a_node_without_room_is_said_to_be_recorded_no_more(here: Hall) -> None:
    """By the records, which all nodes go by; another one with room goes on with it."""
    await give_room(here)
    await here.recordings.begin(here.show.id, OAK, here.show.started_at, "another-node")
    here.disk.free_mb = 0
    here.archive.begin(here.show)
    await stopped_for(here, StopReason.DISK_FULL)
    kept = await here.recordings.get(here.show.id)
    assert (kept.is_running, kept.stop_reason, kept.node) == (False, "disk_full", "another-node")
    again = await here.recordings.begin(here.show.id, OAK, here.show.started_at, "another-node")
    assert again.is_running
