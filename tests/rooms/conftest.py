"""The booth that tests of calls share, and databases of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from tests.rooms.calling import Booth, open_booth
from tests.rooms.diaries import Desk, open_desk
from tests.rooms.offers.postgres import IS_INSTALLED, TEMPLATE, new_database, postgres

STORES = ["sqlite", *(["postgresql"] if IS_INSTALLED else [])]
NUMBERS = count()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """The URL of a server with a migrated database to be copied; empty where there is none."""
    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(postgres())).url if IS_INSTALLED else ""
        if url:
            template = Database(await new_database(url, TEMPLATE))
            await template.migrate()
            await template.close()
        yield url


@pytest_asyncio.fixture(params=STORES)
async def any_database(
    request: pytest.FixtureRequest, tmp_path: Path, database: Database, postgres_url: str
) -> AsyncIterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield database
        return
    other = Database(await new_database(postgres_url, f"fair{next(NUMBERS)}", TEMPLATE))
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
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    """A room with hours and two of the staff, on two connections to one database."""
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'fair.sqlite3'}")
    yield await open_desk(database, other)
    await other.close()
