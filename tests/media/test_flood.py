"""A flood at the media port: memory stays, and shows go on as if nothing were (T14)."""

from __future__ import annotations

import asyncio
import math
import re
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from media.dtls import Certificate
from showroom.load import proc
from showroom.load.clip_file import read_clip
from showroom.load.delay import Departures, percentile
from showroom.load.footage import make_footage
from showroom.load.host import Host, hosting
from showroom.load.publisher import Publisher
from showroom.load.viewer import Viewer
from tests.media.scale import IS_FULL, scaled

SECONDS = scaled(2, 30)
PER_SECOND = 50_000
LAG = re.compile(r'showroom_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)')
FLOOD = """
import socket, sys, time
port, seconds, rate = map(int, sys.argv[1:])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", port))
garbage = [b"\\x80" + bytes(200), b"\\x16" + bytes(100), b"", bytes(30)]
start, sent = time.monotonic(), 0
while (passed := time.monotonic() - start) < seconds:
    for _ in range(min(64, max(0, int(passed * rate) - sent))):
        sock.send(garbage[sent % 4])
        sent += 1
"""


@pytest.mark.threat("T14", "D13")
async def test_a_flood_of_garbage_stops_no_show(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Fifty thousand datagrams a second, from a process of its own, while a viewer watches a show."""
    clip = read_clip(await asyncio.to_thread(make_footage, tmp_path, 300))
    async with hosting("relay", 0) as host, aiohttp.ClientSession() as http:
        publisher, viewer = Publisher(http, host.whip, clip), Viewer(http, host.whep, Certificate.generate())
        viewer.opens = True
        viewer.departures = publisher.departures = Departures()
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        await viewer.open()
        await asyncio.sleep(1)
        before, quiet = proc.memory_kb(host.pid), await delays(viewer)
        flood = await start_flood(host)
        flooded = await delays(viewer)
        assert await flood.wait() == 0
        grown = proc.memory_kb(host.pid) - before
        record_property("flood_delay_ms_p99", [round(quiet * 1000, 1), round(flooded * 1000, 1)])
        record_property("flood_grown_kb", grown)
        await asyncio.sleep(0.5)
        assert viewer.is_connected
        assert grown < 5000
        assert flooded < quiet + scaled(1000, 20) / 1000
        playing.cancel()
        await asyncio.wait([playing])
        await viewer.close()
        await publisher.close()


@pytest.mark.long
async def test_the_loop_answers_in_time_under_load_and_attack(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Viewers who watch, others who come and go, requests for pages, and the flood, all at once."""
    clip = read_clip(await asyncio.to_thread(make_footage, tmp_path, 1500))
    async with hosting("fair", 0) as host, aiohttp.ClientSession() as http:
        publisher, certificate = Publisher(http, host.whip, clip, host.key), Certificate.generate()
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        viewers = [Viewer(http, host.whep, certificate) for _ in range(scaled(20, 200))]
        for viewer in viewers:
            await viewer.open()
        before = await lags(http, host)
        flood = await start_flood(host)
        for _ in range(SECONDS * 5):
            coming = Viewer(http, host.whep, certificate)
            await coming.open()
            async with http.get(URL(host.whep).origin()) as page:
                assert page.status == 200
            await asyncio.sleep(0.1)
            for viewer in viewers:
                viewer.tick(asyncio.get_running_loop().time())
            await coming.close()
        assert await flood.wait() == 0
        late = {bound: count - before[bound] for bound, count in (await lags(http, host)).items()}
        record_property("loop_lag_counts", str(late))
        assert late[math.inf] >= SECONDS
        assert late[0.25 if IS_FULL else 1.0] == late[math.inf]
        assert all(viewer.is_connected for viewer in viewers)
        playing.cancel()
        await asyncio.wait([playing])
        await asyncio.gather(publisher.close(), *(viewer.close() for viewer in viewers))


async def start_flood(host: Host) -> Process:
    """Send garbage to the media port of a server, from a process of its own, for some seconds."""
    words = (str(host.ice_port), str(SECONDS), str(PER_SECOND))
    return await asyncio.create_subprocess_exec(sys.executable, "-c", FLOOD, *words, stdin=DEVNULL)


async def lags(http: aiohttp.ClientSession, host: Host) -> dict[float, int]:
    """Return how often the loop was at most so many seconds late."""
    async with http.get(URL(host.whep).origin() / "metrics") as answer:
        found = LAG.findall(await answer.text())
    return {float(bound.replace("+Inf", "inf")): int(float(count)) for bound, count in found}


async def delays(viewer: Viewer) -> float:
    """Return the slowest hundredth of what arrives within some seconds; most of it has to."""
    viewer.delays.clear()
    for _ in range(SECONDS * 10):
        await asyncio.sleep(0.1)
        viewer.tick(asyncio.get_running_loop().time())
    assert len(viewer.delays) > SECONDS * 60
    return percentile(viewer.delays, 0.99)
