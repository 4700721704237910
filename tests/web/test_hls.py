"""HLS over HTTP: what players ask for, what caches need, and whom a show is open to."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from config.errors import Denied
from media.hls.multivariant import Captions
from media.recording.facts import Container, StopReason
from tests.media.hls.parsed import parse
from tests.media.hls.rules import breaches, change_breaches
from tests.media.hls.shows import section
from tests.web.hls_world import BEGAN, HlsWorld, hls_world
from web.hls_keys import HlsKeys

TRACKS = ("video", "opus", "aac")
PLAYLIST = "application/vnd.apple.mpegurl"
FOR_EVER = "public, max-age=31536000, s-maxage=60, immutable"
"""For players; a cache before many of them asks again after a minute."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[HlsWorld]:
    async with hls_world(tmp_path) as it:
        yield it


async def ffmpeg(*arguments: str) -> str:
    """Return what FFmpeg complains of."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "warning", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    async with asyncio.timeout(120):
        _, said = await process.communicate()
    assert process.returncode == 0, said
    return said.decode()


async def test_playlists_of_a_running_show_keep_the_rules(world: HlsWorld) -> None:
    show = world.broadcast(segments=9)
    old = {path: (await world.get(f"show/{path}.m3u8")).text
           for path in (*TRACKS, *(f"whole/{t}" for t in TRACKS))}
    for _ in range(9):
        show.write_part()
        for path, before in old.items():
            got = await world.get(f"show/{path}.m3u8")
            assert breaches(got.text) + change_breaches(before, got.text) == []
            assert breaches((await world.get(f"show/{path}.m3u8?_HLS_skip=YES")).text) == []
            old[path] = got.text
    for path in ("index", "whole/index"):
        assert breaches((await world.get(f"show/{path}.m3u8")).text) == []


async def test_every_address_of_a_playlist_leads_somewhere(world: HlsWorld, tmp_path: Path) -> None:
    show = world.broadcast(segments=2)
    show.new_section()
    show.write(2)
    show.write_part()
    for track in TRACKS:
        it = parse((await world.get(f"show/{track}.m3u8")).text)
        maps = [e.value("EXT-X-MAP") for e in it.with_growing if e.has("EXT-X-MAP")]
        assert len(maps) == 2
        inits = [(await world.get(f'show/{value[5:-1]}')).body for value in maps if value]
        bodies = {e.uri: (await world.get(f"show/{e.uri}")).body for e in it.entries}
        for entry in it.entries:
            parts = [await world.get(f"show/{part['URI']}") for part in entry.parts]
            assert {part.status for part in parts} == {200}
            if track != "aac":
                assert b"".join(part.body for part in parts) == bodies[entry.uri]
        file = tmp_path / f"{track}.mp4"
        file.write_bytes(inits[0] + b"".join(bodies.values()))
        assert await ffmpeg("-i", str(file), "-f", "null", "-") == ""


@pytest.mark.parametrize("sound", ["opus", "aac"])
async def test_ffmpeg_plays_the_whole_of_a_show(world: HlsWorld, tmp_path: Path, sound: str) -> None:
    show = world.broadcast(segments=3)
    world.shows.recording_stopped("show", StopReason.ENDED)
    index = (await world.get("show/index.m3u8")).text
    number = next(n for n, (variant, _) in enumerate(parse(index).variants) if variant["AUDIO"] == sound)
    out = tmp_path / "out.mkv"
    await ffmpeg("-i", f"{world.url}/hls/show/index.m3u8", "-map", f"0:p:{number}", "-c", "copy", str(out))
    said = await ffmpeg("-i", str(out), "-f", "null", "-")
    assert said == ""
    info = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(out)], capture_output=True, text=True,
                          check=False).stderr
    assert f"Audio: {sound}" in info
    assert "Duration: 00:00:06.0" in info or "Duration: 00:00:05.9" in info
    assert show.start == 6.0


@pytest.mark.parametrize("path", ["show/sound.m3u8", "show/whole/sound.m3u8"])
async def test_ffmpeg_plays_the_sound_alone(world: HlsWorld, path: str) -> None:
    world.broadcast(segments=3)
    world.shows.recording_stopped("show", StopReason.ENDED)
    said = await ffmpeg("-v", "info", "-i", f"{world.url}/hls/{path}", "-f", "null", "-")
    assert "Audio: opus" in said
    assert "Audio: aac" in said
    assert "Video:" not in said
    assert not [asked for asked in world.asked if "/video" in asked]


async def test_player_waits_at_the_door_for_playlist_and_hinted_part(world: HlsWorld) -> None:
    show = world.broadcast(segments=2)
    it = parse((await world.get("show/video.m3u8")).text)
    hint = it.listed("EXT-X-PRELOAD-HINT")["URI"]
    assert hint == "video/2.0.m4s"
    asked = [asyncio.ensure_future(world.get(path)) for path in (
        "show/video.m3u8?_HLS_msn=2&_HLS_part=0", f"show/{hint}", "show/opus.m3u8?_HLS_msn=2&_HLS_part=0")]
    while show.show.waiting < 3:
        await asyncio.sleep(0.01)
    assert not any(task.done() for task in asked)
    show.write_part()
    playlist, part, _ = await asyncio.gather(*asked)
    assert hint in playlist.text
    assert part.status == 200
    assert playlist.headers["Cache-Control"] == "public, max-age=24, stale-while-revalidate=2"


@pytest.mark.parametrize("query", [
    "_HLS_part=1", "_HLS_msn=x", "_HLS_msn=-1", "_HLS_msn=1.5", "_HLS_msn=99999999999999", "_HLS_msn=50",
    "_HLS_msn=3&_HLS_part=99", "_HLS_skip=NO", "_HLS_msn=%C2%B2", "_HLS_msn="])
async def test_odd_directives_are_refused_at_once(world: HlsWorld, query: str) -> None:
    show = world.broadcast(segments=3)
    got = await world.get(f"show/video.m3u8?{query}")
    assert (got.status, show.show.waiting) == (400, 0)
    assert json.loads(got.body)["code"] in ("directive", "too_far_ahead", "part_of_nothing")
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [
    "none/index.m3u8", "show/video/9.m4s", "show/video/0.99.m4s", "show/video/9.init.mp4",
    "show/video/gap.m4s",
    "show/video/0.0-2.m4s", "show/subtitles.m3u8", "show/video/0.2-1.m4s", "show/video/../0.m4s", "show/"])
async def test_what_is_not_there_is_missing(world: HlsWorld, path: str) -> None:
    world.broadcast(segments=2)
    got = await world.get(path)
    assert (got.status, got.headers["Cache-Control"]) == (404, "public, max-age=1")
    assert got.headers["Content-Type"].startswith("application/problem+json")


async def test_answers_are_as_caches_and_other_origins_need_them(world: HlsWorld) -> None:
    world.broadcast(segments=2)
    for path, kind, control in (
        ("show/index.m3u8", PLAYLIST, "public, max-age=5, stale-while-revalidate=2"),
        ("show/video.m3u8", PLAYLIST, "public, max-age=1, stale-while-revalidate=2"),
        ("show/video/0.m4s", "video/mp4", FOR_EVER), ("show/opus/0.1.m4s", "video/mp4", FOR_EVER),
        ("show/aac/0.init.mp4", "video/mp4", FOR_EVER)):
        cookies = "guest=a.b; session=c; language=ar"
        got = await world.get(path, Origin="https://elsewhere.example", Cookie=cookies)
        assert (got.status, got.headers["Content-Type"], got.headers["Cache-Control"]) == (200, kind, control)
        assert got.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in got.headers
        head = await world.get(path, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]
        same = await world.get(path, If_None_Match=got.headers["Etag"])
        assert (same.status, same.body, same.headers["Cache-Control"]) == (304, b"", control)
        assert (await world.get(path, If_None_Match='"another"')).status == 200


@pytest.mark.parametrize("path", ["whole/index.m3u8", "whole/video.m3u8", "video/0.m4s", "aac/0.init.mp4"])
async def test_what_may_be_deleted_or_closed_is_kept_by_nobody_for_long(world: HlsWorld, path: str) -> None:
    """An ended show, and one that is not for everybody; what is the same still is not sent again."""
    world.broadcast(segments=2)
    world.broadcast("closed", segments=2)
    world.shelf.private.add("closed")
    key = world.keys.mint("closed", int(BEGAN) + 3600)
    world.shows.recording_stopped("show", StopReason.ENDED)
    for address in (f"show/{path}", f"closed/k/{key}/{path}"):
        got = await world.get(address)
        directives = got.headers["Cache-Control"].split(", ")
        assert "immutable" not in directives
        assert int(directives[1].removeprefix("max-age=")) <= 30
        again = await world.get(address, If_None_Match=got.headers["Etag"])
        assert (again.status, again.body) == (304, b"")


async def test_refusals_set_no_cookie_and_read_none(world: HlsWorld) -> None:
    got = await world.get("none/index.m3u8", Cookie="guest=a.b; language=ar")
    assert (got.status, "Set-Cookie" in got.headers) == (404, False)
    assert got.text.isascii()


async def test_playlists_are_compressed_for_whom_it_suits(world: HlsWorld) -> None:
    world.broadcast(segments=9)
    plain = await world.get("show/whole/video.m3u8", Accept_Encoding="identity")
    small = await world.get("show/whole/video.m3u8", Accept_Encoding="gzip, deflate")
    assert (plain.body, plain.headers["Etag"]) != (small.body, small.headers["Etag"])
    assert plain.text == small.text
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(small.headers["Content-Length"]) < len(plain.body) / 2
    weighed = {"gzip;q=0": False, "identity, GZIP ; q=0.000": False, "br, gzip;q=0.5": True}
    for accepted, is_small in weighed.items():
        answer = await world.get("show/whole/video.m3u8", Accept_Encoding=accepted)
        assert (answer.headers.get("Content-Encoding") == "gzip") is is_small, accepted


async def test_show_that_is_not_public_needs_a_key(world: HlsWorld) -> None:
    world.broadcast(segments=2)
    world.broadcast("other", segments=2)
    world.shelf.private |= {"show", "other"}
    key = world.keys.mint("show", int(BEGAN) + 600)
    for path in ("index.m3u8", "sound.m3u8", "video.m3u8", "video/0.m4s", "aac/0.init.mp4"):
        assert (await world.get(f"show/{path}")).status == 403
        assert (await world.get(f"other/k/{key}/{path}")).status == 403
        forged = key[:-1] + ("A" if key[-1] != "A" else "B")
        assert (await world.get(f"show/k/{forged}/{path}")).status == 403
        longer = f"{int(BEGAN) + 601}.{key.partition('.')[2]}"
        assert (await world.get(f"show/k/{longer}/{path}")).status == 403
        good = await world.get(f"show/k/{key}/{path}")
        assert good.status == 200
        assert int(good.headers["Cache-Control"].partition("max-age=")[2].partition(",")[0]) <= 600
    index = await world.get(f"show/k/{key}/index.m3u8")
    assert {uri for _, uri in parse(index.text).variants} == {"video.m3u8"}, "relative, so with the key"
    world.now[0] = BEGAN + 600
    stale = await world.get(f"show/k/{key}/index.m3u8")
    assert (stale.status, json.loads(stale.body)["code"]) == (403, "hls_key_stale")


async def test_key_that_was_made_for_others_opens_nothing(world: HlsWorld) -> None:
    world.broadcast(segments=2)
    world.shelf.private.add("show")
    world.shelf.circle = "invited,ada,bo"
    key = world.keys.mint("show", int(BEGAN) + 600, world.shelf.circle)
    for path in ("index.m3u8", "video.m3u8", "video/0.m4s"):
        world.shelf.circle = "invited,ada,bo"
        assert (await world.get(f"show/k/{key}/{path}")).status == 200
        world.shelf.circle = "invited,ada"
        got = await world.get(f"show/k/{key}/{path}")
        assert (got.status, json.loads(got.body)["code"]) == (403, "hls_key")


def test_key_of_another_secret_opens_nothing() -> None:
    key = HlsKeys("a" * 40).mint("show", 2000)
    assert HlsKeys("a" * 40).check("show", key, 1999.5) == 0
    with pytest.raises(Denied):
        HlsKeys("b" * 40).check("show", key, 0.0)


async def test_show_in_vp8_has_no_hls_and_says_why(world: HlsWorld) -> None:
    world.shows.begin("show", BEGAN)
    world.shows.section_began("show", section(container=Container.WEBM, video="vp8"))
    for path in ("index.m3u8", "video.m3u8"):
        got = await world.get(f"show/{path}")
        assert (got.status, json.loads(got.body)["code"]) == (404, "no_hls")
        assert "VP8" in json.loads(got.body)["detail"]


@pytest.mark.parametrize("reason", sorted(set(StopReason) - {StopReason.ENDED, StopReason.MOVED}))
async def test_show_that_is_recorded_no_more_has_nothing_live_until_it_is_over(
    world: HlsWorld, reason: StopReason
) -> None:
    """Who came then was shown its beginning as if that were live; who watched was told that it was away."""
    world.broadcast(segments=9)
    world.shows.recording_stopped("show", reason)
    for path in ("index.m3u8", "sound.m3u8", "video.m3u8"):
        got = await world.get(f"show/{path}")
        assert (got.status, json.loads(got.body)["code"]) == (404, "no_hls")
    assert (await world.get("show/whole/index.m3u8")).status == 200
    assert "#EXT-X-ENDLIST" in (await world.get("show/whole/video.m3u8")).text
    world.shows.recording_stopped("show", StopReason.ENDED)
    assert "whole/" in (await world.get("show/index.m3u8")).text


async def test_show_that_is_written_at_another_node_goes_on(world: HlsWorld) -> None:
    world.broadcast(segments=9)
    world.shows.recording_stopped("show", StopReason.MOVED)
    assert "whole/" not in (await world.get("show/index.m3u8")).text
    assert "#EXT-X-ENDLIST" not in (await world.get("show/video.m3u8")).text


async def test_captions_are_listed(world: HlsWorld) -> None:
    world.broadcast(segments=2)
    world.shelf.captions = (Captions("ar", "العربية", "captions/ar.m3u8"),)
    got = await world.get("show/index.m3u8")
    assert breaches(got.text) == []
    assert 'LANGUAGE="ar",NAME="العربية"' in got.text


async def test_sound_of_many_players_is_made_once(world: HlsWorld) -> None:
    world.broadcast(segments=1)
    got = await asyncio.gather(*[world.get("show/aac/0.2.m4s") for _ in range(50)])
    assert {(one.status, one.body) for one in got} == {(200, got[0].body)}
    assert world.aac.made == 1
