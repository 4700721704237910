"""The table that tests of offers share, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from rooms.fair.database import Database
from tests.rooms.offers.postgres import IS_INSTALLED, TEMPLATE, new_database, postgres
from tests.rooms.offers.table import Table, lay

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
async def table(any_database: Database) -> Table:
    return await lay(any_database)
