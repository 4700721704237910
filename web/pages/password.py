"""Changing one's own password."""

from __future__ import annotations

from aiohttp import web

from config.errors import Denied, FairError
from rooms.fair.policy import Permission
from web import keys
from web.forms import field
from web.i18n import gettext, said
from web.identity import actor_of, allow, session_token
from web.local_path import see_other
from web.problems import status_of
from web.templating import render

ADDRESS = "/account/password"
FIELD_OF_CODE = {"wrong_password": "current", "weak_password": "password"}
"""The field beside which a refusal is shown; any other refusal stands above the form."""


@allow(Permission.CHANGE_PASSWORD)
async def show(request: web.Request) -> web.Response:
    """Show the form, and that the password was changed after that was done."""
    return await _form(request)


@allow(Permission.CHANGE_PASSWORD)
async def change(request: web.Request) -> web.StreamResponse:
    """Take a new password from somebody who knows the one they have; nothing that was typed comes back."""
    form, actor = await request.post(), await actor_of(request)
    current, password = (field(form, name, strip=False) for name in ("current", "password"))
    try:
        request.app[keys.SIGN_IN_ALLOWANCE].take(request.app[keys.CLIENT].network(request))
        await request.app[keys.ACCOUNTS].change_password(actor.id, current, password, session_token(request))
    except FairError as error:
        return await _form(request, error)
    return see_other(f"{ADDRESS}?changed=1")


async def _form(request: web.Request, error: FairError | None = None) -> web.Response:
    actor = await actor_of(request)
    account = await request.app[keys.ACCOUNTS].get(actor.id)
    return await render(
        request,
        "password.html",
        status=status_of(error) if error else 200,
        email=account.email,
        is_changed="changed" in request.query and error is None,
        wrong=FIELD_OF_CODE.get(error.code, "form") if error else "",
        message=_words(error) if error else "",
    )


def _words(error: FairError) -> str:
    if isinstance(error, Denied):
        return gettext("Your current password is wrong; nothing was changed. Try again.")
    return said(error)
