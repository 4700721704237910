"""The smaller sizes of a show are written while somebody watches them, on the timeline of the show."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest
from prometheus_client import generate_latest

from config.errors import Busy, Missing
from media.hls.aac import AacMaker
from media.hls.asking import Ask
from media.hls.form import Form
from media.hls.live import LiveShow
from media.hls.pieces import PieceId
from media.hls.serving import HlsMedia
from media.hls.tracks import Track
from media.recording.facts import Container, Part
from tests.media.hls.parsed import Playlist, attributes, parse
from tests.media.hls.rules import breaches, change_breaches
from tests.media.hls.rules_sizes import reports_reach, sizes_agree
from tests.media.hls.shows import section
from tests.media.hls.sizes import BOUNDS, KEY_SECONDS, SIZES, Sent, sent_in_sizes

WAIT_SECONDS = 60.0
MIDDLE, SMALLEST = "layers/h/video.m3u8", "layers/q/video.m3u8"


async def until(claim: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait until the claim holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not claim():
            meanwhile()
            await asyncio.sleep(0.05)


async def watched(here: Sent, layer: str = "h") -> Form:
    """Return a size once there is something of it."""
    await until(lambda: f"layers/{layer}/video.m3u8" in here.names())
    form = here.layers.watch("show", layer, here.live)
    await form.ready()
    return form


async def text(live: LiveShow, track: Track = Track.VIDEO) -> str:
    return (await live.playlist(track, Ask(), whole=False)).body.decode()


async def index(here: Sent, *, whole: bool = False) -> Playlist:
    made = await here.live.multivariant(
        whole=whole, smaller=lambda: here.layers.sizes("show", here.live))
    assert breaches(made.body.decode()) == []
    return parse(made.body.decode())


def parts_of(form: Form) -> list[Part]:
    return list(form.live.timeline.pieces.all)


async def test_a_running_show_lists_the_largest_first_and_then_the_smaller_ones(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        await until(lambda: len(here.names()) == 2)
        variants = (await index(here)).variants
        assert [(uri, it["AUDIO"], it["RESOLUTION"]) for it, uri in variants] == [
            ("video.m3u8", "opus", "480x272"), ("video.m3u8", "aac", "480x272"),
            (MIDDLE, "opus", "320x176"), (MIDDLE, "aac", "320x176"),
            (SMALLEST, "opus", "160x96"), (SMALLEST, "aac", "160x96")]
        (main, _), *_, (least, _) = variants
        assert least["CODECS"].split(",")[0] == main["CODECS"].split(",")[0], "nothing else is known yet"
        assert all(int(it["BANDWIDTH"]) >= int(it["AVERAGE-BANDWIDTH"]) > 1000 for it, _ in variants)
        form = await watched(here, "q")
        (newest,) = form.live.timeline.sections.values()
        (now, _) = (await index(here)).variants[-2]
        assert now["CODECS"] == f"{newest.video},opus"
        assert len((await index(here, whole=True)).variants) == 2
        here.live.ended()
        assert len((await index(here)).variants) == 2


async def test_a_size_has_the_rules_and_the_timeline_of_its_show(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        forms = {"h": await watched(here, "h"), "q": await watched(here, "q")}
        await until(lambda: all(form.live.timeline.is_listed for form in forms.values()))
        old: dict[str, str] = {}
        for _ in range(12):
            lists = {f"{track}.m3u8": await text(here.live, track) for track in Track}
            lists |= {f"layers/{name}/video.m3u8": await text(form.live) for name, form in forms.items()}
            for uri, now in lists.items():
                assert breaches(now, follows="layers" in uri) == []
                assert uri not in old or change_breaches(old[uri], now) == []
            read = {uri: parse(now) for uri, now in lists.items()}
            assert list(sizes_agree([read["video.m3u8"], read[MIDDLE], read[SMALLEST]])) == []
            assert list(reports_reach(read)) == []
            old = lists
            await asyncio.sleep(0.3)
            _ = [here.layers.watch("show", name, here.live) for name in forms]
        assert_in_step(here.live, forms["h"].live, here.show.late)


def assert_in_step(main: LiveShow, other: LiveShow, late: float) -> None:
    """Segments begin at key frames, which all sizes have at the same moments: each second."""
    starts = [[entry.start for entry in live.timeline.closed if entry.is_whole and not entry.is_gap]
              for live in (main, other)]
    assert all(starts)
    apart = (starts[1][-1] - starts[0][-1]) % KEY_SECONDS
    assert min(apart, KEY_SECONDS - apart) < 0.05 + late


async def test_its_parts_are_decoded_with_its_init(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        form = await watched(here)
        await until(lambda: len(form.live.timeline.closed) > form.live.timeline.lead + 2)
        media = HlsMedia(here.layers.forms, AacMaker())
        it = parse(await text(form.live))
        head = await media.init(form.name, form.live, Track.VIDEO, min(form.live.timeline.sections))
        names = [entry.uri.removeprefix("video/").removesuffix(".m4s") for entry in it.entries]
        body = [await media.piece(form.name, form.live, Track.VIDEO, PieceId.parse(name)) for name in names]
        with av.open(io.BytesIO(head + b"".join(body)), "r") as file:
            frames = list(file.decode(video=0))
        assert {(frame.width, frame.height) for frame in frames} == {SIZES["h"]}
        assert len(frames) == pytest.approx(25 * sum(entry.seconds for entry in it.entries), abs=2)
        first = frames[0].time
        assert first == pytest.approx(time.time() - here.began, abs=20.0), "seconds of the show"
        with pytest.raises(Missing):
            await media.init(form.name, form.live, Track.OPUS, 25)


async def test_a_size_that_is_not_sent_any_more_is_gone_at_once_and_may_come_again(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        form = await watched(here)
        await until(lambda: form.live.timeline.is_listed)
        before, pid = parts_of(form), form.pid
        here.show.sent.discard("h")
        left = time.monotonic()  # a request is told that nothing comes after twelve seconds only
        with pytest.raises(Missing) as refused:
            await follow(form.live)
        assert (refused.value.code, time.monotonic() - left < 11.0) == ("no_size", True)
        assert here.names() == [SMALLEST]
        with pytest.raises(Missing):
            here.layers.watch("show", "h", here.live)
        here.show.sent.add("h")
        again = await watched(here)
        await until(lambda: len(parts_of(again)) > len(before) + 3, lambda: here.layers.watch(
            "show", "h", here.live))
        assert (again is form, again.pid != pid) == (True, True)
        assert breaches(await text(again.live), follows=True) == []
        numbers = [entry.number for entry in again.live.timeline.closed]
        assert numbers == sorted(set(numbers))


async def follow(live: LiveShow) -> None:
    """Ask for the next entry, as players do, and for the next."""
    while True:
        await live.playlist(Track.VIDEO, Ask(len(live.timeline.closed)), whole=False)


async def test_its_child_ends_when_nobody_asks_and_with_the_show(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path, replace(BOUNDS, idle_seconds=1.0)) as here:
        form = await watched(here)
        await until(lambda: not form.is_active)
        layer = next(layer for layer in here.show.publication.smaller if layer.name == "h")
        await until(lambda: layer.sinks == [])
        assert not form.live.is_ended
        here.recorder.end("show")
        await until(lambda: form.live.is_ended)
        assert (await form.live.playlist(Track.VIDEO, Ask(), whole=False)).body.endswith(b"#EXT-X-ENDLIST\n")
        await until(lambda: not here.layers.forms.has(form.name))
        assert list(here.layers.forms.folder.iterdir()) == []
        with pytest.raises(Missing):
            here.layers.watch("show", "h", here.live)


async def test_a_child_that_dies_is_replaced_and_no_loss_of_the_recording(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        form = await watched(here)
        pid, known = form.pid, len(parts_of(form))
        assert pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: form.pid != pid and len(parts_of(form)) > known + 3, form.ask)
        scraped = generate_latest(here.counters.registry).decode()
        assert set(scraped.splitlines()) >= {
            "showroom_hls_sizes 1.0", "showroom_hls_size_restarts_total 1.0",
            "showroom_writer_restarts_total 0.0"}


async def test_only_so_many_are_written_and_none_of_what_is_not_there(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path, limit=1) as here:
        await watched(here, "h")
        with pytest.raises(Busy):
            here.layers.watch("show", "q", here.live)
        for recording, layer in (("show", "f"), ("show", "z"), ("another", "h")):
            with pytest.raises(Missing):
                here.layers.watch(recording, layer, here.live)
        vp8 = LiveShow(here.began, 30.0)
        vp8.section_began(section(container=Container.WEBM, video="vp8"))
        assert here.layers.sizes("show", vp8) == ()
        with pytest.raises(Missing):
            here.layers.watch("show", "q", vp8)


async def test_reports_lead_from_each_playlist_to_the_others_that_are_written(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as here:
        main = parse(await text(here.live))
        assert reported(main) == ["opus.m3u8", "aac.m3u8"]
        form = await watched(here)
        await until(lambda: form.live.timeline.is_listed)
        assert reported(parse(await text(form.live))) == [
            "../../video.m3u8", "../../opus.m3u8", "../../aac.m3u8"]


def reported(it: Playlist) -> list[str]:
    return [attributes(value)["URI"] for value in it.all("EXT-X-RENDITION-REPORT")]
