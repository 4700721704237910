"""How long viewers are without a packet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.media.peer import Peer

TICK_SECONDS, LONGEST_TICK_SECONDS, LONG_SECONDS = 0.02, 0.1, 600.0


@asynccontextmanager
async def watching(viewers: list[Peer]) -> AsyncIterator[list[float]]:
    """Note the longest time without a packet for each viewer, until the block ends.

    By a clock that stands while this process, which sends the pictures too, is given no time.
    """
    longest, lived = [0.0] * len(viewers), 0.0

    async def live() -> None:
        nonlocal lived
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.perf_counter()
            lived, last = lived + min(now - last, LONGEST_TICK_SECONDS), now

    async def watch(number: int, viewer: Peer) -> None:
        last = lived
        try:
            while True:
                await _next_packet(viewer)
                last, before = lived, last
                longest[number] = max(longest[number], last - before)
        finally:
            longest[number] = max(longest[number], lived - last)

    watches = [asyncio.create_task(live())]
    watches += [asyncio.create_task(watch(number, viewer)) for number, viewer in enumerate(viewers)]
    try:
        yield longest
    finally:
        for one in watches:
            one.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _next_packet(viewer: Peer) -> None:
    seen = len(viewer.packets)
    await viewer.until(lambda: len(viewer.packets) > seen, LONG_SECONDS)
