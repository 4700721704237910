"""The exhibitors who leave the fair: an organiser takes them out, or a catalogue says so, and back in.

What there was stays: calls, negotiations, recordings and the trail, each for those whose it is. Who is out is
known by one time in the records; what follows from it at a node, `signaling/departing.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from config.errors import Missing
from config.ids import RoomId
from rooms.fair.audit import Audit
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow
from rooms.fair.policy import Actor, Permission, require

LEFT, RETURNED = "exhibitor.left", "exhibitor.returned"
"""What the trail says of it."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Whether an exhibitor is out of the fair, and whether this has changed just now."""

    room: RoomId
    left_at: float | None
    is_new: bool


class LeftRooms:
    """The rooms whose exhibitors are out, as one node knows them: by a look at the records each second."""

    def __init__(self) -> None:
        self._since: Mapping[RoomId, float] = MappingProxyType({})

    def __contains__(self, room: object) -> bool:
        return room in self._since

    def know(self, since: Mapping[RoomId, float]) -> None:
        """Take over what the records say."""
        self._since = since

    def check(self, room: RoomId | None) -> None:
        """Raise `Missing` (`exhibitor_left`) for a room whose exhibitor is out."""
        if room in self._since:
            raise has_left_fair()


class Departures:
    """Takes exhibitors out of the fair and back in. Times come from `clock`, in Unix seconds.

    `left` is what this node knows of them, once somebody has it `look`.
    """

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self.left = LeftRooms()
        self._database = database
        self._audit = audit
        self._clock = clock

    async def leave(self, actor: Actor, room: RoomId) -> Departure:
        """Take an exhibitor out; one who is out stays so since then. `Denied`, `Missing` (`no_room`)."""
        return await self._turn(actor, room, has_left=True)

    async def come_back(self, actor: Actor, room: RoomId) -> Departure:
        """Take an exhibitor back in; one who is at the fair stays there. `Denied`, `Missing` (`no_room`)."""
        return await self._turn(actor, room, has_left=False)

    async def look(self) -> dict[RoomId, float]:
        """Return the rooms of all who are out, and since when; `left` knows them from now on."""
        query = select(CompanyRow.room, CompanyRow.left_at).where(CompanyRow.left_at.is_not(None))
        async with self._database.reading() as session:
            found = {RoomId(room): left_at for room, left_at in await session.execute(query) if left_at}
        self.left.know(found)
        return found

    async def _turn(self, actor: Actor, room: RoomId, *, has_left: bool) -> Departure:
        require(actor, Permission.MANAGE_EXHIBITORS, room)
        async with self._database.session() as session:
            row = await session.scalar(_company(room).with_for_update())
            if row is None:
                raise no_room()
            now = self._clock()
            is_new = turn(row, now, has_left=has_left)
            if is_new:
                await note(self._audit, session, now, actor.id, row)
            return Departure(room, row.left_at, is_new)


def turn(row: CompanyRow, now: float, *, has_left: bool) -> bool:
    """Write into the row of a company that it is out of the fair, or in it; tell whether that is new."""
    if (row.left_at is not None) is has_left:
        return False
    row.left_at = now if has_left else None
    return True


async def note(audit: Audit, session: AsyncSession, now: float, by: str, row: CompanyRow) -> None:
    """Write into the trail who took a company out, or back in; last in its transaction."""
    action = RETURNED if row.left_at is None else LEFT
    await audit.note(session, int(now * 1000), by, action, f"room:{row.room}", {"room": row.room})


async def check_at_fair(session: AsyncSession, room: RoomId, *, alone: bool = False) -> None:
    """Raise `Missing` (`no_room`, `exhibitor_left`) unless a room is one whose exhibitor is at the fair.

    It stays so until the transaction ends, which must be one that writes; of those who ask it `alone` one at
    a time goes on.
    """
    query = _company(room).with_for_update(read=not alone).execution_options(populate_existing=True)
    row = await session.scalar(query)
    if row is None:
        raise no_room()
    if row.left_at is not None:
        raise has_left_fair()


def is_out(room: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Tell the rows of rooms whose exhibitors are out."""
    return exists().where(CompanyRow.room == room, CompanyRow.left_at.is_not(None))


async def has_left(session: AsyncSession, room: RoomId) -> bool:
    """Tell whether the exhibitor of a room is out; not where there is no such room."""
    query = select(func.count()).where(CompanyRow.room == room, CompanyRow.left_at.is_not(None))
    return bool(await session.scalar(query))


def has_left_fair() -> Missing:
    """Return the refusal of what an exhibitor would have to be at the fair for."""
    return Missing("This exhibitor has left the fair.", code="exhibitor_left")


def no_room() -> Missing:
    """Return the refusal of a room that there is not."""
    return Missing("There is no such room at this fair.", code="no_room")


def _company(room: RoomId) -> Select[CompanyRow]:
    return select(CompanyRow).where(CompanyRow.room == room)
