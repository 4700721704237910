"""JSON for scripts: who they are, tickets that open sockets and doors, and fresh stream keys."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from config.errors import Invalid, Missing
from config.ids import CallId, RoomId
from rooms.fair.policy import Actor, Permission, require
from signaling.tickets import Purpose
from web import keys
from web.call_identity import call_actor
from web.i18n import gettext
from web.identity import actor_of, allow, csrf_token, grounds_of
from web.json_body import json_fields, text_in

LONGEST_ID = 128

NEEDS = {
    Purpose.HALL: Permission.WATCH,
    Purpose.BOOTH: Permission.SEE_STUDIO,
    Purpose.MEETING: Permission.JOIN_CALL,
    Purpose.PUBLISH: Permission.PUBLISH,
    Purpose.REHEARSAL: Permission.REHEARSE,
    Purpose.CALL_MEDIA: Permission.JOIN_CALL,
}
"""What each purpose of a ticket needs."""

OF_CALLS = frozenset({Purpose.MEETING, Purpose.CALL_MEDIA})


async def session(request: web.Request) -> web.Response:
    """Tell somebody whom the server takes them for, and give the token that their changes need."""
    actor = await actor_of(request)
    me = {"id": actor.id, "name": actor.name, "role": actor.role, "room": actor.room}
    answer = {"csrf": csrf_token(request), "me": me}
    return web.json_response(answer, headers={"Cache-Control": "no-store"})


async def mint_ticket(request: web.Request) -> web.Response:
    """Give a short ticket for one purpose to somebody who may."""
    asked = await json_fields(request)
    purpose = _purpose(asked)
    room, call = RoomId(text_in(asked, "room", LONGEST_ID)), CallId(text_in(asked, "call", LONGEST_ID))
    if purpose in OF_CALLS:
        actor = await _in_call(request, call)
    else:
        actor = await actor_of(request)
        await _check(request, actor, purpose, room)
    seconds = _seconds(request, purpose)
    ticket = request.app[keys.TICKETS].mint(
        actor, purpose, room=room or None, call=call or None, ttl=seconds,
        grounds=await grounds_of(request, actor),
    )
    return web.json_response({"ticket": ticket, "expires_in": seconds}, headers={"Cache-Control": "no-store"})


@allow(Permission.ROTATE_STREAM_KEY)
async def rotate_stream_key(request: web.Request) -> web.Response:
    """Make a new stream key; it is shown this once, and the old one ends."""
    room, actor = RoomId(request.match_info["room"]), await actor_of(request)
    key = await request.app[keys.STREAM_KEYS].rotate(room, actor.id)
    address = f"{request.app[keys.SETTINGS].public_url}/whip/{room}"
    return web.json_response({"key": key, "whip_url": address}, headers={"Cache-Control": "no-store"})


async def _in_call(request: web.Request, call_id: CallId) -> Actor:
    """Return who asks, if they are in the call."""
    call = await request.app[keys.CALLS].get(call_id)
    actor = await call_actor(request, call)
    await request.app[keys.CALL_ROOM].require_inside(actor, call)
    return actor


async def _check(request: web.Request, actor: Actor, purpose: Purpose, room: RoomId) -> None:
    if room:
        await request.app[keys.COMPANIES].by_room(room)
    elif purpose is not Purpose.HALL:
        raise Missing(gettext("Say which room the ticket is for."), code="no_room")
    require(actor, NEEDS[purpose], room or None)


def _seconds(request: web.Request, purpose: Purpose) -> int:
    accounts = request.app[keys.SETTINGS].accounts
    return accounts.publish_hours * 3600 if purpose is Purpose.PUBLISH else accounts.ticket_seconds


def _purpose(fields: dict[str, Any]) -> Purpose:
    try:
        purpose = Purpose(str(fields.get("purpose")))
    except ValueError:
        purpose = Purpose.THIRD  # which nobody is given here
    if purpose not in NEEDS:
        message = gettext("The purpose is hall, booth, meeting, publish, rehearsal or call_media.")
        raise Invalid(message, code="malformed")
    return purpose
