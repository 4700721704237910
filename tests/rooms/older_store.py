"""A store that falls back to what it knew before, as a replica does that had not heard the last of it."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

Memory = dict[bytes, bytes]


async def memory_of(url: str) -> Memory:
    """Return what the store at `url` knows now."""
    raw = Redis.from_url(url)
    names: list[Any] = await raw.keys()
    found = {name: await raw.dump(name) for name in names}
    await raw.aclose()
    return {name: value for name, value in found.items() if value is not None}


async def fall_back(url: str, memory: Memory) -> None:
    """Let the store know this and nothing else, in one go; nothing of it passes by itself any more."""
    raw = Redis.from_url(url)
    together = raw.pipeline(transaction=True)
    together.flushall()
    for name, value in memory.items():
        together.restore(name, 0, value)
    await together.execute()
    await raw.aclose()
