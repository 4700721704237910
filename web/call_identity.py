"""Who asks about a call: its two parties by their accounts, a third person by the cookie their link gave."""

from __future__ import annotations

from aiohttp import web

from config.errors import FairError
from config.ids import CallId
from rooms.fair.policy import Actor, Permission, may
from rooms.negotiation.calls import Call
from rooms.negotiation.thirds import Third
from signaling.tickets import Purpose
from web import keys
from web.identity import actor_of, cookie_of, set_cookie

COOKIE = "third"
SECONDS = 12 * 3600


async def call_actor(request: web.Request, call: Call) -> Actor:
    """Return who asks, as far as this call is concerned; what they may is still to be asked."""
    actor = await actor_of(request)
    if may(actor, Permission.JOIN_CALL, call.room, call):
        return actor
    return _third(request, call.id) or actor


async def inside(request: web.Request) -> tuple[Actor, Call]:
    """Return who asks and the call of the URL; `Denied` unless they are in it, `Missing` (`no_call`)."""
    call = await request.app[keys.CALLS].get(CallId(request.match_info["call"]))
    actor = await call_actor(request, call)
    await request.app[keys.CALL_ROOM].require_inside(actor, call)
    return actor, call


def remember_third(request: web.Request, response: web.StreamResponse, third: Third) -> None:
    """Give a third person who was let in the cookie that keeps them in over a reload."""
    mint = request.app[keys.TICKETS].mint
    ticket = mint(third.actor, Purpose.THIRD, call=third.call, ttl=SECONDS)
    set_cookie(request, response, COOKIE, ticket, max_age=SECONDS)


def came_as(request: web.Request, third: Third) -> bool:
    """Tell whether who asks is a third person who was let in by their link before."""
    actor = _third(request, third.call)
    return actor is not None and actor.id == third.id


def _third(request: web.Request, call: CallId) -> Actor | None:
    cookie = cookie_of(request, COOKIE)
    if not cookie:
        return None
    try:
        ticket = request.app[keys.TICKETS].read(cookie, Purpose.THIRD)
    except FairError:
        return None  # an old cookie is no more than none
    return ticket.actor if ticket.call == call else None
