"""The stubs of tickets that open one conversation only: torn once, on whatever node they are shown."""

from __future__ import annotations

from collections.abc import Callable

from redis.asyncio import Redis

from config.errors import Denied
from config.ids import new_id
from rooms.live.scripts import Scripts
from rooms.negotiation.call_store import LUA
from signaling import keys
from signaling.tickets import LEEWAY_SECONDS, Ticket


class Stubs:
    """Remembers tickets that were used and may not be used again."""

    def __init__(self, redis: Redis, clock: Callable[[], float]) -> None:
        self._scripts = Scripts(redis, LUA)
        self._clock = clock

    async def tear(self, ticket: Ticket) -> None:
        """Use `ticket` up; raise `Denied` (`ticket_invalid`) when it was used before."""
        seconds = max(1, int(ticket.expires_at - self._clock() + LEEWAY_SECONDS))
        if not await self._scripts.run("tear_ticket", [keys.ticket(ticket.number)], new_id(), seconds):
            raise Denied("This ticket has been used; ask for a new one.", code="ticket_invalid")
