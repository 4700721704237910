"""A sign-in ends before its time: what it sends and sees ends with it, at both of two real servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from rooms.fair.accounts import Accounts
from rooms.fair.database import Database
from rooms.fair.policy import Role
from showroom.load.talk import Talk
from tests.media.peer import Peer
from tests.rooms.fair_facts import OAK, furnish, staff
from tests.showroom.nodes import Nodes, Person, records, two_nodes
from tests.showroom.test_expulsion import MEDIA_SECONDS, SLACK_SECONDS, ends
from tests.signaling.fair import PATIENCE_SECONDS, on_air
from tests.web.visitor import PASSWORD, Answer, Visitor, visitor

EMAILS = {"lea": "lea@oak.example", "ann": "ann@trade.example"}
ANOTHER = "another " + PASSWORD
SDP = {"Content-Type": "application/sdp"}


@dataclass
class Seen:
    """A media session: its peer, and where it lives."""

    peer: Peer
    url: str


@dataclass
class Fair:
    """Two servers, and three browsers: Lea of the staff has signed in by two of them, Ann by one."""

    nodes: Nodes
    desk: Visitor
    phone: Visitor
    ann: Visitor
    media: list[Seen] = field(default_factory=list)

    async def ask(self, who: Visitor, node: int, method: str, path: str, **options: Any) -> Answer:
        """Let a browser ask one of the servers; both have one name, as behind a balancer."""
        who.base_url = self.nodes.servers[node].base_url
        return await who.ask(method, path, **options)

    async def ticket(self, who: Visitor, node: int, purpose: str, **more: str) -> str:
        who.base_url = self.nodes.servers[node].base_url
        answer = await who.post_json("/api/tickets", {"purpose": purpose, **more})
        assert answer.status == 200, answer.text
        return str(answer.json["ticket"])

    async def enter(self, who: Visitor, node: int, namespace: str, **more: str) -> Person:
        """Open a socket as a page does."""
        person = Person(staff(), node)
        ticket = await self.ticket(who, node, namespace.strip("/"), **more)
        url = self.nodes.servers[node].base_url
        person.talk = await Talk.begin(self.nodes.http, url, namespace, ticket, person.hear)
        return person

    async def connect(self, who: Visitor, node: int, door: str, ticket: str = "") -> Seen:
        """Connect at a WHIP door with a ticket, or at a WHEP door."""
        peer = Peer("sendonly" if ticket else "recvonly")
        headers = SDP | ({"Authorization": f"Bearer {ticket}"} if ticket else {})
        answer = await self.ask(who, node, "POST", door, data=peer.offer(), headers=headers)
        assert answer.status == 201, answer.text
        url = self.nodes.servers[node].base_url + answer.headers["Location"]
        seen = Seen(await peer.connect(answer.text), url)
        self.media.append(seen)
        return seen

    async def is_there(self, seen: Seen) -> bool:
        """Tell whether a viewer's session still is."""
        async with self.nodes.http.get(f"{seen.url}/layer") as answer:
            return answer.status == 200

    async def talks(self) -> str:
        """Let Ann ask for a call at the second server, and Lea take it."""
        console = await self.enter(self.desk, 1, "/booth", room=OAK)
        page = await self.enter(self.ann, 1, "/hall", room=OAK)
        asked = await page.ask("request_call", show_second=None, product_id=None, request_key="a")
        call = str(asked["call"]["id"])
        assert "call" in await console.ask("accept_call", call=call, request_key="b")
        return call


@pytest_asyncio.fixture
async def fair(redis: Redis, valkey_url: str, tmp_path: Path) -> AsyncIterator[Fair]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(records(tmp_path))
        database = Database(url)
        await furnish(database)
        accounts = Accounts(database, time.time, 12)
        await accounts.add(EMAILS["lea"], PASSWORD, "Lea", Role.STAFF, OAK)
        await accounts.add(EMAILS["ann"], PASSWORD, "Ann", Role.BUYER)
        await database.close()
        nodes = await stack.enter_async_context(two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK))
        browsers = [
            await stack.enter_async_context(visitor(nodes.servers[0].base_url)) for _ in range(3)
        ]
        for browser, name in zip(browsers, ("lea", "lea", "ann"), strict=True):
            assert (await browser.sign_in(EMAILS[name])).status == 303
        opened = Fair(nodes, browsers[0], browsers[1], browsers[2])
        yield opened
        for seen in opened.media:
            seen.peer.close()


async def signs_out(fair: Fair) -> None:
    """Lea signs out at her desk, at the second server."""
    fair.desk.base_url = fair.nodes.servers[1].base_url
    assert (await fair.desk.submit("/sign-out", {}, page="/nowhere")).status == 303


async def changes_password(fair: Fair) -> None:
    """Lea changes her password by her phone, at the second server."""
    fair.phone.base_url = fair.nodes.servers[1].base_url
    fields = {"current": PASSWORD, "password": ANOTHER}
    assert (await fair.phone.submit("/account/password", fields, page="/nowhere")).status == 303


async def closes(seen: Seen) -> float:
    """Return when the server has closed a session."""
    await seen.peer.until(lambda: seen.peer.is_closed, PATIENCE_SECONDS)
    return time.perf_counter()


@pytest.mark.threat("T26")
@pytest.mark.parametrize("way", [signs_out, pytest.param(changes_password, marks=pytest.mark.long)])
async def test_what_an_ended_sign_in_sends_and_sees_ends_at_both_servers(
    fair: Fair, way: Callable[[Fair], Awaitable[None]], record_property: Callable[[str, object], None]
) -> None:
    """And what others see goes on: a guest, a buyer, and the same person by their other sign-in."""
    call = await fair.talks()
    socket = await fair.enter(fair.desk, 0, "/booth", room=OAK)
    publish = await fair.ticket(fair.desk, 0, "publish", room=OAK)
    anchor = await fair.connect(fair.desk, 0, f"/whip/{OAK}", publish)
    talk = await fair.ticket(fair.desk, 1, "call_media", call=call)
    talking = await fair.connect(fair.desk, 1, f"/whip/calls/{call}", talk)
    async with visitor(fair.nodes.servers[0].base_url) as guest, on_air(anchor.peer):
        viewers = (fair.desk, fair.phone, fair.ann, guest)
        seen = {who: await fair.connect(who, 0, f"/whep/{OAK}") for who in viewers}
        ending = asyncio.gather(closes(anchor), closes(talking), closes(seen[fair.desk]), ends(socket))
        since = time.perf_counter()
        await way(fair)
        seconds = [round(at - since, 2) for at in await ending]
        others = [await fair.is_there(seen[who]) for who in (fair.phone, fair.ann, guest)]
    record_property("anchor_call_viewer_socket_s", seconds)
    assert max(seconds) < MEDIA_SECONDS + SLACK_SECONDS
    assert others == [True, True, True]
    for door, ticket in ((f"/whip/{OAK}", publish), (f"/whip/calls/{call}", talk)):
        headers = SDP | {"Authorization": f"Bearer {ticket}"}
        refused = await fair.ask(fair.desk, 0, "POST", door, data=Peer("sendonly").offer(), headers=headers)
        assert (refused.status, refused.json["code"]) == (401, "ticket_invalid")
