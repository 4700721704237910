"""Viewers who come, go, drop and stay silent leave nothing behind; `make soak` does so for an hour."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from media.dtls import Certificate
from media.peer_paths import HOLD_SECONDS
from showroom.load import proc
from showroom.load.clip_file import read_clip
from showroom.load.door import knock
from showroom.load.footage import make_footage
from showroom.load.host import Host, hosting
from showroom.load.peer import Peer
from showroom.load.publisher import Publisher
from showroom.load.sdp import Direction
from showroom.load.viewer import Viewer
from tests.media.scale import scaled

SECONDS = float(os.environ.get("SOAK_SECONDS", "6"))
WATCHING, LEAVING, DROPPING, SILENT = scaled(10, 50), 4, 3, 3
"""Viewers who stay throughout, and those of each round."""
RUSH = 64
"""So many at once that the pools of connections and threads are as large as they ever get."""
SPARE_FILES = 3
"""What the rush may have left of the pools to be opened later: a connection to the records has two files."""
SPARE_TASKS = 5
"""Those of requests and jobs that just happen to be under way."""
WARM_UP_SECONDS, ROUND_SECONDS = max(5.0, SECONDS / 3), 0.2
"""A heap fills its pools for a quarter of an hour, also when nobody comes or goes."""
MAX_CLOSE_SECONDS = 2.0
GROWTH_KB = 3000
"""What a heap may keep for itself; what a session leaves behind would be that in no time."""
EXPIRED = re.compile(r'showroom_expired_sessions_total\{stage="\w+"\} (\d+)')
TASKS = re.compile(r"^showroom_tasks (\S+)", re.MULTILINE)
GAUGES = re.compile(r'showroom_(?:pending_sessions|sessions\{role="\w+"\}) (\d+)')


@dataclass(frozen=True)
class Holdings:
    """What a process has."""

    kb: int
    files: int
    threads: int
    tasks: int


@pytest.mark.long
async def test_churn_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Memory, descriptors, threads and sessions end where they began."""
    for deadline in ("PENDING", "CONSENT"):  # a newcomer outlives whoever dropped and held its port
        monkeypatch.setenv(f"SHOWROOM_MEDIA_{deadline}_SECONDS", str(HOLD_SECONDS + 1.0))
    monkeypatch.setenv("SHOWROOM_MEDIA_BACKLOG_PACKETS", "256")  # full before the first look
    clip = await asyncio.to_thread(make_footage, tmp_path, 300)
    async with (
        hosting("fair", 0) as host,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http,
        _on_air(Publisher(http, host.whip, read_clip(clip), host.key)),
        _watching(http, host) as staying,
    ):
        await _rush(http, host)
        await _rounds(http, host, WARM_UP_SECONDS, [])
        before = await _settled(http, host)
        closes: list[float] = []
        rounds = await _rounds(http, host, SECONDS, closes)
        after = await _settled(http, host)
        record_property("sessions", rounds * (LEAVING + DROPPING + SILENT))
        record_property("slowest_close_ms", round(max(closes) * 1000))
        record_property("before", str(before))
        record_property("after", str(after))
        assert max(closes) < MAX_CLOSE_SECONDS
        assert after.threads == before.threads
        assert after.tasks <= before.tasks + SPARE_TASKS
        assert after.files <= before.files + SPARE_FILES
        assert after.kb - before.kb < GROWTH_KB
        assert await _expired(http, host) >= rounds * (DROPPING + SILENT)
        assert all(viewer.is_connected for viewer in staying)


@asynccontextmanager
async def _on_air(publisher: Publisher) -> AsyncIterator[None]:
    await publisher.open()
    task = asyncio.create_task(publisher.play())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await publisher.close()


@asynccontextmanager
async def _watching(http: aiohttp.ClientSession, host: Host) -> AsyncIterator[list[Viewer]]:
    """Keep some viewers inside, who answer for themselves all the while."""
    viewers = [Viewer(http, host.whep, Certificate.generate(), consent_seconds=1.0) for _ in range(WATCHING)]
    for viewer in viewers:
        await viewer.open()
    task = asyncio.create_task(_tick(viewers))
    try:
        yield viewers
    finally:
        task.cancel()
        await asyncio.wait([task])
        for viewer in viewers:
            await viewer.close()


async def _tick(viewers: list[Viewer]) -> None:
    while True:
        for viewer in viewers:
            viewer.tick(asyncio.get_running_loop().time())
        await asyncio.sleep(0.5)


async def _rush(http: aiohttp.ClientSession, host: Host) -> None:
    """Have everybody come, look at something and leave at the same time."""
    certificate = Certificate.generate()
    viewers = [Viewer(http, host.whep, certificate) for _ in range(RUSH)]
    await asyncio.gather(*(viewer.open() for viewer in viewers))
    await asyncio.gather(*(_get(http, host, "/") for _ in viewers))
    await asyncio.gather(*(viewer.close() for viewer in viewers))


async def _rounds(http: aiohttp.ClientSession, host: Host, seconds: float, closes: list[float]) -> int:
    """Churn for so long, always at the same pace: what a heap holds then is the same too.

    How long leaving takes goes to `closes`.
    """
    until, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        await asyncio.gather(_round(http, host, closes), asyncio.sleep(ROUND_SECONDS))
        rounds += 1
    return rounds


async def _round(http: aiohttp.ClientSession, host: Host, closes: list[float]) -> None:
    """Let some come and leave, some come and drop, and some only ask."""
    certificate = Certificate.generate()
    viewers = [Viewer(http, host.whep, certificate) for _ in range(LEAVING + DROPPING)]
    await asyncio.gather(*(viewer.open() for viewer in viewers))
    for viewer in viewers[:DROPPING]:
        viewer.drop()
    for viewer in viewers[DROPPING:]:
        started = time.monotonic()
        await viewer.close()
        closes.append(time.monotonic() - started)
    for _ in range(SILENT):
        peer = Peer(certificate, lambda _: None)
        await knock(http, host.whep, peer.offer(Direction.RECEIVE, {}))
        peer.close()


async def _settled(http: aiohttp.ClientSession, host: Host) -> Holdings:
    """Wait until only publisher and staying viewers have sessions; return what the process has then."""
    async with asyncio.timeout(20):
        while sum(map(int, GAUGES.findall(await _metrics(http, host)))) > 1 + WATCHING:
            await asyncio.sleep(0.2)
    tasks = int(float(TASKS.findall(await _metrics(http, host))[0]))
    return Holdings(proc.memory_kb(host.pid), proc.open_files(host.pid), proc.threads(host.pid), tasks)


async def _expired(http: aiohttp.ClientSession, host: Host) -> int:
    return sum(map(int, map(float, EXPIRED.findall(await _metrics(http, host)))))


async def _metrics(http: aiohttp.ClientSession, host: Host) -> str:
    return await _get(http, host, "/metrics")


async def _get(http: aiohttp.ClientSession, host: Host, path: str) -> str:
    async with http.get(host.whep.partition("/whep/")[0] + path) as answer:
        answer.raise_for_status()
        return await answer.text()
