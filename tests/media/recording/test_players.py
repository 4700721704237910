"""A real browser plays what we write: MP4 in pieces through Media Source Extensions, WebM by ranges."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright

from media.codecs import Codec
from media.recording import mp4, webm
from media.recording.facts import Segment
from media.recording.records import codec_string
from media.recording.scan import scan_section
from media.recording.tracks import AudioTrack
from media.recording.webm_index import Range, virtual_file
from tests.media.recording.footage import audio_frames, mp4_parts, video_frames, video_track, webm_clusters

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
NAMES = ("h264", "h264 high", "vp9", "av1")
START = 5.0
PAGE = "<!doctype html><meta charset=utf-8><video id=picture muted></video>"
APPEND_AND_PLAY = """
async ({type, pieces}) => {
  if (!MediaSource.isTypeSupported(type)) throw new Error('not supported: ' + type);
  const video = document.querySelector('video');
  const source = new MediaSource();
  const heard = (target, event) => new Promise((resolve, reject) => {
    target.addEventListener(event, resolve, {once: true});
    target.addEventListener('error', () => reject(new Error(video.error?.message ?? event)), {once: true});
  });
  video.src = URL.createObjectURL(source);
  await heard(source, 'sourceopen');
  const buffer = source.addSourceBuffer(type);
  for (const url of pieces) {
    buffer.appendBuffer(await (await fetch(url)).arrayBuffer());
    await heard(buffer, 'updateend');
  }
  source.endOfStream();
  const ranges = Array.from({length: video.buffered.length},
    (_, n) => [video.buffered.start(n), video.buffered.end(n)]);
  video.currentTime = ranges[0][0];
  video.playbackRate = 4;
  await video.play();
  await heard(video, 'ended');
  return {ranges, end: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames,
    error: video.error?.message ?? null, width: video.videoWidth, audio: video.webkitAudioDecodedByteCount};
}
"""
PLAY_AND_SEEK = """
async ({url, seconds}) => {
  const video = document.querySelector('video');
  const heard = (event) => new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, {once: true});
    video.addEventListener('error', () => reject(new Error(video.error?.message ?? event)), {once: true});
  });
  video.src = url;
  await heard('loadeddata');
  const sought = [];
  for (const second of seconds) {
    video.currentTime = second;
    await heard('seeked');
    sought.push([video.currentTime, video.readyState >= 2, video.videoWidth]);
  }
  video.currentTime = seconds[0];
  await heard('seeked');
  await video.play();
  while (video.currentTime < seconds[0] + 0.5) await heard('timeupdate');
  video.pause();
  return {duration: video.duration, sought, audio: video.webkitAudioDecodedByteCount};
}
"""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a page may fetch by name."""

    files: dict[str, bytes]

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with a file, or with the range of it that was asked for."""
        data = self.files[request.path]
        span = request.http_range
        kind = "text/html" if request.path == "/" else "video/webm"
        if span.start is None:
            return web.Response(body=data, content_type=kind, headers={"Accept-Ranges": "bytes"})
        end = min(span.stop or len(data), len(data))
        headers = {"Content-Range": f"bytes {span.start}-{end - 1}/{len(data)}", "Accept-Ranges": "bytes"}
        return web.Response(status=206, body=data[span.start : end], content_type=kind, headers=headers)


@asynccontextmanager
async def page_with(files: dict[str, bytes]) -> AsyncIterator[Page]:
    """A page of a browser that plays files of these names."""
    app = web.Application()
    app.router.add_get("/{name:.*}", Pieces({"/": PAGE.encode(), **files}).serve)
    async with TestServer(app) as server, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await chromium.new_page()
        await page.goto(str(server.make_url("/")))
        yield page
        await chromium.close()


def mse_files(name: str) -> tuple[str, dict[str, bytes]]:
    """Return the type of a show and its pieces; it begins late on the timeline."""
    frames, audio = video_frames(name), audio_frames()
    init = mp4.init(video_track(name, frames), AudioTrack())
    parts = [*mp4_parts(frames, audio, START), *mp4_parts(frames, audio, START + 1.92, sequence=100)]
    folder = name.replace(" ", "-")
    files = {f"/{folder}/{number}": piece for number, piece in enumerate([init, *parts])}
    return f'video/mp4; codecs="{codec_string(Codec(name.split()[0]), frames[0].record)}, opus"', files


def webm_whole(folder: Path) -> bytes:
    """Return the virtual file of two sections, which begin at the seconds 4 and 20."""
    frames, audio = video_frames("vp8"), audio_frames()
    init = webm.header(video_track("vp8", frames), AudioTrack())
    segments: list[Segment] = []
    for number, start in enumerate((4000, 20_000)):
        path = folder / f"{number}.webm"
        path.write_bytes(init + b"".join(webm_clusters(frames, audio, start)))
        parts = scan_section(path).parts
        halves = enumerate((parts[:3], parts[3:]), 2 * number)
        segments += [Segment(segment, number, tuple(half)) for segment, half in halves]
    virtual = virtual_file(init, segments)

    def piece_of(piece: bytes | Range) -> bytes:
        if isinstance(piece, bytes):
            return piece
        return (folder / f"{piece.section}.webm").read_bytes()[piece.offset : piece.offset + piece.length]

    return b"".join(map(piece_of, virtual.slices(0, virtual.size)))


async def test_chromium_plays_and_seeks(tmp_path: Path) -> None:
    shows = {name: mse_files(name) for name in NAMES}
    whole = webm_whole(tmp_path)
    files = {path: data for _, pieces in shows.values() for path, data in pieces.items()}
    files["/whole.webm"] = whole
    async with asyncio.timeout(150), page_with(files) as page:
        for name, (kind, pieces) in shows.items():
            played = await page.evaluate(APPEND_AND_PLAY, {"type": kind, "pieces": list(pieces)})
            assert played["error"] is None, (name, json.dumps(played))
            assert len(played["ranges"]) == 1, (name, json.dumps(played))
            assert played["ranges"][0] == pytest.approx([START, START + 3.84], abs=0.03)
            assert played["end"] == pytest.approx(START + 3.84, abs=0.05)
            assert played["width"] == 320
            assert played["frames"] > 48
            assert played["audio"] > 0
        sought = await page.evaluate(PLAY_AND_SEEK, {"url": "/whole.webm", "seconds": [4.3, 21.4, 5.2, 20.1]})
        assert sought["duration"] == pytest.approx(21.92)
        assert [at for at, _, _ in sought["sought"]] == [4.3, 21.4, 5.2, 20.1]
        assert all(ready and width == 320 for _, ready, width in sought["sought"])
        assert sought["audio"] > 0
