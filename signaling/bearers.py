"""Who holds the bearer token of a WHIP request: the room's stream key, or a publish ticket of its staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from config.errors import Denied
from config.ids import RoomId
from rooms.fair.companies import Companies
from rooms.fair.policy import Permission, require
from rooms.fair.stream_keys import StreamKeys
from rooms.live.shows import ShownFilm
from signaling.sessions import Held, key_owner
from signaling.tickets import Grounds, Purpose, Tickets

KEY_PREFIX = "sk_"
LIMIT_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Anchor:
    """Who is on camera: `owner` is an account, or `key:<room>` for whoever holds the stream key.

    For a film it is who started it; nobody is on camera then. Who came by a ticket has its `grounds`.
    """

    owner: str
    name: str
    has_account: bool
    film: ShownFilm | None = None
    grounds: Grounds | None = None


class Bearers:
    """Tells who holds a token."""

    def __init__(self, tickets: Tickets, stream_keys: StreamKeys, companies: Companies) -> None:
        self._tickets = tickets
        self._stream_keys = stream_keys
        self._companies = companies

    async def anchor(self, room: RoomId, bearer: str) -> Anchor:
        """Return who may publish into `room` with this token.

        `Missing` (`no_room`), `Denied` (`no_bearer`, `wrong_key`, `ticket_invalid`, `ticket_expired`,
        `denied`).
        """
        company = await self._companies.by_room(room)
        if not bearer:
            message = "Send the stream key as Authorization: Bearer. The studio page shows it."
            raise Denied(message, code="no_bearer")
        if not bearer.startswith(KEY_PREFIX):
            return self._staff(room, bearer)
        if len(bearer) > LIMIT_CHARACTERS or not await self._stream_keys.verify(room, bearer):
            message = "This is not the stream key of this room. The studio page shows how to get a new one."
            raise Denied(message, code="wrong_key")
        return Anchor(key_owner(room), company.name, has_account=False)

    async def replaced(self, sessions: Collection[Held]) -> list[Held]:
        """Return those of some sessions whose key another one has replaced; `Busy` when nobody can tell."""
        hashes = await self._stream_keys.hashes({held.room for held in sessions})
        return [held for held in sessions if hashes.get(held.room) not in (None, held.bearer.hex())]

    def check_rehearsal(self, room: RoomId, bearer: str) -> Grounds:
        """Return the grounds of a ticket with which staff watch the rehearsal of `room`; else `Denied`."""
        ticket = self._tickets.read(bearer, Purpose.REHEARSAL)
        require(ticket.actor, Permission.REHEARSE, room)
        if ticket.room != room:
            raise Denied("This ticket is for another room.", code="denied")
        return ticket.grounds

    def _staff(self, room: RoomId, bearer: str) -> Anchor:
        ticket = self._tickets.read(bearer, Purpose.PUBLISH)
        require(ticket.actor, Permission.PUBLISH, room)
        if ticket.room != room:
            raise Denied("This ticket is for another room.", code="denied")
        return Anchor(ticket.actor.id, ticket.actor.name, has_account=True, grounds=ticket.grounds)
