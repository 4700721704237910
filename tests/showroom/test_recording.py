"""Nothing shown is lost: the real server records what is published to it, over kills of whatever may die."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from rooms.fair.database import Database
from rooms.fair.recording import KeptSegment, Recording, RecordingState
from rooms.fair.recordings import Recordings
from showroom.data_folder import RECORDINGS, SQLITE_FILE
from showroom.demo.broadcast import Broadcaster
from tests.media.recording.stream import clip_file, decode
from tests.showroom.server import RunningServer, running_server

COMPANY = 4
"""One of the demo that is not on the air."""
WAIT_SECONDS = 40.0


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_file(tmp_path_factory.mktemp("clip"))


@asynccontextmanager
async def on_air(server: RunningServer, clip: Path) -> AsyncIterator[str]:
    """Keep a room on the air during the block, over whatever ends its session."""
    room = server.staff(COMPANY).room
    key = await asyncio.to_thread(server.stream_key, room)
    task = asyncio.create_task(Broadcaster(server.base_url, room, clip, key).run())
    try:
        yield room
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def records(server: RunningServer) -> AsyncIterator[Recordings]:
    """The records of a running server, read beside it."""
    database = Database(f"sqlite+aiosqlite:///{server.data_folder / SQLITE_FILE}")
    try:
        yield Recordings(database, time.time)
    finally:
        await database.close()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await look():
            await asyncio.sleep(0.1)


async def recorded(server: RunningServer, room: str, seconds: float, after: float = -1.0) -> Recording:
    """Wait until so many seconds of the room's show are in the records, the last of them later than `after`."""
    found: list[Recording] = []

    async def enough() -> bool:
        found[:] = await kept.of_room(room)  # type: ignore[arg-type]
        return bool(found) and found[0].seconds >= seconds and found[0].seconds > after

    async with records(server) as kept:
        await until(enough)
    return found[0]


async def files_of(server: RunningServer, recording: str) -> list[Path]:
    return sorted((server.data_folder / RECORDINGS / recording).glob("*.mp4"))


async def segments_of(server: RunningServer, recording: str) -> list[KeptSegment]:
    async with records(server) as kept:
        return await kept.segments(recording)


async def test_a_show_is_recorded_and_its_index_points_into_its_file(tmp_path: Path, clip: Path) -> None:
    async with running_server(tmp_path, SHOWROOM_SHOWS_GRACE_SECONDS="2") as server:
        async with on_air(server, clip) as room:
            recording = await recorded(server, room, 5)
        async with records(server) as kept:
            await until(lambda: _is_whole(kept, recording.id))
            (section,) = await kept.sections(recording.id)
            segments = await kept.segments(recording.id)
        (file,) = await files_of(server, recording.id)
        assert file.stat().st_size == section.bytes == segments[-1].offset + segments[-1].size
        assert [segment.number for segment in segments] == [*range(len(segments))]
        assert all(abs(before.start + before.duration - after.start) < 0.01 for before, after in pairwise(segments))
        decoded = decode(file)
        assert decoded.errors == ""
        assert decoded.frames == pytest.approx(30 * sum(segment.duration for segment in segments), abs=3)


async def _is_whole(kept: Recordings, recording: str) -> bool:
    return (await kept.get(recording)).state is RecordingState.WHOLE


async def test_a_killed_writer_costs_a_moment_and_the_show_nothing(tmp_path: Path, clip: Path) -> None:
    """F19: recording goes on in the next section of the same recording."""
    async with running_server(tmp_path) as server, on_air(server, clip) as room:
        before = await recorded(server, room, 4)
        os.kill(_writer_of(server.pid), signal.SIGKILL)
        after = await recorded(server, room, before.seconds + 8)
        assert after.id == before.id
        files = await files_of(server, after.id)
        assert len(files) == 2
        segments = await segments_of(server, after.id)
        gap = max(later.start - earlier.start - earlier.duration for earlier, later in pairwise(segments))
        assert gap < 3.0
        assert [segment.number for segment in segments] == [*range(len(segments))]
        assert decode(files[0]).errors == ""


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
    ports = {"SHOWROOM_HTTP_PORT": str(_free_port()), "SHOWROOM_ICE_PORT": str(_free_port())}
    async with running_server(tmp_path, **ports) as server, on_air(server, clip) as room:
        before = await recorded(server, room, 4)
        server.process.kill()
        await server.process.wait()
        async with running_server(tmp_path, **ports) as again:
            after = await recorded(again, room, before.seconds + 6)
            assert after.id == before.id
            files = await files_of(again, after.id)
            segments = await segments_of(again, after.id)
    assert len(files) == 2
    assert [segment.number for segment in segments] == [*range(len(segments))]
    by_file = [sum(segment.size for segment in segments if segment.section == number) for number in (0, 1)]
    sizes = [file.stat().st_size for file in files]
    assert 0 < sizes[0] - by_file[0] < 2000, "all of the first file is indexed but its initialisation"
    assert [decode(file).errors for file in files] == ["", ""]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_running_show_plays_as_hls(tmp_path: Path, clip: Path) -> None:
    """A player that is not ours finds picture and sound at the show's address, each way they are offered."""
    async with running_server(tmp_path) as server, on_air(server, clip) as room, aiohttp.ClientSession() as http:
        recording = await recorded(server, room, 4)
        base = f"{server.base_url}/hls/{recording.id}"
        async with http.get(f"{base}/index.m3u8") as answer:
            assert answer.status == 200
            text = await answer.text()
        assert 'CODECS="avc1.' in text
        for track in ("video", "opus", "aac"):
            decoded = await asyncio.to_thread(decode, f"{base}/{track}.m3u8", "-t", "3")
            assert decoded.errors == "", track
            assert decoded.frames >= 60 or track != "video"
