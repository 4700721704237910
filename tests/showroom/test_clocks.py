"""The clocks of two real servers' machines are ten minutes apart, and are set forward while it rings.

Their machines are this one: a library tells each server another time and leaves its monotonic clock alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from glob import glob
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from rooms.fair.database import Database
from rooms.live.fair_clock import LATEST_SECONDS
from tests.rooms.fair_facts import OAK, furnish
from tests.showroom.nodes import Nodes, Person, records, two_nodes

FAKETIME = next(iter(glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
SKEW_SECONDS, STEP_SECONDS, RING_SECONDS = 300, 60, 5.0
SLACK_SECONDS = 5.0
"""A sweep goes each second, and the machine does other things too."""


class Wrong:
    """The clocks of both machines: how many seconds each is ahead."""

    def __init__(self, folder: Path) -> None:
        self._files = [folder / f"ahead-{node}" for node in (0, 1)]

    def set(self, *ahead: int) -> None:
        for file, seconds in zip(self._files, ahead, strict=True):
            file.write_text(f"{seconds:+d}")

    def environment(self, node: int) -> dict[str, str]:
        return {
            "LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(self._files[node]),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def wrong(tmp_path: Path) -> Wrong:
    assert FAKETIME, "needs Debian's package faketime"
    clocks = Wrong(tmp_path)
    clocks.set(-SKEW_SECONDS, SKEW_SECONDS)
    return clocks


@pytest_asyncio.fixture
async def nodes(wrong: Wrong, redis: Redis, valkey_url: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    async with records(tmp_path) as url:
        database = Database(url)
        await furnish(database)
        await database.close()
        of_each = wrong.environment(0), wrong.environment(1)
        waits = {f"SHOWROOM_CALLS_{what}_SECONDS": str(RING_SECONDS) for what in ("RING", "WAIT")}
        async with two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK, waits, of_each) as running:
            for number in (0, 1):
                await running.staff(number)
                await running.buyer(number)
            yield running


async def ring(nodes: Nodes, page: Person, key: str) -> tuple[str, float]:
    """Let somebody ask; return the call once it rings at both servers, and when it was asked for."""
    asked_at = time.perf_counter()
    answer = await page.ask("request_call", show_second=None, product_id=None, request_key=key)
    call = str(answer["call"]["id"])
    await asyncio.gather(*(console.rings(call) for console in nodes.consoles))
    return call, asked_at


async def missed_after(nodes: Nodes, page: Person, call: str, asked_at: float) -> list[float]:
    """Return after how many seconds each heard that nobody answered."""
    heard = await asyncio.gather(*(one.heard(call, "missed") for one in (page, *nodes.consoles)))
    return [round(at - asked_at, 2) for _, at in heard]


@pytest.mark.threat("F24")
async def test_it_rings_its_whole_time_and_no_longer_whatever_the_clocks_of_the_servers_say(
    nodes: Nodes, wrong: Wrong, record_property: Callable[[str, object], None]
) -> None:
    """At the server that is behind and the one ahead; then both are set forward in the middle of it."""
    told = []
    for page in nodes.pages:
        call, asked_at = await ring(nodes, page, f"skew-{page.node}")
        told += await missed_after(nodes, page, call, asked_at)
    call, asked_at = await ring(nodes, nodes.pages[0], "step-0")
    wrong.set(STEP_SECONDS - SKEW_SECONDS, STEP_SECONDS + SKEW_SECONDS)
    told += await missed_after(nodes, nodes.pages[0], call, asked_at)
    record_property("missed_after_s", told)
    assert min(told) >= RING_SECONDS - LATEST_SECONDS  # so exactly the nodes know the time
    assert max(told) <= RING_SECONDS + SLACK_SECONDS


@pytest.mark.long
@pytest.mark.threat("F24")
async def test_a_call_between_servers_whose_clocks_differ_goes_on_while_these_are_set(
    nodes: Nodes, wrong: Wrong
) -> None:
    page, console = nodes.pages[0], nodes.consoles[1]
    call, _ = await ring(nodes, page, "call-0")
    assert "call" in await console.ask("accept_call", call=call, request_key="accept-0")
    both = enumerate((page.actor, console.actor))
    seats = [await nodes.enter(node, "/meeting", actor, call) for node, actor in both]
    for step in (STEP_SECONDS, -STEP_SECONDS):
        wrong.set(step - SKEW_SECONDS, step + SKEW_SECONDS)
        await asyncio.sleep(2.0)
        assert "post" in await seats[0].ask("post", text=f"after {step} seconds")
        await seats[1].hears("posted")
        seats[1].events.clear()
    everybody = (*nodes.pages, *nodes.consoles, *seats)
    for person in everybody:
        assert "error" in await person.ask("nothing_that_is_known"), "is still there and answered"
    assert "ended" not in console.told[call]
    await nodes.hang_up(0, page.actor, call)
    await console.heard(call, "ended")
