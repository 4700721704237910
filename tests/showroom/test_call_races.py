"""Eight of the staff at two real servers want one call: one gets it, and everybody sees the same outcome."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from rooms.fair.database import Database
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.fair.policy import Actor
from rooms.live.redis_store import connect
from showroom.load.delay import percentile
from signaling.booth import RELOAD_SECONDS
from tests.media.scale import IS_FULL, scaled
from tests.rooms.fair_facts import OAK, furnish
from tests.showroom.nodes import PATIENCE_SECONDS, Nodes, Person, records, two_nodes

pytestmark = pytest.mark.asyncio(loop_scope="module")

STAFF, BUYERS = 8, scaled(12, 160)
RACES, PAIRS, SLEEPS = scaled(6, 10_000), scaled(9, 5_000), scaled(2, 100)
STOP_SECONDS = 0.5 if IS_FULL else 1.5
"""So long after eight have pressed, the ring has ended at every console; half of the times, because servers
and stores share the machine with whatever else runs.
"""
ASLEEP_SECONDS = 0.3
BURST, PACE = 8, 2.0
"""So many times at once, and so many a second after that, may a console accept."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nodes]:
    folder, store = tmp_path_factory.mktemp("nodes"), connect(valkey_url, PATIENCE_SECONDS)
    await store.flushall()  # other tests have other clocks: the same buyers may have asked in years to come
    await store.aclose()
    async with records(folder) as url:
        database = Database(url)
        await furnish(database)
        await database.close()
        async with two_nodes(folder, (valkey_url, valkey_url), url) as running:
            for number in range(STAFF):
                await running.staff(number)
            for number in range(BUYERS):
                await running.buyer(number)
            yield running


async def ring(nodes: Nodes, number: int, key: str) -> tuple[Person, str]:
    """Let a buyer ask, and wait until it rings at all who are free."""
    page = nodes.pages[number % BUYERS]
    answer = await page.ask(
        "request_call", show_second=None, product_id=None, request_key=f"{key}-{number}"
    )
    assert "call" in answer, answer
    call = str(answer["call"]["id"])
    await asyncio.gather(*(console.rings(call) for console in nodes.consoles))
    return page, call


async def accept(console: Person, call: str) -> dict[str, Any]:
    return await console.ask("accept_call", call=call, request_key=f"{console.actor.id}-{call}")


async def same_for_all(nodes: Nodes, page: Person, call: str, state: str) -> float:
    """Wait until everybody was told of this one outcome and of no other; return when the last one was."""
    heard = await asyncio.gather(*(one.heard(call, state) for one in (*nodes.consoles, page)))
    others = {"talking", "cancelled", "declined", "missed"} - {state}
    for one in (*nodes.consoles, page):
        assert not others & set(one.told[call]), (one.actor.id, one.told[call].keys())
    assert len({call["answered_by"] for call, _ in heard}) == 1
    return max(at for _, at in heard)


async def end(nodes: Nodes, who: Actor, page: Person, call: str) -> None:
    await nodes.hang_up(random.randrange(2), who, call)
    await asyncio.gather(*(one.heard(call, "ended") for one in (*nodes.consoles, page)))
    nodes.forget(call)


@pytest.mark.threat("T29", "F26")
async def test_of_eight_at_two_servers_one_wins_and_the_ring_stops_everywhere(
    nodes: Nodes, record_property: Callable[[str, object], None]
) -> None:
    stops, before, allowed_at = [], await answered(nodes), 0.0
    for number in range(RACES):
        await asyncio.sleep(allowed_at - time.perf_counter())
        allowed_at = max(allowed_at, time.perf_counter() - BURST / PACE) + 1 / PACE
        page, call = await ring(nodes, number, "race")
        chance, sent = random.sample(nodes.consoles, STAFF), time.perf_counter()
        answers = await asyncio.gather(*(accept(console, call) for console in chance))
        won = [(console, it["call"]) for console, it in zip(chance, answers, strict=True) if "call" in it]
        lost = [it["error"] for it in answers if "error" in it]
        assert (len(won), len(lost)) == (1, STAFF - 1), answers
        winner, told = won[0]
        assert {it["code"] for it in lost} == {"already_taken"}
        assert all(winner.actor.name in it["message"] for it in lost)
        assert told["meeting"] == f"/meeting/{call}"
        stops.append(await same_for_all(nodes, page, call, "talking") - sent)
        assert page.told[call]["talking"][0]["meeting"] == f"/meeting/{call}"
        await end(nodes, winner.actor, page, call)
    record_property("stop_ms", [round(percentile(stops, share) * 1000) for share in (0.5, 0.95, 1)])
    assert await answered(nodes) - before == RACES
    assert percentile(stops, 0.5) <= STOP_SECONDS


@pytest.mark.threat("F27")
async def test_accept_meets_cancel_at_two_servers_and_all_see_one_outcome(
    nodes: Nodes, record_property: Callable[[str, object], None]
) -> None:
    seen, lead, turn = {"talking": 0, "cancelled": 0}, 0.003, list[Person]()
    for number in range(5 * PAIRS):
        if number >= PAIRS and min(seen.values()) > 0:
            break  # enough, and it went either way
        page, call = await ring(nodes, number, "pair")
        turn = turn or random.sample(nodes.consoles, STAFF)  # each as often: none is too fast
        console = turn.pop()
        accepted, cancelled = await asyncio.gather(
            later(-lead, accept(console, call)), later(lead, page.ask("cancel_call", call=call))
        )
        assert ("call" in accepted) is not ("call" in cancelled), (accepted, cancelled)
        refusal = (cancelled if "call" in accepted else accepted)["error"]
        assert refusal["code"] == "wrong_moment"
        state = "talking" if "call" in accepted else "cancelled"
        seen[state] += 1
        lead += random.uniform(0, 0.006) * (1 if state == "cancelled" else -1)  # it can go either way there
        await same_for_all(nodes, page, call, state)
        if state == "talking":
            await end(nodes, console.actor, page, call)
        nodes.forget(call)
    record_property("outcomes", seen)
    assert min(seen.values()) > 0, seen


@pytest.mark.threat("F11")
async def test_a_server_that_slept_changes_nothing_that_was_decided(nodes: Nodes) -> None:
    """It is stopped in the middle of an accept, at any instant; what the other server decided then stands."""
    for number in range(SLEEPS):
        await asyncio.sleep(1 / PACE)
        page, call = await ring(nodes, 2 * number + 1, "sleep")
        sleeper, rival = nodes.consoles[0], nodes.consoles[1]
        process = nodes.servers[0].process
        early = asyncio.create_task(accept(sleeper, call))
        await asyncio.sleep(random.uniform(0, 0.012))
        process.send_signal(signal.SIGSTOP)
        try:
            late = asyncio.create_task(accept(rival, call))
            await asyncio.wait([late], timeout=ASLEEP_SECONDS)
        finally:
            process.send_signal(signal.SIGCONT)
        answers = await asyncio.gather(early, late)
        won = [who for who, it in zip((sleeper, rival), answers, strict=True) if "call" in it]
        assert len(won) == 1, answers
        await same_for_all(nodes, page, call, "talking")
        await end(nodes, won[0].actor, page, call)


async def later(seconds: float, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    await asyncio.sleep(seconds)
    return await work


async def answered(nodes: Nodes) -> int:
    """Return how many calls of the room have an answer; each is a row of its own."""
    database = Database(nodes.database_url)
    async with database.reading() as session:
        query = select(func.count()).select_from(CallAnswerRow).join(
            CallRequestRow, CallRequestRow.id == CallAnswerRow.call
        )
        found = await session.scalar(query.where(CallRequestRow.room == OAK))
    await database.close()
    return found or 0




@pytest.mark.long
async def test_who_closes_a_second_console_at_another_server_goes_on_being_rung(nodes: Nodes) -> None:
    """The server of the closed one gives it up after a while; the other console is not its to judge."""
    console, looker = nodes.consoles[-1], nodes.pages[0]
    other = await nodes.enter(1 - console.node, "/booth", console.actor)
    await other.hears("duty")
    await asyncio.sleep(0.5)
    looker.events.clear()
    await other.talk.close()
    await asyncio.sleep(RELOAD_SECONDS + 3)
    assert "duty" not in looker.events
    page, call = await ring(nodes, 0, "closed")
    assert console.rung[call] == 1
    assert "call" in await accept(console, call)
    await end(nodes, console.actor, page, call)
