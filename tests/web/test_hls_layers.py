"""The smaller sizes of a running show over HTTP: their addresses, whom they are open to, their end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.media.hls.parsed import Playlist, parse
from tests.media.hls.rules import breaches
from tests.media.hls.sizes import Sent, sent_in_sizes
from tests.media.recording.stream import decode
from tests.web.hls_world import BEGAN, Got, HlsWorld, sizes_world

INDEX, MIDDLE = "show/index.m3u8", "show/layers/h/video.m3u8"
WAIT_SECONDS = 60.0
SOON = "public, max-age=1, stale-while-revalidate=2"


@pytest.fixture
async def sent(tmp_path: Path) -> AsyncIterator[Sent]:
    async with sent_in_sizes(tmp_path) as it:
        yield it


@pytest.fixture
async def world(sent: Sent) -> AsyncIterator[HlsWorld]:
    async with sizes_world(sent) as it:
        yield it


async def listed(world: HlsWorld, count: int, path: str = INDEX) -> Playlist:
    """Return the playlist of playlists once it has so many variants."""
    async with asyncio.timeout(WAIT_SECONDS):
        while len((it := parse((await world.get(path)).text)).variants) != count:
            await asyncio.sleep(0.1)
    return it


async def answered(world: HlsWorld, path: str) -> Got:
    """Return what is answered in the end, when the server says to come again."""
    async with asyncio.timeout(WAIT_SECONDS):
        while (got := await world.get(path)).status == 503:
            await asyncio.sleep(0.1)
    return got


async def test_every_size_that_is_listed_can_be_played(world: HlsWorld) -> None:
    index = await listed(world, 6)
    assert "".join(index.lines[-1:]) == "layers/q/video.m3u8"
    for uri in {uri for _, uri in index.variants}:
        path = urljoin(INDEX, uri)
        got = await answered(world, path)
        assert (got.status, got.headers["Cache-Control"]) == (200, SOON)
        it = parse(got.text)
        assert breaches(got.text, follows="layers" in uri) == []
        head = next(value for entry in it.with_growing if (value := entry.value("EXT-X-MAP")))
        for address in (head[5:-1], *(part["URI"] for entry in it.with_growing for part in entry.parts)):
            media = await world.get(urljoin(path, address))
            assert (media.status, media.headers["Cache-Control"]) == (
                200, "public, max-age=31536000, s-maxage=60, immutable")
    seen = await asyncio.to_thread(decode, f"{world.url}/hls/{MIDDLE}", "-t", "3")
    assert (seen.errors, seen.frames > 20) == ("", True)


async def test_player_waits_for_the_next_part_of_a_size(world: HlsWorld) -> None:
    await listed(world, 6)
    it = parse((await answered(world, MIDDLE)).text)
    hint = it.listed("EXT-X-PRELOAD-HINT")["URI"]
    got = await world.get(urljoin(MIDDLE, hint))
    assert got.status == 200
    ahead = max(it.numbered) + 1
    later = parse((await world.get(f"{MIDDLE}?_HLS_msn={ahead}&_HLS_skip=YES")).text)
    assert max(later.numbered) >= ahead


async def test_show_that_is_not_public_needs_its_key_for_each_size(world: HlsWorld, sent: Sent) -> None:
    await listed(world, 6)
    world.shelf.private.add("show")
    for path in (MIDDLE, "show/layers/h/video/25.init.mp4", "show/layers/h/video/100.0.m4s"):
        assert (await world.get(path)).status == 403
    assert not sent.layers.forms.has("layer-h-show"), "nothing runs for who may not watch"
    key = world.keys.mint("show", int(BEGAN) + 60)
    got = await answered(world, f"show/k/{key}/layers/h/video.m3u8")
    assert got.status == 200
    part = next(part["URI"] for entry in parse(got.text).with_growing for part in entry.parts)
    media = await world.get(f"show/k/{key}/layers/h/{part}")
    assert (media.status, media.headers["Cache-Control"]) == (200, "public, max-age=30")


@pytest.mark.parametrize("path", [
    "layers/z/video.m3u8", "layers/h/opus.m3u8", "layers/h/index.m3u8", "whole/layers/h/video.m3u8",
    "layers/h%2F/video.m3u8", "layers/abcdefghijklmnopq/video.m3u8", "layers/f/video.m3u8",
    "layers/z/video/0.init.mp4", "layers/z/video/0.m4s"])
async def test_what_is_no_size_is_missing(world: HlsWorld, sent: Sent, path: str) -> None:
    await listed(world, 6)
    assert (await world.get(f"show/{path}")).status == 404
    assert list(sent.layers.forms.folder.iterdir()) == []


async def test_a_size_that_is_gone_is_missing_and_not_listed(world: HlsWorld, sent: Sent) -> None:
    await listed(world, 6)
    assert len((await listed(world, 2, "show/whole/index.m3u8")).variants) == 2
    it = parse((await answered(world, MIDDLE)).text)
    ahead = asyncio.ensure_future(world.get(f"{MIDDLE}?_HLS_msn={max(it.numbered) + 1}"))
    sent.show.sent.discard("h")
    await listed(world, 4)
    for path in (MIDDLE, urljoin(MIDDLE, it.entries[0].uri)):
        got = await world.get(path)
        assert (got.status, json.loads(got.body)["code"]) == (404, "no_size")
        assert got.headers["Cache-Control"] == "public, max-age=1"
    assert (await ahead).status in (200, 404)


async def test_an_ended_show_lists_what_was_recorded(world: HlsWorld, sent: Sent) -> None:
    await listed(world, 6)
    assert (await answered(world, MIDDLE)).status == 200
    sent.recorder.end("show")
    async with asyncio.timeout(WAIT_SECONDS):
        while not (await world.get(MIDDLE)).text.endswith("#EXT-X-ENDLIST\n"):  # it is gone soon after
            await asyncio.sleep(0.1)
        while not sent.live.is_ended:
            await asyncio.sleep(0.1)
    it = await listed(world, 2)
    assert [uri for _, uri in it.variants] == ["whole/video.m3u8", "whole/video.m3u8"]
    async with asyncio.timeout(WAIT_SECONDS):
        while (await world.get(MIDDLE)).status != 404:
            await asyncio.sleep(0.1)
