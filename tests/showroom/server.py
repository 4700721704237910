"""The real server as a process of its own, for tests that come in by its doors only."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from showroom.demo.catalogue import load_catalogue
from showroom.demo.fair import PASSWORD, staff_accounts
from tests.showroom import drawings

START_SECONDS = 400.0
STOP_SECONDS = 15.0
OPEN = "the fair is open"
LONGEST_LINE_BYTES = 2**20


@dataclass(frozen=True)
class StaffAccount:
    """What a member of staff signs in with, and the room of their company."""

    room: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class RunningServer:
    """A server that takes requests at `base_url` and keeps everything in `data_folder`."""

    base_url: str
    ice_port: int
    data_folder: Path
    log: Path
    environ: Mapping[str, str]
    process: Process

    @property
    def pid(self) -> int:
        """The process of the server."""
        return self.process.pid

    def staff(self, company: int, member: int = 0) -> StaffAccount:
        """Return the account of the `member`-th member of staff of the `company`-th demo company."""
        account = staff_accounts(load_catalogue().exhibitors[company])[member]
        return StaffAccount(account.room or "", account.name, account.email, PASSWORD)

    def stream_key(self, room: str) -> str:
        """Make a fresh stream key of a room; earlier ones stop working."""
        command = [sys.executable, "-m", "showroom", "stream-key", room]
        done = subprocess.run(command, env=self.environ, stdout=subprocess.PIPE, timeout=30, check=True)
        return done.stdout.decode().strip()


@asynccontextmanager
async def running_server(folder: Path, *words: str, **settings: str) -> AsyncIterator[RunningServer]:
    """Run a small demo fair without shows (or `words`) until the block ends; see it end in order."""
    environ = environment(folder, **settings)
    log, data = folder / "server.log", Path(environ["SHOWROOM_DATA_FOLDER"])
    drawings.lend(data)
    process, event = await _open(environ, words or ("demo", "--no-shows", "--small"), log)
    draining = asyncio.create_task(_drain(process, log))
    try:
        yield RunningServer(event["url"], event["ice_port"], data, log, environ, process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await ended(process)
        await draining


async def _open(
    environ: Mapping[str, str], words: tuple[str, ...], log: Path
) -> tuple[Process, dict[str, Any]]:
    """Start the server and return it with what it says once it is open."""
    process = await start(environ, *words)
    try:
        return process, await opened(process, log)
    except BaseException:
        with suppress(ProcessLookupError):
            process.terminate()
        await ended(process)
        raise


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a server that keeps to `folder` and to free ports of loopback."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOWROOM_")}
    own = {
        "SHOWROOM_DATA_FOLDER": str(folder / "data"),
        "SHOWROOM_HTTP_PORT": "0",
        "SHOWROOM_ICE_PORT": "0",
        "SHOWROOM_LOG_FORMAT": "json",
        "SHOWROOM_LOG_LEVEL": "info",
    }
    return inherited | own | settings


async def start(environ: Mapping[str, str], *words: str) -> Process:
    """Start the command with its output in a pipe."""
    command = (sys.executable, "-m", "showroom", *words)
    return await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=PIPE, stderr=STDOUT, limit=LONGEST_LINE_BYTES
    )


async def opened(process: Process, log: Path) -> dict[str, Any]:
    """Return the event that says where the server listens, or fail with what it said instead."""
    assert process.stdout
    with log.open("ab") as file:
        async with asyncio.timeout(START_SECONDS):
            async for line in process.stdout:
                file.write(line)
                event = _event(line)
                if event.get("message") == OPEN:
                    return event
    raise AssertionError(f"the server did not open:\n{log.read_text()}")


async def ended(process: Process) -> int:
    """Wait until the process has ended and return its exit code; kill it when it does not."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            return await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


async def _drain(process: Process, log: Path) -> None:
    assert process.stdout
    with log.open("ab") as file:
        async for line in process.stdout:
            file.write(line)
            file.flush()


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
