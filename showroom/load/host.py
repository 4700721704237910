"""Starts the server under test as a process of its own, on one core, and says where its doors are."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from media.dtls import Certificate
from showroom.load.clip_file import Clip
from showroom.load.janus import serving_janus
from showroom.load.janus_peers import JanusViewer, PlainPublisher
from showroom.load.livekit import WANTED, RunningLiveKit, serving_livekit
from showroom.load.mediamtx import serving_mediamtx
from showroom.load.proc import confined
from showroom.load.publisher import Publisher
from showroom.load.viewer import Viewer

START_SECONDS = 60.0
STOP_SECONDS = 10.0
MODULES = {
    "relay": "showroom.load.server",
    "plain": "showroom.load.server",
    "fair": "showroom.load.fair_server",
    "mediarelay": "showroom.load.mediarelay_server",
}
SERVERS = (*MODULES, "mediamtx", "janus", "livekit")
"""What can be measured: the relay alone, the whole fair, and what people use instead."""
SURROUNDINGS = {"plain": {"WITHOUT_COMPILED": "1"}}
"""What the environment of a server has beside ours."""
ROOMY = ("relay", "plain")
"""Those with a show in every room that somebody publishes to."""


@dataclass(frozen=True, slots=True)
class Host:
    """A running server: its process, the two doors of its show, and the key to the first."""

    pid: int
    whip: str
    whep: str
    key: str = ""
    ice_port: int = 0

    def whip_of(self, show: int) -> str:
        """Return where a show is published, the first of which is number 0."""
        return f"{self.whip}{show}" if show else self.whip

    def whep_of(self, show: int) -> str:
        """Return where a show is watched."""
        return f"{self.whep}{show}" if show else self.whep

    def publisher(self, http: aiohttp.ClientSession, clip: Clip, show: int) -> Publisher:
        """Return who publishes a show here."""
        return Publisher(http, self.whip_of(show), clip, self.key)

    def viewer(self, http: aiohttp.ClientSession, certificate: Certificate, show: int) -> Viewer:
        """Return somebody who watches a show here."""
        return Viewer(http, self.whep_of(show), certificate)


@dataclass(frozen=True, slots=True)
class JanusHost(Host):
    """Janus, which has other doors."""

    ports: dict[str, int] = field(default_factory=dict)

    def publisher(self, http: aiohttp.ClientSession, clip: Clip, show: int) -> Publisher:
        """Return who sends to its ports."""
        return PlainPublisher(http, clip, self.ports)

    def viewer(self, http: aiohttp.ClientSession, certificate: Certificate, show: int) -> Viewer:
        """Return somebody who knows its API."""
        return JanusViewer(http, self.whep, certificate)


@dataclass(frozen=True, slots=True)
class LiveKitHost(Host):
    """LiveKit, where everybody needs a token of their own."""

    livekit: RunningLiveKit = field(kw_only=True)

    def viewer(self, http: aiohttp.ClientSession, certificate: Certificate, show: int) -> Viewer:
        """Return somebody who may join the room and says what to see there."""
        return Viewer(http, self.whep, certificate, self.livekit.viewer_token(), WANTED)


def hosting(server: str, core: int) -> AbstractAsyncContextManager[Host]:
    """Run one of `SERVERS` on `core` during the block."""
    others = {"mediamtx": _mediamtx, "janus": _janus, "livekit": _livekit}
    return others[server](core) if server in others else _module(server, core)


@asynccontextmanager
async def _janus(core: int) -> AsyncIterator[Host]:
    async with serving_janus(core) as janus:
        yield JanusHost(janus.pid, "", janus.api, ports=janus.ports)


@asynccontextmanager
async def _livekit(core: int) -> AsyncIterator[Host]:
    async with serving_livekit(core) as livekit:
        yield LiveKitHost(livekit.pid, livekit.door, livekit.door, livekit.publisher_token(), livekit=livekit)


@asynccontextmanager
async def _mediamtx(core: int) -> AsyncIterator[Host]:
    async with serving_mediamtx(core) as (pid, base):
        yield Host(pid, f"{base}/whip", f"{base}/whep")


@asynccontextmanager
async def _module(server: str, core: int) -> AsyncIterator[Host]:
    """Run a Python server that says where it is in a line of JSON and ends with its standard input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULES[server], stdin=PIPE, stdout=PIPE, preexec_fn=confined(core),
        env={**os.environ, **SURROUNDINGS.get(server, {})},
    )
    try:
        said = await _said(process)
        room = said.get("room", "bench")
        whip, whep = (f"{said['url']}/{door}/{room}" for door in ("whip", "whep"))
        yield Host(process.pid, whip, whep, said.get("key", ""), int(said.get("ice_port", 0)))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _said(process: Process) -> dict[str, str]:
    if process.stdout is None:
        raise RuntimeError("the server has no pipes")
    async with asyncio.timeout(START_SECONDS):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the server did not start; see its messages above")
    said: dict[str, str] = json.loads(line)
    return said
