"""Starts the server under test as a process of its own and says where its doors are."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

START_SECONDS = 60.0
STOP_SECONDS = 10.0
MODULES = {"relay": "showroom.load.server", "fair": "showroom.load.fair_server"}


@dataclass(frozen=True, slots=True)
class Host:
    """A running server: its process, the two doors of its show, and the key to the first."""

    pid: int
    whip: str
    whep: str
    key: str


@asynccontextmanager
async def hosting(server: str) -> AsyncIterator[Host]:
    """Run the server "relay" or "fair" during the block; it ends with its standard input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULES[server], stdin=PIPE, stdout=PIPE
    )
    if process.stdout is None or process.stdin is None:
        raise RuntimeError("the server has no pipes")
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the server did not start; see its messages above")
        said = json.loads(line)
        room = said.get("room", "bench")
        yield Host(
            process.pid, f"{said['url']}/whip/{room}", f"{said['url']}/whep/{room}", said.get("key", "")
        )
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
