"""A server that dies with people in a call: whoever is left hears it, and nobody stays in a call for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from rooms.fair.database import Database
from tests.rooms.fair_facts import OAK, furnish
from tests.showroom.nodes import Nodes, Person, records, two_nodes

SEAT_SECONDS = 3.0
TOLD_SECONDS = 6.0
SLACK_SECONDS = 4.0
"""For a machine that does other things too."""


@pytest_asyncio.fixture
async def nodes(redis: Redis, valkey_url: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    async with records(tmp_path) as url:
        database = Database(url)
        await furnish(database)
        await database.close()
        seats = {"SHOWROOM_CALLS_SEAT_SECONDS": str(SEAT_SECONDS)}
        async with two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK, seats) as running:
            yield running


async def talking(nodes: Nodes, key: str) -> tuple[Person, Person, str]:
    """Let a buyer ask and somebody answer; return both consoles, which are at different nodes."""
    page, console = nodes.pages[0], nodes.consoles[0]
    answer = await page.ask("request_call", show_second=None, product_id=None, request_key=f"{key}-0001")
    call = str(answer["call"]["id"])
    await console.rings(call)
    assert "call" in await console.ask("accept_call", call=call, request_key=f"{key}-0002")
    return page, console, call


@pytest.mark.long
async def test_whose_server_dies_is_missed_and_a_call_of_nobody_ends(
    nodes: Nodes, record_property: Callable[[str, object], None]
) -> None:
    console, page = await nodes.staff(1), await nodes.buyer(1)
    _, _, call = await talking(nodes, "lost")
    staff_seat = await nodes.enter(1, "/meeting", console.actor, call)
    await nodes.enter(0, "/meeting", page.actor, call)
    await staff_seat.hears("snapshot")
    nodes.servers[0].process.kill()
    died = time.perf_counter()
    await staff_seat.hears("left")
    told = time.perf_counter() - died
    _, at = await console.heard(call, "ended")
    record_property("told_ended_after_s", [round(told, 2), round(at - died, 2)])
    assert told < TOLD_SECONDS + SLACK_SECONDS
    assert at - died < TOLD_SECONDS + SEAT_SECONDS + SLACK_SECONDS
    again = await page.ask("request_call", show_second=None, product_id=None, request_key="lost-again")
    assert "call" in again, again


@pytest.mark.long
async def test_when_both_were_at_the_server_that_died_both_are_free_again(nodes: Nodes) -> None:
    console, page = await nodes.staff(1), await nodes.buyer(1)
    _, _, call = await talking(nodes, "both")
    for one in (console, page):
        await (await nodes.enter(0, "/meeting", one.actor, call)).hears("snapshot")
    nodes.servers[0].process.kill()
    await asyncio.gather(*(one.heard(call, "ended") for one in (console, page)))
    again = await page.ask("request_call", show_second=None, product_id=None, request_key="both-again")
    assert "call" in again, again
    await console.rings(str(again["call"]["id"]))
