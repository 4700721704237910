"""Booking: choose a day and a time, on one's own clock with the exhibitor's beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from config.errors import FairError, Missing
from config.ids import AppointmentId, ProductId
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.appointments.appointment import Appointment, Wish
from rooms.negotiation.appointments.diary import Wanted
from rooms.negotiation.appointments.slots import Slot
from web import keys
from web.appointments import day_in, room_in, wanted_in
from web.forms import field
from web.i18n import gettext
from web.identity import actor_of
from web.local_path import see_other
from web.problems import status_of
from web.templating import render
from web.times import day_in as day_words
from web.times import short_day_in, time_in, zone_name
from web.zones import zone_of

DAYS = 7
EMPTY = dict.fromkeys(("start", "product", "note"), "")


@dataclass(frozen=True, slots=True)
class Time:
    """A time on offer, on both clocks; `other_day` where the exhibitor has another date then."""

    slot: Slot
    own: str
    other: str
    other_day: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the strip, and how many times it has."""

    iso: str
    name: str
    url: str
    count: int
    is_chosen: bool


async def show(request: web.Request) -> web.Response:
    """Show the times of a week and those of one day."""
    return await _page(request, {})


async def book(request: web.Request) -> web.StreamResponse:
    """Ask for a time, or suggest another one for the appointment `instead`; keep what was typed otherwise."""
    app, actor, form = request.app, await actor_of(request), await request.post()
    typed = {name: field(form, name) for name in ("start", "minutes", "language", "product", "instead")}
    note = form.get("note", "")
    typed["note"] = note if isinstance(note, str) else ""
    try:
        appointment = await _ask(app, actor, request, typed)
    except FairError as error:
        if error.code in ("sign_in", "denied"):
            raise
        return await _page(request, typed, error)
    await app[keys.APPOINTING].changed(appointment)
    return see_other(f"/appointments#a-{appointment.id}")


async def _ask(
    app: web.Application, actor: Actor, request: web.Request, typed: Mapping[str, str]
) -> Appointment:
    start = float(typed["start"]) if typed["start"].replace(".", "", 1).isdecimal() else -1.0
    minutes = int(typed["minutes"]) if typed["minutes"].isdecimal() else 0
    if typed["instead"]:
        return await app[keys.APPOINTMENTS].counter(actor, AppointmentId(typed["instead"]), start, minutes)
    wish = Wish(
        start, minutes, ProductId(typed["product"]) if typed["product"] else None, typed["language"],
        typed["note"], zone_of(request),
    )
    return await app[keys.APPOINTMENTS].request(actor, room_in(request), wish)


async def _page(
    request: web.Request, typed: dict[str, str], error: FairError | None = None
) -> web.Response:
    app, actor, room = request.app, await actor_of(request), room_in(request)
    company = await app[keys.COMPANIES].by_room(room)
    instead = await _instead(request, actor, typed)
    theirs = await app[keys.APPOINTMENTS].diary.zone_of(room)
    own = zone_of(request, theirs)
    wanted = _wanted(request, actor, typed, instead)
    first, now = day_in(request, ZoneInfo(own)), app[keys.CLOCK]()
    times = await app[keys.APPOINTMENTS].diary.offered(wanted, first, DAYS, ZoneInfo(own))
    week = _week(request, times, first, own, wanted)
    chosen = next((day for day in week if day.is_chosen), None)
    other = instead.buyer_zone if instead and actor.room else theirs
    return await render(
        request, "appointment_book.html", status=status_of(error) if error else 200,
        data={"zone": own, "page": "book"}, company=company, week=week, chosen=chosen, minutes=wanted.minutes,
        times=[_time(slot, own, other) for slot in times if chosen and _iso(slot, own) == chosen.iso],
        day=day_words(_noon(chosen, own), own) if chosen else "", own_zone=zone_name(own, now),
        other_zone=zone_name(other, now), is_same=own == other, instead=instead, typed=EMPTY | typed,
        language=wanted.language, spoken=_spoken(company.languages, actor),
        products=await app[keys.PRODUCTS].of_room(room), message=gettext(error.message) if error else "",
        before_url=_url(request, wanted, first - timedelta(days=DAYS)),
        after_url=_url(request, wanted, first + timedelta(days=DAYS)),
        is_first=first <= datetime.fromtimestamp(now, ZoneInfo(own)).date(),
        is_mine=bool(actor.room),
    )


async def _instead(request: web.Request, actor: Actor, typed: Mapping[str, str]) -> Appointment | None:
    """Return the appointment that would move; without one only buyers have business here."""
    named = typed.get("instead") or request.query.get("instead", "")
    if not named:
        require(actor, Permission.BOOK_APPOINTMENT, room_in(request))
        return None
    found = await request.app[keys.APPOINTMENTS].get(actor, AppointmentId(named[:128]))
    if found.room != room_in(request):
        raise Missing("There is no such appointment.", code="no_appointment")
    return found


def _wanted(
    request: web.Request, actor: Actor, typed: Mapping[str, str], instead: Appointment | None
) -> Wanted:
    wanted = wanted_in(request, actor)
    if typed.get("minutes") in ("15", "30"):
        wanted = replace(wanted, minutes=int(typed["minutes"]), language=typed["language"] or wanted.language)
    if instead is None:
        return wanted
    minutes = wanted.minutes if "minutes" in request.query or typed else instead.minutes
    return replace(
        wanted, minutes=minutes, buyer=instead.buyer, language=instead.language, instead=instead.id
    )


def _week(
    request: web.Request, times: list[Slot], first: date, zone: str, wanted: Wanted
) -> list[Day]:
    """Return the days of the strip; the one asked for is chosen, else the first with a time."""
    days = [(first + timedelta(days=number)) for number in range(DAYS)]
    counts = {day.isoformat(): 0 for day in days}
    for slot in times:
        counts[_iso(slot, zone)] += 1
    asked = request.query.get("on", "")
    chosen = asked if asked in counts else next((day for day, count in counts.items() if count), "")
    return [
        Day(
            day.isoformat(), short_day_in(_noon_of(day, zone), zone),
            _url(request, wanted, first, on=day.isoformat()), counts[day.isoformat()],
            day.isoformat() == chosen,
        )
        for day in days
    ]


def _url(request: web.Request, wanted: Wanted, first: date, **more: str) -> str:
    query: dict[str, Any] = {"day": first.isoformat(), "minutes": wanted.minutes, "language": wanted.language}
    if wanted.instead:
        query["instead"] = wanted.instead
    return f"{request.path}?{urlencode(query | more)}"


def _time(slot: Slot, own: str, other: str) -> Time:
    start = slot.starts_at
    is_other_day = _iso(slot, own) != _iso(slot, other)
    return Time(slot, time_in(start, own), time_in(start, other),
                short_day_in(start, other) if is_other_day else "")  # fmt: skip


def _spoken(languages: tuple[str, ...], actor: Actor) -> list[str]:
    return list(dict.fromkeys([actor.language.partition("-")[0], *languages, "en"]))


def _iso(slot: Slot, zone: str) -> str:
    return datetime.fromtimestamp(slot.starts_at, ZoneInfo(zone)).date().isoformat()


def _noon(day: Day, zone: str) -> float:
    return _noon_of(date.fromisoformat(day.iso), zone)


def _noon_of(day: date, zone: str) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).timestamp()
