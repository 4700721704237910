"""The store that comes back, or only seems to: every screen is brought up to date once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from rooms.fair.database import Database
from tests.ports import free_port
from tests.rooms.fair_facts import OAK, guest
from tests.showroom.failing_over import Line, Lone
from tests.signaling.fair import Node, furnish_fair, open_node, quick

AWAY_SECONDS, AFTERWARDS_SECONDS = 4.0, 1.5
RETURNS = 3


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)


@pytest.mark.threat("F1")
async def test_a_proxy_that_answers_for_a_dead_store_is_no_return(
    tmp_path: Path, settings: Settings, database: Database
) -> None:
    """It takes connections and questions; held for returns, they had everybody greeted again and again."""
    await furnish_fair(database)
    store, line = Lone(tmp_path), Line()
    await store.open()
    await line.open(port := store.store.port)
    url = f"redis://127.0.0.1:{line.port}/0"
    async with open_node(quick(settings), url, database) as fair:
        visitor = await fair.talk("/hall", guest(), OAK)
        await visitor.hear("snapshot")
        await line.lead_to(free_port())
        await asyncio.sleep(AWAY_SECONDS)
        assert visitor.count("snapshot") == 1
        await line.lead_to(port)
        await until(lambda: visitor.count("snapshot") > 1)
        await asyncio.sleep(AFTERWARDS_SECONDS)
        assert visitor.count("snapshot") == 2
    await line.close()
    await store.die()


@pytest.mark.threat("F2")
async def test_returns_that_follow_each_other_are_not_followed_side_by_side(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest one counts: what was begun for the one before ends."""
    visitor = await fair.talk("/hall", guest(), OAK)
    await visitor.hear("snapshot")
    read, under_way, most, begun, may_end = fair.parts.shows.pinned, 0, 0, 0, asyncio.Event()

    async def slowly(*args: Any) -> Any:
        nonlocal under_way, most, begun
        under_way, begun = under_way + 1, begun + 1
        most = max(most, under_way)
        try:
            await may_end.wait()
            return await read(*args)
        finally:
            under_way -= 1

    monkeypatch.setattr(fair.parts.shows, "pinned", slowly)
    for number in range(RETURNS):
        await fair.redis.client_kill_filter(_type="pubsub")
        await until(lambda number=number: begun > number)  # type: ignore[misc]
    may_end.set()
    await until(lambda: visitor.count("snapshot") > 1)
    assert most == 1
