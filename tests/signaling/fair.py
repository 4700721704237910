"""A fair for tests of conversations: nodes with real sockets, one store, one database, and people."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import socketio
from aiohttp import web
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from config.counters import Counters
from config.ids import CallId, ProductId, RoomId, SessionId
from config.settings import Settings
from media.answers import Answered
from media.relay import Relay
from media.storage.local import LocalStore
from media.storage.places import Places
from media.thumbnails import Thumbnailer
from rooms.fair.database import Database
from rooms.fair.departures import Departures
from rooms.fair.policy import Actor
from rooms.fair.products import Product, Products
from rooms.fair.programme import Programme
from rooms.fair.shows_log import ShowLog
from rooms.fair.stream_keys import StreamKeys
from rooms.live.redis_store import connect
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.calls import Calls
from showroom.calling import open_call_room, room_parts
from showroom.stores import facts_in, state_in
from signaling.asking import asking_in
from signaling.bearers import Bearers
from signaling.call_room import CallRoom
from signaling.chronicle import Chronicle
from signaling.departing import Departing
from signaling.expulsion import Expulsion
from signaling.films import Films
from signaling.hall import RoomParts
from signaling.herald import Herald
from signaling.library import RecordedFilms
from signaling.no_archive import NoArchive
from signaling.sockets import Sockets
from signaling.stage import Stage
from signaling.tickets import Purpose, Tickets
from signaling.views import Views
from signaling.whep import Whep
from signaling.whip import Whip
from tests.media.peer import DELTA, KEY, VIDEO, Peer
from tests.rooms.fair_facts import LAMP, OAK, furnish

SECRET, PATIENCE_SECONDS = "a key for tests that nobody else has", 20.0
CHAIR, LAMPSHADE = ProductId("chair"), ProductId("lampshade")
LASTING = {"shows__grace_seconds": PATIENCE_SECONDS}  # where a picture is away, however long it takes
PURPOSES = {"/hall": Purpose.HALL, "/booth": Purpose.BOOTH, "/meeting": Purpose.MEETING}


class Talker:
    """Somebody with a socket in a conversation: remembers what was told, and waits for what will be."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.told: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        self._changed = asyncio.Event()
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("disconnect", self._lost, namespace=namespace)
        self.refusal: Any = None
        self.client.on("connect_error", self._refused, namespace=namespace)

    async def open(self, url: str, auth: Any, **headers: str) -> Talker:
        await self.client.connect(
            url, namespaces=[self.namespace], auth=auth, transports=["websocket"], headers=headers,
            wait_timeout=PATIENCE_SECONDS,
        )
        return self

    async def ask(self, event: str, *payload: Any) -> Any:
        return await self.client.call(
            event, payload or None, namespace=self.namespace, timeout=PATIENCE_SECONDS
        )

    async def hear(
        self, event: str, where: Callable[[Any], bool] = lambda _: True, seconds: float = PATIENCE_SECONDS
    ) -> Any:
        """Return the first message of an event that fulfils `where`, also one from before."""
        async with asyncio.timeout(seconds):
            while True:
                for name, message in self.told:
                    if name == event and where(message):
                        return message
                self._changed.clear()
                await self._changed.wait()

    def count(self, event: str) -> int:
        return sum(name == event for name, _ in self.told)

    async def close(self) -> None:
        await self.client.disconnect()
        await self.client.eio.disconnect()
        await self.client.eio.queue.put(None)  # its writer would wait for half a minute

    async def _hear(self, event: str, message: Any = None) -> None:
        self.told.append((event, message))
        self._changed.set()

    async def _lost(self, *_: Any) -> None:
        await self._hear("(lost)")

    async def _refused(self, data: Any) -> None:
        self.refusal = data


@dataclass
class Node:
    """One server of the fair."""

    url: str
    settings: Settings
    redis: Redis
    database: Database
    relay: Relay
    stage: Stage
    sockets: Sockets
    tickets: Tickets
    whip: Whip
    whep: Whep
    parts: RoomParts
    stream_keys: StreamKeys
    show_log: ShowLog
    call_room: CallRoom
    counters: Counters
    programme: Programme
    films: Films
    appointments: Appointments
    departures: Departures
    talkers: list[Talker] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)

    async def empty(self) -> None:
        for talker in self.talkers:
            await talker.close()
        for peer in self.peers:
            peer.close()

    def ticket(
        self, namespace: str, actor: Actor, room: RoomId | None = None, call: str | None = None,
        ttl: float = 60,
    ) -> str:
        call_id = CallId(call) if call else None
        return self.tickets.mint(actor, PURPOSES[namespace], room=room, call=call_id, ttl=ttl)

    async def talk(
        self, namespace: str, actor: Actor, room: RoomId | None = None, call: str | None = None
    ) -> Talker:
        """Open a conversation and wait for its snapshot."""
        talker = Talker(namespace)
        self.talkers.append(talker)
        await talker.open(self.url, {"v": 1, "ticket": self.ticket(namespace, actor, room, call)})
        await talker.hear("snapshot")
        return talker

    async def refused(self, namespace: str, auth: Any, **headers: str) -> Any:
        """Try to open a conversation that must not open; return what the server says."""
        talker = Talker(namespace)
        try:
            await talker.open(self.url, auth, **headers)
        except socketio.exceptions.ConnectionError:
            return talker.refusal
        finally:
            await talker.close()
        raise AssertionError("the conversation opened")

    def publish_ticket(self, actor: Actor, room: RoomId = OAK) -> str:
        return self.tickets.mint(actor, Purpose.PUBLISH, room=room, ttl=3600)

    async def go_live(self, bearer: str, room: RoomId = OAK) -> tuple[Peer, Answered]:
        """Publish through WHIP; `on_air` sends the packets."""
        peer = Peer("sendonly")
        self.peers.append(peer)
        answered = await self.whip.create(room, peer.offer(), bearer, "192.0.2.1")
        await peer.connect(answered.sdp)
        return peer, answered

    async def watch(self, actor: Actor, room: RoomId = OAK) -> tuple[Peer, SessionId]:
        peer = Peer("recvonly")
        self.peers.append(peer)
        answered = await self.whep.create(room, peer.offer(), actor, "192.0.2.2")
        return await peer.connect(answered.sdp), answered.session


@asynccontextmanager
async def on_air(peer: Peer) -> AsyncIterator[None]:
    """Send packets for as long as the block lasts."""

    async def send() -> None:
        for number in range(1, 60_000):
            peer.send(VIDEO, number, KEY if number % 20 == 1 else DELTA)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(send())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def open_node(settings: Settings, valkey_url: str, database: Database) -> AsyncIterator[Node]:
    """Run a server on free ports."""
    settings.data.folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        redis = connect(valkey_url, 5.0)
        stack.push_async_callback(redis.aclose)
        counters = Counters(CollectorRegistry())
        relay = Relay(settings.ice, settings.media, counters)
        await relay.start()
        stack.push_async_callback(relay.close)
        node = await _build(settings, redis, database, relay, counters, stack)
        stack.push_async_callback(node.empty)
        yield node


async def _build(
    settings: Settings, redis: Redis, database: Database, relay: Relay, counters: Counters,
    stack: AsyncExitStack,
) -> Node:
    facts, state = facts_in(database, settings, time.time), state_in(redis, settings, time.time)
    companies, shows, duty, left = facts.companies, state.shows, state.duty, facts.departures.left
    views = Views(companies, facts.products, shows, state.audience, duty, facts.stills, time.time, left)
    herald = Herald(views, duty, counters)
    calls = Calls(redis, database, duty, time.time, settings, herald.call_changed, herald.line_moved)
    tickets, decoder = Tickets(SECRET, time.time, left), Thumbnailer()
    stack.push_async_callback(decoder.close)
    chronicle = Chronicle(facts.moments, time.time, counters.lost_moments)
    stack.push_async_callback(chronicle.close)
    stage = Stage(
        relay, shows, state.audience, facts.show_log, companies,
        Bearers(tickets, facts.stream_keys, companies), decoder, NoArchive(), chronicle,
        settings.shows, herald, facts.programme, state.rehearsals, time.time, f"node-{relay.port}",
    )
    await stage.start()
    stack.push_async_callback(stage.close)
    asking = asking_in(database, redis, time.time)
    parts = room_parts(facts, state, views, herald, calls, chronicle, asking, time.time)
    places = Places(LocalStore(settings.data.folder))
    stack.push_async_callback(places.close)
    films = Films(stage, duty, facts.programme, RecordedFilms(facts.recordings), places, time.time)
    stack.push_async_callback(films.close)
    call_room = open_call_room(
        settings, redis, database, relay, NoArchive(), calls, tickets, views, herald, time.time
    )
    leaving = (
        Expulsion(facts.accounts, tickets, stage, call_room.parts.stage, calls, time.time, settings),
        Departing(facts.departures, stage, calls, time.time),
    )
    sockets = Sockets(settings, redis, parts, stage, facts.products, tickets, counters, call_room, *leaving)
    url, whip, whep = await _listen(sockets, stack), Whip(stage), Whep(stage)
    return Node(
        url, settings, redis, database, relay, stage, sockets, tickets, whip, whep, parts, facts.stream_keys,
        facts.show_log, call_room, counters, facts.programme, films, facts.appointments, facts.departures,
    )


async def _listen(sockets: Sockets, stack: AsyncExitStack) -> str:
    app = web.Application()
    sockets.attach(app)
    runner = web.AppRunner(app)  # as the product does: what is being done for a client who goes is done
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    stack.push_async_callback(sockets.close)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/"


def quick(settings: Settings, **changes: Any) -> Settings:
    """Return settings whose waits are short; `changes` are `section__key=value`."""
    settings = replace(settings, ice=replace(settings.ice, port=0))
    wanted = {"media__stall_seconds": 0.5, "shows__grace_seconds": 1.0, "calls__reload_seconds": 0.5}
    for name, value in (wanted | changes).items():
        section, key = name.split("__")
        settings = replace(settings, **{section: replace(getattr(settings, section), **{key: value})})
    return settings


async def furnish_fair(database: Database) -> None:
    """Two companies, each with a product."""
    await furnish(database)
    products = Products(database)
    for name, room in ((CHAIR, OAK), (LAMPSHADE, LAMP)):
        price = Decimal("12.50"), "EUR", 100, "piece"
        await products.add(Product(name, room, name.title(), "Solid.", *price, f"{name}.webp", 1))
