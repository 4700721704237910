"""Clients that we did not write publish to the fair and view it: FFmpeg, what OBS has, libwebrtc, Firefox."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from tests.journeys import libdatachannel, libwebrtc
from tests.journeys.conftest import People
from tests.journeys.stage import staff_of
from tests.showroom.server import RunningServer

ENCODE = """
-hide_banner -loglevel warning -re -f lavfi -i testsrc2=size=640x360:rate=30 -f lavfi -i sine=frequency=440
-c:v libx264 -profile:v baseline -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 60 -b:v 1M
-c:a libopus -ar 48000 -ac 2 -t 60
"""

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_ffmpeg_publishes_and_chromium_shows_it(people: People, fair: RunningServer) -> None:
    """FFmpeg's own WHIP muxer, unmodified; it never answers a keyframe request."""
    room = staff_of(fair, 18).room
    async with _ffmpeg(f"{fair.base_url}/whip/{room}", fair.stream_key(room)):
        await _sees_and_hears(people, room)


@pytest.mark.parametrize(("codec", "number"), [("h264", 17), ("av1", 16)])
async def test_what_obs_sends_with_publishes_and_chromium_shows_it(
    people: People, fair: RunningServer, tmp_path: Path, codec: str, number: int
) -> None:
    """libdatachannel, unmodified, in the order of OBS: its first key frame is over before anybody gets it."""
    room = staff_of(fair, number).room
    url, key = f"{fair.base_url}/whip/{room}", fair.stream_key(room)
    async with libdatachannel.publishing(url, key, codec, tmp_path):
        await _sees_and_hears(people, room)


async def test_libwebrtc_publishes_and_views_vp8(fair: RunningServer) -> None:
    room = staff_of(fair, 19).room
    async with libwebrtc.publishing(f"{fair.base_url}/whip/{room}", fair.stream_key(room)):
        assert await _view_when_live(f"{fair.base_url}/whep/{room}", 20) == 20


async def test_libwebrtc_publishes_and_chromium_shows_it(people: People, fair: RunningServer) -> None:
    room = staff_of(fair, 20).room
    async with libwebrtc.publishing(f"{fair.base_url}/whip/{room}", fair.stream_key(room)):
        guest = await people.enter()
        await guest.go(f"/rooms/{room}")
        await guest.frames("#picture", 20)
        assert await guest.moves("#picture")


@pytest.mark.long
async def test_firefox_shows_a_vp8_show(tmp_path: Path) -> None:
    seen = await _in_firefox(tmp_path)
    assert seen["frames"] >= 20
    assert seen["width"] == libwebrtc.WIDTH


@pytest.mark.long
async def test_firefox_sends_sound_and_several_sizes_and_gets_the_one_it_chose(tmp_path: Path) -> None:
    sent = await _in_firefox(tmp_path, "sends")
    assert sent == {"sizes": [540, 270, 135], "seen": [135, 540], "hears": True}


async def _in_firefox(folder: Path, *what: str) -> dict[str, Any]:
    """Firefox does not pair with loopback: server, publisher and Firefox live in a network of their own."""
    alone = ("unshare", "--net", "--map-root-user")
    command = [*alone, sys.executable, "-m", "tests.journeys.firefox_views", str(folder), *what]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    async with asyncio.timeout(120):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    told: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return told


@asynccontextmanager
async def _ffmpeg(url: str, key: str) -> AsyncIterator[None]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *ENCODE.split(), "-f", "whip", "-authorization", key, url]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield
        assert process.returncode is None, (await process.stderr.read()).decode() if process.stderr else ""
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _sees_and_hears(people: People, room: str) -> None:
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await guest.frames("#picture", 20)
    assert await guest.moves("#picture")
    await guest.page.click("#unmute")
    await guest.frames("#picture", 30)
    assert (await guest.sound())["energy"] > 0


async def _view_when_live(url: str, frames: int) -> int:
    patience = time.monotonic() + 60
    while True:
        try:
            return await libwebrtc.view(url, frames)
        except AssertionError as refusal:
            is_early = "not_live" in str(refusal) or "not live" in str(refusal)
            if not is_early or time.monotonic() > patience:
                raise
            await asyncio.sleep(0.1)
