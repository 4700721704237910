"""What happened at which second of a show: what was pinned, which makes the chapters, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Protocol

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, ProductId, RoomId, ShowId
from rooms.fair.database import Database, insert_once
from rooms.fair.models import ProductRow, RecordingRow, ShowPinRow, ShowPostRow, ShowRow
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.fair.recording import RecordingState

PAGE_LIMIT = 1000


class PostFacts(Protocol):
    """What of a post is worth keeping."""

    @property
    def id(self) -> str: ...
    @property
    def author_id(self) -> AccountId: ...
    @property
    def author(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Pin:
    """What was pinned from this second of a show on; None for nothing."""

    show: ShowId
    second: float
    product: ProductId | None


@dataclass(frozen=True, slots=True)
class ShowPost:
    """A post at its second of a show; `at` is the Unix time."""

    id: str
    show: ShowId
    second: float
    author_id: AccountId
    author: str
    company: str
    role: Role
    text: str
    at: float


Moment = Pin | ShowPost


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of a show about one product; it lasts until the next one begins."""

    second: float
    product: ProductId
    title: str


class Moments:
    """Keeps moments and gives them back; keeping one twice changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pinned(self, show: ShowId, second: float, product: ProductId | None) -> None:
        """Keep what is pinned from that second on; second 0 is for what was pinned before the show began."""
        await self.keep([Pin(show, second, product)])

    async def posted(self, show: ShowId, second: float, post: PostFacts) -> None:
        """Keep a post."""
        await self.keep([post_at(show, second, post)])

    async def keep(self, moments: Sequence[Moment]) -> None:
        """Keep all of them or, when the store is away (`Busy`), none; not those of deleted recordings."""
        async with self._database.session() as session:
            gone = await deleted(session, {moment.show for moment in moments})
            for moment in moments:
                if moment.show not in gone:
                    table = ShowPinRow if isinstance(moment, Pin) else ShowPostRow
                    await insert_once(session, table, asdict(moment))

    async def chapters(self, show: ShowId) -> list[Chapter]:
        """Return the chapters of a show in their order."""
        query = select(ShowPinRow).where(ShowPinRow.show == show).order_by(ShowPinRow.second)
        async with self._database.reading() as session:
            pins = [_pin(row) for row in await session.scalars(query)]
            products = {pin.product for pin in pins if pin.product}
            named = select(ProductRow.id, ProductRow.title).where(ProductRow.id.in_(products))
            titles = {ProductId(product): title for product, title in await session.execute(named)}
        return chapters_of(pins, titles)

    async def posts(self, show: ShowId, after_second: float = -1.0, limit: int = 200) -> list[ShowPost]:
        """Return posts later than that second, the first ones first."""
        table = ShowPostRow
        query = select(table).where(table.show == show, table.second > after_second)
        query = query.order_by(table.second, table.id).limit(min(max(limit, 0), PAGE_LIMIT))
        async with self._database.reading() as session:
            return [_post(row) for row in await session.scalars(query)]

    async def delete_post(self, actor: Actor, show: ShowId, post: str) -> None:
        """Delete a post of a show; `Denied` for who does not moderate there, `Missing` (`no_post`)."""
        async with self._database.session() as session:
            require(actor, Permission.MODERATE, await _room_of(session, show))
            row = delete(ShowPostRow).where(ShowPostRow.show == show, ShowPostRow.id == post)
            if (await session.execute(row.returning(ShowPostRow.id))).first() is None:
                raise Missing("There is no such post.", code="no_post")

    async def forget_unrecorded(self, before: float) -> None:
        """Delete the moments of shows that ended before that Unix time and have no recording."""
        async with self._database.session() as session:
            for table in (ShowPinRow, ShowPostRow):
                await session.execute(delete(table).where(table.show.in_(unrecorded(before))))


def unrecorded(before: float) -> Select[str]:
    """Return what finds the shows that ended before that Unix time and have no recording."""
    return select(ShowRow.id).where(ShowRow.ended_at < before, ShowRow.id.not_in(select(RecordingRow.id)))


def post_at(show: ShowId, second: float, post: PostFacts) -> ShowPost:
    """Return a post as it is kept."""
    return ShowPost(
        post.id, show, second, post.author_id, post.author, post.company, post.role, post.text, post.at
    )


def chapters_of(pins: Iterable[Pin], titles: dict[ProductId, str]) -> list[Chapter]:
    """Return the chapters that pins make, in the order of their seconds.

    The same product pinned again goes on with its chapter, also after nothing was pinned for a while. A
    product without a title is no longer there and makes none.
    """
    shown = (pin for pin in pins if pin.product in titles)
    firsts = (next(run) for _, run in groupby(shown, key=lambda pin: pin.product))
    return [Chapter(pin.second, pin.product, titles[pin.product]) for pin in firsts if pin.product]


async def deleted(session: AsyncSession, shows: set[ShowId]) -> frozenset[str]:
    """Return which of these shows have recordings that were deleted, and everything said in them too.

    None of the others is deleted before the transaction ends, so that what it writes down is deleted with it.
    """
    query = select(RecordingRow.id, RecordingRow.state).where(RecordingRow.id.in_(shows))
    found = await session.execute(query.order_by(RecordingRow.id).with_for_update(read=True))
    return frozenset(show for show, state in found if state == RecordingState.DELETED)


async def _room_of(session: AsyncSession, show: ShowId) -> RoomId | None:
    """Return where a show was: one is written down, recorded, or both."""
    for table in (ShowRow, RecordingRow):
        room = await session.scalar(select(table.room).where(table.id == show))
        if room:
            return RoomId(room)
    return None


def _pin(row: ShowPinRow) -> Pin:
    return Pin(ShowId(row.show), row.second, ProductId(row.product) if row.product else None)


def _post(row: ShowPostRow) -> ShowPost:
    return ShowPost(
        row.id, ShowId(row.show), row.second, AccountId(row.author_id), row.author, row.company,
        Role(row.role), row.text, row.at,
    )
