"""A PostgreSQL of our own, where this machine has one installed: what holds in SQLite must hold there too."""

from __future__ import annotations

import asyncio
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.ports import free_port

PATH = os.pathsep.join([os.environ["PATH"], *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)])
"""Debian keeps the server's programs beside where commands are looked for."""
FAST = "-c fsync=off -c full_page_writes=off -c max_connections=300 -c log_min_messages=fatal"
KIND = ("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US")
"""Texts in the order of a language, in which `a` comes before `B`, as on the machines of operators."""
TEMPLATE = "migrated"


def _is_installed() -> bool:
    """Tell whether there is one, and it knows such an order by itself: 15 and newer do."""
    programs = [shutil.which(name, path=PATH) for name in ("initdb", "pg_ctl", "postgres")]
    if None in programs:
        return False
    return b"--icu-locale" in subprocess.run([str(programs[0]), "--help"], capture_output=True).stdout


IS_INSTALLED = _is_installed()


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
    with tempfile.TemporaryDirectory(prefix="fair-postgres-", ignore_cleanup_errors=True) as folder:
        server = await begin(Path(folder))
        try:
            yield server
        finally:
            await server.stop()


async def begin(folder: Path) -> Server:
    """Start a server in an empty folder; whoever asked for it stops it and deletes the folder."""
    if os.getuid() == 0:
        shutil.chown(folder, _owner())
    await _run(
        "initdb", "--pgdata", str(folder / "data"), "-U", "fair", "--auth", "trust", "--no-sync", *KIND
    )
    port = free_port()  # not before, as that takes seconds
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {FAST}"
    server = Server(f"postgresql+asyncpg://fair@127.0.0.1:{port}/", folder, options)
    await server.start()
    return server


async def new_database(url: str, name: str, template: str = "template1") -> str:
    """Make a database and return its URL."""
    await _order(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return url + name


async def drop_database(url: str) -> None:
    """Delete a database, whoever is still connected to it."""
    server, name = url.rsplit("/", 1)
    await _order(f"{server}/", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _order(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", "") + "postgres")
    await connection.execute(statement)
    await connection.close()


async def _run(*command: str) -> None:
    """Run a command that PostgreSQL refuses to run as root as somebody else."""
    owner = _owner() if os.getuid() == 0 else None
    program, nothing = shutil.which(command[0], path=PATH) or command[0], asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        program, *command[1:], user=owner, stdin=nothing, stdout=nothing, stderr=nothing, cwd="/"
    )
    assert await process.wait() == 0, command


def _owner() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
