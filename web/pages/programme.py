"""Announced shows as pages show them: with whose they are, a picture, and whether the reader reserved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import RoomId
from rooms.fair.announced import AnnouncedShow, AnnouncedState
from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, Role, may
from web import keys


@dataclass(frozen=True, slots=True)
class Coming:
    """An announced show, `picture` by its address, and how many want to be reminded of it."""

    show: AnnouncedShow
    company: Company
    picture: str
    reservations: int
    is_reserved: bool

    @property
    def is_on_air(self) -> bool:
        """Whether it runs already."""
        return self.show.state is AnnouncedState.ON_AIR


async def coming(app: web.Application, actor: Actor, shows: Sequence[AnnouncedShow]) -> list[Coming]:
    """Return announced shows with what pages say of them."""
    ids = [show.id for show in shows]
    if not ids:
        return []
    counts = await app[keys.RESERVATIONS].counts(ids)
    is_buyer = actor.role is Role.BUYER
    own = await app[keys.RESERVATIONS].of(actor.id, ids) if is_buyer else set()
    companies = {room: await app[keys.COMPANIES].by_room(room) for room in {show.room for show in shows}}
    return [
        Coming(
            show, companies[show.room], await _picture(app, show, companies[show.room]), counts[show.id],
            show.id in own,
        )
        for show in shows
    ]


async def coming_in(app: web.Application, actor: Actor, room: RoomId) -> list[Coming]:
    """Return what runs or is to come in a room, the next first."""
    return await coming(app, actor, await app[keys.PROGRAMME].of_room(room))


def may_be_reminded(actor: Actor) -> bool:
    """Tell whether somebody is offered to be reminded: buyers, and guests, who sign in for it first."""
    return actor.role is Role.GUEST or may(actor, Permission.RESERVE)


def announced_data(show: AnnouncedShow) -> dict[str, Any]:
    """Return an announced show for scripts."""
    wish = show.wish
    return {
        "id": show.id, "room": show.room, "state": show.state, "title": wish.title, "about": wish.about,
        "starts_at": wish.starts_at, "minutes": wish.minutes, "language": wish.language,
        "product": wish.product, "film": wish.film,
    }


async def _picture(app: web.Application, show: AnnouncedShow, company: Company) -> str:
    """Return the picture of its product, or of the company."""
    if show.wish.product:
        with suppress(Missing):
            return f"/pictures/{(await app[keys.PRODUCTS].get(show.wish.product)).picture}"
    return f"/pictures/{company.portrait}"
