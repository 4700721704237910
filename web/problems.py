"""Refusals as HTTP: which status a `FairError` becomes, and its problem document (RFC 9457) or page.

Programs read `application/problem+json`: `type`, `title`, `status`, `detail` and our stable `code`. People
get a page with the same sentence and with what to do next.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from config.errors import Busy, Conflict, Denied, FairError, Invalid, Missing
from web.i18n import gettext, mark, said
from web.local_path import see_other
from web.templating import render, sign_in_url

PROGRAM_PATHS = (
    "/api/", "/captions/", "/shows/", "/whip/", "/whep/", "/hls/", "/socket.io", "/healthz", "/readyz",
    "/metrics",
)
"""Paths that programs ask for; whoever asks there gets a document, not a page."""

STATUS_BY_KIND: tuple[tuple[type[FairError], int], ...] = (
    (Invalid, 400),
    (Denied, 403),
    (Missing, 404),
    (Conflict, 409),
    (Busy, 503),
)
STATUS_BY_CODE = {
    "exhibitor_left": 410,
    "sign_in": 401,
    "no_bearer": 401,
    "wrong_key": 401,
    "wrong_password": 401,
    "ticket_expired": 401,
    "ticket_invalid": 401,
    "not_acceptable": 406,
    "slow_body": 408,
    "etag_mismatch": 412,
    "bad_range": 416,
    "too_large": 413,
    "sdp_too_large": 413,
    "content_type": 415,
    "if_match_missing": 428,
    "too_many_tries": 429,
    "too_fast": 429,
}
"""Codes that say more than their kind does."""

WHAT_TO_DO = {
    400: mark("Go back, check what you entered and try again."),
    403: mark("Your account does not open this door. If you think it should, ask the fair's organiser."),
    404: mark("The link may be old, or the address mistyped. The hall shows every room there is."),
    405: mark("Go back to the page you came from and use its buttons."),
    408: mark("Check your connection and try again."),
    409: mark("Reload the page to see how things stand now."),
    410: mark("The hall shows who is here now. What you have agreed on is still in your negotiations."),
    413: mark("Send less, or a smaller file."),
    429: mark("Wait a minute, then try again."),
    500: mark("This is our fault, and it has been noted. Try again in a moment."),
    503: mark("Wait a few seconds, then reload the page."),
}
SPREAD_SECONDS = 4
"""Within so long those come back whom a store that was away sent off together."""
TITLES = {
    400: mark("That did not work"),
    401: mark("Please sign in"),
    403: mark("This is not open to you"),
    404: mark("Nothing here"),
    405: mark("That did not work"),
    408: mark("The connection was too slow"),
    409: mark("Somebody was faster"),
    410: mark("No longer at this fair"),
    413: mark("That is too large"),
    429: mark("Too many tries"),
    500: mark("Something broke"),
    503: mark("The fair is busy"),
}


def status_of(error: FairError) -> int:
    """Return the HTTP status for a refusal: by its code where that says more, else by its kind."""
    if error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    return next((status for kind, status in STATUS_BY_KIND if isinstance(error, kind)), 400)


def is_for_programs(request: web.Request) -> bool:
    """Whether a refusal of this request should be a document instead of a page."""
    return request.path.startswith(PROGRAM_PATHS)


async def refusal(request: web.Request, error: FairError) -> web.StreamResponse:
    """Return the answer to a refused request: a document, a page, or the way to the sign-in page."""
    status = status_of(error)
    if is_for_programs(request):
        return document(status, error.code, said(error), _headers(error, status), error.facts)
    if error.code == "sign_in" and request.method in ("GET", "HEAD"):
        return see_other(sign_in_url(request.path_qs))
    return await page(request, status, said(error), _headers(error, status))


def document(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> web.Response:
    """Return a problem document; `facts` are what else a program may need."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if facts:
        body["facts"] = dict(facts)
    return web.json_response(body, status=status, content_type="application/problem+json", headers=headers)


async def page(
    request: web.Request, status: int, message: str = "", headers: dict[str, str] | None = None
) -> web.Response:
    """Return the problem as a page that says what happened and what to do."""
    response = await render(
        request,
        "problem.html",
        status=status,
        problem_status=status,
        title=gettext(TITLES.get(status, TITLES[400])),
        message=message,
        what_to_do=gettext(WHAT_TO_DO.get(status, WHAT_TO_DO[400])),
        sign_in=status == 401,
    )
    response.headers.update(headers or {})
    return response


def _headers(error: FairError, status: int) -> dict[str, str]:
    headers = {}
    if isinstance(error, Busy):
        later = random.randrange(SPREAD_SECONDS) if error.code == "store_away" else 0
        headers["Retry-After"] = str(error.retry_after_seconds + later)
    elif error.code == "not_live":
        headers["Retry-After"] = "5"
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
