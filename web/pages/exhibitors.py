"""The organiser's exhibitors: their halls, what is known of them, and who signs in as their staff."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from aiohttp import web

from config.errors import FairError, Missing
from config.ids import AccountId, CompanyId, RoomId
from rooms.fair.companies import PAGE_LIMIT, SEARCH_LENGTH, Company, Hall
from rooms.fair.passwords import new_password
from rooms.fair.policy import Permission, Role
from web import keys, pictures
from web.countries import countries
from web.forms import Form, field
from web.i18n import said
from web.identity import allow, room_of
from web.local_path import see_other
from web.problems import status_of
from web.templating import render

ADDRESS = "/organiser/exhibitors"
FIELDS = ("room", "name", "country", "city", "hall", "stand", "languages")
ABOUT_LENGTH = 8000
FIELD_OF_CODE = {
    "bad_room": "room", "room_taken": "room", "bad_country": "country", "no_hall": "hall",
    "bad_language": "languages", "bad_hall": "hall-number", "bad_email": "email", "email_taken": "email",
    "bad_name": "person",
}
"""The field beside which a refusal is shown; any other refusal stands above the form."""
NO_PERSON = {"person": "", "email": ""}


@dataclass(frozen=True, slots=True)
class Shown:
    """Companies of one hall, and how many of each one's staff may sign in."""

    hall: Hall
    companies: list[tuple[Company, int]]


@allow(Permission.MANAGE_EXHIBITORS)
async def exhibitors(request: web.Request) -> web.Response:
    """List all exhibitors by hall, or those that a search finds."""
    return await _list(request)


@allow(Permission.MANAGE_EXHIBITORS)
async def keep_hall(request: web.Request) -> web.StreamResponse:
    """Add a hall, or give the one with this number another title."""
    form = await request.post()
    number, title = field(form, "number"), field(form, "title")
    try:
        await request.app[keys.COMPANIES].add_hall(Hall(_whole(number), title))
    except FairError as error:
        return await _list(request, error, {"number": number, "title": title})
    return see_other(ADDRESS)


@allow(Permission.MANAGE_EXHIBITORS)
async def new(request: web.Request) -> web.Response:
    """Show an empty form."""
    return await _company(request, None, dict.fromkeys((*FIELDS, "about"), ""))


@allow(Permission.MANAGE_EXHIBITORS)
async def add(request: web.Request) -> web.StreamResponse:
    """Add an exhibitor; keep what was typed when it is refused."""
    typed = _typed(await request.post())
    room = RoomId(typed["room"])
    blank = Company(CompanyId(room), room, "", "", "", 0, "", "", (), "", "")
    try:
        await request.app[keys.COMPANIES].add(_company_of(blank, typed))
    except FairError as error:
        return await _company(request, None, typed, error)
    return see_other(f"{ADDRESS}/{room}")


@allow(Permission.MANAGE_EXHIBITORS)
async def show(request: web.Request) -> web.Response:
    """Show what is known of an exhibitor."""
    company = await _named(request)
    return await _company(request, company, _said_of(company))


@allow(Permission.MANAGE_EXHIBITORS)
async def change(request: web.Request) -> web.StreamResponse:
    """Keep what is known of an exhibitor anew; keep what was typed when it is refused."""
    company, typed = await _named(request), _typed(await request.post())
    try:
        await request.app[keys.COMPANIES].change(_company_of(company, typed))
    except FairError as error:
        return await _company(request, company, typed | {"room": company.room}, error)
    return see_other(f"{ADDRESS}/{company.room}?{urlencode({'kept': 1})}")


@allow(Permission.MANAGE_EXHIBITORS)
async def add_staff(request: web.Request) -> web.Response:
    """Make an account for somebody of the staff, and show its password, once."""
    company, form = await _named(request), await request.post()
    person, password = {name: field(form, name) for name in NO_PERSON}, new_password()
    try:
        account = await request.app[keys.ACCOUNTS].add(
            person["email"], password, person["person"], Role.STAFF, company.room
        )
    except FairError as error:
        return await _company(request, company, _said_of(company), error, person)
    return await _company(request, company, _said_of(company), password=(account.email, password))


@allow(Permission.MANAGE_EXHIBITORS)
async def change_staff(request: web.Request) -> web.StreamResponse:
    """Disable the account of somebody of the staff, or give it another password and show that, once."""
    company, accounts = await _named(request), request.app[keys.ACCOUNTS]
    account = await accounts.get(AccountId(request.match_info["account"]))
    if account.room != company.room:
        raise Missing("There is no such account.", code="no_account")
    if field(await request.post(), "action") == "disable":
        await accounts.disable(account.id)
        return see_other(f"{ADDRESS}/{company.room}#staff")
    password = new_password()
    await accounts.renew_password(account.id, password)
    return await _company(request, company, _said_of(company), password=(account.email, password))


@allow(Permission.MANAGE_EXHIBITORS)
async def set_portrait(request: web.Request) -> web.Response:
    """Take the picture of an exhibitor."""
    company = await _named(request)
    name = await pictures.keep_sent(request)
    await request.app[keys.COMPANIES].change(replace(company, portrait=name))
    return pictures.kept(name)


async def _list(
    request: web.Request, error: FairError | None = None, hall: Mapping[str, str] | None = None
) -> web.Response:
    app, query = request.app, request.query
    text, page = query.get("q", "").strip()[:SEARCH_LENGTH], max(_whole(query.get("page", "1")), 1)
    companies = app[keys.COMPANIES]
    halls, found, count, staff, left = await asyncio.gather(
        companies.halls(), companies.search(text, offset=(page - 1) * PAGE_LIMIT, limit=PAGE_LIMIT),
        companies.count(text), app[keys.ACCOUNTS].staff_counts(),
        companies.search(text, limit=PAGE_LIMIT, has_left=True),
    )
    return await render(
        request, "exhibitors.html", status=status_of(error) if error else 200, text=text, found=count,
        shown=list(_by_hall(halls, found, staff)), halls=halls, hall=hall or {"number": "", "title": ""},
        message=said(error) if error else "", left=left,
        before_url=_page_url(text, page - 1) if page > 1 else "",
        after_url=_page_url(text, page + 1) if page * PAGE_LIMIT < count else "",
    )


def _by_hall(halls: list[Hall], found: list[Company], staff: Mapping[RoomId, int]) -> Iterator[Shown]:
    titles = {hall.number: hall for hall in halls}
    for number, group in groupby(found, key=lambda company: company.hall):
        companies = [(company, staff.get(company.room, 0)) for company in group]
        yield Shown(titles.get(number, Hall(number, "")), companies)


async def _company(
    request: web.Request, company: Company | None, typed: Mapping[str, str], error: FairError | None = None,
    person: Mapping[str, str] | None = None, password: tuple[str, str] | None = None,
) -> web.Response:
    """Show the form of an exhibitor; a `password` belongs to the address beside it."""
    app = request.app
    staff = await app[keys.ACCOUNTS].staff_of(company.room) if company else []
    return await render(
        request, "exhibitor.html", status=status_of(error) if error else 200, data={"page": "exhibitor"},
        company=company, typed=typed, halls=await app[keys.COMPANIES].halls(), countries=countries(),
        staff=staff, person=person or NO_PERSON, password=password, is_kept="kept" in request.query,
        is_back="back" in request.query,
        wrong=FIELD_OF_CODE.get(error.code, "staff" if person else "form") if error else "",
        message=said(error) if error else "",
    )


async def _named(request: web.Request) -> Company:
    room = room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    return await request.app[keys.COMPANIES].ever_by_room(room)


def _typed(form: Form) -> dict[str, str]:
    return {name: field(form, name) for name in FIELDS} | {"about": field(form, "about", most=ABOUT_LENGTH)}


def _said_of(company: Company) -> dict[str, str]:
    said = {name: str(getattr(company, name)) for name in (*FIELDS, "about")}
    return said | {"languages": ", ".join(company.languages)}


def _company_of(company: Company, typed: Mapping[str, str]) -> Company:
    languages = tuple(typed["languages"].replace(",", " ").split())
    return replace(
        company, name=typed["name"], country=typed["country"], city=typed["city"], hall=_whole(typed["hall"]),
        stand=typed["stand"], about=typed["about"], languages=languages,
    )


def _whole(text: str) -> int:
    """Return a number that was typed; 0, which is no hall's, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _page_url(text: str, page: int) -> str:
    return f"{ADDRESS}?{urlencode({'q': text, 'page': page})}"
