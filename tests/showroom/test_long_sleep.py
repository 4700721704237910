"""A server sleeps for longer than all leases while the other one takes over, and wakes: nothing is undone."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from rooms.fair.database import Database
from rooms.fair.models import CallAnswerRow, CallRequestRow, ShowRow
from rooms.live import keys
from rooms.live.duty import LEASE_SECONDS
from showroom.load.door import Refused, knock
from signaling.tickets import Purpose, Tickets
from tests.media.peer import Peer
from tests.media.scale import scaled
from tests.rooms.fair_facts import OAK, buyer, furnish, staff
from tests.showroom.nodes import SECRET, Nodes, Person, records, two_nodes
from tests.signaling.fair import on_air

ROUNDS = scaled(1, 10)
SEAT_SECONDS, GRACE_SECONDS = 20.0, 20.0
ASLEEP_SECONDS = LEASE_SECONDS + 5
"""Longer than a seat is kept, a show waits for its picture, and anybody is on duty who says no more."""
WATCHED_SECONDS = 6.0
"""So long after waking it is looked for what should not have been done."""
PATIENCE_SECONDS = 20.0
ADA, BEN = staff(1), staff(2)
ANN, BOB = buyer(1), buyer(2)
SETTINGS = {
    "SHOWROOM_CALLS_SEAT_SECONDS": str(SEAT_SECONDS), "SHOWROOM_SHOWS_GRACE_SECONDS": str(GRACE_SECONDS),
    "SHOWROOM_CALLS_RING_SECONDS": "300",
}


@pytest.mark.long
@pytest.mark.threat("F11")
async def test_a_server_that_slept_beyond_all_leases_undoes_nothing(
    redis: Redis, valkey_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Staff, buyers and the picture have moved to the other server, and what was decided there stands."""
    async with records(tmp_path) as url:
        database = Database(url)
        await furnish(database)
        async with two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK, SETTINGS) as nodes:
            heard = [await one_sleep(nodes, database, redis, f"round-{n}") for n in range(ROUNDS)]
        await database.close()
    record_property("heard_after_s", [round(seconds, 2) for seconds in heard])


async def one_sleep(nodes: Nodes, database: Database, redis: Redis, name: str) -> float:
    """Let the first server sleep and wake; return how soon its console knew the truth, or was let go."""
    sleeper = nodes.servers[0].process
    async with AsyncExitStack() as stack:
        console, page = await nodes.enter(0, "/booth", ADA), await nodes.enter(0, "/hall", ANN)
        other, theirs = await nodes.enter(1, "/booth", BEN), await nodes.enter(1, "/hall", BOB)
        old = await stack.enter_async_context(picture(nodes, 0))
        talk = await answered(page, console, f"{name}-talk")
        for actor in (ADA, ANN):
            await (await nodes.enter(0, "/meeting", actor, talk)).hears("snapshot")
        rings = await asked(theirs, f"{name}-rings")
        await other.rings(rings)
        sleeper.send_signal(signal.SIGSTOP)
        try:
            slept_at = time.monotonic()
            moved, back = await nodes.enter(1, "/booth", ADA), await nodes.enter(1, "/hall", ANN)
            await stack.enter_async_context(picture(nodes, 1))
            assert "call" in await other.ask("accept_call", call=rings, request_key=f"{name}-take")
            await nodes.hang_up(1, ADA, talk)
            declined = await asked(back, f"{name}-declined")
            await moved.rings(declined)
            assert await moved.ask("decline_call", call=declined) == {"ok": True}
            for actor in (BEN, BOB):
                await (await nodes.enter(1, "/meeting", actor, rings)).hears("snapshot")
            await asyncio.sleep(slept_at + ASLEEP_SECONDS - time.monotonic())
            before = await decided(database, redis)
        finally:
            sleeper.send_signal(signal.SIGCONT)
        woken_at = time.monotonic()
        await knows(console, declined, "declined")
        seconds = time.monotonic() - woken_at
        await asyncio.sleep(WATCHED_SECONDS)
        assert await decided(database, redis) == before
        assert sleeper.returncode is None
        old.close()
        await takes_part(nodes, moved, f"{name}-next")
        await nodes.hang_up(1, BEN, rings)
        for person in (console, page, other, theirs, moved, back):
            await person.talk.close()
    return seconds


async def asked(page: Person, key: str) -> str:
    answer = await page.ask("request_call", show_second=None, product_id=None, request_key=key)
    assert "call" in answer, answer
    return str(answer["call"]["id"])


async def answered(page: Person, console: Person, key: str) -> str:
    call = await asked(page, key)
    await console.rings(call)
    assert "call" in await console.ask("accept_call", call=call, request_key=key)
    return call


async def takes_part(nodes: Nodes, console: Person, name: str) -> None:
    """See that the server that slept brings the next two together, whoever is where."""
    page = await nodes.enter(0, "/hall", ANN)
    await nodes.hang_up(0, ADA, await answered(page, console, name))
    await page.talk.close()
    again = await nodes.enter(0, "/booth", ADA)
    page = await nodes.enter(1, "/hall", ANN)
    await nodes.hang_up(1, ADA, await answered(page, again, f"{name}-too"))
    for person in (page, again):
        await person.talk.close()


async def knows(person: Person, call: str, state: str) -> None:
    """Wait until a page was told of a call, or has lost its socket and would come again."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while state not in person.told.get(call, {}):
            try:
                answer = await person.ask("decline_call", call="nobody")
            except (ConnectionError, TimeoutError):
                return
            assert "error" in answer
            await asyncio.sleep(0.02)


@asynccontextmanager
async def picture(nodes: Nodes, node: int) -> AsyncIterator[Peer]:
    """Go on the air at a server, once it is known there that nobody else does, until the block ends."""
    ticket = Tickets(SECRET, time.time).mint(ADA, Purpose.PUBLISH, room=OAK, ttl=3600)
    url, peer = f"{nodes.servers[node].base_url}/whip/{OAK}", Peer("sendonly")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                answer = (await knock(nodes.http, url, peer.offer(), ticket)).answer
                break
            except Refused:
                await asyncio.sleep(0.2)
    await peer.connect(answer)
    consenting = asyncio.create_task(consent(peer))
    async with on_air(peer):
        yield peer
    consenting.cancel()
    peer.close()


async def consent(peer: Peer) -> None:
    while True:
        peer.check()
        await asyncio.sleep(2)


async def decided(database: Database, redis: Redis) -> dict[str, Any]:
    """Return all that was decided: calls and shows in the records, show and duty in the store.

    Whether its picture stands still just now is for the server to say that has it, on a busy machine too.
    """
    async with database.reading() as session:
        calls = {
            row.id: (row.outcome, row.ended_at) for row in await session.scalars(select(CallRequestRow))
        }
        answers = {row.call: row.account for row in await session.scalars(select(CallAnswerRow))}
        shows = {row.id: row.ended_at for row in await session.scalars(select(ShowRow))}
    show: Any = await redis.hgetall(keys.show(OAK))
    show = {name: show.get(name) for name in ("id", "node", "started_at")}
    duty = await redis.zrange(keys.duty(OAK), 0, -1)
    return {"calls": calls, "answers": answers, "shows": shows, "show": show, "duty": sorted(duty)}
