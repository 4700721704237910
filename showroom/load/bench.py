"""`showroom bench`: a show or more, many light viewers, and one line of JSON that says what it cost.

The server runs in a process of its own on one core; publishers and viewers share another. What is
counted lies in a window after everybody has joined: a packet is delivered when a viewer received the number
that the server gave it, and the server's CPU time is divided by all packets so delivered.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvloop

from media.dtls import Certificate
from showroom.demo.clip import KEYFRAME_SECONDS
from showroom.load import proc
from showroom.load.clip_file import read_clip
from showroom.load.delay import Departures
from showroom.load.door import Refused
from showroom.load.figures import Figures, as_line
from showroom.load.footage import make_footage
from showroom.load.host import ROOMY, SERVERS, Host, hosting
from showroom.load.publisher import Lost, Publisher
from showroom.load.sdp import AnswerError
from showroom.load.viewer import TICK_SECONDS, Viewer

SERVER_CORE, CLIENT_CORE = 0, 1
JOINING_AT_ONCE = 16
SETTLE_SECONDS = 3.0
"""After the last join, before counting: everybody has been brought up to the present."""
DRAIN_SECONDS = 0.5
SAMPLE = 20
"""One viewer in so many decrypts what it gets."""
FAILURES = (RuntimeError, OSError, Refused, Lost, AnswerError, ExceptionGroup)
"""How a server that cannot do it ends the measurement; TimeoutError is an OSError."""
MAX_SECONDS = 120
"""So that no sequence number comes twice in a window."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured: how many viewers in all, for how long, at which video bitrate, in which server."""

    viewers: int
    seconds: float
    kbps: int
    server: str
    shows: int = 1
    settle_seconds: float = SETTLE_SECONDS


def main(argv: Sequence[str] | None = None) -> int:
    """Measure as the command line says, print the line, and return the exit code."""
    options = _options(argv)
    try:
        figures = uvloop.run(bench(options))
    except FAILURES as error:
        sys.stderr.write(f"showroom bench: {options.server}, {options.viewers} viewers: {_reason(error)}\n")
        return 1
    sys.stdout.write(as_line(figures) + "\n")
    return 0


def _reason(error: BaseException) -> str:
    """Return what went wrong first, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or "it did not let everybody in in time"


async def bench(options: Options) -> Figures:
    """Start a server, a publisher and the viewers, and return the figures."""
    footage = await asyncio.to_thread(
        make_footage, Path(tempfile.gettempdir()) / "showroom-bench", options.kbps
    )
    cores = os.sched_getaffinity(0)
    connector = aiohttp.TCPConnector(limit=JOINING_AT_ONCE)
    clip = read_clip(footage)
    try:
        async with AsyncExitStack() as stack:
            host = await stack.enter_async_context(hosting(options.server, SERVER_CORE))
            http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            proc.pin(0, CLIENT_CORE)
            publishers = [
                await stack.enter_async_context(
                    _on_air(host.publisher(http, clip, show), show / options.shows)
                )
                for show in range(options.shows)
            ]
            return await _measure(options, host, http, publishers)
    finally:
        os.sched_setaffinity(0, cores)


@asynccontextmanager
async def _on_air(publisher: Publisher, phase: float) -> AsyncIterator[Publisher]:
    """Publish during the block; `phase` keeps the key frames of several shows from coming together."""
    await publisher.open()
    task = asyncio.create_task(publisher.play(phase * KEYFRAME_SECONDS))
    try:
        yield publisher
    finally:
        task.cancel()
        await asyncio.wait([task])
        await publisher.close()


async def _measure(
    options: Options, host: Host, http: aiohttp.ClientSession, publishers: list[Publisher]
) -> Figures:
    certificate, departures = Certificate.generate(), [Departures() for _ in publishers]
    for publisher, noted in zip(publishers, departures, strict=True):
        publisher.departures = noted
    viewers = [host.viewer(http, certificate, number % options.shows) for number in range(options.viewers)]
    for number in range(0, options.viewers, SAMPLE):
        viewers[number].opens, viewers[number].departures = True, departures[number % options.shows]
    await asyncio.sleep(1.0)
    empty_kb = proc.memory_kb(host.pid)
    ticking = asyncio.create_task(_tick(viewers))
    try:
        join_seconds = await _join(viewers)
        await asyncio.sleep(options.settle_seconds)
        return await _count(options, host, publishers, viewers, join_seconds, empty_kb)
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])
        await asyncio.gather(*(viewer.close() for viewer in viewers))


async def _join(viewers: list[Viewer]) -> float:
    """Let all viewers in, some at once, and return how long it took."""
    gate, start = asyncio.Semaphore(JOINING_AT_ONCE), time.perf_counter()

    async def join(viewer: Viewer) -> None:
        async with gate:
            await viewer.open()

    async with asyncio.TaskGroup() as group:
        for viewer in viewers:
            group.create_task(join(viewer))
    return time.perf_counter() - start


async def _tick(viewers: list[Viewer]) -> None:
    """Let a tenth of the viewers do what is due, ten times a tick."""
    loop = asyncio.get_running_loop()
    while True:
        for part in range(10):
            for viewer in viewers[part::10]:
                viewer.tick(loop.time())
            await asyncio.sleep(TICK_SECONDS / 10)


async def _count(
    options: Options, host: Host, publishers: list[Publisher], viewers: list[Viewer], join_seconds: float,
    empty_kb: int,
) -> Figures:
    first = _newest(viewers)
    _forget_delays(viewers)
    _set_windows(viewers, first, dict.fromkeys(first, 0x7FFF))
    sent, start = _sent(publishers), time.perf_counter()
    server, own = proc.cpu_time(host.pid), proc.cpu_time(os.getpid())
    await asyncio.sleep(options.seconds)
    seconds, sent = time.perf_counter() - start, _sent(publishers) - sent
    server, own = proc.cpu_time(host.pid).since(server), proc.cpu_time(os.getpid()).since(own)
    lengths = {
        ssrc: (newest - first[ssrc]) & 0xFFFF for ssrc, newest in _newest(viewers).items() if ssrc in first
    }
    _set_windows(viewers, first, lengths)
    await asyncio.sleep(DRAIN_SECONDS)
    firsts = [v.first_packet_seconds for v in viewers if v.first_packet_seconds is not None]
    return Figures(
        viewers=options.viewers,
        shows=options.shows,
        seconds=seconds,
        kbps=options.kbps,
        server=options.server,
        sent=sent,
        expected=[sum(lengths.get(ssrc, 0) for ssrc in viewer.tracks) for viewer in viewers],
        received=[sum(t.counted for t in v.tracks.values()) for v in viewers],
        opened=sum(v.opened for v in viewers),
        damaged=sum(v.damaged for v in viewers),
        server_cpu=server,
        client_cpu=own,
        empty_kb=empty_kb,
        full_kb=proc.memory_kb(host.pid),
        join_seconds=join_seconds,
        first_packet_seconds=firsts,
        delays=[delay for viewer in viewers for delay in viewer.delays],
    )


def _forget_delays(viewers: list[Viewer]) -> None:
    for viewer in viewers:
        viewer.delays.clear()


def _sent(publishers: list[Publisher]) -> int:
    return sum(publisher.packets for publisher in publishers)


def _set_windows(viewers: list[Viewer], first: dict[int, int], lengths: dict[int, int]) -> None:
    """Let every viewer count the packets that follow `first`, so many of each SSRC."""
    for viewer in viewers:
        for ssrc, length in lengths.items():
            if track := viewer.tracks.get(ssrc):
                track.window = ((first[ssrc] + 1) & 0xFFFF, length)


def _newest(viewers: list[Viewer]) -> dict[int, int]:
    """Return the newest sequence number of each SSRC that any viewer has seen."""
    newest: dict[int, int] = {}
    for viewer in viewers:
        for track in viewer.tracks.values():
            known = newest.setdefault(track.ssrc, track.highest)
            if (track.highest - known) & 0xFFFF < 0x8000:
                newest[track.ssrc] = track.highest
    return newest


def _options(argv: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="showroom bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--viewers", type=int, default=100, help="light viewers in all (100)")
    parser.add_argument("--shows", type=int, default=1, help="shows they spread over (1)")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help=f"length of the count, {MAX_SECONDS} at most (20)"
    )
    parser.add_argument(
        "--bitrate", type=int, default=1500, metavar="KBPS", help="video bitrate of the show (1500)"
    )
    parser.add_argument(
        "--server",
        choices=SERVERS,
        default="relay",
        help="only the relay behind its doors, the same without its compiled part, the whole fair, or "
        "another server to compare with (relay)",
    )
    found = parser.parse_args(argv)
    if (
        not 1 <= found.viewers <= 5000
        or not 0 < found.seconds <= MAX_SECONDS
        or not 100 <= found.bitrate <= 20_000
    ):
        parser.error(f"viewers 1 to 5000, seconds up to {MAX_SECONDS}, bitrate 100 to 20000")
    if not 1 <= found.shows <= found.viewers or (found.shows > 1 and found.server not in ROOMY):
        parser.error(f"shows 1 to the number of viewers, more than one only with {', '.join(ROOMY)}")
    return Options(found.viewers, found.seconds, found.bitrate, found.server, found.shows)
