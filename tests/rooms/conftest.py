"""The booth that tests of calls share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from tests.rooms.calling import Booth, open_booth
from tests.rooms.diaries import Desk, open_desk


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
