"""WHEP over HTTP (the IETF draft): viewers open, change and end their sessions."""

from __future__ import annotations

from aiohttp import web

from config.ids import RoomId
from rooms.fair.policy import Role
from web import keys
from web.doors import bearer_of, change_of, changed, created, nothing, offer_of, place_of
from web.doors import options as allow_methods
from web.identity import actor_of

__all__ = ["change", "create", "end", "nothing", "options"]


async def create(request: web.Request) -> web.Response:
    """Begin viewing a room, which needs no token unless it rehearses; TURN is for who has signed in."""
    offer = offer_of(request, await request.read())
    address = request.app[keys.CLIENT].address(request)
    room = RoomId(request.match_info["room"])
    actor = await actor_of(request)
    answered = await request.app[keys.WHEP].create(
        room, offer, actor, address, bearer_of(request)
    )
    servers = request.app[keys.TURN].servers(actor.id) if actor.role is not Role.GUEST else []
    return created(request, answered, servers)


async def change(request: web.Request) -> web.Response:
    """Take trickled candidates, or restart ICE."""
    bearer = bearer_of(request)
    room, session = place_of(request)
    wanted = change_of(request, await request.read())
    door = request.app[keys.WHEP]
    return changed(
        await door.patch(room, session, bearer, wanted.etag, wanted.body, request.content_type)
    )


async def end(request: web.Request) -> web.Response:
    """Stop viewing."""
    room, session = place_of(request)
    await request.app[keys.WHEP].delete(room, session, bearer_of(request))
    return web.Response(status=200)


async def options(request: web.Request) -> web.Response:
    """Answer a browser's question before it calls from another origin."""
    return allow_methods(
        "GET, PATCH, DELETE, OPTIONS" if "session" in request.match_info else "POST, OPTIONS"
    )
