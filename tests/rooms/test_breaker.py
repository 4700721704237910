"""A store that hangs before a crowd: one asks, the others are told at once, and its return is heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from rooms.live.redis_store import connect

TIMEOUT_SECONDS = 1.0
CROWD, WAVE_SECONDS, HANG_SECONDS = 40, 0.1, 4.0
MOST_ASKED = 200
"""Two tries of all who may ask at once, and one a timeout; all the crowd's would be more than 1000."""


@dataclass
class Mute:
    """Takes connections and questions, and answers that there is nothing once it `speaks`."""

    url: str = ""
    asked: int = 0
    speaks: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.asked += data.count(b"GET")
            if self.speaks:
                writer.write(b"$-1\r\n" * data.count(b"GET"))
        writer.close()


@asynccontextmanager
async def mute() -> AsyncIterator[Mute]:
    store = Mute()
    async with await asyncio.start_server(store.serve, "127.0.0.1", 0) as server:
        store.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
        yield store


async def told(client: Redis) -> str:
    try:
        return str(await client.get("anything"))
    except Busy as refusal:
        return refusal.code


@pytest.mark.threat("F2")
async def test_of_a_crowd_before_a_store_that_hangs_few_wait() -> None:
    async with mute() as store:
        client = connect(store.url, TIMEOUT_SECONDS)
        crowd: list[asyncio.Task[str]] = []
        ends = time.monotonic() + HANG_SECONDS
        while time.monotonic() < ends:
            crowd += [asyncio.create_task(told(client)) for _ in range(CROWD)]
            await asyncio.sleep(WAVE_SECONDS)
        assert {await one for one in crowd} == {"store_away"}
        assert store.asked < MOST_ASKED
        store.speaks = True
        assert await told(client) == "None"
        assert {*await asyncio.gather(*(told(client) for _ in range(CROWD)))} == {"None"}
        await client.aclose()


async def test_a_pause_of_ours_is_not_held_for_a_silence_of_the_store(valkey_url: str) -> None:
    """All answers are late at once then, and all are there at the second try."""
    client = connect(valkey_url, TIMEOUT_SECONDS)
    asking = [asyncio.create_task(told(client)) for _ in range(CROWD)]
    await asyncio.sleep(0)
    time.sleep(1.5 * TIMEOUT_SECONDS)  # the pause; shorter than anybody waits for a turn to ask
    assert {await one for one in asking} == {"None"}
    await client.aclose()
