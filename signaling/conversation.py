"""What the three conversations share: tickets at the door, messages read and paced, one answer to each."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refused

from config.counters import Counters
from config.errors import Denied, Missing
from config.ids import AccountId, CallId, RoomId
from rooms.fair.policy import Actor
from signaling import protocol
from signaling.pace import Pacer
from signaling.replies import Fields, answer, attempt
from signaling.tickets import Purpose, Ticket, Tickets


@dataclass(frozen=True, slots=True)
class Visitor:
    """One socket in a conversation: whose it is, the ticket it came by, and the room or call that was for."""

    socket: str
    actor: Actor
    room: RoomId | None
    call: CallId | None
    pacer: Pacer
    ticket: Ticket


Handler = Callable[[Visitor, Any], Awaitable[Fields]]

GREET_TRIES, GREET_AGAIN_SECONDS = 10, 0.5
"""How often a snapshot is tried that a store which has just come back cannot give yet."""


READ_TRIES = 5
"""How often a snapshot is read at most, in a room where more is told than it takes to read."""
READS_AT_ONCE = 8
"""Snapshots read at once: of a whole audience side by side each would be stale before it was read."""


class Conversation(socketio.AsyncNamespace):  # type: ignore[misc]  # socketio has no types
    """A namespace. Subclasses say who may enter, what they are told, and what to do for them."""

    purpose: Purpose
    handlers: Mapping[str, Handler]

    def __init__(self, namespace: str, tickets: Tickets, counters: Counters) -> None:
        super().__init__(namespace)
        self.visitors: dict[str, Visitor] = {}
        self._rooms_of: dict[AccountId, Counter[RoomId | None]] = {}
        self._reading = asyncio.Semaphore(READS_AT_ONCE)
        self._tickets = tickets
        self._open = counters.sockets.labels(namespace.strip("/"))

    async def enter(self, visitor: Visitor, ticket: Ticket) -> None:
        """Let somebody in who may, into the socket rooms that concern them; raise a refusal otherwise."""
        raise NotImplementedError

    async def snapshot(self, visitor: Visitor) -> Mapping[str, Any]:
        """Return everything as it is now for this visitor."""
        raise NotImplementedError

    async def leave(self, visitor: Visitor) -> None:
        """Do what follows from a socket that is gone."""

    def admit(self, visitor: Visitor) -> None:
        """Count somebody in; from now on `leave` will be called for them."""
        self.visitors[visitor.socket] = visitor
        self._rooms_of.setdefault(visitor.actor.id, Counter())[visitor.room] += 1
        self._open.inc()

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Handle an event of a client; `connect` and `disconnect` come from the library itself."""
        if event == "connect":
            return await self._connect(args[0], args[2])
        if event == "disconnect":
            await attempt(self._disconnect(args[0]), f"{self.namespace} disconnect")
            return None
        return await self._ask(event, args[0], args[1:])

    async def greet(self, visitor: Visitor) -> None:
        """Send one client a fresh snapshot.

        It is read anew when the client was told something meanwhile: what it says last must not be older.
        """
        for _ in range(READ_TRIES):
            async with self._reading:
                with self.server.manager.watch(visitor.socket, self.namespace) as watch:
                    snapshot = await self.snapshot(visitor)
            if not watch.was_told:
                break
        await self.emit("snapshot", snapshot, to=visitor.socket, ignore_queue=True)

    async def greet_all(self) -> None:
        """Send every client of this node a fresh snapshot, one after the other; again to whom none came."""
        waiting = list(self.visitors.values())
        for _ in range(GREET_TRIES):
            refused = [it for it in waiting if it.socket in self.visitors and not await self._greeted(it)]
            if not refused:
                return
            waiting = refused
            await asyncio.sleep(GREET_AGAIN_SECONDS)

    def is_here(self, actor: Actor, room: RoomId | None = None) -> bool:
        """Tell whether a socket of this person is open on this node; with `room`, one in that room."""
        rooms = self._rooms_of.get(actor.id, Counter())
        return bool(rooms) if room is None else room in rooms

    async def _greeted(self, visitor: Visitor) -> bool:
        await asyncio.sleep(0)
        return await attempt(self.greet(visitor), f"{self.namespace} snapshot") is None

    async def _connect(self, socket: str, auth: object) -> None:
        refused = await attempt(self._welcome(socket, auth), f"{self.namespace} connect")
        if refused:
            await attempt(self._disconnect(socket), f"{self.namespace} refused")
            raise Refused(refused["message"], {"code": refused["code"]})

    async def _welcome(self, socket: str, auth: object) -> None:
        connect = protocol.read_connect(auth)
        ticket = self._tickets.read(connect.ticket, self.purpose)
        visitor = Visitor(socket, ticket.actor, ticket.room, ticket.call, Pacer(time.monotonic), ticket)
        await self.enter(visitor, ticket)
        await self.greet(visitor)

    async def _disconnect(self, socket: str) -> None:
        visitor = self.visitors.pop(socket, None)
        if visitor:
            self._forget(visitor)
            await self.leave(visitor)

    def _forget(self, visitor: Visitor) -> None:
        self._open.dec()
        account, room = visitor.actor.id, visitor.room
        self._rooms_of[account][room] -= 1
        if not self._rooms_of[account][room]:
            del self._rooms_of[account][room]
        if not self._rooms_of[account]:
            del self._rooms_of[account]

    async def _ask(self, event: str, socket: str, payload: tuple[object, ...]) -> dict[str, Any]:
        visitor = self.visitors.get(socket)
        reply = await answer(self._do(visitor, event, payload), f"{self.namespace} {event}")
        if visitor and visitor.pacer.is_hopeless:
            await self.disconnect(socket)
        return reply

    async def _do(self, visitor: Visitor | None, event: str, payload: tuple[object, ...]) -> Fields:
        if visitor is None:
            raise Denied("This conversation is over.", code="denied")
        visitor.pacer.take(event if event in self.handlers else "")
        message = protocol.read(self.namespace, event, payload)
        return await self.handlers[event](visitor, message)


def call_of(visitor: Visitor) -> CallId:
    """Return the call a visitor's ticket is for; `Missing` (`no_call`) when it names none."""
    if visitor.call is None:
        raise Missing("This ticket is for no call.", code="no_call")
    return visitor.call
