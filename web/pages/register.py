"""Registering as a buyer."""

from __future__ import annotations

from aiohttp import web

from config.errors import FairError, Invalid
from rooms.fair.policy import Role
from web import keys
from web.countries import countries
from web.forms import Form, field
from web.i18n import current_language, said
from web.identity import actor_of, begin_session
from web.local_path import local_path, see_other
from web.problems import status_of
from web.templating import render

FIELDS = ("name", "company", "email", "country")
FIELD_OF_CODE = {
    "bad_name": "name",
    "bad_company": "company",
    "bad_email": "email",
    "email_taken": "email",
    "bad_country": "country",
    "weak_password": "password",
    "long_password": "password",
}
"""The field beside which a refusal is shown; any other refusal stands above the form."""


async def show(request: web.Request) -> web.Response:
    """Show the form, or go on when the visitor is signed in already."""
    actor = await actor_of(request)
    if actor.role is not Role.GUEST:
        return see_other(local_path(request.query.get("next", "/")))
    return await _form(request, dict.fromkeys(FIELDS, ""), request.query.get("next", ""))


async def register(request: web.Request) -> web.StreamResponse:
    """Make a buyer's account and sign in; keep what was typed when that is refused."""
    form = await request.post()
    typed, next_path = {name: field(form, name) for name in FIELDS}, field(form, "next")
    try:
        request.app[keys.SIGN_IN_ALLOWANCE].take(request.app[keys.CLIENT].network(request))
        token = await _open_account(request, typed, form)
    except FairError as error:
        return await _form(request, typed, next_path, error)
    request.app[keys.COUNTERS].sign_ins.labels(outcome="registered").inc()
    response = see_other(local_path(next_path))
    begin_session(request, response, token)
    return response


async def _open_account(request: web.Request, typed: dict[str, str], form: Form) -> str:
    if typed["country"] not in dict(countries()):
        raise Invalid("Please choose your country from the list.", code="bad_country")
    accounts, password = request.app[keys.ACCOUNTS], field(form, "password", strip=False)
    await accounts.register_buyer(
        name=typed["name"],
        company=typed["company"],
        email=typed["email"],
        password=password,
        country=typed["country"],
        language=current_language(),
    )
    _account, token = await accounts.sign_in(typed["email"], password)
    return token


async def _form(
    request: web.Request, typed: dict[str, str], next_path: str, error: FairError | None = None
) -> web.Response:
    wrong = FIELD_OF_CODE.get(error.code, "form") if error else ""
    return await render(
        request,
        "register.html",
        status=status_of(error) if error else 200,
        typed=typed,
        next=local_path(next_path, ""),
        countries=countries(),
        wrong=wrong,
        message=said(error) if error else "",
    )
