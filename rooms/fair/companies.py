"""The exhibitors: their halls, their rooms, and the search through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError

from config.errors import Conflict, Invalid, Missing
from config.ids import CompanyId, RoomId
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow, HallRow, ProductRow

PAGE_LIMIT = 200
SEARCH_LENGTH = 100
SEARCH_WORDS = 6


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall of the fair."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Company:
    """An exhibitor; `room` is where it shows, `portrait` the picture seen when it does not."""

    id: CompanyId
    room: RoomId
    name: str
    country: str
    city: str
    hall: int
    stand: str
    about: str
    languages: tuple[str, ...]
    accent: str
    portrait: str


class Companies:
    """Keeps halls and companies and finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_hall(self, hall: Hall) -> Hall:
        """Keep a hall, or give the one with this number a new title."""
        clean = Hall(hall.number, words.name(hall.title, "the hall's title", code="bad_hall"))
        async with self._database.session() as session:
            await session.merge(HallRow(number=clean.number, title=clean.title))
        return clean

    async def add(self, company: Company) -> Company:
        """Keep a company with its permanent room; `Conflict` (`room_taken`), `Missing` (`no_hall`)."""
        clean = _checked(company)
        async with self._database.reading() as session:
            if await session.get(HallRow, clean.hall) is None:
                raise Missing("There is no such hall.", code="no_hall")
        try:
            async with self._database.session() as session:
                session.add(_row(clean))
        except IntegrityError:
            raise Conflict("There is a company with this room already.", code="room_taken") from None
        return clean

    async def by_room(self, room: RoomId) -> Company:
        """Return the company whose room it is; `Missing` (`no_room`)."""
        async with self._database.reading() as session:
            query = select(CompanyRow).where(CompanyRow.room == room)
            row = await session.scalar(query) if words.is_id(room) else None
        if row is None:
            raise Missing("There is no such room at this fair.", code="no_room")
        return _company(row)

    async def halls(self) -> list[Hall]:
        """Return all halls by number."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(HallRow).order_by(HallRow.number))
            return [Hall(row.number, row.title) for row in rows]

    async def search(
        self, text: str = "", hall: int | None = None, country: str | None = None,
        offset: int = 0, limit: int = 60,
    ) -> list[Company]:
        """Return companies that have each word of `text` in their facts or products, by hall and stand."""
        query = _matching(select(CompanyRow), text, hall, country)
        query = query.order_by(CompanyRow.hall, CompanyRow.stand, CompanyRow.name)
        async with self._database.reading() as session:
            rows = await session.scalars(query.offset(max(offset, 0)).limit(min(max(limit, 0), PAGE_LIMIT)))
            return [_company(row) for row in rows]

    async def count(self, text: str = "", hall: int | None = None, country: str | None = None) -> int:
        """Return how many companies the same search finds."""
        query = _matching(select(func.count()).select_from(CompanyRow), text, hall, country)
        async with self._database.reading() as session:
            return await session.scalar(query) or 0


def _matching(query: Select[Any], text: str, hall: int | None, country: str | None) -> Select[Any]:
    for word in words.fold(text[:SEARCH_LENGTH]).split()[:SEARCH_WORDS]:
        query = query.where(_has(word))
    if hall is not None:
        query = query.where(CompanyRow.hall == hall)
    if country:
        query = query.where(CompanyRow.country == words.line(country))
    return query


def _has(word: str) -> ColumnElement[bool]:
    products = select(ProductRow.room).where(ProductRow.search_text.contains(word, autoescape=True))
    return or_(CompanyRow.search_text.contains(word, autoescape=True), CompanyRow.room.in_(products))


def _checked(company: Company) -> Company:
    if any("," in language for language in company.languages):
        raise Invalid("A language is one word.", code="bad_language")
    return Company(
        company.id, RoomId(words.room(company.room)), words.name(company.name, "a name", code="bad_company"),
        words.line(company.country), words.line(company.city), company.hall, words.line(company.stand),
        words.paragraphs(company.about), company.languages, words.line(company.accent),
        words.line(company.portrait),
    )


def _row(company: Company) -> CompanyRow:
    return CompanyRow(
        id=company.id, room=company.room, name=company.name, country=company.country, city=company.city,
        hall=company.hall, stand=company.stand, about=company.about, languages=",".join(company.languages),
        accent=company.accent, portrait=company.portrait,
        search_text=words.search_words(company.name, company.city, company.stand, company.about),
    )


def _company(row: CompanyRow) -> Company:
    return Company(
        CompanyId(row.id), RoomId(row.room), row.name, row.country, row.city, row.hall, row.stand, row.about,
        tuple(row.languages.split(",")) if row.languages else (), row.accent, row.portrait,
    )
