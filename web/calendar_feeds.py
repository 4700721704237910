"""Somebody's appointments for their own calendar program: one as a file, all by a secret address."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from config.ids import RoomId
from rooms.negotiation.appointments.appointment import Appointment, Side
from rooms.negotiation.appointments.states import OFF, OPEN, WAITING, AppointmentState
from web import keys
from web.appointments import NOT_KEPT, id_in
from web.calendar import Entry, calendar, calendar_of
from web.i18n import gettext
from web.identity import actor_of

SHOWN = OPEN | {AppointmentState.HELD, AppointmentState.CANCELLED}
SHOWN_SECONDS = 30 * 24 * 3600.0
"""So long a calendar goes on showing what is over."""
NOT_FOUND_BY_SEARCH = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


async def feed(request: web.Request) -> web.Response:
    """Give the calendar whose address this is; whoever has the address may read it."""
    app = request.app
    account = await app[keys.ACCOUNTS].get(
        await app[keys.CALENDAR_FEEDS].account_of(request.match_info["token"])
    )
    since = app[keys.CLOCK]() - SHOWN_SECONDS
    mine = await app[keys.APPOINTMENTS].own(account.actor, SHOWN, since)
    names = {room: (await app[keys.COMPANIES].ever_by_room(room)).name for room in {it.room for it in mine}}
    entries = [_entry(request, it, it.side_of(account.id), names) for it in mine]
    return _answer(calendar_of(entries, _host(request), name=gettext("Appointments at the fair")))


async def entry(request: web.Request) -> web.Response:
    """Give one appointment to one of its two."""
    actor, app = await actor_of(request), request.app
    appointment = await app[keys.APPOINTMENTS].get(actor, id_in(request))
    company = await app[keys.COMPANIES].ever_by_room(appointment.room)
    made = _entry(
        request, appointment, appointment.side_of(actor.id), {appointment.room: company.name}
    )
    answer = _answer(calendar(made, _host(request)))
    answer.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer


async def renew(request: web.Request) -> web.Response:
    """Make a new address for who asks; the old one ends."""
    token = await request.app[keys.CALENDAR_FEEDS].renew(await actor_of(request))
    url = f"{request.app[keys.SETTINGS].public_url}/calendar/{token}.ics"
    return web.json_response({"url": url}, headers=NOT_KEPT)


async def revoke(request: web.Request) -> web.Response:
    """End the address of who asks."""
    await request.app[keys.CALENDAR_FEEDS].revoke(await actor_of(request))
    return web.json_response({}, headers=NOT_KEPT)


def _entry(request: web.Request, it: Appointment, side: Side, companies: dict[RoomId, str]) -> Entry:
    is_buyer = side is Side.BUYER
    names = (it.staff_name, companies[it.room]) if is_buyer else (it.buyer_name, it.buyer_company)
    other = ", ".join(name for name in names if name)
    return Entry(
        it.id, gettext("Appointment with %(other)s") % {"other": other}, it.note, companies[it.room],
        f"{request.app[keys.SETTINGS].public_url}/appointments", it.starts_at, it.ends_at, it.changed_at,
        it.revision, is_cancelled=it.state in OFF, is_tentative=it.state in WAITING,
    )


def _answer(text: str) -> web.Response:
    headers = {"Cache-Control": "private, no-cache", **NOT_FOUND_BY_SEARCH}
    return web.Response(text=text, content_type="text/calendar", charset="utf-8", headers=headers)


def _host(request: web.Request) -> str:
    return urlsplit(request.app[keys.SETTINGS].public_url).hostname or "showroom"
