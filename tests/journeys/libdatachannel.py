"""A publisher on libdatachannel, the WebRTC stack of OBS, fed with what OBS would encode."""

from __future__ import annotations

import asyncio
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import imageio_ffmpeg
from av.bitstream import BitStreamFilterContext

PROGRAM = Path(__file__).with_suffix(".mjs")
SECONDS = 6
SOURCES = """
-f lavfi -i testsrc2=size=640x360:rate=30 -f lavfi -i sine=frequency=440 -c:a libopus -ar 48000 -ac 2
"""
ENCODERS = {
    "h264": "-c:v libx264 -profile:v high -preset veryfast -bf 0 -pix_fmt yuv420p -g 60 -b:v 1M",
    "av1": "-c:v libsvtav1 -preset 11 -svtav1-params pred-struct=1:rc=2 -pix_fmt yuv420p -g 60 -b:v 1M",
}
"""As OBS has them: in the high profile, which no offer speaks of, without B-frames, which WebRTC lacks."""


@asynccontextmanager
async def publishing(url: str, key: str, codec: str, folder: Path) -> AsyncIterator[None]:
    """Publish picture and sound to a WHIP endpoint while the block runs."""
    film = folder / f"{codec}.mkv"
    await _encode(film, codec)
    process = await asyncio.create_subprocess_exec(
        shutil.which("node") or "node", PROGRAM, url, key, codec,
        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    feeding = asyncio.create_task(_feed(process, film))
    try:
        yield
        assert process.returncode is None, await _said(process)
        assert not feeding.done(), feeding.exception()
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
        if process.stdin:
            process.stdin.close()
        async with asyncio.timeout(20):
            assert await process.wait() == 0, await _said(process)


async def _said(process: asyncio.subprocess.Process) -> str:
    return (await process.stderr.read()).decode() if process.stderr else ""


async def _encode(film: Path, codec: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *SOURCES.split(), *ENCODERS[codec].split(),
               "-t", str(SECONDS), str(film)]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    errors = (await process.communicate())[1]
    assert process.returncode == 0, errors.decode()


async def _feed(process: asyncio.subprocess.Process, film: Path) -> None:
    """Hand over samples at their times, the film over and over."""
    assert process.stdin
    loop = asyncio.get_running_loop()
    start, last = loop.time(), [0.0, 0.0]
    for at, kind, sample in _samples(film):
        await asyncio.sleep(start + at - loop.time())
        distance = round((at - last[kind]) * 1e6)
        last[kind] = at
        process.stdin.write(struct.pack("!BII", kind, distance, len(sample)) + sample)
        await process.stdin.drain()


def _samples(film: Path) -> Iterator[tuple[float, int, bytes]]:
    """Yield the time of each sample, whether it is picture, and its bytes, as an encoder hands them out."""
    at = 0.0
    while True:
        with av.open(str(film)) as container:
            picture = container.streams.video[0]
            is_h264 = picture.codec_context.name == "h264"
            cut = BitStreamFilterContext("h264_mp4toannexb", picture) if is_h264 else None
            for packet in container.demux():
                if packet.pts is None or packet.time_base is None:
                    continue
                is_picture = packet.stream is picture
                # sound begins before it is heard
                seconds = at + max(0.0, float(packet.pts * packet.time_base))
                for part in cut.filter(packet) if cut and is_picture else [packet]:
                    yield seconds, int(is_picture), bytes(part)
        at += SECONDS
