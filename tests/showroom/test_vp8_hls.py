"""A show in VP8 is played as HLS by players that are not ours, where the operator allows to encode it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from config.ids import AccountId, RoomId
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access
from showroom.data_folder import TRANSCODES
from showroom.load.publisher import Publisher
from tests.media.hls.vp8 import vp8_clip
from tests.media.recording.stream import Decoded, decode
from tests.showroom.test_recording import Fair, recorded, records, running, until

ALLOWED = {"SHOWROOM_HLS_TRANSCODE_VP8": "true", "SHOWROOM_SHOWS_GRACE_SECONDS": "2"}
ASK_SECONDS = 60.0


@asynccontextmanager
async def vp8_on_air(fair: Fair, http: aiohttp.ClientSession) -> AsyncIterator[None]:
    """Send VP8 into the room during the block."""
    publisher = Publisher(http, f"{fair.url}/whip/{fair.room}", vp8_clip(), fair.key)
    await publisher.open()
    playing = asyncio.create_task(publisher.play())
    try:
        yield
    finally:
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
        await publisher.close()


async def status_of(http: aiohttp.ClientSession, url: str) -> int:
    """Return how the server answers in the end; `Busy` says to come again."""
    async with asyncio.timeout(ASK_SECONDS):
        while True:
            async with http.get(url) as answer:
                if answer.status != 503:
                    return answer.status
            await asyncio.sleep(0.2)


def children_of(server: int) -> list[int]:
    """Return the processes of a server that encode."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"media.hls.vp8_child" in words and f"PPid:\t{server}\n" in (folder / "status").read_text():
                found.append(int(folder.name))
    return found


@pytest.mark.long
async def test_a_player_that_is_not_ours_plays_a_show_in_vp8(tmp_path: Path) -> None:
    """Picture and either sound, with one child for all who watch; the recording is what was sent."""
    async with running(tmp_path, **ALLOWED) as fair, aiohttp.ClientSession() as http:
        async with vp8_on_air(fair, http):
            show = (await recorded(fair, 2)).id
            base = f"{fair.url}/hls/{show}"
            assert children_of(fair.process.pid) == []
            answers = await asyncio.gather(*(status_of(http, f"{base}/index.m3u8") for _ in range(20)))
            assert set(answers) == {200}
            assert len(children_of(fair.process.pid)) == 1
            seen = await asyncio.to_thread(decode, f"{base}/index.m3u8", "-t", "5")
            assert _but_steps(seen.errors) == []
            assert seen.frames >= 40, "its sound may begin a segment before its picture"
            for sound in ("opus", "aac"):
                heard = await asyncio.to_thread(decode, f"{base}/{sound}.m3u8", "-t", "2")
                assert _but_steps(heard.errors) == [], sound
            whole = await asyncio.to_thread(decode, f"{base}/whole/video.m3u8", "-frames:v", "100")
            assert whole == Decoded(100, "")
            assert len(children_of(fair.process.pid)) == 1
            assert list((fair.folder / TRANSCODES).iterdir())
        await until(lambda: _is_over(fair, show))
        async with records(fair) as kept:
            assert {section.container for section in await kept.sections(show)} == {"webm"}
    assert not (tmp_path / TRANSCODES).exists()


def _but_steps(errors: str) -> list[str]:
    """Return what FFmpeg says but that the sound was moved a few milliseconds, to its picture."""
    return [line for line in errors.splitlines() if "non monotonically increasing dts" not in line]


async def _is_over(fair: Fair, show: str) -> bool:
    async with records(fair) as kept:
        return not (await kept.get(show)).is_running


async def test_without_the_setting_a_show_in_vp8_has_no_hls(tmp_path: Path) -> None:
    async with running(tmp_path) as fair, aiohttp.ClientSession() as http, vp8_on_air(fair, http):
        show = (await recorded(fair, 2)).id
        assert await status_of(http, f"{fair.url}/hls/{show}/index.m3u8") == 404
        assert children_of(fair.process.pid) == []
        assert not (tmp_path / TRANSCODES).exists()


async def _is_refused(http: aiohttp.ClientSession, url: str) -> bool:
    return await status_of(http, url) == 403


@pytest.mark.long
async def test_who_may_not_watch_makes_nothing_run(tmp_path: Path) -> None:
    """A show that is not public is encoded for nobody without its key."""
    async with running(tmp_path, **ALLOWED) as fair, aiohttp.ClientSession() as http, vp8_on_air(fair, http):
        show = (await recorded(fair, 2)).id
        async with records(fair) as kept:
            keeper = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", RoomId(fair.room))
            await kept.set_access(keeper, show, Access.INVITED)
        await until(lambda: _is_refused(http, f"{fair.url}/hls/{show}/index.m3u8"))
        assert children_of(fair.process.pid) == []
