"""A show whose publisher goes from one real server to another and back is one recording, whole at both."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import aiohttp

from config.ids import RoomId
from rooms.fair.recording import RecordingState
from rooms.fair.recordings import Recordings
from showroom.data_folder import NODE, RECORDINGS, SQLITE_FILE
from tests.media.hls.rules import breaches
from tests.media.recording.stream import decode
from tests.showroom.failing_over import Lone
from tests.showroom.nodes import SECRET
from tests.showroom.test_recording import Fair, on_air, records, running, until

GRACE_SECONDS = 20
"""How long the show waits for its picture: longer than any of its ways takes."""


@asynccontextmanager
async def two(folder: Path) -> AsyncIterator[tuple[Fair, Fair, str]]:
    """Run two servers on one store and one database; give them, and the stream key of the room."""
    async with AsyncExitStack() as stack:
        store = Lone(folder)
        await store.open()
        stack.push_async_callback(store.store.end)
        shared = {
            "SHOWROOM_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'one' / SQLITE_FILE}",
            "SHOWROOM_REDIS_URL": store.url, "SHOWROOM_SECRETS_KEY": SECRET,
            "SHOWROOM_REDIS_TIMEOUT_SECONDS": "5", "SHOWROOM_SHOWS_GRACE_SECONDS": str(GRACE_SECONDS),
        }
        (folder / "one").mkdir()
        one = await stack.enter_async_context(running(folder / "one", **shared))
        other = await stack.enter_async_context(running(folder / "other", **shared))
        yield one, other, other.key


async def test_a_show_that_goes_to_another_server_and_back_is_whole_at_both(
    tmp_path: Path, clip: Path
) -> None:
    async with two(tmp_path) as (one, other, key), records(one) as kept:
        for server in (one, other, one):
            await _show_at(replace(server, key=key), kept, clip)
        (recording,) = await kept.of_room(RoomId(one.room))
        await until(lambda: _is_whole(kept, recording.id))
        segments, sections = await kept.segments(recording.id), await kept.sections(recording.id)
        lists = [await _listed(server, recording.id) for server in (one, other)]
        folders = {(it.folder / NODE.name).read_text().strip(): it.folder / RECORDINGS for it in (one, other)}
    assert len({section.node for section in sections}) == 2
    assert all(after.start > before.start + before.duration - 0.1 for before, after in pairwise(segments))
    for section in sections:
        file = folders[section.node] / recording.id / f"{section.number:04d}.mp4"
        mine = [segment for segment in segments if segment.section == section.number]
        named = section.init_bytes + sum(it.size for it in mine)
        assert named == file.stat().st_size, "a part is in no record"
        assert decode(file).errors == ""
    assert lists[0] == lists[1]
    assert breaches(lists[0]) == []
    assert [int(it) for it in re.findall(r"/(\d+)\.m4s", lists[0])] == [it.number for it in segments]


async def _show_at(server: Fair, kept: Recordings, clip: Path) -> None:
    """Let the picture come to a server until it has recorded some more seconds."""
    node, room = (server.folder / NODE.name).read_text().strip(), RoomId(server.room)
    before = await kept.of_room(room)
    seconds = before[0].seconds + 4 if before else 4

    async def has_gone_on() -> bool:
        found = await kept.of_room(room)
        return bool(found) and found[0].node == node and found[0].seconds >= seconds

    async with on_air(server, clip):
        await until(has_gone_on)


async def _is_whole(kept: Recordings, recording: str) -> bool:
    sections = await kept.sections(recording)
    is_whole = (await kept.get(recording)).state is RecordingState.WHOLE
    return is_whole and all(section.is_whole for section in sections)


async def _listed(server: Fair, recording: str) -> str:
    """Return the playlist of the whole picture, once the server has found all of it."""
    url = f"{server.url}/hls/{recording}/whole/video.m3u8"
    async with aiohttp.ClientSession() as http:
        found: list[str] = []

        async def is_over() -> bool:
            async with http.get(url) as answer:
                found[:] = [await answer.text()]
            return "#EXT-X-ENDLIST" in found[0]

        await until(is_over)
    return found[0]
