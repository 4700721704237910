"""Appointments for scripts and programs: times on offer, asking, answering, moving, and how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from config.errors import Invalid
from config.ids import AccountId, AppointmentId, ProductId, RoomId
from rooms.fair.policy import Actor, Permission
from rooms.fair.requests import KEY_LENGTH
from rooms.negotiation.appointments.appointment import Appointment, Side, Wish
from rooms.negotiation.appointments.book import Appointments
from rooms.negotiation.appointments.diary import MOST_DAYS, Wanted
from rooms.negotiation.appointments.slots import LENGTHS
from rooms.negotiation.appointments.wishes import known_zone
from web import keys
from web.i18n import gettext
from web.identity import actor_of, allow, room_of
from web.json_body import json_fields, malformed, needed_number_in, needed_whole_in, text_in

NOT_KEPT = {"Cache-Control": "no-store"}
DAY_SECONDS = 24 * 3600.0
DAYS = frozenset(str(days) for days in range(1, MOST_DAYS + 1))
FARTHEST_DAYS = 3650
"""A day that is later is none: it has no times on offer, and calendars end."""
Handler = Callable[[web.Request], Awaitable[web.Response]]


@allow(Permission.WATCH)
async def slots(request: web.Request) -> web.Response:
    """Return the times a room has to offer on the days asked for, by the reader's calendar."""
    actor, query = await actor_of(request), request.query
    _check_asked(query)
    zone = ZoneInfo(known_zone(query.get("zone", "UTC")))
    wanted, days = wanted_in(request, actor), int(query.get("days", "7"))
    await request.app[keys.COMPANIES].by_room(wanted.room)
    found = await request.app[keys.APPOINTMENTS].diary.offered(wanted, day_in(request, zone), days, zone)
    data = [{"starts_at": it.starts_at, "minutes": it.minutes, "speaks": it.speaks} for it in found]
    return web.json_response({"slots": data}, headers=NOT_KEPT)


@allow(Permission.BOOK_APPOINTMENT)
async def request_appointment(request: web.Request) -> web.Response:
    """Ask for a time."""
    fields, book = await json_fields(request), request.app[keys.APPOINTMENTS]
    wish, key = _wish(fields), text_in(fields, "key", KEY_LENGTH)
    return await _told(request, await book.request(await actor_of(request), room_in(request), wish, key))


@allow(Permission.RUN_APPOINTMENTS)
async def propose(request: web.Request) -> web.Response:
    """Suggest a time to who has asked or written, about that."""
    fields, book = await json_fields(request), request.app[keys.APPOINTMENTS]
    actor, subject = await actor_of(request), request.match_info["subject"]
    wish, key = _wish(fields), text_in(fields, "key", KEY_LENGTH)
    made = await request.app[keys.ASKING].propose(book, actor, room_in(request), subject, wish, key)
    return await _told(request, made)


async def listed(request: web.Request) -> web.Response:
    """Return the appointments of who asks, from yesterday on."""
    since = request.app[keys.CLOCK]() - DAY_SECONDS
    found = await request.app[keys.APPOINTMENTS].of(await actor_of(request), since)
    return web.json_response({"appointments": [data_of(it) for it in found]}, headers=NOT_KEPT)


def answering(how: Callable[[Appointments, Actor, AppointmentId], Awaitable[Appointment]]) -> Handler:
    """Return the handler that declines or cancels."""

    async def handle(request: web.Request) -> web.Response:
        book = request.app[keys.APPOINTMENTS]
        return await _told(request, await how(book, await actor_of(request), id_in(request)))

    return handle


async def accept(request: web.Request) -> web.Response:
    """Agree to the time that was seen."""
    fields = await json_fields(request) if request.can_read_body else {}
    actor, book = await actor_of(request), request.app[keys.APPOINTMENTS]
    return await _told(request, await book.accept(actor, id_in(request), _seen(fields)))


decline = answering(Appointments.decline)
cancel = answering(Appointments.cancel)


async def counter(request: web.Request) -> web.Response:
    """Suggest another time."""
    fields, book = await json_fields(request), request.app[keys.APPOINTMENTS]
    start, minutes = needed_number_in(fields, "starts_at"), needed_whole_in(fields, "minutes")
    return await _told(
        request, await book.counter(await actor_of(request), id_in(request), start, minutes, _seen(fields))
    )


async def reassign(request: web.Request) -> web.Response:
    """Give it to a colleague."""
    fields, actor = await json_fields(request), await actor_of(request)
    staff, book = AccountId(text_in(fields, "staff")), request.app[keys.APPOINTMENTS]
    return await _told(request, await book.reassign(actor, id_in(request), staff, _seen(fields)))


async def note(request: web.Request) -> web.Response:
    """Write down how it went: who did not come, what was said, what is next."""
    fields = await json_fields(request)
    absent = fields.get("absent", [])
    if not isinstance(absent, list) or not set(map(str, absent)) <= {side.value for side in Side}:
        raise Invalid(gettext("Say who did not come: the buyer, the staff, both or nobody."), code="bad_side")
    sides = frozenset(Side(side) for side in absent)
    texts = text_in(fields, "outcome"), text_in(fields, "next_step")
    actor, book = await actor_of(request), request.app[keys.APPOINTMENTS]
    return await _told(request, await book.note(actor, id_in(request), sides, *texts, _seen(fields)))


def wanted_in(request: web.Request, actor: Actor) -> Wanted:
    """Return what a query asks for: `minutes`, `language`."""
    query = request.query
    minutes = next((it for it in LENGTHS if str(it) == query.get("minutes")), LENGTHS[-1])
    buyer = actor.id if actor.room is None else None
    return Wanted(room_in(request), minutes, query.get("language", actor.language)[:35], None, buyer)


def day_in(request: web.Request, zone: ZoneInfo) -> date:
    """Return the day a query names, or today on the reader's calendar; never one before that."""
    today = datetime.fromtimestamp(request.app[keys.CLOCK](), zone).date()
    try:
        asked = date.fromisoformat(request.query.get("day", ""))
    except ValueError:
        return today
    return min(max(asked, today), today + timedelta(days=FARTHEST_DAYS))


def data_of(it: Appointment) -> dict[str, Any]:
    """Return an appointment for scripts and programs."""
    return {
        "id": it.id, "room": it.room, "state": it.state, "starts_at": it.starts_at, "minutes": it.minutes,
        "buyer": it.buyer_name, "buyer_company": it.buyer_company, "staff": it.staff_name,
        "product": it.product, "language": it.language, "note": it.note, "proposed_by": it.proposed_by,
        "hold_until": it.hold_until, "revision": it.revision, "absent": sorted(it.absent),
        "meeting": f"/meeting/{it.call}" if it.call else None,
    }


def id_in(request: web.Request) -> AppointmentId:
    """Return the appointment the URL names."""
    return AppointmentId(request.match_info["appointment"])


def _check_asked(query: Mapping[str, str]) -> None:
    """Refuse what makes no sense to programs; people who type an address get what is nearest."""
    days, minutes = query.get("days", "7"), query.get("minutes", str(LENGTHS[-1]))
    if days not in DAYS or minutes not in map(str, LENGTHS):
        raise malformed()
    try:
        date.fromisoformat(query.get("day", "2000-01-01"))
    except ValueError:
        raise malformed() from None


def room_in(request: web.Request) -> RoomId:
    """Return the room the URL names."""
    room = room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    return room


def _wish(fields: Mapping[str, Any]) -> Wish:
    product = text_in(fields, "product")
    return Wish(
        needed_number_in(fields, "starts_at"), needed_whole_in(fields, "minutes"),
        ProductId(product) if product else None, text_in(fields, "language") or "en", text_in(fields, "note"),
        text_in(fields, "zone"),
    )


def _seen(fields: Mapping[str, Any]) -> int | None:
    """Return the revision that whoever asks has seen, where they say it."""
    return None if fields.get("revision") is None else needed_whole_in(fields, "revision")


async def _told(request: web.Request, appointment: Appointment) -> web.Response:
    await request.app[keys.APPOINTING].changed(appointment)
    return web.json_response({"appointment": data_of(appointment)}, headers=NOT_KEPT)
