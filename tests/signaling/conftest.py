"""What tests of conversations share: a node, and readings that are held up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from tests.signaling.fair import Node, furnish_fair, open_node, quick
from tests.signaling.held import Hold, holding
from tests.signaling.tables import Table, laid


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clips are kept once they are encoded."""
    return tmp_path_factory.mktemp("clips")


@pytest_asyncio.fixture
async def fair(
    request: pytest.FixtureRequest, redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Node]:
    """One node with short waits, but for those that a test gives it, on an empty store and a small fair."""
    await furnish_fair(database)
    async with open_node(quick(settings, **getattr(request, "param", {})), valkey_url, database) as node:
        yield node


@pytest_asyncio.fixture
async def table(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Table]:
    """A call that was accepted, with both parties in it."""
    await furnish_fair(database)
    async with open_node(quick(settings, calls__seat_seconds=30.0), valkey_url, database) as fair:
        yield await laid(fair)


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Hold up the first reading of something; those after it come back at once."""
    return holding(monkeypatch)
