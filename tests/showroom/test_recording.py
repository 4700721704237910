"""Nothing shown is lost: the real server records what is published to it, over kills of whatever may die."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from config.ids import RoomId
from rooms.fair.database import Database
from rooms.fair.recording import KeptSegment, Recording, RecordingState
from rooms.fair.recordings import Recordings
from showroom.data_folder import RECORDINGS, SQLITE_FILE
from showroom.demo.broadcast import Broadcaster
from tests.media.hls.rules import breaches, change_breaches
from tests.media.recording.stream import decode
from tests.ports import free_port

START_SECONDS, WAIT_SECONDS = 60.0, 60.0


@dataclass(frozen=True)
class Fair:
    """A fair with one room, as a process of its own that keeps everything in `folder`."""

    url: str
    ice_port: int
    room: str
    key: str
    folder: Path
    process: Process


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Fair]:
    """Run the server until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "showroom.load.fair_server", str(folder),
        env={**os.environ, **settings}, stdin=PIPE, stdout=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            said = json.loads(await process.stdout.readline())
        yield Fair(said["url"], said["ice_port"], said["room"], said["key"], folder, process)
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def on_air(fair: Fair, clip: Path) -> AsyncIterator[None]:
    """Keep the room on the air during the block, over whatever ends its session."""
    task = asyncio.create_task(Broadcaster(fair.url, fair.room, clip, fair.key).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def records(fair: Fair) -> AsyncIterator[Recordings]:
    """The records of a running server, read beside it."""
    database = Database(f"sqlite+aiosqlite:///{fair.folder / SQLITE_FILE}")
    try:
        yield Recordings(database, time.time)
    finally:
        await database.close()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await look():
            await asyncio.sleep(0.1)


async def recorded(fair: Fair, seconds: float) -> Recording:
    """Wait until so many seconds of the room's show are in the records."""
    found: list[Recording] = []

    async def enough() -> bool:
        found[:] = await kept.of_room(RoomId(fair.room))
        return bool(found) and found[0].seconds >= seconds

    async with records(fair) as kept:
        await until(enough)
    return found[0]


async def files_of(fair: Fair, recording: str) -> list[Path]:
    return sorted((fair.folder / RECORDINGS / recording).glob("*.mp4"))


async def segments_of(fair: Fair, recording: str) -> list[KeptSegment]:
    async with records(fair) as kept:
        return await kept.segments(recording)


async def test_a_show_is_recorded_and_its_index_points_into_its_file(tmp_path: Path, clip: Path) -> None:
    async with running(tmp_path, SHOWROOM_SHOWS_GRACE_SECONDS="2") as fair:
        async with on_air(fair, clip):
            recording = await recorded(fair, 5)
        async with records(fair) as kept:
            await until(lambda: _is_whole(kept, recording.id))
            recording = await kept.get(recording.id)  # some more was shown before it ended
            sections = await kept.sections(recording.id)
            segments = await kept.segments(recording.id)
        files = await files_of(fair, recording.id)
    assert [segment.number for segment in segments] == [*range(len(segments))]
    ends = [before.start + before.duration for before in segments]
    assert all(abs(end - after.start) < 0.01 for end, after in zip(ends, segments[1:], strict=False))
    for section, file in zip(sections, files, strict=True):
        last = [segment for segment in segments if segment.section == section.number][-1]
        assert file.stat().st_size == section.bytes == last.offset + last.size
        assert hashlib.sha256(file.read_bytes()).hexdigest() == section.sha256
    decoded = [decode(file) for file in files]
    assert {found.errors for found in decoded} == {""}
    assert sum(found.frames for found in decoded) == pytest.approx(30 * recording.seconds, rel=0.1)


async def _is_whole(kept: Recordings, recording: str) -> bool:
    return (await kept.get(recording)).state is RecordingState.WHOLE


@pytest.mark.long
async def test_a_killed_writer_costs_a_moment_and_the_show_nothing(tmp_path: Path, clip: Path) -> None:
    """F19: recording goes on in the next section of the same recording."""
    async with running(tmp_path) as fair, on_air(fair, clip):
        before = await recorded(fair, 4)
        os.kill(_writer_of(fair.process.pid), signal.SIGKILL)
        after = await recorded(fair, before.seconds + 8)
        assert after.id == before.id
        files = await files_of(fair, after.id)
        assert len(files) == 2
        segments = await segments_of(fair, after.id)
        gap = max(later.start - earlier.start - earlier.duration for earlier, later in pairwise(segments))
        assert gap < 3.0
        assert [segment.number for segment in segments] == [*range(len(segments))]
        assert decode(files[0]).errors == ""
        async with records(fair) as kept:
            first, *_ = await kept.sections(after.id)
        assert (first.is_whole, first.bytes) == (True, files[0].stat().st_size)


def _writer_of(server: int) -> int:
    """Return the process that writes the recordings of a server."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"media.recording.writer" in words and f"PPid:\t{server}\n" in (folder / "status").read_text():
                return int(folder.name)
    raise AssertionError("nobody writes")


async def test_a_killed_server_goes_on_with_the_same_recording(tmp_path: Path, clip: Path) -> None:
    """F7: what was written and not indexed is found again; the gap is in the timeline and nowhere else."""
    ports = {"SHOWROOM_HTTP_PORT": str(free_port()), "SHOWROOM_ICE_PORT": str(free_port())}
    async with running(tmp_path, **ports) as fair:
        broadcaster = asyncio.create_task(Broadcaster(fair.url, fair.room, clip, fair.key).run())
        before = await recorded(fair, 4)
        fair.process.kill()
        await fair.process.wait()
        broadcaster.cancel()
        await asyncio.wait([broadcaster])
        async with running(tmp_path, **ports) as again, on_air(again, clip):
            after = await recorded(again, before.seconds + 6)
            assert after.id == before.id
            files = await files_of(again, after.id)
            segments = await segments_of(again, after.id)
    assert len(files) == 2
    assert [segment.number for segment in segments] == [*range(len(segments))]
    by_file = [sum(segment.size for segment in segments if segment.section == number) for number in (0, 1)]
    sizes = [file.stat().st_size for file in files]
    assert 0 < sizes[0] - by_file[0] < 2000, "all of the first file is indexed but its initialisation"
    assert [decode(file).errors for file in files] == ["", ""]


async def _keeps_the_rules(http: aiohttp.ClientSession, url: str) -> None:
    """Check a playlist against the specification, and that what it becomes follows from what it was."""
    before = ""
    for _ in range(4):
        async with http.get(url) as answer:
            text = await answer.text()
        assert breaches(text) == []
        assert not before or change_breaches(before, text) == []
        before = text
        await asyncio.sleep(0.7)


@pytest.mark.long
async def test_a_running_show_plays_as_hls(tmp_path: Path, clip: Path) -> None:
    """A player that is not ours finds picture and sound at the show's address, each way they are offered."""
    async with running(tmp_path) as fair, on_air(fair, clip), aiohttp.ClientSession() as http:
        recording = await recorded(fair, 4)
        base = f"{fair.url}/hls/{recording.id}"
        async with http.get(f"{base}/index.m3u8") as answer:
            assert answer.status == 200
            text = await answer.text()
        assert 'CODECS="avc1.' in text
        for track in ("video", "opus", "aac"):
            await _keeps_the_rules(http, f"{base}/{track}.m3u8")
            decoded = await asyncio.to_thread(decode, f"{base}/{track}.m3u8", "-t", "3")
            assert decoded.errors == "", track
            assert decoded.frames >= 60 or track != "video"
