"""The hall: who is live first, every room as a card, filters that work without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from config.errors import Missing
from config.ids import RoomId
from rooms.fair.companies import Company, Hall
from rooms.fair.products import Product
from rooms.live.shows import Show, ShowState
from signaling.wire import LiveRoomData, product_data
from web import keys
from web.identity import actor_of
from web.pages.programme import coming, may_be_reminded
from web.templating import country, render

ROOMS_PER_PAGE = 24
"""Rooms that are not live on one page; the live ones all stand on the first."""

SCANNED_ROOMS = 2000
"""Rooms looked at to find the live ones among those that fit the filters."""

SCANNED_AT_ONCE = 200

COMING_SHOWS = 12
"""Announced shows in the row of what comes up."""

LONGEST_SEARCH = 80
HIGHEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What the visitor wants to see; empty values want everything."""

    text: str = ""
    hall: int | None = None
    country: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.hall is not None or self.country)

    def address(self, **changes: Any) -> str:
        """Return the address of the hall with these filters and `changes`; a change begins at page 1."""
        wanted = replace(self, **{"page": 1, **changes})
        values: dict[str, Any] = {"q": wanted.text, "hall": wanted.hall, "country": wanted.country}
        if wanted.page > 1:
            values["page"] = wanted.page
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/?{query}" if query else "/"


@dataclass(frozen=True, slots=True)
class Card:
    """One room as the hall shows it; `show` is None when it is not on the air."""

    company: Company
    picture: str
    staffed: int
    show: Show | None = None
    viewers: int = 0
    product: Product | None = None

    @property
    def is_live(self) -> bool:
        """Whether the picture is moving now."""
        return self.show is not None and self.show.state is ShowState.LIVE


@dataclass(frozen=True, slots=True)
class Shelf:
    """One hall with the cards of this page that stand in it."""

    hall: Hall
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of rooms just now."""

    viewers: Mapping[RoomId, int]
    staffed: Mapping[RoomId, int]
    products: Mapping[RoomId, Product]


async def hall(request: web.Request) -> web.Response:
    """Show the hall; `q`, `hall`, `country` and `page` choose what of it."""
    wanted = read_filters(request.query)
    app = request.app
    halls, everybody = await asyncio.gather(app[keys.COMPANIES].halls(), _fitting(app, Filters()))
    fitting = await _fitting(app, wanted) if wanted.any else everybody
    shows = {show.room: show for show in await app[keys.SHOWS].live()}
    live = [company for company in fitting if company.room in shows]
    others = [company for company in fitting if company.room not in shows]
    wanted = replace(wanted, page=min(wanted.page, _pages(others)))
    shown = others[(wanted.page - 1) * ROOMS_PER_PAGE:wanted.page * ROOMS_PER_PAGE]
    cards = await _cards(app, [*(live if wanted.page == 1 else []), *shown], shows)
    on_air = [card for card in cards if card.show]
    actor, is_plain = await actor_of(request), not wanted.any and wanted.page == 1
    shows_to_come = await app[keys.PROGRAMME].coming(COMING_SHOWS) if is_plain else []
    return await render(
        request, "hall.html",
        data={"on_air": [card.company.room for card in on_air], "now": app[keys.CLOCK]()},
        wanted=wanted, halls=halls, countries=_countries(everybody), found=len(fitting), live=on_air,
        live_count=len(live), shelves=_shelves(halls, cards), pages=_pages(others),
        coming=await coming(app, actor, shows_to_come), may_be_reminded=may_be_reminded(actor),
    )


async def live_rooms(request: web.Request) -> web.Response:
    """Answer the live rooms as JSON, for a page that has no socket."""
    left = request.app[keys.DEPARTURES].left
    shows = [show for show in await request.app[keys.SHOWS].live() if show.room not in left]
    facts = await _facts(request.app, [show.room for show in shows], shows)
    rooms = [_live_room(show, facts) for show in shows]
    return web.json_response({"rooms": rooms}, headers={"Cache-Control": "no-cache"})


def read_filters(query: Mapping[str, str]) -> Filters:
    """Return the filters a query asks for; what makes no sense is left out, for people type addresses too."""
    return Filters(
        text=" ".join(query.get("q", "").split())[:LONGEST_SEARCH],
        hall=_whole(query.get("hall", ""), 1, 999),
        country=query.get("country", "").strip()[:60],
        page=_whole(query.get("page", ""), 1, HIGHEST_PAGE) or 1,
    )


def _whole(text: str, lowest: int, highest: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return None
    return int(text) if lowest <= int(text) <= highest else None


async def _fitting(app: web.Application, wanted: Filters) -> list[Company]:
    found: list[Company] = []
    for offset in range(0, SCANNED_ROOMS, SCANNED_AT_ONCE):
        part = await app[keys.COMPANIES].search(
            wanted.text, wanted.hall, wanted.country or None, offset, SCANNED_AT_ONCE)
        found.extend(part)
        if len(part) < SCANNED_AT_ONCE:
            break
    return found


def _countries(companies: Iterable[Company]) -> list[str]:
    return sorted({company.country for company in companies if company.country}, key=country)


async def _cards(app: web.Application, companies: list[Company], shows: Mapping[RoomId, Show]) -> list[Card]:
    facts = await _facts(app, [company.room for company in companies], shows.values())
    return [
        Card(company, _picture(app, company, shows), facts.staffed.get(company.room, 0),
             shows.get(company.room), facts.viewers.get(company.room, 0), facts.products.get(company.room))
        for company in companies
    ]


def _picture(app: web.Application, company: Company, shows: Mapping[RoomId, Show]) -> str:
    if company.room in shows and app[keys.STAGE].stills.of(company.room):
        return f"/thumbnails/{company.room}.jpg"
    return f"/pictures/{company.portrait}"


async def _facts(app: web.Application, rooms: list[RoomId], shows: Iterable[Show]) -> Facts:
    viewers, staffed = await asyncio.gather(
        app[keys.AUDIENCE].viewers_of(rooms), app[keys.DUTY].staffed(rooms))
    products = {}
    for show in shows:
        if show.room in rooms and show.product is not None:
            with suppress(Missing):  # taken off the shelf while it was on the table
                products[show.room] = await app[keys.PRODUCTS].get(show.product)
    return Facts(viewers, staffed, products)


def _shelves(halls: Iterable[Hall], cards: Iterable[Card]) -> list[Shelf]:
    waiting = [card for card in cards if card.show is None]
    shelves = [
        Shelf(hall, tuple(card for card in waiting if card.company.hall == hall.number)) for hall in halls
    ]
    return [shelf for shelf in shelves if shelf.cards]


def _pages(companies: list[Company]) -> int:
    return max(1, -(-len(companies) // ROOMS_PER_PAGE))


def _live_room(show: Show, facts: Facts) -> LiveRoomData:
    product = facts.products.get(show.room)
    return LiveRoomData(
        room=show.room, state=show.state.value, viewers=facts.viewers.get(show.room, 0),
        started_at=show.started_at, product=product_data(product) if product else None,
        staffed=facts.staffed.get(show.room, 0), is_film=show.film is not None,
    )
