"""The page of an authenticity still: the picture, what is sealed of it, and a way to check a file."""

from __future__ import annotations

from aiohttp import web

from rooms.fair.seal import fingerprint
from web import keys
from web.identity import actor_of
from web.stills import seen
from web.templating import render


async def still(request: web.Request) -> web.Response:
    """Show a still to those who may see it."""
    found = await seen(request)
    is_genuine = await request.app[keys.STILLS].is_genuine(found)
    call = await request.app[keys.PHOTOGRAPHER].open_call(await actor_of(request), found)
    data = {"sha256": found.sha256, "still": found.id, "call": call.id if call else None}
    return await render(
        request, "still.html", data=data, call=call, still=found, is_genuine=is_genuine,
        key_fingerprint=fingerprint(found.public_key),
    )
