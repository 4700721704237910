"""A show really on the air, for tests that need a picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from PIL import Image

from config.ids import AccountId, RoomId
from rooms.fair.policy import Actor, Role
from showroom.demo.clip import encode
from showroom.load.clip_file import read_clip
from showroom.load.publisher import Publisher
from tests.web.conftest import OpenFair

SIZE, FRAMES_PER_SECOND, SECONDS = (320, 180), 25, 2
WAIT_SECONDS = 60.0
OPERATOR = Actor(AccountId("operator"), Role.ORGANISER, "Operator", "", None)


def pictures() -> Iterator[Image.Image]:
    """Yield a picture for each frame of the clip."""
    for number in range(FRAMES_PER_SECOND * SECONDS):
        yield Image.new("RGB", SIZE, (200, number * 4, 80))


@asynccontextmanager
async def on_air(fair: OpenFair, room: RoomId, folder: Path) -> AsyncIterator[Publisher]:
    """Put a room on the air by its stream key until the block ends, and end the show then."""
    path = folder / "clip.mkv"
    await asyncio.to_thread(encode, pictures(), SIZE, FRAMES_PER_SECOND, path, SECONDS, 0)
    async with aiohttp.ClientSession() as http:
        publisher = Publisher(http, f"{fair.base_url}/whip/{room}", read_clip(path), fair.keys[room])
        await publisher.open()
        playing = asyncio.create_task(publisher.play())
        await until(lambda: is_live(fair, room))
        yield publisher
        playing.cancel()
        await asyncio.wait([playing])
        await publisher.close()
    await fair.parts.stage.end_show(OPERATOR, room)


async def is_live(fair: OpenFair, room: RoomId) -> bool:
    """Tell whether the fair and its relay agree that a room is on the air."""
    return await fair.parts.shows.get(room) is not None and fair.parts.relay.is_live(room)


async def until(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the claim holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await claim():
            await asyncio.sleep(0.05)
