"""Booking: choose a day and a time, on one's own clock with the other one's beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from config.errors import FairError, Missing
from config.ids import AppointmentId, ProductId, new_id
from rooms.fair.policy import Actor, Permission, require
from rooms.negotiation.appointments.appointment import Appointment, Wish
from rooms.negotiation.appointments.diary import Wanted
from rooms.negotiation.appointments.slots import Slot
from rooms.negotiation.outgoing import Callee
from web import keys
from web.appointments import day_in, room_in, wanted_in
from web.forms import field
from web.i18n import said
from web.identity import actor_of
from web.local_path import see_other
from web.problems import status_of
from web.templating import render
from web.times import day_in as day_words
from web.times import short_day_in, time_in, zone_name
from web.zones import zone_of

DAYS = 7
FIELDS = ("start", "minutes", "language", "product", "instead", "about", "key", "revision")
EMPTY = dict.fromkeys(("start", "product", "note"), "")


@dataclass(frozen=True, slots=True)
class Time:
    """A time on offer, on both clocks; `other_day` where the exhibitor has another date then."""

    slot: Slot
    own: str
    other: str
    other_day: str


@dataclass(frozen=True, slots=True)
class Aim:
    """What the time is for: in place of an appointment, for `to` who has left `about`, or for the reader."""

    instead: Appointment | None = None
    about: str = ""
    to: Callee | None = None


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
    """Ask for a time, suggest one in place of `instead`, or propose one to who has left `about`.

    Where that is refused, what was typed is kept.
    """
    app, actor, form = request.app, await actor_of(request), await request.post()
    typed = {name: field(form, name) for name in FIELDS}
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
        seen = int(typed["revision"]) if typed["revision"].isdecimal() else None
        id_ = AppointmentId(typed["instead"])
        return await app[keys.APPOINTMENTS].counter(actor, id_, start, minutes, seen)
    wish = Wish(
        start, minutes, ProductId(typed["product"]) if typed["product"] else None, typed["language"],
        typed["note"], zone_of(request),
    )
    book, room = app[keys.APPOINTMENTS], room_in(request)
    if typed["about"]:
        return await app[keys.ASKING].propose(book, actor, room, typed["about"], wish, typed["key"])
    return await book.request(actor, room, wish, typed["key"])


async def _page(
    request: web.Request, typed: dict[str, str], error: FairError | None = None
) -> web.Response:
    app, actor, room = request.app, await actor_of(request), room_in(request)
    company = await app[keys.COMPANIES].by_room(room)
    aim = await _aim(request, actor, typed)
    hours = await app[keys.ASKING].hours.of_room(room)
    own = zone_of(request, hours.zone)
    wanted = _wanted(request, actor, typed, aim)
    first, now = day_in(request, ZoneInfo(own)), app[keys.CLOCK]()
    times = await app[keys.APPOINTMENTS].diary.offered(wanted, first, DAYS, ZoneInfo(own))
    week = _week(request, times, first, own, wanted, aim)
    chosen = next((day for day in week if day.is_chosen), None)
    other = await _other_zone(app, actor, aim, hours.zone, own)
    return await render(
        request, "appointment_book.html", status=status_of(error) if error else 200,
        data={"zone": own, "page": "book"}, company=company, week=week, chosen=chosen, minutes=wanted.minutes,
        times=[_time(slot, own, other) for slot in times if chosen and _iso(slot, own) == chosen.iso],
        day=day_words(_noon(chosen, own), own) if chosen else "", own_zone=zone_name(own, now),
        other_zone=zone_name(other, now), is_same=own == other, aim=aim, instead=aim.instead,
        has_hours=bool(hours.weekly), typed=EMPTY | typed, key=new_id(), language=wanted.language,
        spoken=_spoken(company.languages, aim.to.language if aim.to else actor.language),
        products=await app[keys.PRODUCTS].of_room(room), message=said(error) if error else "",
        before_url=_url(request, wanted, aim, first - timedelta(days=DAYS)),
        after_url=_url(request, wanted, aim, first + timedelta(days=DAYS)),
        is_first=first <= datetime.fromtimestamp(now, ZoneInfo(own)).date(),
        is_mine=bool(actor.room),
    )


async def _aim(request: web.Request, actor: Actor, typed: Mapping[str, str]) -> Aim:
    """Return what the time is for; where nothing is named, only buyers have business here."""
    app, room = request.app, room_in(request)
    named, about = (typed.get(name) or request.query.get(name, "")[:128] for name in ("instead", "about"))
    if named:
        found = await app[keys.APPOINTMENTS].get(actor, AppointmentId(named))
        if found.room != room:
            raise Missing("There is no such appointment.", code="no_appointment")
        return Aim(instead=found)
    require(actor, Permission.RUN_APPOINTMENTS if about else Permission.BOOK_APPOINTMENT, room)
    return Aim(about=about, to=await app[keys.ASKING].callee(room, about)) if about else Aim()


async def _other_zone(app: web.Application, actor: Actor, aim: Aim, theirs: str, own: str) -> str:
    """Return the zone of the other one's clock, or one's own where nobody knows it."""
    if aim.to:
        return await app[keys.APPOINTMENTS].zone_of_buyer(aim.to.buyer) or own
    return (aim.instead.buyer_zone or own) if aim.instead and actor.room else theirs


def _wanted(request: web.Request, actor: Actor, typed: Mapping[str, str], aim: Aim) -> Wanted:
    wanted, instead = wanted_in(request, actor), aim.instead
    if typed.get("minutes") in ("15", "30"):
        wanted = replace(wanted, minutes=int(typed["minutes"]), language=typed["language"] or wanted.language)
    if aim.to:
        is_said = "language" in request.query or typed.get("language")
        language = wanted.language if is_said else _base_of(aim.to.language)
        return replace(wanted, buyer=aim.to.buyer, language=language, staff=actor.id)
    if instead is None:
        return wanted
    minutes = wanted.minutes if "minutes" in request.query or typed else instead.minutes
    return replace(
        wanted, minutes=minutes, buyer=instead.buyer, language=instead.language, instead=instead.id
    )


def _week(
    request: web.Request, times: list[Slot], first: date, zone: str, wanted: Wanted, aim: Aim
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
            _url(request, wanted, aim, first, on=day.isoformat()), counts[day.isoformat()],
            day.isoformat() == chosen,
        )
        for day in days
    ]


def _url(request: web.Request, wanted: Wanted, aim: Aim, first: date, **more: str) -> str:
    query: dict[str, Any] = {"day": first.isoformat(), "minutes": wanted.minutes, "language": wanted.language}
    if wanted.instead:
        query["instead"] = wanted.instead
    if aim.about:
        query["about"] = aim.about
    return f"{request.path}?{urlencode(query | more)}"


def _time(slot: Slot, own: str, other: str) -> Time:
    start = slot.starts_at
    is_other_day = _iso(slot, own) != _iso(slot, other)
    return Time(slot, time_in(start, own), time_in(start, other),
                short_day_in(start, other) if is_other_day else "")  # fmt: skip


def _spoken(languages: tuple[str, ...], first: str) -> list[str]:
    return list(dict.fromkeys([_base_of(first), *languages, "en"]))


def _base_of(language: str) -> str:
    return language.partition("-")[0] or "en"


def _iso(slot: Slot, zone: str) -> str:
    return datetime.fromtimestamp(slot.starts_at, ZoneInfo(zone)).date().isoformat()


def _noon(day: Day, zone: str) -> float:
    return _noon_of(date.fromisoformat(day.iso), zone)


def _noon_of(day: date, zone: str) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).timestamp()
