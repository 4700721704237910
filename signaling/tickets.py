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
from rooms.fair.policy import Actor, Role
from rooms.fair.sign_ins import SignIns

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
class Grounds:
    """On what grounds somebody is in: an account and a sign-in of it, which began at a time (Unix seconds).

    Whose ticket was given to no sign-in has an empty one, which began with the ticket.
    """

    account: AccountId
    sign_in: str
    since: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was read: who holds it, and the room or call it is for; `number` is its own id."""

    actor: Actor
    room: RoomId | None
    call: CallId | None
    number: str
    expires_at: float
    grounds: Grounds


class Tickets:
    """Mints and reads tickets with one secret key; times come from `clock`, in Unix seconds."""

    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        self._key = OctKey.import_key(key)
        self._clock = clock
        self._void: frozenset[AccountId] = frozenset()
        self._ended: Mapping[AccountId, SignIns] = {}

    def mint(
        self, actor: Actor, purpose: Purpose, room: RoomId | None = None, call: CallId | None = None,
        ttl: float = 60.0, grounds: Grounds | None = None,
    ) -> str:
        """Return a ticket for `actor` that is good for `ttl` seconds; the caller has asked the policy.

        With `grounds` it is good no longer than these are.
        """
        now = self._clock()
        grounds = grounds or Grounds(actor.id, "", now)
        claims = {"aud": purpose, "iat": now, "exp": now + ttl, "jti": new_id(), "room": room, "call": call}
        claims |= _claims(actor) | {"sign_in": grounds.sign_in, "signed_in_at": grounds.since}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, [ALGORITHM])

    def read(self, text: str, purpose: Purpose) -> Ticket:
        """Return the ticket; raise `Denied` (`ticket_invalid`, `ticket_expired`)."""
        claims = self._decode(text)
        now = self._clock()
        try:
            is_ours = claims["aud"] == purpose and claims["iat"] <= now + LEEWAY_SECONDS
            ticket = _ticket(claims)
        except (LookupError, TypeError, ValueError):
            raise _invalid() from None
        if not is_ours or self.is_void(ticket.grounds):
            raise _invalid()
        if ticket.expires_at <= now:
            raise Denied("This ticket has expired; ask for a new one.", code="ticket_expired")
        return ticket

    def void(self, accounts: frozenset[AccountId], ended: Mapping[AccountId, SignIns]) -> None:
        """Take no ticket of these accounts, and none of a sign-in that was ended."""
        self._void, self._ended = accounts, ended

    def is_void(self, grounds: Grounds) -> bool:
        """Tell whether grounds, also those that were good once, let nobody in any more."""
        sign_ins = self._ended.get(grounds.account)
        return grounds.account in self._void or (
            sign_ins is not None and sign_ins.has_ended(grounds.sign_in, grounds.since)
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
    since = float(claims.get("signed_in_at", claims["iat"]))
    grounds = Grounds(actor.id, str(claims.get("sign_in", "")), since)
    return Ticket(actor, room, call, claims["jti"], float(claims["exp"]), grounds)


def _invalid() -> Denied:
    return Denied("This ticket does not open this door.", code="ticket_invalid")
