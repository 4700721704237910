"""Two real servers on one store and one database, and people at both who remember what they heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp

from config.ids import RoomId
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from showroom.load.door import Refused
from showroom.load.talk import Talk
from signaling.tickets import Purpose, Tickets
from tests.rooms.fair_facts import OAK, buyer, staff
from tests.rooms.offers.postgres import IS_INSTALLED, new_database, postgres
from tests.showroom.server import RunningServer, running_server

SECRET = "a key that both servers of these tests sign with"
NONE: Mapping[str, str] = MappingProxyType({})
PATIENCE_SECONDS = 20.0
AGAIN_SECONDS = 0.1
PURPOSES = {"/hall": Purpose.HALL, "/booth": Purpose.BOOTH, "/meeting": Purpose.MEETING}


@dataclass
class Person:
    """Somebody with a socket at one of the nodes: of each call, which states were told, and when."""

    actor: Actor
    node: int
    talk: Talk = field(init=False)
    told: dict[str, dict[str, tuple[dict[str, Any], float]]] = field(default_factory=dict)
    snapshots: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    rung: dict[str, int] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: str, message: Any, at: float) -> None:
        self.events.append(event)
        if event == "snapshot":
            self.snapshots.append((message, at))
        elif event in ("call", "ring"):
            call = message["call"]
            self.told.setdefault(call["id"], {}).setdefault(call["state"], (call, at))
            self.rung[call["id"]] = self.rung.get(call["id"], 0) + (event == "ring")
        self._news.set()

    async def heard(self, call: str, state: str) -> tuple[dict[str, Any], float]:
        """Wait until a state of a call was told; return the call as it was told first, and when."""
        await self.until(lambda: state in self.told.get(call, {}), f"{state} of {call}")
        return self.told[call][state]

    async def rings(self, call: str, times: int = 1) -> None:
        await self.until(lambda: self.rung.get(call, 0) >= times, f"ring {times} of {call}")

    async def hears(self, event: str) -> None:
        await self.until(lambda: event in self.events, event)

    async def until(self, is_so: Any, what: str, seconds: float = PATIENCE_SECONDS) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            newest = self.snapshots[-1][0] if self.snapshots else {}
            seen = {it["id"]: it["state"] for it in newest.get("calls", ())}
            told = {call: list(states) for call, states in list(self.told.items())[-8:]}
            raise AssertionError(
                f"{self.actor.name} did not hear: {what}; told {told}, of the last snapshot {seen}, "
                f"{len(self.snapshots)} snapshots, last events {self.events[-8:]}"
            ) from None

    async def ask(self, event: str, **message: Any) -> dict[str, Any]:
        return await self.talk.ask(event, message)

    def forget(self, call: str) -> None:
        """Drop what is known of a call that is over: there will be thousands."""
        self.told.pop(call, None)
        self.rung.pop(call, None)


@dataclass
class Nodes:
    """Both servers, and who is at them."""

    servers: list[RunningServer]
    database_url: str
    http: aiohttp.ClientSession
    room: RoomId
    consoles: list[Person] = field(default_factory=list)
    pages: list[Person] = field(default_factory=list)

    async def staff(self, number: int) -> Person:
        """Let a member of staff come on duty, odd and even ones at different nodes."""
        person = await self.enter(number % 2, "/booth", staff(number, self.room))
        self.consoles.append(person)
        return person

    async def buyer(self, number: int) -> Person:
        person = await self.enter(number % 2, "/hall", buyer(number))
        self.pages.append(person)
        return person

    async def enter(self, node: int, namespace: str, actor: Actor, call: str | None = None) -> Person:
        person = Person(actor, node)
        tickets = Tickets(SECRET, time.time)
        room = None if call else self.room
        ticket = tickets.mint(actor, PURPOSES[namespace], room=room, call=call)  # type: ignore[arg-type]  # an id
        url = self.servers[node].base_url
        person.talk = await Talk.begin(self.http, url, namespace, ticket, person.hear)
        return person

    async def hang_up(self, node: int, actor: Actor, call: str) -> None:
        """Sit down in the meeting and end it, again while the store is away, as a person would."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._hung_up(node, actor, call):
                await asyncio.sleep(AGAIN_SECONDS)

    async def _hung_up(self, node: int, actor: Actor, call: str) -> bool:
        try:
            person = await self.enter(node, "/meeting", actor, call)
        except Refused as refusal:
            assert "store_away" in str(refusal) or "wrong_moment" in str(refusal), refusal
            return "wrong_moment" in str(refusal)  # what was asked before the store was away was done
        answer = await person.ask("hang_up")
        await person.talk.close()
        assert answer == {"ok": True} or answer["error"]["code"] == "store_away", answer
        return "ok" in answer

    async def leave(self) -> None:
        await asyncio.gather(*(person.talk.close() for person in (*self.consoles, *self.pages)))

    def forget(self, call: str) -> None:
        for person in (*self.consoles, *self.pages):
            person.forget(call)


@asynccontextmanager
async def records(folder: Path) -> AsyncIterator[str]:
    """Give an empty database: PostgreSQL where it is installed, whose writers do meet, else SQLite."""
    async with AsyncExitStack() as stack:
        if IS_INSTALLED:
            server = await stack.enter_async_context(postgres())
            url = await new_database(server.url, "fair")
        else:
            url = f"sqlite+aiosqlite:///{folder / 'fair.sqlite3'}"
        database = Database(url)
        await database.migrate()
        await database.close()
        yield url


@asynccontextmanager
async def two_nodes(
    folder: Path, redis_urls: tuple[str, str], database_url: str, room: RoomId = OAK,
    settings: Mapping[str, str] = NONE, of_each: tuple[Mapping[str, str], Mapping[str, str]] = (NONE, NONE),
) -> AsyncIterator[Nodes]:
    """Run both servers until the block ends; the store's address and `of_each` may be other ones for each."""
    shared = {
        "SHOWROOM_DATABASE_URL": database_url, "SHOWROOM_SECRETS_KEY": SECRET,
        "SHOWROOM_CALLS_AGAIN_SECONDS": "0.001", "SHOWROOM_RECORDING_ENABLED": "false",
        "SHOWROOM_REDIS_TIMEOUT_SECONDS": "5",  # a busy test machine is no fault
    } | dict(settings)
    async with AsyncExitStack() as stack:
        folders = [folder / "node-0", folder / "node-1"]
        for own in folders:
            own.mkdir()
        servers = [
            running_server(own, "serve", SHOWROOM_REDIS_URL=url, **shared, **more)
            for own, url, more in zip(folders, redis_urls, of_each, strict=True)
        ]
        running = await asyncio.gather(*(stack.enter_async_context(server) for server in servers))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        nodes = Nodes(list(running), database_url, http, room)
        stack.push_async_callback(nodes.leave)
        yield nodes
