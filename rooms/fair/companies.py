"""The exhibitors: their halls, their rooms, and the search through them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, Invalid, Missing
from config.ids import CompanyId, RoomId
from rooms.fair import words
from rooms.fair.database import Database, insert_or_change
from rooms.fair.models import AccountRow, CompanyRow, HallRow, ProductRow
from rooms.fair.pictures import NO_PICTURE
from rooms.fair.roster import checked_languages

PAGE_LIMIT = 200
SEARCH_LENGTH = 100
SEARCH_WORDS = 6
HALL_LIMIT = 1000
COUNTRY = re.compile("[A-Z]{2}")
LENGTHS = {"city": 80, "stand": 20, "about": 4000, "accent": 20}
"""The most characters of what a company says of itself."""


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


FACTS = tuple(field.name for field in fields(Company))[2:]
"""All but the id and the room, which never change."""


class Companies:
    """Keeps halls and companies and finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_hall(self, hall: Hall) -> Hall:
        """Keep a hall, or give the one with this number a new title; `Invalid` (`bad_hall`)."""
        clean = checked_hall(hall)
        async with self._database.session() as session:
            await insert_or_change(session, HallRow, {"number": clean.number, "title": clean.title})
        return clean

    async def add(self, company: Company) -> Company:
        """Keep a company with its permanent room; `Conflict` (`room_taken`), `Missing` (`no_hall`)."""
        clean = checked(company)
        try:
            async with self._database.session() as session:
                await _need_hall(session, clean)
                session.add(CompanyRow(id=clean.id, room=clean.room, **columns_of(clean)))
        except IntegrityError:
            raise Conflict("There is a company with this room already.", code="room_taken") from None
        return clean

    async def change(self, company: Company) -> Company:
        """Keep a company anew, and tell its staff's accounts; `Missing` (`no_room`, `no_hall`)."""
        clean = checked(company)
        async with self._database.session() as session:
            row = await session.scalar(
                select(CompanyRow).where(CompanyRow.room == clean.room).with_for_update()
            )
            if row is None:
                raise _no_room()
            await _need_hall(session, clean)
            await rewrite(session, row, clean)
        return clean

    async def by_room(self, room: RoomId) -> Company:
        """Return the company whose room it is; `Missing` (`no_room`)."""
        async with self._database.reading() as session:
            query = select(CompanyRow).where(CompanyRow.room == room)
            row = await session.scalar(query) if words.is_id(room) else None
        if row is None:
            raise _no_room()
        return company_of(row)

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
        query = query.order_by(CompanyRow.hall, CompanyRow.stand, CompanyRow.name, CompanyRow.id)
        async with self._database.reading() as session:
            rows = await session.scalars(query.offset(max(offset, 0)).limit(min(max(limit, 0), PAGE_LIMIT)))
            return [company_of(row) for row in rows]

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
    products = select(ProductRow.room).where(
        ProductRow.search_text.contains(word, autoescape=True), ProductRow.taken_out_at.is_(None)
    )
    return or_(CompanyRow.search_text.contains(word, autoescape=True), CompanyRow.room.in_(products))


async def rewrite(session: AsyncSession, row: CompanyRow, company: Company) -> None:
    """Write a checked company over its row, and over what the accounts of its staff repeat of it."""
    staff = update(AccountRow).where(AccountRow.room == row.room, AccountRow.company == row.name)
    await session.execute(staff.values(company=company.name))
    own = update(AccountRow).where(AccountRow.room == row.room)
    await session.execute(own.values(country=company.country))
    for name, value in columns_of(company).items():
        setattr(row, name, value)


def checked_hall(hall: Hall) -> Hall:
    """Return a hall as it can be kept, or raise `Invalid` (`bad_hall`)."""
    if not 0 < hall.number < HALL_LIMIT:
        raise Invalid("A hall has a number from 1 to 999.", code="bad_hall")
    return Hall(hall.number, words.name(hall.title, "the hall's title", code="bad_hall"))


def checked(company: Company) -> Company:
    """Return a company as it can be kept and shown, or raise `Invalid` with what to change."""
    clean = replace(
        company, room=RoomId(words.room(company.room)),
        name=words.name(company.name, "a name", code="bad_company"), country=words.line(company.country),
        city=words.line(company.city), stand=words.line(company.stand), about=words.paragraphs(company.about),
        languages=checked_languages(company.languages), accent=words.line(company.accent),
        portrait=words.line(company.portrait) or NO_PICTURE,
    )
    if not COUNTRY.fullmatch(clean.country):
        raise Invalid("A country has two capital letters, such as DE.", code="bad_country")
    if any(len(getattr(clean, name)) > most for name, most in LENGTHS.items()):
        message = "A city has at most 80 characters, a stand and an accent 20, a description 4000."
        raise Invalid(message, code="bad_company")
    return clean


def columns_of(company: Company) -> dict[str, Any]:
    """Return what the records hold of a company beside its id and room."""
    facts = {name: getattr(company, name) for name in FACTS}
    said = words.search_words(company.name, company.city, company.stand, company.about)
    return facts | {"languages": ",".join(company.languages), "search_text": said}


def company_of(row: CompanyRow) -> Company:
    """Return the company that a row of the records holds."""
    facts = {name: getattr(row, name) for name in FACTS}
    languages = tuple(row.languages.split(",")) if row.languages else ()
    return Company(CompanyId(row.id), RoomId(row.room), **facts | {"languages": languages})


async def _need_hall(session: AsyncSession, company: Company) -> None:
    if await session.get(HallRow, company.hall) is None:
        raise Missing("There is no such hall.", code="no_hall")


def _no_room() -> Missing:
    return Missing("There is no such room at this fair.", code="no_room")
