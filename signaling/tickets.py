"""Tickets: short signed permissions that open one conversation, for one person and one purpose.

A page asks the server for a ticket over HTTP, where its cookie counts, and shows it where cookies do not:
in the CONNECT of a socket, or as the bearer of a WHIP request. A ticket is a JSON Web Token (RFC 7519) signed
with HMAC-SHA-256; it says who holds it, so that opening a conversation needs no look into the records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from config.errors import Denied
from config.ids import AccountId, CallId, RoomId, new_id
from rooms.fair.departures import LeftRooms
from rooms.fair.policy import Actor, Role
from rooms.fair.renewals import Renewal

ALGORITHM = "HS256"
LIMIT_CHARACTERS = 4096
LEEWAY_SECONDS = 60.0
"""How far the clocks of two nodes may lie apart before a ticket counts as made in the future."""


class Purpose(StrEnum):
    """What a ticket opens."""

    HALL = "hall"
    BOOTH = "booth"
    MEETING = "meeting"
    PUBLISH = "publish"
    REHEARSAL = "rehearsal"
    CALL_MEDIA = "call_media"
    THIRD = "third"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was read: who holds it, and the room or call it is for; `number` is its own id.

    `sign_in` is the one it was given to, or an empty text.
    """

    actor: Actor
    room: RoomId | None
    call: CallId | None
    number: str
    expires_at: float
    made_at: float
    sign_in: str


class Tickets:
    """Mints and reads tickets with one secret key; times come from `clock`, in Unix seconds."""

    def __init__(self, key: str, clock: Callable[[], float], left: LeftRooms | None = None) -> None:
        self._key = OctKey.import_key(key)
        self._clock = clock
        self._left = left or LeftRooms()
        self._void: frozenset[AccountId] = frozenset()
        self._renewals: Mapping[AccountId, Renewal] = {}

    def mint(
        self, actor: Actor, purpose: Purpose, room: RoomId | None = None, call: CallId | None = None,
        ttl: float = 60.0, sign_in: str = "",
    ) -> str:
        """Return a ticket for `actor` that is good for `ttl` seconds; the caller has asked the policy."""
        now = self._clock()
        claims = {"aud": purpose, "iat": now, "exp": now + ttl, "jti": new_id(), "room": room, "call": call}
        claims |= _claims(actor) | {"sign_in": sign_in}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, [ALGORITHM])

    def read(self, text: str, purpose: Purpose) -> Ticket:
        """Return the ticket; raise `Denied` (`ticket_invalid`, `ticket_expired`).

        `Missing` (`exhibitor_left`) for one to a room whose exhibitor is out of the fair.
        """
        claims = self._decode(text)
        now = self._clock()
        try:
            is_ours = claims["aud"] == purpose and claims["iat"] <= now + LEEWAY_SECONDS
            ticket = _ticket(claims)
        except (LookupError, TypeError, ValueError):
            raise _invalid() from None
        if not is_ours or self.is_void(ticket):
            raise _invalid()
        if ticket.expires_at <= now:
            raise Denied("This ticket has expired; ask for a new one.", code="ticket_expired")
        self._left.check(ticket.room)
        return ticket

    def void(self, accounts: frozenset[AccountId], renewals: Mapping[AccountId, Renewal]) -> None:
        """Take no ticket of these accounts, and none of a sign-in that a new password has ended."""
        self._void, self._renewals = accounts, renewals

    def is_void(self, ticket: Ticket) -> bool:
        """Tell whether a ticket, also one that was good when it was read, opens nothing any more."""
        renewal = self._renewals.get(ticket.actor.id)
        return ticket.actor.id in self._void or (
            renewal is not None and renewal.ends(ticket.made_at, ticket.sign_in)
        )

    def _decode(self, text: str) -> dict[str, Any]:
        if len(text) > LIMIT_CHARACTERS:
            raise _invalid()
        try:
            return jwt.decode(text, self._key, [ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):
            raise _invalid() from None


def _claims(actor: Actor) -> dict[str, Any]:
    return {
        "sub": actor.id, "role": actor.role, "name": actor.name, "company": actor.company, "own": actor.room,
        "country": actor.country, "language": actor.language,
    }


def _ticket(claims: dict[str, Any]) -> Ticket:
    room = RoomId(claims["room"]) if claims["room"] else None
    call = CallId(claims["call"]) if claims["call"] else None
    role = Role(claims["role"])
    actor = Actor(
        AccountId(claims["sub"]), role, claims["name"], claims["company"],
        RoomId(claims["own"]) if claims["own"] else None, claims["country"], claims["language"],
        call if role is Role.THIRD else None,
    )
    return Ticket(
        actor, room, call, claims["jti"], float(claims["exp"]), float(claims["iat"]),
        str(claims.get("sign_in", "")),
    )


def _invalid() -> Denied:
    return Denied("This ticket does not open this door.", code="ticket_invalid")
