"""A PostgreSQL of our own, where this machine has one installed: what holds in SQLite must hold there too."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.ports import free_port

IS_INSTALLED = all(shutil.which(name) for name in ("initdb", "pg_ctl", "postgres"))
FAST = "-c fsync=off -c full_page_writes=off -c max_connections=200 -c log_min_messages=fatal"
TEMPLATE = "migrated"


@dataclass(frozen=True)
class Server:
    """A running server; `url` is that of its databases, without the name of one."""

    url: str
    folder: Path
    options: str

    async def start(self) -> None:
        await self._control("--log", str(self.folder / "log"), "--options", self.options, "start")

    async def stop(self) -> None:
        """Break it off, as a crash does."""
        await self._control("--mode", "immediate", "stop")

    async def _control(self, *words: str) -> None:
        await _run("pg_ctl", "--pgdata", str(self.folder / "data"), "--wait", "--silent", *words)


@asynccontextmanager
async def postgres() -> AsyncIterator[Server]:
    """Run a server until the block ends."""
    with tempfile.TemporaryDirectory(prefix="fair-postgres-", ignore_cleanup_errors=True) as text:
        folder = Path(text)
        if os.getuid() == 0:
            shutil.chown(folder, _owner())
        await _run("initdb", "--pgdata", str(folder / "data"), "-U", "fair", "--auth", "trust", "--no-sync")
        port = free_port()  # not before, as that takes seconds
        options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {FAST}"
        server = Server(f"postgresql+asyncpg://fair@127.0.0.1:{port}/", folder, options)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


async def new_database(url: str, name: str, template: str = "template1") -> str:
    """Make a database and return its URL."""
    connection = await asyncpg.connect(url.replace("+asyncpg", "") + "postgres")
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await connection.close()
    return url + name


async def _run(*command: str) -> None:
    """Run a command that PostgreSQL refuses to run as root as somebody else."""
    owner = _owner() if os.getuid() == 0 else None
    process = await asyncio.create_subprocess_exec(
        shutil.which(command[0]) or command[0], *command[1:], user=owner, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, cwd="/",
    )
    assert await process.wait() == 0, command


def _owner() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
