"""WHEP over HTTP (the IETF draft): viewers open, change and end their sessions."""

from __future__ import annotations

from aiohttp import hdrs, web

from config.ids import RoomId
from rooms.fair.policy import Role
from web import keys
from web.doors import bearer_of, change_of, changed, created, nothing, offer_of, place_of
from web.doors import options as allow_methods
from web.identity import actor_of, grounds_of
from web.json_body import flag_in, json_fields, malformed, whole

__all__ = ["change", "choose", "create", "end", "nothing", "options", "sizes"]

LAYER_EXTENSION = "urn:ietf:params:whep:ext:core:layer"
MAX_HEIGHT = 1 << 14
"""Pixels that a screen may have."""


async def create(request: web.Request) -> web.Response:
    """Begin viewing a room, which needs no token unless it rehearses; TURN is for who has signed in."""
    offer = offer_of(request, await request.read())
    address = request.app[keys.CLIENT].network(request)
    room = RoomId(request.match_info["room"])
    actor = await actor_of(request)
    answered = await request.app[keys.WHEP].create(
        room, offer, actor, address, bearer_of(request), await grounds_of(request, actor)
    )
    servers = request.app[keys.TURN].servers(actor.id) if actor.role is not Role.GUEST else []
    response = created(request, answered, servers)
    layer = f"{response.headers[hdrs.LOCATION]}/layer"
    response.headers.add(hdrs.LINK, f'<{layer}>; rel="{LAYER_EXTENSION}"')
    return response


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


async def sizes(request: web.Request) -> web.Response:
    """Tell in which sizes the picture comes, and which one is sent."""
    return _sizes(request)


async def choose(request: web.Request) -> web.Response:
    """Change which size is sent: one by its name, or what fits a place of some height."""
    room, session = place_of(request)
    door = request.app[keys.WHEP]
    door.sizes(room, session)  # refuses a session there is none of before it asks for a body
    fields = await json_fields(request)
    name, height = fields.get("encodingId"), fields.get("maxHeight")
    if not isinstance(name, str | None):
        raise malformed()
    if height is not None and not 0 < (height := whole(height)) <= MAX_HEIGHT:
        raise malformed()
    if "encodingId" in fields:
        door.choose(room, session, name)
    if "maxHeight" in fields:
        door.bound(room, session, height)
    if "picture" in fields:
        door.show(room, session, is_on=flag_in(fields, "picture"))
    return _sizes(request)


def _sizes(request: web.Request) -> web.Response:
    found = request.app[keys.WHEP].sizes(*place_of(request))
    layers = [
        {"encodingId": size.name, "width": size.width, "height": size.height, "kbps": size.kbps}
        for size in found.all
    ]
    body = {
        "layers": layers, "chosen": found.chosen, "active": found.active, "maxHeight": found.needed,
        "picture": not found.is_without,
    }
    return web.json_response(body, headers={hdrs.CACHE_CONTROL: "no-store"})


async def options(request: web.Request) -> web.Response:
    """Answer a browser's question before it calls from another origin."""
    if request.path.endswith("/layer"):
        return allow_methods("GET, POST, OPTIONS")
    return allow_methods(
        "GET, PATCH, DELETE, OPTIONS" if "session" in request.match_info else "POST, OPTIONS"
    )
