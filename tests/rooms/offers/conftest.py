"""The table that tests of offers share, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import pytest_asyncio

from rooms.fair.database import Database
from tests.rooms.offers.table import Table, lay


@pytest_asyncio.fixture
async def table(any_database: Database) -> Table:
    return await lay(any_database)
