"""The archive: shows are on the disk, in the records and on playlists, within their bounds, whoever is away.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import Missing
from config.ids import ShowId
from config.settings import Settings
from media.hls.live import LiveShow
from media.hls.shows import LiveShows
from media.recording.facts import Container, Section, Segment, StopReason
from rooms.fair.database import Database
from rooms.fair.recording import RecordingState
from signaling import archive_index
from signaling.recording_news import RecordingState as NewsState
from tests.media.recording.stream import decode
from tests.rooms.fair_facts import OAK
from tests.signaling.archive_hall import NODE, Hall, hall
from tests.signaling.fair import furnish_fair

RESERVE_MB = 256
"""What others on the disk may take meanwhile without a difference."""
FULL_SECONDS, SLACK_SECONDS = 2.0, 8.0
"""The goal, and what a machine may add on which all of this runs beside other tests."""


async def test_a_show_is_on_the_disk_in_the_records_and_on_playlists(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(4)
        assert [news.state for news in here.told] == [NewsState.RECORDING]
        live = here.playlists.get(here.show.id)
        assert live is not None
        assert live.timeline.pieces.newest >= 1
        here.archive.end(here.show.id)

        async def look() -> bool:
            return (await here.recordings.get(here.show.id)).state is RecordingState.WHOLE

        await here.until(look)
        assert here.archive.news(OAK).state is NewsState.OFF
        assert live.is_ended
        sections = await here.recordings.sections(here.show.id)
    assert all(section.is_whole for section in sections)
    assert decode(here.folder / here.show.id / "0000.mp4").errors == ""


async def test_nothing_is_said_before_the_first_byte_is_on_the_disk(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """Nobody sends anything: the recording has begun, and is not told to be running."""
    await furnish_fair(database)
    here = Hall(database, settings, clips, tmp_path / "recordings")
    await here.archive.start(NODE, set())
    here.archive.begin(here.show)

    async def look() -> bool:
        return bool(here.archive.running())

    await here.until(look)
    await asyncio.sleep(0.5)
    assert here.told == []
    await here.archive.close()


@pytest.mark.parametrize("has_hls", [True, False])
async def test_the_studio_knows_whether_there_is_hls_whatever_format_the_show_goes_on_in(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, has_hls: bool
) -> None:
    async with hall(database, settings, clips, tmp_path, has_hls=has_hls) as here:
        await here.has(1)
        since = here.archive.news(OAK).since
        for number, (container, is_in) in enumerate([(Container.MP4, True), (Container.WEBM, False)] * 2):
            here.archive.section_began(here.show.id, Section(9 + number, container))
            news = here.archive.news(OAK)
            assert (news.state, news.since, news.has_hls) == (NewsState.RECORDING, since, has_hls and is_in)


@pytest.mark.threat("T37")
async def test_who_has_used_all_the_room_there_is_records_no_more(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """The show goes on, the console is told, and a picture that returns does not begin it again."""
    async with hall(database, settings, clips, tmp_path, quota_gb=0.00005) as here:
        await here.has(2)
        await here.keeping.keep_quotas()

        async def look() -> bool:
            return here.archive.news(OAK).state is NewsState.STOPPED

        await here.until(look)
        assert here.archive.news(OAK).reason == "quota"
        here.archive.begin(here.show)
        await asyncio.sleep(0.3)
        assert here.archive.running() == []


def fill(file: Path, least_mb: int) -> None:
    """Leave less than so much of the disk, also after others have given some back."""
    over = shutil.disk_usage(file.parent).free - (least_mb << 20)
    if over >= 0:
        with file.open("ab") as end:
            os.posix_fallocate(end.fileno(), end.tell(), over + (RESERVE_MB << 20))


async def test_recording_stops_before_the_disk_is_full(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """F18: within two seconds of the threshold; console and operator are told, the files are whole."""
    least_mb = (shutil.disk_usage(tmp_path).free >> 20) - RESERVE_MB
    async with hall(database, settings, clips, tmp_path, min_free_mb=least_mb) as here:
        await here.has(2)
        began = time.monotonic()

        async def look() -> bool:
            fill(tmp_path / "others.bin", least_mb)
            return here.archive.news(OAK).state is NewsState.STOPPED

        await here.until(look)
        assert time.monotonic() - began < FULL_SECONDS + SLACK_SECONDS
        assert here.archive.news(OAK).reason == "disk_full"
        assert here.counted("recording_stops_total", reason="disk_full") == 1
        assert here.on_air.sinks == []
    (tmp_path / "others.bin").unlink()  # the folder is kept for a while
    assert decode(here.folder / here.show.id / "0000.mp4").errors == ""


async def test_what_is_too_old_goes_with_its_files(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        here.archive.end(here.show.id)

        async def look() -> bool:
            return (await here.recordings.get(here.show.id)).state is RecordingState.WHOLE

        await here.until(look)
        await here.keeping.let_go()
        assert (here.folder / here.show.id).exists()
        here.now += settings.recording.keep_days * 86_400 + 60
        await here.keeping.let_go()
        assert not (here.folder / here.show.id).exists()
        with pytest.raises(Missing):
            await here.recordings.get(here.show.id)
        assert await here.recordings.files_to_delete() == []


async def test_what_cannot_be_written_down_is_found_in_the_files(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that are lost on the way are there again once the show is over, and so is its end."""
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        monkeypatch.setattr(archive_index, "LIMIT", 0)  # as if the database had been away for a day
        await asyncio.sleep(3)
        before = await here.recordings.get(here.show.id)
        await asyncio.sleep(3)
        assert await here.recordings.get(here.show.id) == before
        assert before.is_running
        here.archive.end(here.show.id)

        async def look() -> bool:
            return (await here.recordings.get(here.show.id)).state is RecordingState.WHOLE

        await here.until(look)
        assert (await here.recordings.get(here.show.id)).seconds > before.seconds + 2
        numbers = [segment.number for segment in await here.recordings.segments(here.show.id)]
        assert numbers == [*range(len(numbers))]
        assert here.index.behind == {}


async def test_what_a_recording_that_failed_did_not_tell_is_found_when_its_show_ends(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays one that was cut short, for its owner to see."""
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        for untold in ("segment_kept", "section_whole"):
            monkeypatch.setattr(here.archive, untold, lambda *told: None)
        before = await here.recordings.get(here.show.id)
        await asyncio.sleep(3)
        here.archive.drop(here.show.id, StopReason.FAILED)

        async def has_stopped() -> bool:
            return (await here.recordings.get(here.show.id)).stop_reason == "failed"

        await here.until(has_stopped)
        here.archive.end(here.show.id)

        async def is_whole() -> bool:
            return (await here.recordings.get(here.show.id)).state is RecordingState.WHOLE

        await here.until(is_whole)
        kept = await here.recordings.get(here.show.id)
        assert kept.stop_reason == "failed"
        assert kept.seconds > before.seconds + 2
        assert all(section.is_whole for section in await here.recordings.sections(here.show.id))


@pytest.mark.parametrize("limit", [archive_index.LIMIT, 0])
async def test_a_picture_that_returns_as_its_recording_stops_is_recorded_on(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    limit: int,
) -> None:
    """Also when the index could not take what there was to say before it stopped."""
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)

        def begin_again() -> None:
            monkeypatch.undo()
            here.archive.begin(here.show)

        here.on_news = begin_again
        monkeypatch.setattr(archive_index, "LIMIT", limit)
        here.archive.drop(here.show.id, StopReason.DISK_FULL)
        await here.goes_on()
        assert (await here.recordings.get(here.show.id)).is_running
        numbers = [segment.number for segment in await here.recordings.segments(here.show.id)]
        assert numbers == [*range(len(numbers))]


async def test_a_show_that_ends_while_its_recording_is_restored_is_over(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """To restore hours takes half a second. Of the next in line, which ends too, nothing is kept at all."""
    await furnish_fair(database)
    playlists = Interrupted(30.0)
    here = Hall(database, settings, clips, tmp_path / "recordings", playlists)
    shows = here.show, replace(here.show, id=ShowId("show-2"))

    def end_all() -> None:
        for show in shows:
            here.archive.end(show.id)

    playlists.interrupt = end_all
    await here.archive.start(NODE, set())
    for show in shows:
        here.archive.begin(show)

    async def look() -> bool:
        with suppress(Missing):
            return (await here.recordings.get(here.show.id)).state is RecordingState.WHOLE
        return False

    await here.until(look)
    assert here.archive.running() == []
    live = playlists.get(here.show.id)
    assert live is not None
    assert live.is_ended
    with pytest.raises(Missing):
        await here.recordings.get("show-2")
    await here.archive.close()


class Interrupted(LiveShows):
    """Playlists that something happens to while they are restored."""

    interrupt: Callable[[], None]

    async def restore(
        self, recording: str, began: float, sections: Iterable[Section], segments: Iterable[Segment], *,
        is_ended: bool,
    ) -> LiveShow:
        """Restore a show; what happens comes before that is done."""
        self.interrupt()
        return await super().restore(recording, began, sections, segments, is_ended=is_ended)
