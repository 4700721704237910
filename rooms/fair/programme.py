"""The programme: the shows that rooms announce, which show each of them became, and what dark rooms play.

What an exhibitor has announced who left the fair is not on it, and is again once they are back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Invalid, Missing
from config.ids import AnnouncedId, ProductId, RoomId, ShowId, new_id
from rooms.fair import words
from rooms.fair.announced import (
    NEAR_SECONDS,
    AnnouncedEvent,
    AnnouncedShow,
    AnnouncedState,
    Announcement,
    after,
    check_place,
    checked,
    letters_about,
    meant_by,
    stage_of,
)
from rooms.fair.database import Database, insert_or_change
from rooms.fair.departures import check_at_fair, is_out
from rooms.fair.models import ProductRow
from rooms.fair.outbox import take_back
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.programme_rows import AnnouncedRow, ReservationRow, RoomLoopRow

SOON_SECONDS = max(NEAR_SECONDS, 600.0)
"""How far ahead of their beginning anything is done about announced shows."""
MOST_COMING = 100


class LoopMode(StrEnum):
    """What a room plays while nobody is on the air."""

    LAST = "last"
    FILM = "film"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Loop:
    """What a dark room plays; `film` is a recording where the mode says so."""

    mode: LoopMode = LoopMode.LAST
    film: ShowId | None = None


class Programme:
    """Keeps announced shows. Times are Unix seconds, `clock` gives them."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def announce(self, actor: Actor, room: RoomId, wish: Announcement) -> AnnouncedShow:
        """Announce a show; `Denied`, `Invalid` (`bad_…`), `Conflict` (`overlap`, `programme_full`)."""
        require(actor, Permission.ANNOUNCE, room)
        clean = checked(wish, self._clock())
        async with self._database.session() as session:
            await self._make_room(session, room, clean)
            now = self._clock()
            row = AnnouncedRow(
                id=new_id(), room=room, state=AnnouncedState.ANNOUNCED.value, show=None, revision=0,
                created_by=actor.id, created_at=now, changed_at=now, film_claimed_at=None, **_fields(clean),
            )
            session.add(row)
        return _announced(row)

    async def change(self, actor: Actor, announced: AnnouncedId, wish: Announcement) -> AnnouncedShow:
        """Announce a show anew before it has begun; who reserved is reminded by its new time."""
        require(actor, Permission.ANNOUNCE, (await self.get(announced)).room)
        clean = checked(wish, self._clock())
        async with self._database.session() as session:
            row = await _locked(session, announced)
            after(AnnouncedState(row.state), AnnouncedEvent.BEGIN)  # what could not begin is past changing
            await self._make_room(session, RoomId(row.room), clean, instead_of=announced)
            if row.starts_at != clean.starts_at:
                await session.execute(self._reset_reminders(announced, clean))
                await take_back(session, letters_about(announced))
            for name, value in _fields(clean).items():
                setattr(row, name, value)
            self._note_change(row)
            row.film_claimed_at = None
        return _announced(row)

    async def cancel(self, actor: Actor, announced: AnnouncedId) -> AnnouncedShow:
        """Take a show back before it has begun; `Conflict` (`wrong_moment`) afterwards."""
        require(actor, Permission.ANNOUNCE, (await self.get(announced)).room)
        async with self._database.session() as session:
            row = await _locked(session, announced)
            row.state = after(AnnouncedState(row.state), AnnouncedEvent.CANCEL).value
            self._note_change(row)
            await take_back(session, letters_about(announced))
        return _announced(row)

    async def get(self, announced: AnnouncedId) -> AnnouncedShow:
        """Return an announced show in whatever state; `Missing` (`no_announced_show`)."""
        async with self._database.reading() as session:
            row = await session.get(AnnouncedRow, announced) if words.is_id(announced) else None
        if row is None:
            raise _missing()
        return _announced(row)

    async def of_room(self, room: RoomId) -> list[AnnouncedShow]:
        """Return what runs or is to come in a room, the next first."""
        return await self._read(self._ahead().where(AnnouncedRow.room == room))

    async def coming(self, limit: int = 12) -> list[AnnouncedShow]:
        """Return what is to come in the whole fair, the next first; what runs already is not among it."""
        waiting = _in_order(select(AnnouncedRow).where(self._is_waiting(), ~is_out(AnnouncedRow.room)))
        return await self._read(waiting.limit(min(max(limit, 0), MOST_COMING)))

    async def near(self) -> list[AnnouncedShow]:
        """Return what runs, and what begins within minutes or should have begun minutes ago."""
        return await self._read(self._near())

    async def meant(self, room: RoomId) -> AnnouncedShow | None:
        """Return the announced show that a show which begins now in a room is."""
        shows = await self._read(self._near().where(AnnouncedRow.room == room))
        return meant_by(shows, self._clock())

    async def begin(self, announced: AnnouncedShow, show: ShowId) -> bool:
        """Note which show an announced one became; False when it is another's, or no longer announced.

        One that nobody saw end is over by then: there is one show in a room.
        """
        change = _moved(announced.id, AnnouncedState.ANNOUNCED, AnnouncedEvent.BEGIN).values(show=show)
        if not await self._did(change):
            return False
        runs = AnnouncedRow.state == AnnouncedState.ON_AIR.value
        forgotten = update(AnnouncedRow).where(AnnouncedRow.room == announced.room, runs)
        forgotten = forgotten.where(AnnouncedRow.id != announced.id)
        await self._did(forgotten.values(state=AnnouncedState.DONE.value))
        return True

    async def end(self, show: ShowId) -> bool:
        """Note that a show has ended; False when none was announced, or it had ended before."""
        was = AnnouncedRow.state == AnnouncedState.ON_AIR.value
        change = update(AnnouncedRow).where(AnnouncedRow.show == show, was)
        return await self._did(change.values(state=AnnouncedState.DONE.value))

    async def claim_film(self, announced: AnnouncedId) -> bool:
        """Take it on oneself to play the film of an announced show; True to one node only."""
        waiting = AnnouncedRow.state == AnnouncedState.ANNOUNCED.value
        change = update(AnnouncedRow).where(AnnouncedRow.id == announced, waiting)
        unclaimed = change.where(AnnouncedRow.film_claimed_at.is_(None))
        return await self._did(unclaimed.values(film_claimed_at=self._clock()))

    async def give_film_back(self, announced: AnnouncedId) -> None:
        """Let any node try again to play the film of an announced show, which the one that took it cannot."""
        mine = AnnouncedRow.state == AnnouncedState.ANNOUNCED.value
        change = update(AnnouncedRow).where(AnnouncedRow.id == announced, mine)
        await self._did(change.values(film_claimed_at=None))

    async def loop(self, room: RoomId) -> Loop:
        """Return what a room plays while it is dark; the last show where nothing else was chosen."""
        async with self._database.reading() as session:
            row = await session.get(RoomLoopRow, room)
        return Loop(LoopMode(row.mode), ShowId(row.film) if row.film else None) if row else Loop()

    async def set_loop(self, actor: Actor, room: RoomId, loop: Loop) -> Loop:
        """Choose what a room plays while it is dark; the caller has seen that the film is the room's own."""
        require(actor, Permission.ANNOUNCE, room)
        if (loop.mode is LoopMode.FILM) != (loop.film is not None):
            raise Invalid("Choose a film, or something else to play.", code="bad_loop")
        async with self._database.session() as session:
            await insert_or_change(
                session, RoomLoopRow, {"room": room, "mode": loop.mode.value, "film": loop.film}
            )
        return loop

    async def _make_room(
        self, session: AsyncSession, room: RoomId, wish: Announcement, instead_of: str = ""
    ) -> None:
        """Check, with the room locked against others who announce, that the show fits in."""
        await check_at_fair(session, room, alone=True)
        if wish.product is not None:
            product = select(ProductRow.id).where(ProductRow.id == wish.product, ProductRow.room == room)
            if await session.scalar(product) is None:
                raise Missing("There is no such product in this room.", code="no_product")
        others = self._ahead().where(AnnouncedRow.room == room, AnnouncedRow.id != instead_of)
        check_place(wish, [_announced(row) for row in await session.scalars(others)])

    def _note_change(self, row: AnnouncedRow) -> None:
        row.revision += 1
        row.changed_at = self._clock()

    def _reset_reminders(self, announced: AnnouncedId, wish: Announcement) -> Update:
        waiting = AnnouncedShow(announced, RoomId(""), AnnouncedState.ANNOUNCED, wish, None, 0)
        change = update(ReservationRow).where(ReservationRow.announced == announced)
        return change.values(reminded=int(stage_of(waiting, self._clock())), mailed_at=None)

    def _ahead(self) -> Select[Any]:
        runs = AnnouncedRow.state == AnnouncedState.ON_AIR.value
        ahead = select(AnnouncedRow).where(or_(self._is_waiting(), runs))
        return _in_order(ahead.where(~is_out(AnnouncedRow.room)))

    def _is_waiting(self) -> ColumnElement[bool]:
        return and_(
            AnnouncedRow.state == AnnouncedState.ANNOUNCED.value,
            AnnouncedRow.starts_at >= self._clock() - NEAR_SECONDS,
        )

    def _near(self) -> Select[Any]:
        return self._ahead().where(AnnouncedRow.starts_at <= self._clock() + SOON_SECONDS)

    async def _read(self, query: Select[Any]) -> list[AnnouncedShow]:
        async with self._database.reading() as session:
            return [_announced(row) for row in await session.scalars(query)]

    async def _did(self, change: Update) -> bool:
        async with self._database.session() as session:
            done = await session.execute(change.returning(AnnouncedRow.id))
            return done.first() is not None


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(AnnouncedRow.starts_at, AnnouncedRow.id)


def _moved(announced: AnnouncedId, state: AnnouncedState, event: AnnouncedEvent) -> Update:
    """Return the change of state by an event, which changes nothing when somebody was faster."""
    change = update(AnnouncedRow).where(AnnouncedRow.id == announced, AnnouncedRow.state == state.value)
    return change.values(state=after(state, event).value)


async def _locked(session: AsyncSession, announced: AnnouncedId) -> AnnouncedRow:
    row = await session.get(AnnouncedRow, announced, with_for_update=True)
    if row is None:
        raise _missing()
    return row


def _missing() -> Missing:
    return Missing("This show is not announced, or no longer.", code="no_announced_show")


def _fields(wish: Announcement) -> dict[str, Any]:
    return {
        "title": wish.title, "about": wish.about, "starts_at": wish.starts_at, "minutes": wish.minutes,
        "language": wish.language, "product": wish.product, "film": wish.film,
    }


def _announced(row: AnnouncedRow) -> AnnouncedShow:
    wish = Announcement(
        row.title, row.starts_at, row.minutes, row.about, row.language,
        ProductId(row.product) if row.product else None, ShowId(row.film) if row.film else None,
    )
    show = ShowId(row.show) if row.show else None
    return AnnouncedShow(
        AnnouncedId(row.id), RoomId(row.room), AnnouncedState(row.state), wish, show, row.revision,
        row.changed_at,
    )
