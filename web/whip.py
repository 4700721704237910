"""WHIP over HTTP (RFC 9725): publishers open, change and end their sessions."""

from __future__ import annotations

from aiohttp import web

from config.ids import AccountId, RoomId
from web import keys
from web.doors import bearer_of, change_of, changed, created, nothing, offer_of, place_of
from web.doors import options as allow_methods

__all__ = ["change", "create", "end", "nothing", "options"]


async def create(request: web.Request) -> web.Response:
    """Begin publishing into a room; what comes with `?rehearsal` never begins a show."""
    bearer = bearer_of(request)
    offer = offer_of(request, await request.read())
    address = request.app[keys.CLIENT].network(request)
    room = RoomId(request.match_info["room"])
    door, to_rehearse = request.app[keys.WHIP], "rehearsal" in request.query
    answered = await door.create(room, offer, bearer, address, to_rehearse=to_rehearse)
    return created(request, answered, request.app[keys.TURN].servers(AccountId(f"room:{room}")))


async def change(request: web.Request) -> web.Response:
    """Take trickled candidates, or restart ICE."""
    bearer = bearer_of(request)
    room, session = place_of(request)
    wanted = change_of(request, await request.read())
    door = request.app[keys.WHIP]
    return changed(
        await door.patch(room, session, bearer, wanted.etag, wanted.body, request.content_type)
    )


async def end(request: web.Request) -> web.Response:
    """Stop publishing; the entity tag does not matter here (RFC 9725, section 4.2)."""
    bearer = bearer_of(request)
    room, session = place_of(request)
    await request.app[keys.WHIP].delete(room, session, bearer)
    return web.Response(status=200)


async def options(request: web.Request) -> web.Response:
    """Answer a browser's question before it calls from another origin."""
    return allow_methods(
        "GET, PATCH, DELETE, OPTIONS" if "session" in request.match_info else "POST, OPTIONS"
    )
