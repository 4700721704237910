"""The transport: who may open a socket, what may be sent over it, and that nobody makes it grow."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from redis.asyncio import Redis

from config.settings import Settings
from rooms.fair.database import Database
from signaling.tickets import Purpose, Tickets
from signaling.wire import ProductData
from tests.rooms.fair_facts import OAK, buyer, guest
from tests.signaling.fair import PATIENCE_SECONDS, Node, furnish_fair, open_node, quick

QUERY = "socket.io/?EIO=4&transport=websocket"
OFFERED = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}

LENGTHY: ProductData = {
    "id": "oak-1", "title": "Oak table", "summary": "x" * 20_000, "price_from": None, "currency": "EUR",
    "minimum_order": None, "unit": "piece", "picture": "",
}


@asynccontextmanager
async def raw(node: Node, **headers: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection that speaks Engine.IO by hand; the handshake's first packet has been read."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(node.url + QUERY, headers=headers) as ws,
    ):
        assert (await ws.receive_str()).startswith("0{")
        yield ws


async def enter(node: Node, ws: aiohttp.ClientWebSocketResponse) -> None:
    """Open /hall by hand and read until the snapshot has come."""
    auth = json.dumps({"v": 1, "ticket": node.ticket("/hall", buyer(), OAK)})
    await ws.send_str(f"40/hall,{auth}")
    seen = [await ws.receive_str(), await ws.receive_str()]
    assert any(text.startswith("40/hall,") for text in seen)


async def closed(ws: aiohttp.ClientWebSocketResponse, seconds: float = PATIENCE_SECONDS) -> int | None:
    """Wait for the end of a connection and return its close code."""
    async with asyncio.timeout(seconds):
        while not ws.closed:
            await ws.receive()
    return ws.close_code


async def test_compression_is_not_negotiated(fair: Node) -> None:
    """T23: 111 kB a connection; a contract with a private name of engineio."""
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(fair.url + QUERY, compress=15) as ws:
            assert "Sec-WebSocket-Extensions" not in ws._response.headers
            assert ws.compress == 0
        async with session.ws_connect(fair.url + QUERY, headers=OFFERED) as ws:
            assert "Sec-WebSocket-Extensions" not in ws._response.headers


async def test_only_websockets_are_served(fair: Node) -> None:
    async with aiohttp.ClientSession() as session:
        for method, query in (
            ("GET", "EIO=4&transport=polling"),
            ("POST", "EIO=4&transport=polling"),
            ("GET", "EIO=4&transport=websocket"),
            ("GET", "EIO=3&transport=websocket"),
        ):
            async with session.request(method, f"{fair.url}socket.io/?{query}") as response:
                assert response.status == 400
    assert fair.sockets.server.eio.sockets == {}


ODD_ORIGINS = [
    "null",
    "https://evil.example",
    "http://evil.example",
    "https://fair.example.evil.example",
    "https://evilfair.example",
    "https://fair.example:8443",
    "http://fair.example",
    "https://fair.example@evil.example",
    "https://sub.fair.example",
    "file://",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost",
    "chrome-extension://abcdef",
    "https://fair.example/path",
    "https://FAIR.example.",
    "https://partner.example:444",
    "javascript://fair.example",
    "https://fair.exampl",
    "data:text/html,x",
]


async def test_pages_of_other_origins_cannot_open_a_socket(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    """T18: twenty origins with a cookie and a good ticket, no connection."""
    await furnish_fair(database)
    terms = quick(
        settings, http__public_url="https://fair.example", http__allowed_origins=("https://partner.example",)
    )
    async with open_node(terms, valkey_url, database) as node, aiohttp.ClientSession() as session:
        for origin in ODD_ORIGINS:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await session.ws_connect(node.url + QUERY, headers={"Origin": origin, "Cookie": "session=x"})
            assert refusal.value.status == 400, origin
        assert node.sockets.server.eio.sockets == {}
        own = f"http://{urlsplit(node.url).netloc}"
        for origin in ("https://fair.example", "https://partner.example", own):
            async with raw(node, Origin=origin):
                assert len(node.sockets.server.eio.sockets) == 1
    assert len(ODD_ORIGINS) == 20


async def test_an_oversized_frame_closes_the_connection(fair: Node) -> None:
    """T20: status 1009 says why; what fits is taken."""
    async with raw(fair) as ws:
        await enter(fair, ws)
        fits = json.dumps(["post", {"text": "x" * 9000}])
        await ws.send_str(f"42/hall,7{fits}")
        assert "too_large" in await ws.receive_str()
        await ws.send_str("42/hall,8" + json.dumps(["post", {"text": "x" * 17_000}]))
        assert await closed(ws) == 1009


async def test_binary_is_refused(fair: Node) -> None:
    """T20: neither binary frames nor messages that announce some; no half is kept."""
    for first in (b"\x04binary", '451-/hall,["post",{"_placeholder":true,"num":0}]', "461-/hall,3[0]"):
        async with raw(fair) as ws:
            await enter(fair, ws)
            await (ws.send_bytes(first) if isinstance(first, bytes) else ws.send_str(first))
            assert await closed(ws) == 1003
    assert fair.sockets.server._binary_packet == {}


@pytest.mark.parametrize(
    "message",
    [
        "42/hall,5[[[",
        "42/hall,5" + "[" * 8000,
        "42/hall,5{}",
        "42/hall,[5]",
        "42/hall,[]",
        "4",
        "49",
        "hello",
        "",
        "5",
        "2probe",
        "0{}",
        "42/hall,[null]",
        '42/hall,["connect",{"v":1}]',
        '42/hall,["disconnect"]',
        "4x",
        "b",
        "44/hall,{}",
        "42/hall,[{}]",
        "4\ud7ff",
    ],
)
async def test_a_client_that_speaks_nonsense_is_dropped(fair: Node, message: str) -> None:
    """Nobody else notices."""
    async with raw(fair) as ws, raw(fair) as other:
        await enter(fair, ws)
        await enter(fair, other)
        await ws.send_str(message)
        await closed(ws)
        await other.send_str('42/hall,1["cancel_call",{"call":"x"}]')
        assert "no_call" in await other.receive_str()
    await settled(fair)


async def settled(node: Node) -> None:
    """Wait until nobody is left, and see that nothing of them is."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while node.sockets.server.eio.sockets or node.counters.registry.get_sample_value(
            "showroom_sockets", {"namespace": "hall"}
        ):
            await asyncio.sleep(0.02)
    assert node.sockets.server.environ == {}


async def test_a_connection_without_conversation_is_dropped(fair: Node) -> None:
    """T19: no CONNECT within five seconds, or none that was let in."""
    began = time.monotonic()
    async with raw(fair) as silent, raw(fair) as refused, raw(fair) as welcome:
        await enter(fair, welcome)
        await refused.send_str('40/hall,{"v":1,"ticket":"nonsense"}')
        assert (await refused.receive_str()).startswith("44/hall,")
        await closed(silent, PATIENCE_SECONDS)
        await closed(refused, PATIENCE_SECONDS)
        assert time.monotonic() - began >= 4
        assert not welcome.closed


async def test_a_client_that_does_not_read_is_dropped(fair: Node) -> None:
    """T22: its queue has an end, and so has the patience with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(fair.url).port, limit=1024)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    writer.write(
        (
            f"GET /{QUERY} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    auth = json.dumps({"v": 1, "ticket": fair.ticket("/hall", guest(), OAK)})
    writer.write(_masked(f"40/hall,{auth}"))
    async with asyncio.timeout(5):
        while not fair.sockets._hall.visitors:
            await asyncio.sleep(0.02)
    (socket,), longest = fair.sockets.server.eio.sockets.values(), 0
    async with asyncio.timeout(20):
        while fair.sockets._hall.visitors:
            await fair.parts.herald.pinned(OAK, LENGTHY)
            longest = max(longest, socket.queue.qsize())
    assert longest <= 201
    writer.close()
    await settled(fair)


def _masked(text: str) -> bytes:
    data = text.encode()
    return bytes([0x81, 0x80 | 126]) + len(data).to_bytes(2, "big") + bytes(4) + data


@pytest.mark.threat("F24")
async def test_a_clock_that_is_set_forward_drops_nobody_who_is_about_to_answer_a_ping(
    fair: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contract with private names of engineio; who does not answer in time is still dropped."""
    engine, wall = fair.sockets.server.eio, time.time
    monkeypatch.setattr(engine, "ping_interval", 0.1)
    monkeypatch.setattr(engine, "ping_timeout", 2.0)
    async with aiohttp.ClientSession() as session, session.ws_connect(fair.url + QUERY) as ws:
        assert (await ws.receive_str()).startswith("0")
        assert await ws.receive_str() == "2"
        (connection,) = engine.sockets.values()
        monkeypatch.setattr(time, "time", lambda: wall() + 60)
        assert await connection.check_ping_timeout()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not connection.closed:
                await asyncio.sleep(0.05)


async def test_tickets_that_do_not_open_the_door(fair: Node) -> None:
    """Each refusal has a code that a page can act on."""
    forged = Tickets("another key that is long enough", time.time).mint(buyer(), Purpose.HALL, room=OAK)
    _, claims, _ = fair.ticket("/hall", buyer(), OAK).split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + claims + "."
    cases: list[tuple[Any, str]] = [
        ({"v": 1, "ticket": fair.ticket("/hall", buyer(), OAK, ttl=-1)}, "ticket_expired"),
        ({"v": 1, "ticket": fair.ticket("/booth", buyer(), OAK)}, "ticket_invalid"),
        ({"v": 1, "ticket": forged}, "ticket_invalid"),
        ({"v": 1, "ticket": unsigned}, "ticket_invalid"),
        ({"v": 1, "ticket": "x" * 5000}, "too_large"),
        ({"v": 1, "ticket": 7}, "malformed"),
        ({"v": 1}, "malformed"),
        ({"v": 2, "ticket": "x"}, "reload"),
        ({"ticket": "x"}, "reload"),
        ("ticket", "malformed"),
    ]
    for auth, code in cases:
        refusal = await fair.refused("/hall", auth)
        assert (refusal["data"]["code"], bool(refusal["message"])) == (code, True)
    assert fair.sockets._hall.visitors == {}


async def test_closing_says_goodbye_and_leaves_no_task(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    await furnish_fair(database)
    before = asyncio.all_tasks()
    async with open_node(quick(settings), valkey_url, database) as node:
        talker = await node.talk("/hall", guest(), OAK)
        began = time.monotonic()
        await node.sockets.close()
        assert time.monotonic() - began < 8  # what does not end is waited for for ten
        await talker.hear("(lost)")
        await talker.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while {task.get_name() for task in asyncio.all_tasks() - before if not task.done()}:
            await asyncio.sleep(0.02)
