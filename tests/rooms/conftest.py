"""The booth that tests of calls share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from tests.rooms.calling import Booth, open_booth


@pytest_asyncio.fixture
async def booth(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Booth]:
    """Two nodes on an empty store and an empty database."""
    async with open_booth(valkey_url, database, settings) as opened:
        yield opened
