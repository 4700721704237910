"""The durable fact of each show: where, who, from when to when."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select, update

from config.errors import Missing
from config.ids import RoomId, ShowId
from rooms.fair import words
from rooms.fair.database import Database, insert_once
from rooms.fair.models import ShowRow


class ShowFacts(Protocol):
    """What of a running show is worth keeping."""

    @property
    def id(self) -> ShowId: ...
    @property
    def room(self) -> RoomId: ...
    @property
    def anchor(self) -> str: ...
    @property
    def started_at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class LoggedShow:
    """A show as it is remembered; `ended_at` is None while it runs."""

    id: ShowId
    room: RoomId
    title: str
    anchor: str
    started_at: float
    ended_at: float | None


class ShowLog:
    """Writes down when shows begin and end; doing so twice changes nothing."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, show: ShowFacts, title: str = "") -> None:
        """Write down that a show began; one of the room that nobody ended is over by then."""
        forgotten = update(ShowRow).where(ShowRow.room == show.room, ShowRow.ended_at.is_(None))
        async with self._database.session() as session:
            await session.execute(forgotten.where(ShowRow.id != show.id).values(ended_at=show.started_at))
            facts = {"id": show.id, "room": show.room, "title": title, "anchor": show.anchor}
            await insert_once(session, ShowRow, facts | {"started_at": show.started_at})

    async def end(self, show: ShowFacts) -> None:
        """Write down that a show ended now; the first time counts."""
        change = update(ShowRow).where(ShowRow.id == show.id, ShowRow.ended_at.is_(None))
        async with self._database.session() as session:
            await session.execute(change.values(ended_at=self._clock()))

    async def get(self, show: ShowId) -> LoggedShow:
        """Return a show; `Missing` (`no_show`)."""
        async with self._database.reading() as session:
            row = await session.get(ShowRow, show) if words.is_id(show) else None
        if row is None:
            raise Missing("There is no such show.", code="no_show")
        return _logged(row)

    async def of_room(self, room: RoomId) -> list[LoggedShow]:
        """Return the shows of a room, the newest first."""
        query = select(ShowRow).where(ShowRow.room == room).order_by(ShowRow.started_at.desc(), ShowRow.id)
        async with self._database.reading() as session:
            return [_logged(row) for row in await session.scalars(query)]


def _logged(row: ShowRow) -> LoggedShow:
    return LoggedShow(ShowId(row.id), RoomId(row.room), row.title, row.anchor, row.started_at, row.ended_at)
