"""The authenticity stills: what a room showed at one moment, with the facts of it, sealed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import Protocol

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only

from config.errors import Busy, Conflict, Missing
from config.ids import AccountId, CallId, RoomId, ShowId, StillId, new_id
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.policy import Actor, CallParties, Permission, require
from rooms.fair.seal import Facts, Seal
from rooms.fair.show_models import StillRow

MOST_LISTED = 20
MOST_OF_A_SHOW = 60
"""By one person."""


class CallWithRoom(CallParties, Protocol):
    """What a still must know of the call it is attached to."""

    @property
    def id(self) -> CallId: ...
    @property
    def room(self) -> RoomId: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """What a still shows; times are whole milliseconds, of the show and since 1970; company is a name."""

    id: StillId
    room: RoomId
    company: str
    show: ShowId
    show_ms: int
    taken_ms: int
    taken_by: AccountId


@dataclass(frozen=True, slots=True)
class Still:
    """A still that is kept; all facts but the call are signed."""

    id: StillId
    room: RoomId
    company: str
    show: ShowId
    show_ms: int
    taken_ms: int
    taken_by: AccountId
    width: int
    height: int
    sha256: str
    signature: str
    public_key: str
    call: CallId | None = None

    @property
    def facts(self) -> Facts:
        """What is signed; whoever took it stays the fair's own knowledge."""
        return {
            "company": self.company, "height": self.height, "id": self.id, "room": self.room,
            "sha256": self.sha256, "show": self.show, "show_ms": self.show_ms, "taken_ms": self.taken_ms,
            "width": self.width,
        }


class Stills:
    """Keeps stills and tells whether one is what it was."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self.public_key = seal.public_key

    def new_moment(
        self, actor: Actor, room: RoomId, company: str, show: ShowId, show_ms: int, taken_ms: int
    ) -> Moment:
        """Return the facts of a still that is being taken, under an id nobody guesses."""
        return Moment(StillId(new_id()), room, company, show, show_ms, taken_ms, actor.id)

    async def admit(self, actor: Actor, show: ShowId) -> None:
        """Raise `Busy` (`too_many_stills`) for somebody who has as many of this show as one may have."""
        query = select(func.count()).where(StillRow.show == show, StillRow.taken_by == actor.id)
        async with self._database.reading() as session:
            if (await session.scalar(query) or 0) >= MOST_OF_A_SHOW:
                message = "You have taken as many stills of this show as are kept for one person."
                raise Busy(message, code="too_many_stills", retry_after_seconds=3600)

    async def keep(self, moment: Moment, jpeg: bytes, width: int, height: int) -> Still:
        """Keep the picture of a moment, signed."""
        still = Still(
            **asdict(moment), width=width, height=height, sha256=hashlib.sha256(jpeg).hexdigest(),
            signature="", public_key=self._seal.public_key,
        )
        row = StillRow(**asdict(still), jpeg=jpeg)
        row.signature = self._seal.sign(still.facts)
        async with self._database.session() as session:
            session.add(row)
        return _still(row)

    async def get(self, still: StillId) -> Still:
        """Return a still; `Missing` (`no_still`)."""
        async with self._database.reading() as session:
            query = _rows().where(StillRow.id == still)
            row = await session.scalar(query) if words.is_id(still) else None
        if row is None:
            raise Missing("There is no such still.", code="no_still")
        return _still(row)

    async def jpeg(self, still: StillId) -> bytes:
        """Return the picture of a still; `Missing` (`no_still`)."""
        async with self._database.reading() as session:
            query = select(StillRow.jpeg).where(StillRow.id == still)
            jpeg = await session.scalar(query) if words.is_id(still) else None
        if jpeg is None:
            raise Missing("There is no such still.", code="no_still")
        return jpeg

    async def is_genuine(self, still: Still) -> bool:
        """Tell whether facts and picture are as they were signed, by this fair."""
        picture = hashlib.sha256(await self.jpeg(still.id)).hexdigest()
        return picture == still.sha256 and self._seal.holds(still.facts, still.signature)

    async def attach(self, actor: Actor, still: StillId, call: CallWithRoom) -> Still:
        """Attach a still to a call, for its parties; `Conflict` (`already_attached`) at another one."""
        require(actor, Permission.ATTACH_STILL, call.room, call)
        async with self._database.session() as session:
            row = await session.scalar(_rows().where(StillRow.id == still).with_for_update())
            if row is None or row.room != call.room:
                raise Missing("There is no such still.", code="no_still")
            its_call = call if row.call == call.id else None
            require(actor, Permission.SEE_STILL, call.room, its_call, _still(row))
            if row.call not in (None, call.id):
                raise Conflict("This still belongs to another call already.", code="already_attached")
            row.call = call.id
        return _still(row)

    async def of_call(self, call: CallId) -> list[Still]:
        """Return the stills of a call, the oldest first."""
        query = _rows().where(StillRow.call == call).order_by(StillRow.taken_ms).limit(MOST_LISTED)
        async with self._database.reading() as session:
            return [_still(row) for row in await session.scalars(query)]


_COLUMNS = tuple(getattr(StillRow, field.name) for field in fields(Still))


def _rows() -> Select[StillRow]:
    """Select stills without their pictures, which are large."""
    return select(StillRow).options(load_only(*_COLUMNS))


def _still(row: StillRow) -> Still:
    return Still(**{field.name: getattr(row, field.name) for field in fields(Still)})
