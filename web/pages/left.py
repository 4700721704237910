"""The room of an exhibitor who has left the fair: to visitors it is closed, its own find what is theirs."""

from __future__ import annotations

from aiohttp import web

from rooms.fair.companies import Company
from rooms.fair.policy import Actor, Permission, Role, may
from web.replays import replays_of
from web.templating import render

GONE = 410


async def left_page(request: web.Request, actor: Actor, company: Company) -> web.Response:
    """Return the page that says so; staff and the organiser find the recordings there."""
    is_inside = actor.role is not Role.GUEST and may(actor, Permission.SEE_STUDIO, company.room)
    return await render(
        request, "left.html", status=GONE, data={"page": "left"}, company=company, is_inside=is_inside,
        is_own=may(actor, Permission.DOWNLOAD, company.room), is_buyer=actor.role is Role.BUYER,
        past=await replays_of(request, actor, company) if is_inside else None,
    )
