"""Blocks of sections that lie in the object store, kept in memory for those who watch the same thing.

A block is a mebibyte, about three seconds of a show; reading a part of it fetches all of it, and with it what
the viewer wants next. Whoever asks for a block that is on its way waits for that one request.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

BLOCK_BYTES = 1 << 20
LIMIT_BYTES = 64 << 20
"""All blocks together; those used longest ago go first. What is on its way comes on top."""
REQUESTS = 8
"""On their way at once; further ones wait."""

Read = Callable[[str, int, int], Awaitable[bytes]]
Key = tuple[str, int]


class Blocks:
    """Reads through to `read(name, offset, size)`; `close` it to end what is on its way."""

    def __init__(self, read: Read, limit_bytes: int = LIMIT_BYTES) -> None:
        self._read = read
        self._limit = limit_bytes // BLOCK_BYTES
        self._blocks: OrderedDict[Key, bytes] = OrderedDict()
        self._coming: dict[Key, asyncio.Task[bytes]] = {}
        self._tasks: set[asyncio.Task[bytes]] = set()
        self._turn = asyncio.Semaphore(REQUESTS)

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return `size` bytes from `offset` on, fewer only where the section ends; raises like the store."""
        first, last = offset // BLOCK_BYTES, (offset + max(size, 1) - 1) // BLOCK_BYTES
        blocks = await asyncio.gather(*(self._block((name, number)) for number in range(first, last + 1)))
        start = offset - first * BLOCK_BYTES
        return b"".join(blocks)[start : start + size]

    def forget(self, recording: str) -> None:
        """Drop the blocks of a deleted recording; what is on its way reaches who waits, and is not kept."""
        start = f"{recording}/"
        for key in [key for key in self._blocks if key[0].startswith(start)]:
            del self._blocks[key]
        for key in [key for key in self._coming if key[0].startswith(start)]:
            del self._coming[key]

    async def close(self) -> None:
        """End all requests; who waits for one is cancelled."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _block(self, key: Key) -> bytes:
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        task = self._coming.get(key) or self._fetch(key)
        return await asyncio.shield(task)  # a viewer who leaves takes nothing from the others

    def _fetch(self, key: Key) -> asyncio.Task[bytes]:
        task = asyncio.get_running_loop().create_task(self._get(key))
        self._coming[key] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._arrived(key, done))
        return task

    async def _get(self, key: Key) -> bytes:
        name, number = key
        async with self._turn:
            return await self._read(name, number * BLOCK_BYTES, BLOCK_BYTES)

    def _arrived(self, key: Key, task: asyncio.Task[bytes]) -> None:
        self._tasks.discard(task)
        if self._coming.get(key) is not task:
            return  # forgotten meanwhile
        del self._coming[key]
        if task.cancelled() or task.exception():
            return  # who waited is told; the next one asks again
        self._blocks[key] = task.result()
        while len(self._blocks) > self._limit:
            self._blocks.popitem(last=False)
