"""Authenticity stills over HTTP: taking one, attaching it to a call, its facts and its picture."""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from config.errors import Missing
from config.ids import CallId, RoomId, StillId
from rooms.fair.policy import Permission, require
from rooms.fair.stills import Still
from signaling.wire_moments import still_data
from web import keys
from web.identity import actor_of, allow
from web.json_body import json_fields, text_in

LONGEST_ID = 128
FOR_EVER = "private, max-age=31536000, immutable"


@allow(Permission.TAKE_STILL)
async def take(request: web.Request) -> web.Response:
    """Take a still of what the room shows now."""
    room, actor = RoomId(request.match_info["room"]), await actor_of(request)
    request.app[keys.STILL_ALLOWANCE].take(actor.id)
    still = await request.app[keys.PHOTOGRAPHER].take(actor, room)
    return web.json_response({"still": still_data(still)}, status=201, headers={"Cache-Control": "no-store"})


async def attach(request: web.Request) -> web.Response:
    """Attach a still to a call; for the parties of that call."""
    still = StillId(request.match_info["still"])
    call = CallId(text_in(await json_fields(request), "call", LONGEST_ID))
    attached = await request.app[keys.PHOTOGRAPHER].attach(await actor_of(request), still, call)
    return web.json_response({"still": still_data(attached)})


async def facts(request: web.Request) -> web.Response:
    """Give what is signed, the signature, and the key to check it with."""
    still = await seen(request)
    body = {
        "facts": still.facts, "signature": still.signature, "public_key": still.public_key,
        "algorithm": "Ed25519", "is_genuine": await request.app[keys.STILLS].is_genuine(still),
    }
    return web.json_response(body, headers={"Cache-Control": "private, no-cache"})


async def picture(request: web.Request) -> web.Response:
    """Give the JPEG, byte for byte as it was hashed."""
    still = await seen(request)
    jpeg = await request.app[keys.STILLS].jpeg(still.id)
    return web.Response(body=jpeg, content_type="image/jpeg", headers={"Cache-Control": FOR_EVER})


async def seen(request: web.Request) -> Still:
    """Return the still of the URL to somebody who may see it."""
    actor = await actor_of(request)
    still = await request.app[keys.STILLS].get(StillId(request.match_info["still"]))
    call = None
    if still.call:
        with suppress(Missing):  # long over, and forgotten
            call = await request.app[keys.CALLS].get(still.call)
    require(actor, Permission.SEE_STILL, still.room, call, still)
    return still
