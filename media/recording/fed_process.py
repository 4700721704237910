"""A child process at the other end of the feed: frames go in, bounded; its report comes back line by line."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from typing import Any

from media.recording import feed

LINE_BYTES = 1 << 16
TIME_SECONDS = 0.1
"""How often the child is told the time."""


class FedProcess:
    """Runs `python -m module`, as often as it is started; a `Pipe` for sinks.

    Everything is on the loop that `start` was called on. Up to `queue_bytes` wait for the child; what is lost
    for want of room is counted by `lose`.
    """

    def __init__(
        self, module: str, queue_bytes: int, lose: Callable[[int], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lose = lose
        self.ahead = clock() - time.monotonic()  # later steps of the wall clock must not be seen
        """The feed's clock less the monotonic one."""
        self._module = module
        self._queue_bytes = queue_bytes
        self._process: Process | None = None
        self._pending: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process, once there was one."""
        return self._process.pid if self._process is not None else None

    async def start(self, *arguments: str) -> None:
        """Start it, or another one when it has died; what was on its way to the dead one is lost."""
        self._loop = asyncio.get_running_loop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, *arguments,
            stdin=PIPE, stdout=PIPE, limit=LINE_BYTES, start_new_session=True,
        )
        self._pending.clear()
        self._stop_telling()
        self._tell_time()

    async def reports(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the lines of its report until it has ended."""
        process = self._process
        if process is None or process.stdout is None:
            return
        async for text in process.stdout:
            if text.endswith(b"\n"):  # a kill tears the last one off
                yield json.loads(text)
        await process.wait()

    def end(self) -> None:
        """Let nothing more come: it does what it has to and ends."""
        self._stop_telling()
        self._flush()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it at once, unless it has ended."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    # What the sinks need.

    @property
    def is_full(self) -> bool:
        """Whether more waits for it than is allowed."""
        transport = self._process.stdin.transport if self._process and self._process.stdin else None
        return transport is None or transport.get_write_buffer_size() > self._queue_bytes

    def send(self, frame: bytes) -> None:
        """Send a frame, with what else comes in this turn of the loop."""
        if not self._pending and self._loop is not None:
            self._loop.call_soon(self._flush)
        self._pending.append(frame)

    def now(self) -> float:
        """Return the Unix time, on the clock given as it was when this was made: it never steps."""
        return time.monotonic() + self.ahead

    def _tell_time(self) -> None:
        if self._loop is None or self._process is None or self._process.returncode is not None:
            return
        if not self.is_full:
            self.send(feed.time_frame(self.now()))
        self._timer = self._loop.call_later(TIME_SECONDS, self._tell_time)

    def _stop_telling(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        stdin = self._process.stdin if self._process else None
        if pending and stdin is not None and not stdin.is_closing():
            stdin.write(b"".join(pending))
