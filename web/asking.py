"""Requests for scripts, beside the sockets: messages, the list to follow up, hours, the roster, blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from config.errors import Invalid, Missing
from config.ids import AccountId, ProductId, RoomId
from rooms.fair.buyer_messages import Wish, checked
from rooms.fair.hours import Hours, Span
from rooms.fair.policy import Permission
from rooms.fair.requests import KEY_LENGTH
from web import keys
from web.asking_data import block_data, entry_data, hours_data, letter_data, missed_data
from web.i18n import gettext
from web.identity import actor_of, allow
from web.json_body import flag_in, json_fields, malformed, number_in, text_in, texts_in, whole

NOT_KEPT = {"Cache-Control": "no-store"}
LIST_LIMIT = 100


@allow(Permission.WRITE_TO_STAFF)
async def write(request: web.Request) -> web.Response:
    """Keep a buyer's message and tell the staff that there is one."""
    actor, room, fields = await actor_of(request), _room(request), await json_fields(request)
    wish = checked(_wish(fields))
    request.app[keys.MESSAGE_ALLOWANCE].take(actor.id)
    message = await request.app[keys.ASKING].messages.send(
        actor, room, wish, text_in(fields, "key", KEY_LENGTH)
    )
    await request.app[keys.HERALD].follow_up_changed(room)
    return _json({"id": message.id}, status=201)


@allow(Permission.SEE_FOLLOW_UP)
async def follow_up(request: web.Request) -> web.Response:
    """Return the requests that led to no talk and the messages of a room."""
    actor, room, asking = await actor_of(request), _room(request), request.app[keys.ASKING]
    missed, letters = await asking.follow_up.missed(actor, room), await asking.follow_up.letters(actor, room)
    titles = {it.id: it.title for it in await request.app[keys.PRODUCTS].ever_of_room(room)}
    return _json({
        "missed": [missed_data(it, titles.get(it.call.product or ProductId(""))) for it in missed],
        "messages": [letter_data(it, titles.get(it.message.wish.product or ProductId(""))) for it in letters],
    })


@allow(Permission.SEE_TO_FOLLOW_UP)
async def see_to(request: web.Request) -> web.Response:
    """Mark a missed request or a message as dealt with, or not."""
    actor, room, fields = await actor_of(request), _room(request), await json_fields(request)
    subject, is_done = request.match_info["subject"], flag_in(fields, "done")
    await request.app[keys.ASKING].follow_up.see_to(actor, room, subject, is_done=is_done)
    await request.app[keys.HERALD].follow_up_changed(room)
    return _json({"done": is_done})


@allow(Permission.EDIT_HOURS)
async def set_hours(request: web.Request) -> web.Response:
    """Keep when a company works."""
    actor, room, fields = await actor_of(request), _room(request), await json_fields(request)
    hours = Hours(text_in(fields, "zone", 64), _weekly(fields.get("weekly")))
    return _json(hours_data(await request.app[keys.ASKING].hours.set(actor, room, hours)))


@allow(Permission.EDIT_ROSTER)
async def set_roster(request: web.Request) -> web.Response:
    """Keep what one of the staff speaks and explains, and when they are there, as they say themselves."""
    actor, fields = await actor_of(request), await json_fields(request)
    lines = [ProductId(line) for line in texts_in(fields, "product_lines", LIST_LIMIT)]
    languages = texts_in(fields, "languages", LIST_LIMIT)
    weekly = _weekly(fields["weekly"]) if "weekly" in fields else None
    entry = await request.app[keys.ASKING].roster.set(actor, languages, lines, weekly)
    return _json(entry_data(entry))


@allow(Permission.BLOCK_BUYERS)
async def blocks(request: web.Request) -> web.StreamResponse:
    """Return who is blocked."""
    actor, room = await actor_of(request), _room(request)
    found = await request.app[keys.ASKING].blocks.of_room(actor, room)
    return _json({"blocks": [block_data(block) for block in found]})


@allow(Permission.BLOCK_BUYERS)
async def block(request: web.Request) -> web.StreamResponse:
    """Block a buyer, or take again what they ask for."""
    actor, room, fields = await actor_of(request), _room(request), await json_fields(request)
    account, asking = AccountId(text_in(fields, "account", 128)), request.app[keys.ASKING]
    if not account:
        raise Missing(gettext("There is no such buyer."), code="no_account")
    if flag_in(fields, "blocked"):
        await asking.block(request.app[keys.CALLS], actor, room, account)
    else:
        await asking.blocks.unblock(actor, room, account)
    return await blocks(request)


def _room(request: web.Request) -> RoomId:
    return RoomId(request.match_info["room"])


def _json(fields: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(fields, status=status, headers=NOT_KEPT)


def _wish(fields: Mapping[str, Any]) -> Wish:
    quantity = number_in(fields, "quantity")
    if quantity is not None and not quantity.is_integer():
        raise Invalid(gettext("A quantity is a whole number from 1 up."), code="bad_message")
    product = text_in(fields, "product", 64)
    return Wish(
        text_in(fields, "subject"), text_in(fields, "text"), ProductId(product) if product else None,
        None if quantity is None else int(quantity),
    )


def _weekly(value: object) -> dict[int, tuple[Span, ...]]:
    """Return hours as they come: weekdays, `0` to `6`, to lists of two minutes."""
    if not isinstance(value, dict) or not set(value) <= set("0123456"):
        raise malformed()
    return {int(day): tuple(map(_span, _list(spans))) for day, spans in value.items()}


def _span(value: object) -> Span:
    minutes = [whole(minute) for minute in _list(value)]
    if len(minutes) != 2:
        raise malformed()
    return minutes[0], minutes[1]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise malformed()
    return value
