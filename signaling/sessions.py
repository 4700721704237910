"""The media sessions opened through this node's doors: whose they are, and how they may be changed."""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from config.errors import Invalid, Missing
from config.ids import RoomId, SessionId
from signaling.tickets import Grounds

FRAGMENT = "application/trickle-ice-sdpfrag"
LIMIT_SESSIONS = 20_000
"""Sessions remembered per kind. Beyond it the oldest is forgotten: it runs on until its media ends."""
LIMIT_ENDED = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """A session: `owner` is an account or `key:<room>`, `bearer` the digest of the token that opened it.

    It has no `grounds` where nobody had to sign in for it.
    """

    session: SessionId
    room: RoomId
    etag: str
    owner: str = ""
    bearer: bytes = b""
    grounds: Grounds | None = None

    def was_opened_with(self, bearer: str) -> bool:
        """Tell, in constant time, whether `bearer` is the token the session was opened with."""
        return hmac.compare_digest(self.bearer, digest(bearer))


class Sessions:
    """Remembers sessions by id, the newest last."""

    def __init__(self, limit: int = LIMIT_SESSIONS) -> None:
        self._limit = limit
        self._held: OrderedDict[SessionId, Held] = OrderedDict()
        self._ended: OrderedDict[SessionId, Held] = OrderedDict()

    def keep(self, held: Held) -> None:
        """Remember a session."""
        self._held[held.session] = held
        while len(self._held) > self._limit:
            self._held.popitem(last=False)

    def get(self, room: RoomId, session: SessionId, *, or_ended: bool = False) -> Held:
        """Return the session, also of late ended ones if asked to.

        `Missing` (`no_session`) also when it belongs to another room.
        """
        held = self._held.get(session) or (self._ended.get(session) if or_ended else None)
        if held is None or held.room != room:
            raise Missing("There is no such session, or it has ended.", code="no_session")
        return held

    def has(self, session: SessionId | None) -> bool:
        """Tell whether a session is remembered, which it is until it ends."""
        return session in self._held

    def of(self, room: RoomId, owner: str) -> list[SessionId]:
        """Return the sessions somebody has in a room."""
        return [held.session for held in self._held.values() if held.room == room and held.owner == owner]

    def owners(self, room: RoomId) -> set[str]:
        """Return who has sessions in a room."""
        return {held.owner for held in self._held.values() if held.room == room}

    def void(self, is_void: Callable[[Grounds], bool]) -> list[Held]:
        """Return the sessions whose grounds are good no more."""
        return [held for held in self._held.values() if held.grounds and is_void(held.grounds)]

    def by_key(self) -> list[Held]:
        """Return all sessions that were opened with the key of their room."""
        return [held for held in self._held.values() if held.owner == key_owner(held.room)]

    def retag(self, session: SessionId, etag: str) -> None:
        """Note the entity tag of a session's new ICE, if the session is here."""
        if session in self._held:
            self._held[session] = replace(self._held[session], etag=etag)

    def forget(self, session: SessionId) -> None:
        """Drop a session that has ended; for a while it can be ended once more."""
        held = self._held.pop(session, None)
        if held is not None:
            self._ended[session] = held
        while len(self._ended) > LIMIT_ENDED:
            self._ended.popitem(last=False)


def key_owner(room: RoomId) -> str:
    """Return as whom a room's key comes: whoever holds it."""
    return f"key:{room}"


def digest(bearer: str) -> bytes:
    """Return what is kept of a token instead of the token."""
    return hashlib.sha256(bearer.encode("utf-8", "surrogatepass")).digest()


def is_restart(held: Held, etag: str | None, content_type: str) -> bool:
    """Tell whether a PATCH asks for an ICE restart; refuse one that cannot be done (RFC 9725, section 4.3).

    `etag` is the value of If-Match without its quotes, `*` for a restart. `Invalid` with code `content_type`,
    `if_match_missing` or `etag_mismatch`; the session runs on in every case.
    """
    if content_type != FRAGMENT:
        raise Invalid(f"Send changes with Content-Type: {FRAGMENT}.", code="content_type")
    if etag is None:
        raise Invalid("Send If-Match with the ETag of the session.", code="if_match_missing")
    if etag == "*":
        return True
    if not hmac.compare_digest(etag.encode("utf-8", "surrogatepass"), held.etag.encode()):
        raise Invalid("This ETag is not that of the session.", code="etag_mismatch")
    return False
