"""Recordings go on over the death of their writer, and over whatever goes wrong with another one."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from config.errors import Busy
from config.ids import ShowId
from config.settings import Settings
from media.recording.facts import Container, section_path
from media.recording.tape import SILENT_SECONDS
from rooms.fair.database import Database
from signaling.recording_news import RecordingState
from tests.signaling.archive_hall import Hall, hall

OTHER = "other"


def writer(here: Hall) -> int:
    """Return the process that writes into this hall's folder."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"media.recording.writer" in words and str(here.folder).encode() in words:
                return int(folder.name)
    raise AssertionError("nobody writes")


async def once(here: Hall, claim: Callable[[], bool]) -> None:
    """Wait until a claim is true."""

    async def look() -> bool:
        return claim()

    await here.until(look)


async def once_files(here: Hall, whole: list[bool]) -> None:
    """Wait until the records have these files of the show, each complete or not."""

    async def look() -> bool:
        return [section.is_whole for section in await here.recordings.sections(here.show.id)] == whole

    await here.until(look)


async def test_nobody_waits_while_the_file_of_a_dead_writer_is_hashed(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A show goes on, and another begins, while gigabytes are read; all is written down in the end."""
    may_read, digest = threading.Event(), hashlib.file_digest

    def slowly(*arguments: Any) -> Any:
        assert may_read.wait(60)
        return digest(*arguments)

    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        monkeypatch.setattr(hashlib, "file_digest", slowly)
        try:
            os.kill(writer(here), signal.SIGKILL)
            await here.goes_on()
            here.recorder.begin(here.on_air, OTHER, here.now)
            await once(here, (here.folder / section_path(OTHER, 0, Container.MP4)).exists)
            await once_files(here, [False, False])
        finally:
            may_read.set()
        await once_files(here, [True, False])


async def test_what_a_writer_has_had_no_time_to_read_is_no_silence(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """It is stopped for longer than a silence lasts; what waited for it meanwhile has no gap."""
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        os.kill(writer(here), signal.SIGSTOP)
        await asyncio.sleep(2.5 * SILENT_SECONDS)
        os.kill(writer(here), signal.SIGCONT)
        await here.goes_on(3.5 * SILENT_SECONDS)
        kept = await here.recordings.segments(here.show.id)
        assert all(after.start - before.start - before.duration < 0.01 for before, after in pairwise(kept))
        assert here.counted("unrecorded_packets_total") == 0


async def test_recordings_go_on_once_a_process_can_be_had_again(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, refused = asyncio.create_subprocess_exec, 0

    async def start_at_the_third_time(*arguments: Any, **more: Any) -> Any:
        nonlocal refused
        if refused < 2:
            refused += 1
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return await start(*arguments, **more)

    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        monkeypatch.setattr(asyncio, "create_subprocess_exec", start_at_the_third_time)
        os.kill(writer(here), signal.SIGKILL)
        await here.goes_on()
        assert refused == 2


async def test_a_disk_that_fails_under_one_recording_ends_no_other(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def fail_for_other(file: int) -> None:
        if OTHER in os.readlink(f"/proc/self/fd/{file}"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(file)

    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        here.recorder.begin(here.on_air, OTHER, here.now)
        await here.goes_on()
        monkeypatch.setattr(os, "fsync", fail_for_other)
        os.kill(writer(here), signal.SIGKILL)
        await here.goes_on()
        assert here.recorder.running() == [here.show.id]
        assert here.counted("recording_stops_total", reason="failed") == 1


async def test_a_report_that_cannot_be_taken_in_ends_that_recording_alone(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> None:
    """Playlists count sections up to 65,535: by another size in each picture one gets there."""
    async with hall(database, settings, clips, tmp_path) as here:
        await here.has(2)
        here.playlists.begin(OTHER, here.now)
        here.recorder.begin(here.on_air, OTHER, here.now, section=65_536)
        await once(here, lambda: here.counted("recording_stops_total", reason="failed") == 1)
        await here.goes_on()
        assert here.recorder.running() == [here.show.id]
        assert len(here.on_air.sinks) == 1
        other = here.playlists.get(OTHER)
        assert other is not None
        assert other.is_ended


async def test_a_show_that_cannot_be_begun_holds_up_no_other_and_is_told_of(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hall(database, settings, clips, tmp_path) as here:
        begin, hear, refused = here.recordings.begin, here.archive._news._listener, 0

        async def begin_but_one(recording: str, *more: Any, **others: Any) -> Any:
            if recording == OTHER:
                raise Busy("not now", code="store_away")
            return await begin(recording, *more, **others)

        async def hear_the_second_time(*news: Any) -> None:
            nonlocal refused
            refused += 1
            if refused == 1:
                raise Busy("not now", code="store_away")
            await hear(*news)

        monkeypatch.setattr(here.recordings, "begin", begin_but_one)
        monkeypatch.setattr(here.archive._news, "_listener", hear_the_second_time)
        here.archive.end(here.show.id)
        here.archive.begin(replace(here.show, id=ShowId(OTHER)))
        here.archive.begin(replace(here.show, id=ShowId("show-2")))
        await once(here, lambda: here.recorder.running() == ["show-2"])
        await once(here, lambda: bool(here.told) and here.told[-1].state is RecordingState.RECORDING)
