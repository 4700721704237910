"""An account is disabled on the command line: whoever is in by it is out, at both of two real servers."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from rooms.fair.accounts import Account, Accounts
from rooms.fair.database import Database
from rooms.fair.policy import Role
from showroom.load.door import Refused
from signaling.tickets import Purpose, Tickets
from tests.media.peer import Peer
from tests.rooms.fair_facts import OAK, furnish
from tests.showroom.nodes import SECRET, Nodes, Person, records, two_nodes
from tests.signaling.fair import on_air
from tests.web.visitor import PASSWORD, visitor

SOCKETS_SECONDS, MEDIA_SECONDS = 2.0, 3.0
SLACK_SECONDS = 4.0
"""For a machine that does other things too."""


@dataclass
class Leaver:
    """Two nodes, and somebody of the staff who will have to go."""

    nodes: Nodes
    account: Account
    peers: list[Peer] = field(default_factory=list)

    async def media(self, node: int, door: str, peer: Peer, purpose: Purpose | None = None) -> Peer:
        """Connect at a WHIP or WHEP door; with `purpose` by a ticket of the leaver."""
        self.peers.append(peer)
        headers = {"Content-Type": "application/sdp"}
        if purpose:
            ticket = Tickets(SECRET, time.time).mint(self.account.actor, purpose, room=OAK)
            headers["Authorization"] = f"Bearer {ticket}"
        url = f"{self.nodes.servers[node].base_url}/{door}/{OAK}"
        async with self.nodes.http.post(url, data=peer.offer(), headers=headers) as answer:
            if answer.status != 201:
                raise Refused(f"{answer.status} {await answer.text()}")
            return await peer.connect(await answer.text())


@pytest_asyncio.fixture
async def leaver(redis: Redis, valkey_url: str, tmp_path: Path) -> AsyncIterator[Leaver]:
    async with records(tmp_path) as url:
        database = Database(url)
        await furnish(database)
        account = await Accounts(database, time.time, 12).add(
            "leaver@oak.example", PASSWORD, "Lea", Role.STAFF, OAK
        )
        await database.close()
        async with two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK) as nodes:
            who = Leaver(nodes, account)
            yield who
            for peer in who.peers:
                peer.close()


async def disable(nodes: Nodes, email: str) -> float:
    """Do it on the command line; return when it was done."""
    command = (sys.executable, "-m", "showroom", "disable-account", email)
    process = await asyncio.create_subprocess_exec(*command, env=nodes.servers[1].environ)
    assert await process.wait() == 0
    return time.perf_counter()


async def ends(person: Person) -> float:
    """Return when a socket was closed from the other end."""
    with suppress(ConnectionError):
        for _ in range(1_000):
            await person.ask("nothing_that_is_known")
            await asyncio.sleep(0.1)
    return time.perf_counter()


async def ceases(viewer: Peer) -> float:
    """Return when the last packet of a picture came."""
    seen, at = len(viewer.video()), time.perf_counter()
    while time.perf_counter() - at < 1.0:
        await asyncio.sleep(0.02)
        if len(viewer.video()) > seen:
            seen, at = len(viewer.video()), time.perf_counter()
    return at


async def refused(opening: Awaitable[object]) -> None:
    with pytest.raises((Refused, aiohttp.WSServerHandshakeError)):
        await opening


@pytest.mark.threat("T26")
async def test_whose_account_is_disabled_is_out_at_both_servers_within_seconds(
    leaver: Leaver, record_property: Callable[[str, object], None]
) -> None:
    nodes, actor = leaver.nodes, leaver.account.actor
    page, colleague = await nodes.buyer(0), await nodes.staff(2)
    consoles = [await nodes.enter(node, "/booth", actor) for node in (0, 1)]
    asked = await page.ask("request_call", show_second=None, product_id=None, request_key="before-1")
    call = str(asked["call"]["id"])
    await consoles[1].rings(call)
    assert "call" in await consoles[1].ask("accept_call", call=call, request_key="before-2")
    seat = await nodes.enter(1, "/meeting", actor, call)
    anchor = await leaver.media(0, "whip", Peer("sendonly"), Purpose.PUBLISH)
    async with visitor(nodes.servers[0].base_url) as browser, on_air(anchor):
        await browser.sign_in("leaver@oak.example")
        viewer = await leaver.media(0, "whep", Peer())
        await viewer.until(lambda: bool(viewer.video()))
        assert (await browser.get(f"/studio/{OAK}")).status == 200
        watching = asyncio.gather(ceases(viewer), *(ends(it) for it in (*consoles, seat)))
        since = await disable(nodes, "leaver@oak.example")
        for node in (0, 1):
            browser.base_url = nodes.servers[node].base_url
            assert (await browser.post_json("/api/tickets", {"purpose": "booth", "room": OAK})).status == 401
        media, *sockets = [round(at - since, 2) for at in await watching]
    record_property("media_sockets_s", [media, *sockets])
    assert media < MEDIA_SECONDS + SLACK_SECONDS
    assert max(sockets) < SOCKETS_SECONDS + SLACK_SECONDS
    for node in (0, 1):
        await refused(nodes.enter(node, "/booth", actor))
        await refused(leaver.media(node, "whip", Peer("sendonly"), Purpose.PUBLISH))
    await page.heard(call, "ended")
    again = await page.ask("request_call", show_second=None, product_id=None, request_key="after-1")
    await colleague.rings(str(again["call"]["id"]))
