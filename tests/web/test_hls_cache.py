"""With nginx in front, any number of viewers cost the server one request a part and a playlist state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from media.recording.facts import StopReason
from tests.media.hls.parsed import parse
from tests.media.hls.rules import breaches
from tests.media.scale import IS_FULL, scaled
from tests.web.hls_player import TrackPlayer
from tests.web.hls_world import BEGAN, HlsWorld, hls_world
from tests.web.nginx import nginx

VIEWERS = scaled(50, 500)
SECONDS = 6.0
SLOWER = 4.0 if IS_FULL else 1.5
"""The show goes so many times slower than the clock, because viewers and servers share this machine."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[HlsWorld]:
    async with hls_world(tmp_path / "recordings") as it:
        yield it


async def test_many_viewers_cost_one_request_a_part_and_playlist(
    world: HlsWorld, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    show = world.broadcast(segments=3)
    async with nginx(tmp_path, world.port) as url:
        players = [TrackPlayer(int(url.rpartition(":")[2]), "show", track, hints=number % 5 == 0)
                   for number in range(VIEWERS) for track in ("video", "opus")]
        async with asyncio.TaskGroup() as watching:
            for player in players:
                watching.create_task(player.play())
            await show.run(SECONDS, SLOWER)
            world.shows.recording_stopped("show", StopReason.ENDED)
    written = [f"{n}.{at}" for n, one in enumerate(show.segments) for at in range(len(one.parts))]
    for player in players:
        wanted = [f"{player.track}/{name}.m4s" for name in written]
        assert player.parts == wanted[wanted.index(player.parts[0]):]
        assert player.refused == []
        assert len(player.parts) >= len(show.segments[3:]) * 7
    waited = {path: n for path, n in world.asked.items() if "_HLS_msn" in path or path.endswith(".m4s")}
    assert {path: n for path, n in waited.items() if n > 1} == {}
    parts = len(written) - 3 * 7 + 3
    assert sum(waited.values()) <= 2 * (2 * parts + 4), "a part and a state of the playlist, of two tracks"
    assert sum(world.asked.values()) - sum(waited.values()) <= 2 * (SECONDS * SLOWER + 2)
    asked = sum(len(player.parts) + player.reloads for player in players)
    record_property("requests of players", asked)
    record_property("requests at the server", sum(world.asked.values()))
    assert asked > VIEWERS * sum(waited.values()) / 2


async def test_cache_knows_what_differs_and_what_does_not(world: HlsWorld, tmp_path: Path) -> None:
    world.broadcast(segments=9)
    async with nginx(tmp_path, world.port) as url:
        async def get(path: str, **headers: str) -> tuple[int, str, bytes]:
            async with world.client.get(f"{url}/hls/{path}", headers=headers) as got:
                assert "Set-Cookie" not in got.headers
                return got.status, got.headers["X-Cache"], await got.read()

        for path, same in (("show/video/1.m4s", "show/video/1.m4s?x=1"),
                           ("show/opus.m3u8?_HLS_msn=3", "show/opus.m3u8?_HLS_msn=3&utm=1"),
                           ("show/aac/0.init.mp4", "show/aac/0.init.mp4")):
            first, second = await get(path, Cookie="guest=1"), await get(same, Cookie="guest=2")
            assert (first[0], first[1], second[1]) == (200, "MISS", "HIT")
            assert first[2] == second[2]
        full = await get("show/video.m3u8?_HLS_msn=2")
        update = await get("show/video.m3u8?_HLS_msn=2&_HLS_skip=YES")
        assert (full[1], update[1]) == ("MISS", "MISS")
        plain = await get("show/video.m3u8?_HLS_msn=2", **{"Accept-Encoding": "identity"})
        assert (plain[1], plain[2]) == ("HIT", full[2])
        assert breaches(plain[2].decode()) == []
        assert parse(plain[2].decode()).entries
        assert (await get("show/video/77.m4s"))[0] == 404


async def test_stale_key_opens_nothing_that_is_not_cached(world: HlsWorld, tmp_path: Path) -> None:
    world.broadcast(segments=2)
    world.shelf.private.add("show")
    key = world.keys.mint("show", int(BEGAN) + 60)
    async with nginx(tmp_path, world.port) as url:
        async with world.client.get(f"{url}/hls/show/k/{key}/index.m3u8") as got:
            assert got.status == 200
        world.now[0] += 61
        for path in (f"show/k/{key}/video.m3u8", f"show/k/{key}/video/0.m4s", "show/index.m3u8"):
            async with world.client.get(f"{url}/hls/{path}") as got:
                assert got.status == 403


async def test_cache_asks_again_and_lets_go_of_what_was_deleted(world: HlsWorld, tmp_path: Path) -> None:
    """A key that is good for one more second makes the cache's time short; the clock of the server stands."""
    world.broadcast(segments=2)
    world.shelf.private.add("show")
    path = f"/hls/show/k/{world.keys.mint('show', int(BEGAN) + 1)}/video/1.m4s"
    async with nginx(tmp_path, world.port) as url:
        async def get() -> tuple[int, str, bytes]:
            async with world.client.get(url + path) as got:
                return got.status, got.headers["X-Cache"], await got.read()

        async def once_it_is_no_hit() -> tuple[int, str, bytes]:
            async with asyncio.timeout(30):
                while (found := await get())[1] == "HIT":
                    await asyncio.sleep(0.05)
            return found

        first = await get()
        assert first[:2] == (200, "MISS")
        assert await once_it_is_no_hit() == (200, "REVALIDATED", first[2]), "none of it is sent again"
        world.shows.forget("show")
        assert (await once_it_is_no_hit())[0] == 404
