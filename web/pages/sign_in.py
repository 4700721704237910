"""Signing in and out."""

from __future__ import annotations

from aiohttp import web

from config.errors import Denied, FairError
from rooms.fair.accounts import Account
from rooms.fair.policy import Role
from web import keys
from web.forms import field
from web.i18n import gettext, said
from web.identity import SESSION, actor_of, begin_session, end_cookie, session_token
from web.local_path import local_path, see_other
from web.problems import status_of
from web.templating import render


async def show(request: web.Request) -> web.Response:
    """Show the form, or go on when the visitor is signed in already."""
    actor = await actor_of(request)
    if actor.role is not Role.GUEST:
        return see_other(local_path(request.query.get("next", "/")))
    return await _form(request, next_path=request.query.get("next", ""))


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Open a session for the right e-mail address and password; keep what was typed otherwise."""
    form = await request.post()
    email, next_path = field(form, "email"), field(form, "next")
    try:
        request.app[keys.SIGN_IN_ALLOWANCE].take(request.app[keys.CLIENT].network(request))
        account, token = await request.app[keys.ACCOUNTS].sign_in(email, field(form, "password", strip=False))
    except FairError as error:
        _count(request, error.code)
        return await _form(request, email=email, next_path=next_path, error=error)
    _count(request, "in")
    response = see_other(local_path(next_path, home_of(account)))
    begin_session(request, response, token)
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session here and on the server."""
    token = session_token(request)
    if token:
        await request.app[keys.ACCOUNTS].sign_out(token)
    response = see_other("/")
    end_cookie(request, response, SESSION)
    return response


def home_of(account: Account) -> str:
    """Return the page somebody most likely wants after signing in."""
    if account.role is Role.ORGANISER:
        return "/organiser"
    if account.role is Role.STAFF and account.room:
        return f"/studio/{account.room}"
    return "/"


async def _form(
    request: web.Request, *, email: str = "", next_path: str = "", error: FairError | None = None
) -> web.Response:
    message = ""
    if error is not None:
        wrong = isinstance(error, Denied)
        message = (
            gettext("E-mail address or password is wrong. Try again.") if wrong else said(error)
        )
    return await render(
        request,
        "sign_in.html",
        status=status_of(error) if error else 200,
        email=email,
        next=local_path(next_path, ""),
        message=message,
    )


def _count(request: web.Request, outcome: str) -> None:
    request.app[keys.COUNTERS].sign_ins.labels(outcome=outcome).inc()
