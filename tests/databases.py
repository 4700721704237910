"""Where the fairs of tests keep their facts: in a SQLite file each or, where `TEST_DATABASE=postgresql` asks
for it, in a database each of a PostgreSQL that runs as long as the tests do."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from asyncpg import DuplicateDatabaseError

from rooms.fair.database import Database
from tests.rooms.offers.postgres import (
    IS_INSTALLED,
    TEMPLATE,
    Server,
    begin,
    drop_database,
    new_database,
)

WANTED = "TEST_DATABASE"
"""What whoever runs the tests asks for: `sqlite`, which is the default, or `postgresql`."""
SERVER = "SERVER_OF_TESTS"
"""Names, in the environment of all processes of a run, where its server is."""
NUMBERS = count()


def open_server() -> Server | None:
    """Start the server that was asked for, with a migrated database in it to be copied."""
    wanted = os.environ.get(WANTED, "sqlite")
    if wanted == "sqlite":
        return None
    if wanted != "postgresql":
        raise pytest.UsageError(f"{WANTED} is sqlite or postgresql, not {wanted}.")
    if not IS_INSTALLED:
        raise pytest.UsageError("There is no PostgreSQL 15 or newer: apt-get install postgresql.")
    server = asyncio.run(_begin(Path(tempfile.mkdtemp(prefix="fair-postgres-"))))
    os.environ[SERVER] = server.url
    return server


def close_server(server: Server) -> None:
    """Stop it, and leave nothing of it."""
    del os.environ[SERVER]
    asyncio.run(server.stop())
    shutil.rmtree(server.folder, ignore_errors=True)


def server_url() -> str:
    """Return the URL of this run's server; empty where it is on SQLite."""
    return os.environ.get(SERVER, "")


@contextmanager
def unmade_database() -> Iterator[str]:
    """Give the URL of a database of one's own, still to be migrated, to who has no loop that runs."""
    with tempfile.TemporaryDirectory(prefix="fair-") as folder:
        url = url_for(Path(folder))
        yield url or f"sqlite+aiosqlite:///{folder}/fair.sqlite3"
        if url:
            asyncio.run(drop_database(url))


async def make_template(url: str) -> None:
    """Put a migrated database into a server."""
    template = Database(await new_database(url, TEMPLATE))
    await template.migrate()
    await template.close()


@asynccontextmanager
async def empty_database(folder: Path, migrated_file: Path) -> AsyncIterator[str]:
    """Give the URL of a database of one's own until the block ends, where this run keeps them."""
    if not server_url():
        yield copied_file(folder, migrated_file)
        return
    async with empty_in(server_url()) as url:
        yield url


@asynccontextmanager
async def empty_in(server: str) -> AsyncIterator[str]:
    """Give the URL of a database of one's own in a server that has the template."""
    url = await new_database(server, f"fair-{os.getpid()}-{next(NUMBERS)}", TEMPLATE)
    try:
        yield url
    finally:
        await drop_database(url)


def copied_file(folder: Path, migrated_file: Path) -> str:
    """Copy an empty SQLite database into a folder; return its URL."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_file, folder / 'fair.sqlite3')}"


def url_for(data_folder: Path) -> str:
    """Return the URL for the settings of a fair with that data folder, the same one each time.

    Empty where it is a file in the folder, which the fair makes by itself.
    """
    if not server_url():
        return ""
    name = f"fair-{hashlib.sha256(bytes(data_folder)).hexdigest()[:20]}"
    with ThreadPoolExecutor(1) as thread:  # settings are made within a loop, which cannot run another
        return thread.submit(asyncio.run, _made_once(name)).result()


async def _made_once(name: str) -> str:
    with suppress(DuplicateDatabaseError):
        await new_database(server_url(), name, TEMPLATE)
    return server_url() + name


async def _begin(folder: Path) -> Server:
    server = await begin(folder)
    await make_template(server.url)
    return server
