"""The organiser takes an exhibitor out of the fair, after a page that says what follows, and back in."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from aiohttp import web

from config.ids import RoomId
from rooms.fair.policy import Permission
from rooms.negotiation.appointments.due import count_to_come
from web import keys
from web.identity import actor_of, allow
from web.local_path import see_other
from web.pages.exhibitors import ADDRESS
from web.templating import render


@allow(Permission.MANAGE_EXHIBITORS)
async def ask(request: web.Request) -> web.StreamResponse:
    """Say what would follow, and ask; one who has left already has nothing to be asked about."""
    app, room = request.app, _room(request)
    company = await app[keys.COMPANIES].ever_by_room(room)
    if company.left_at is not None:
        return see_other(f"{ADDRESS}/{room}")
    show, waiting, meetings, announced, staff = await asyncio.gather(
        app[keys.SHOWS].get(room), app[keys.CALLS].waiting(room), count_to_come(app[keys.DATABASE], room),
        app[keys.PROGRAMME].of_room(room), app[keys.ACCOUNTS].staff_of(room),
    )
    return await render(
        request, "exhibitor_leaves.html", data={"page": "departure"}, company=company, show=show,
        waiting=len(waiting), meetings=meetings, announced=len(announced), staff=len(staff),
    )


@allow(Permission.MANAGE_EXHIBITORS)
async def leave(request: web.Request) -> web.StreamResponse:
    """Take an exhibitor out; every node sees it within a second."""
    room = _room(request)
    await request.app[keys.DEPARTURES].leave(await actor_of(request), room)
    return see_other(f"{ADDRESS}/{room}")


@allow(Permission.MANAGE_EXHIBITORS)
async def come_back(request: web.Request) -> web.StreamResponse:
    """Take an exhibitor back in."""
    room = _room(request)
    await request.app[keys.DEPARTURES].come_back(await actor_of(request), room)
    return see_other(f"{ADDRESS}/{room}?{urlencode({'back': 1})}")


def _room(request: web.Request) -> RoomId:
    return RoomId(request.match_info["room"])
