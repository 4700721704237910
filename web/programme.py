"""The programme for scripts and calendars: reserving, announcing, what dark rooms play, and films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from config.errors import Invalid
from config.ids import AnnouncedId, ProductId, RoomId, ShowId
from rooms.fair.announced import AnnouncedShow, AnnouncedState, Announcement
from rooms.fair.policy import Permission, require
from rooms.fair.programme import Loop, LoopMode
from web import keys
from web.calendar import Entry, calendar
from web.i18n import gettext
from web.identity import actor_of, allow, room_of
from web.json_body import flag_in, json_fields, needed_number_in, needed_whole_in, text_in
from web.pages.programme import announced_data
from web.zones import zone_of

NOT_KEPT = {"Cache-Control": "no-store"}


async def entry(request: web.Request) -> web.Response:
    """Give an announced show as a calendar entry."""
    show = await request.app[keys.PROGRAMME].get(_announced(request))
    company = await request.app[keys.COMPANIES].ever_by_room(show.room)
    address, wish = request.app[keys.SETTINGS].public_url, show.wish
    is_cancelled = show.state is AnnouncedState.CANCELLED or company.left_at is not None
    made = Entry(
        show.id, wish.title, wish.about, company.name, f"{address}/rooms/{show.room}", wish.starts_at,
        wish.ends_at, show.changed_at, show.revision, is_cancelled,
    )
    headers = {"Content-Disposition": f'attachment; filename="{show.room}.ics"', "Cache-Control": "no-cache"}
    text = calendar(made, urlsplit(address).hostname or "showroom")
    return web.Response(text=text, content_type="text/calendar", charset="utf-8", headers=headers)


async def reserve(request: web.Request) -> web.Response:
    """Remind who asks of an announced show."""
    actor, announced, zone = await actor_of(request), _announced(request), zone_of(request, "")
    show = await request.app[keys.RESERVATIONS].reserve(actor, announced, zone)
    return await _reservation(request, show, is_reserved=True)


async def unreserve(request: web.Request) -> web.Response:
    """Remind who asks no more."""
    show = await request.app[keys.RESERVATIONS].unreserve(await actor_of(request), _announced(request))
    return await _reservation(request, show, is_reserved=False)


@allow(Permission.ANNOUNCE)
async def announce(request: web.Request) -> web.Response:
    """Announce a show."""
    room, wish = _room(request), _wish(await json_fields(request))
    await request.app[keys.FILMS].check(room, wish.film)
    show = await request.app[keys.PROGRAMME].announce(await actor_of(request), room, wish)
    return await _changed(request, show)


async def change(request: web.Request) -> web.Response:
    """Announce a show anew."""
    programme, wish = request.app[keys.PROGRAMME], _wish(await json_fields(request))
    actor, announced = await actor_of(request), await programme.get(_announced(request))
    require(actor, Permission.ANNOUNCE, announced.room)
    await request.app[keys.FILMS].check(announced.room, wish.film)
    return await _changed(request, await programme.change(actor, announced.id, wish))


async def cancel(request: web.Request) -> web.Response:
    """Take an announced show back."""
    show = await request.app[keys.PROGRAMME].cancel(await actor_of(request), _announced(request))
    return await _changed(request, show)


@allow(Permission.ANNOUNCE)
async def set_loop(request: web.Request) -> web.Response:
    """Choose what the room plays while nobody is on the air."""
    fields, room = await json_fields(request), _room(request)
    try:
        mode = LoopMode(text_in(fields, "mode"))
    except ValueError:
        raise Invalid(gettext("A room plays its last show, a film, or nothing."), code="malformed") from None
    loop = Loop(mode, ShowId(film) if (film := text_in(fields, "film")) else None)
    await request.app[keys.FILMS].check(room, loop.film)
    await request.app[keys.PROGRAMME].set_loop(await actor_of(request), room, loop)
    return web.json_response({"mode": loop.mode, "film": loop.film}, headers=NOT_KEPT)


@allow(Permission.PUBLISH)
async def play(request: web.Request) -> web.Response:
    """Run a recording as a show, from now on."""
    fields = await json_fields(request)
    film, again = ShowId(text_in(fields, "film")), flag_in(fields, "again")
    await request.app[keys.FILMS].play(await actor_of(request), _room(request), film, again=again)
    return web.json_response({"film": film}, headers=NOT_KEPT)


async def _reservation(request: web.Request, show: AnnouncedShow, *, is_reserved: bool) -> web.Response:
    counts = await request.app[keys.RESERVATIONS].counts([show.id])
    data = {"reserved": is_reserved, "reservations": counts[show.id]}
    return web.json_response(data, headers=NOT_KEPT)


async def _changed(request: web.Request, show: AnnouncedShow) -> web.Response:
    await request.app[keys.STAGE].bill.changed(show.room)
    return web.json_response({"show": announced_data(show)}, headers=NOT_KEPT)


def _announced(request: web.Request) -> AnnouncedId:
    return AnnouncedId(request.match_info["announced"])


def _room(request: web.Request) -> RoomId:
    room = room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    return room


def _wish(fields: Mapping[str, Any]) -> Announcement:
    product, film = text_in(fields, "product"), text_in(fields, "film")
    return Announcement(
        text_in(fields, "title"), needed_number_in(fields, "starts_at"),
        needed_whole_in(fields, "minutes"), text_in(fields, "about"),
        text_in(fields, "language"), ProductId(product) if product else None,
        ShowId(film) if film else None,
    )
