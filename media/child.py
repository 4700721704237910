"""A child process that answers one request after the other, and is replaced when it fails or hangs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Read = Callable[[asyncio.StreamReader], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """How long an answer may take, how many may wait for theirs, and after how many a new child begins.

    `start_seconds` is for what a child loads before it gives up the right to, which a busy machine takes its
    time over; then it says that it is ready, in `ready_bytes`.
    """

    seconds: float
    waiting: int
    requests: int
    start_seconds: float = 20.0
    ready_bytes: int = 0


class Child:
    """Runs `python -m module`, which reads requests and writes replies; begun when it is first needed."""

    def __init__(self, module: str, limits: ChildLimits) -> None:
        self._module = module
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._requests = 0

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def ask(self, request: bytes, read: Read[T]) -> T | None:
        """Return what `read` makes of the reply; None when there is none in time, or too many wait.

        `read` raises `OSError` for a reply that cannot be.
        """
        if self._waiting >= self._limits.waiting:
            return None
        self._waiting += 1
        try:
            async with self._lock:
                return await self._in_time(request, read)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _in_time(self, request: bytes, read: Read[T]) -> T | None:
        try:
            async with asyncio.timeout(self._limits.start_seconds):
                process = await self._living()
            async with asyncio.timeout(self._limits.seconds):
                return await self._exchange(process, request, read)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self.close()
            return None
        except asyncio.CancelledError:
            await self.close()  # half an exchange would confuse the next one
            raise

    async def _exchange(
        self, process: asyncio.subprocess.Process, request: bytes, read: Read[T]
    ) -> T | None:
        if process.stdin is None or process.stdout is None:
            return None
        process.stdin.write(request)
        await process.stdin.drain()
        self._requests += 1
        return await read(process.stdout)

    async def _living(self) -> asyncio.subprocess.Process:
        if self._requests >= self._limits.requests:
            await self.close()
        if self._process is None or self._process.returncode is not None:
            self._requests = 0
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL)
            if self._process.stdout is not None:
                await self._process.stdout.readexactly(self._limits.ready_bytes)
        return self._process
