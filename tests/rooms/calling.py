"""A booth for tests of calls: two nodes with connections of their own on one store and one database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from config.ids import ProductId, RoomId, ShowId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.live.duty import Duty
from rooms.live.redis_store import connect
from rooms.negotiation.calls import Call, Calls
from rooms.negotiation.routing import Place
from tests.rooms.fair_facts import OAK, Clock, buyer, staff


@dataclass
class Node:
    """One server's view of the calls, and what it told the world."""

    calls: Calls
    redis: Redis
    told: list[Call] = field(default_factory=list)
    lines: list[list[Place]] = field(default_factory=list)


@dataclass
class Booth:
    """Two nodes, a clock, and staff who come on duty when asked."""

    nodes: tuple[Node, Node]
    duty: Duty
    clock: Clock

    @property
    def calls(self) -> Calls:
        return self.nodes[0].calls

    @property
    def told(self) -> list[Call]:
        """What both nodes told, by epoch: that is how a screen orders what comes from several nodes."""
        return sorted((call for node in self.nodes for call in node.told), key=lambda call: call.epoch)

    async def on_duty(self, count: int = 1, room: RoomId = OAK) -> list[Actor]:
        people = [staff(number, room) for number in range(1, count + 1)]
        for actor in people:
            await self.duty.on(room, actor.id, actor.name)
        return people

    async def ring(self, who: Actor | None = None, room: RoomId = OAK, key: str = "key-1") -> Call:
        return await self.calls.request(
            who or buyer(), room, ShowId("show-1"), 12.5, ProductId("chair"), key
        )


@asynccontextmanager
async def open_booth(url: str, database: Database, settings: Settings) -> AsyncIterator[Booth]:
    clock = Clock()
    clients = (connect(url, 5.0), connect(url, 5.0))
    nodes = tuple(_node(client, database, settings, clock) for client in clients)
    yield Booth((nodes[0], nodes[1]), Duty(clients[0], clock), clock)
    for client in clients:
        await client.aclose()


def _node(client: Redis, database: Database, settings: Settings, clock: Clock) -> Node:
    told: list[Call] = []
    lines: list[list[Place]] = []

    async def tell(call: Call) -> None:
        told.append(call)

    async def tell_line(_room: RoomId, line: list[Place]) -> None:
        lines.append(line)

    calls = Calls(client, database, Duty(client, clock), clock, settings, tell, tell_line)
    return Node(calls, client, told, lines)
