"""The booth that tests of calls share, and databases of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from tests.databases import copied_file, empty_in, make_template, server_url
from tests.rooms.calling import Booth, open_booth
from tests.rooms.diaries import Desk, open_desk
from tests.rooms.offers.postgres import IS_INSTALLED, postgres

STORES = ["sqlite", *(["postgresql"] if IS_INSTALLED else [])]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """The URL of a server with a migrated database to be copied; empty where there is none."""
    async with AsyncExitStack() as stack:
        url = server_url()
        if IS_INSTALLED and not url:
            url = (await stack.enter_async_context(postgres())).url
            await make_template(url)
        yield url


@pytest_asyncio.fixture
async def file_database(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Database]:
    """An empty SQLite database, also where the run is on PostgreSQL."""
    database = Database(copied_file(tmp_path, migrated_file))
    yield database
    await database.close()


@pytest_asyncio.fixture(params=STORES)
async def any_database(
    request: pytest.FixtureRequest, file_database: Database, postgres_url: str
) -> AsyncIterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield file_database
        return
    async with empty_in(postgres_url) as url:
        other = Database(url)
        yield other
        await other.close()


@pytest_asyncio.fixture
async def booth(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Booth]:
    """Two nodes on an empty store and an empty database."""
    async with open_booth(valkey_url, database, settings) as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(database: Database, database_url: str) -> AsyncIterator[Desk]:
    """A room with hours and two of the staff, on two connections to one database."""
    other = Database(database_url)
    yield await open_desk(database, other)
    await other.close()
