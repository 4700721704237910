"""The sockets: the three conversations over one transport, kept true while time goes by."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from redis.asyncio import Redis

from config.counters import Counters
from config.settings import Settings
from rooms.fair.products import Products
from rooms.live.visits import RENEW_SECONDS
from signaling.booth import Booth
from signaling.bus import Bus
from signaling.call_room import CallRoom
from signaling.clockwork import Clockwork, Job
from signaling.conversation import Conversation
from signaling.engine import Server
from signaling.expulsion import LOOK_SECONDS, Expulsion
from signaling.hall import Hall, RoomParts
from signaling.meeting import Meeting
from signaling.replies import attempt
from signaling.seats import Seats
from signaling.stage import Stage
from signaling.store_watch import StoreWatch
from signaling.stubs import Stubs
from signaling.tasks import end
from signaling.tickets import Tickets
from signaling.turn import Turn

PATH = "socket.io"
CONNECT_SECONDS = 5.0
CHRONICLE_SECONDS = 0.5
DUTY_SECONDS = 10.0
HOLD_SEATS_SECONDS, FREE_SEATS_SECONDS = 1.0, 1.5
"""A seat that nobody held for `seats.LOOKS` looks is free: its node is gone. The other hears it in 6 s."""


class Sockets:
    """Opens with the web application it is attached to and does `jobs`; `close` says goodbye to everybody."""

    def __init__(
        self, settings: Settings, redis: Redis, parts: RoomParts, stage: Stage, products: Products,
        tickets: Tickets, counters: Counters, call_room: CallRoom, expulsion: Expulsion,
        jobs: tuple[Job, ...] = (),
    ) -> None:
        self._settings = settings
        self._call_room = call_room
        self._calls = parts.calls
        self._stage = stage
        self._tickets = tickets
        clock = parts.views.clock
        self._returned = asyncio.Event()
        self._bus = Bus(redis, self._returned.set)
        self._store_watch = StoreWatch(redis, counters)
        self.server = Server(self._bus, self._is_allowed_origin)
        self._hall = Hall(parts, tickets, counters)
        self._booth = Booth(parts, stage, products, tickets, counters)
        self._meeting = Meeting(
            parts.views, parts.herald, parts.calls, parts.chat, Seats(redis), Stubs(redis, clock),
            Turn(settings.turn, clock), tickets, counters, call_room,
        )
        self._conversations: tuple[Conversation, ...] = (self._hall, self._booth, self._meeting)
        for conversation in self._conversations:
            self.server.register_namespace(conversation)
        parts.herald.emit = self.server.emit
        expulsion.close_sockets = self.close_void
        expelling = Job("show out", LOOK_SECONDS, expulsion.look)
        self._clockwork = Clockwork((*self._jobs(parts, stage), expelling, *jobs))

    def attach(self, app: web.Application) -> None:
        """Serve `/socket.io` in `app`, from its start on."""
        self.server.attach(app, PATH)
        app.on_startup.append(self._start)

    async def close(self) -> None:
        """Stop the clockwork, say goodbye to all clients and end all tasks."""
        await self._clockwork.close()
        await self.server.eio.close()
        await self._bus.flush()

    async def close_void(self) -> None:
        """Close every connection to this node whose ticket opens nothing any more."""
        theirs = {
            self.server.manager.eio_sid_from_sid(visitor.socket, conversation.namespace)
            for conversation in self._conversations
            for visitor in conversation.visitors.values() if self._tickets.is_void(visitor.ticket.grounds)
        }
        await asyncio.gather(*(self.server.eio.disconnect(connection) for connection in theirs if connection))

    async def _start(self, _app: web.Application) -> None:
        """Listen to the other nodes from the start, not only when the first client comes."""
        self.server.manager_initialized = True
        self.server.manager.initialize()
        self.server.start_background_task(self._follow_returns)
        self._clockwork.start()

    def _jobs(self, parts: RoomParts, stage: Stage) -> tuple[Job, ...]:
        return (
            Job("sweep calls", 1.0, parts.calls.sweep),
            Job("end overdue shows", 1.0, stage.end_overdue),
            Job("look for old keys", 1.0, stage.old_keys.look),
            Job("count viewers", 1.0, stage.counts.tell),
            Job("take stills", 1.0, stage.stills.renew),
            Job("compare shows", 2.0, stage.compare),
            Job("report sending", 2.0, stage.report_sending),
            Job("write chronicle", CHRONICLE_SECONDS, parts.chronicle.flush),
            Job("tell walkers", 2.0, self._hall.tell_walkers),
            Job("remind", 2.0, self._hall.remind),
            Job("tell who entered", 1.0, self._hall.tell_entered),
            Job("look after appointments", 1.0, parts.appointing.sweep),
            Job("look after rehearsals", 1.0, stage.rehearsals.sweep),
            Job("follow the programme", 2.0, stage.bill.sweep),
            Job("end duty", 1.0, self._booth.end_duty),
            Job("renew duty", DUTY_SECONDS, self._booth.renew_duty),
            Job("end leases", 2.0, self._end_leases),
            Job("renew visits", RENEW_SECONDS, self._hall.renew_visits),
            Job("renew seats", 2.0, self._meeting.renew_seats),
            Job("hold seats", HOLD_SEATS_SECONDS, self._meeting.hold_seats),
            Job("follow channels", 1.0, self._meeting.follow_channels),
            Job("free seats", FREE_SEATS_SECONDS, self._meeting.free_seats),
            Job("drop silent", 1.0, self._drop_silent),
            Job("follow calls", 1.0, self._call_room.parts.recorder.sweep),
            Job("watch the store", 2.0, self._store_watch.look),
        )

    async def _end_leases(self) -> None:
        here = [*self._hall.visitors.values(), *self._booth.visitors.values()]
        await self._booth.end_leases({visitor.room for visitor in here if visitor.room is not None})

    async def _drop_silent(self) -> None:
        await self.server.drop_silent(time.monotonic(), CONNECT_SECONDS)

    async def _follow_returns(self) -> None:
        """Bring everybody up to date each time this node did not hear what the others told.

        One that is under way when the next return comes is begun anew: side by side, a store that comes and
        goes would have them take all connections to it.
        """
        while True:
            await self._returned.wait()
            self._returned.clear()
            coming_back = asyncio.create_task(self._come_back())
            again = asyncio.create_task(_is_set(self._returned))
            try:
                await asyncio.wait({coming_back, again}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end(coming_back, again)

    async def _come_back(self) -> None:
        """Say again who is here, take over what the records know, and give everybody a fresh snapshot.

        The store that is back may be another one, which has not heard of the last seconds.
        """
        await attempt(self._stage.compare(), "shows")
        await attempt(self._booth.renew_duty(), "duty")
        await attempt(self._meeting.renew_seats(of_all=True), "seats")
        await attempt(self._calls.reconcile(), "calls")
        await asyncio.gather(*(conversation.greet_all() for conversation in self._conversations))

    def _is_allowed_origin(self, origin: str | None, environ: dict[str, Any]) -> bool:
        """Tell whether a page of `origin` may open a socket; programs other than browsers send none."""
        if origin is None:
            return True
        allowed = {self._settings.public_url, *self._settings.http.allowed_origins}
        if origin.rstrip("/") in {_origin(url) for url in allowed}:
            return True
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc == environ.get("HTTP_HOST")


async def _is_set(event: asyncio.Event) -> None:
    await event.wait()


def _origin(url: str) -> str:
    """Return scheme and host of a URL, as browsers name an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
