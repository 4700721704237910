"""WHIP and WHEP of private calls: as the doors of the rooms, for those in the call who show its ticket."""

from __future__ import annotations

from aiohttp import web

from config.ids import CallId, SessionId
from web import keys
from web.doors import bearer_of, change_of, changed, created, nothing, offer_of
from web.doors import options as allow_methods

__all__ = ["change", "end", "nothing", "options", "publish", "view"]


async def publish(request: web.Request) -> web.Response:
    """Begin to send into a call."""
    offer = offer_of(request, await request.read())
    address = request.app[keys.CLIENT].network(request)
    stage = request.app[keys.CALL_ROOM].parts.stage
    return created(request, await stage.publish(_call(request), bearer_of(request), offer, address), [])


async def view(request: web.Request) -> web.Response:
    """Begin to see and hear somebody in a call."""
    offer = offer_of(request, await request.read())
    address = request.app[keys.CLIENT].network(request)
    stage, seat = request.app[keys.CALL_ROOM].parts.stage, request.match_info["seat"]
    return created(request, await stage.view(_call(request), seat, bearer_of(request), offer, address), [])


async def change(request: web.Request) -> web.Response:
    """Take trickled candidates, or restart ICE."""
    wanted = change_of(request, await request.read())
    stage = request.app[keys.CALL_ROOM].parts.stage
    return changed(
        stage.change(_call(request), _session(request), wanted.etag, wanted.body, request.content_type)
    )


async def end(request: web.Request) -> web.Response:
    """End a session."""
    request.app[keys.CALL_ROOM].parts.stage.end_session(_call(request), _session(request))
    return web.Response(status=200)


async def options(request: web.Request) -> web.Response:
    """Answer a browser's question before it calls from another origin."""
    has_session = "session" in request.match_info
    return allow_methods("GET, PATCH, DELETE, OPTIONS" if has_session else "POST, OPTIONS")


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def _session(request: web.Request) -> SessionId:
    return SessionId(request.match_info["session"])
