"""Choosing the language."""

from __future__ import annotations

from aiohttp import web

from web.forms import field
from web.i18n import LANGUAGES
from web.identity import LANGUAGE, set_cookie
from web.local_path import local_path, see_other

LANGUAGE_SECONDS = 365 * 24 * 3600


async def choose(request: web.Request) -> web.Response:
    """Remember the chosen language and go back to the page it was chosen on."""
    form = await request.post()
    response = see_other(local_path(field(form, "next")))
    language = field(form, "language")
    if language in LANGUAGES:
        set_cookie(request, response, LANGUAGE, language, max_age=LANGUAGE_SECONDS)
    return response
