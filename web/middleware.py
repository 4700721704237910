"""What happens around every handler: measuring, headers, refusals, language, and defence against forgery."""

from __future__ import annotations

import asyncio
import logging
import re
import time

from aiohttp import web

from config.errors import Denied, FairError
from web import body, keys
from web.hls_answers import PATHS as COOKIELESS_PATHS
from web.i18n import gettext
from web.identity import Handler, check_csrf, language_cookie, remember_guest
from web.problems import document, is_for_programs, page, refusal
from web.torn import SOURCE

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KNOWN_METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
BEARER_PATHS = ("/whip/", "/whep/", "/captions/", "/socket.io")
"""Paths that look at no cookie, so that a forged request carries no rights there."""
GONE_STATUS = 499
"""For clients who went before they had their answer, as nginx counts them; nobody reads it."""

_HAS_BEGUN: web.RequestKey[bool] = web.RequestKey("has_begun")
_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every request by method, route and status."""
    began = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        method = request.method if request.method in KNOWN_METHODS else "other"
        seconds = request.app[keys.COUNTERS].http_seconds
        seconds.labels(method=method, route=route, status=str(status)).observe(time.perf_counter() - began)


@web.middleware
async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give new guests their cookie, on refusals too, whose pages have forms as well."""
    response = await handler(request)
    if not response.prepared and not request.path.startswith(COOKIELESS_PATHS):
        remember_guest(request, response)
    return response


@web.middleware
async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into documents or pages; the one place that catches everything, and logs it."""
    try:
        return await handler(request)
    except FairError as error:
        return await refusal(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await _plain_refusal(request, error)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        if isinstance(error, ConnectionError) and _has_gone(request):
            return web.Response(status=GONE_STATUS)
        log.exception("request failed", extra={"method": request.method, "path": request.path})
        return await _broken(request)


@web.middleware
async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Choose the language of the visitor for this request."""
    catalogues = request.app[keys.CATALOGUES]
    cookie = None if request.path.startswith(COOKIELESS_PATHS) else language_cookie(request)
    catalogues.speak(catalogues.choose(cookie, request.headers.get("Accept-Language", "")))
    return await handler(request)


@web.middleware
async def receive(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take the body in before anybody works on it, where the handler does not do it later."""
    return await handler(request if body.is_late(request) else await body.receive(request))


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changes that a foreign site sends in a visitor's name."""
    if request.method not in SAFE_METHODS and not request.path.startswith(BEARER_PATHS):
        _check_origin(request)
        check_csrf(request, request.headers.get("X-CSRF-Token") or await _form_token(request))
    return await handler(request)


@web.middleware
async def break_off(request: web.Request, handler: Handler) -> web.StreamResponse:
    """End the connection in the middle of an answer that cannot be finished, so that its reader knows.

    A problem in the place of the rest would be taken for a part of the file.
    """
    is_finished = False
    try:
        response = await handler(request)
        is_finished = True
        return response
    finally:
        if not is_finished and _HAS_BEGUN in request and not _has_gone(request):
            log.error("an answer broke off", extra={"method": request.method, "path": request.path})
            if request.transport is not None:
                request.transport.abort()


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser how little this page needs; a signal handler, so that every response has them."""
    host = request.host if _HOST.match(request.host) else ""
    sockets = f" ws://{host} wss://{host}" if host else ""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {SOURCE}; style-src 'self'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; font-src 'self'; connect-src 'self'{sockets}; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types lit-html"
    )
    headers["Permissions-Policy"] = "camera=(self), microphone=(self), display-capture=(self), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers.pop("Server", None)
    if request.app[keys.CLIENT].is_secure(request):
        headers["Strict-Transport-Security"] = "max-age=31536000"


async def note_beginning(request: web.Request, _response: web.StreamResponse) -> None:
    """Remember that an answer has begun: nothing else can be said in its place; a signal handler."""
    request[_HAS_BEGUN] = True


MIDDLEWARES = (measure, remember, speak, refuse, receive, guard, break_off)
"""Outermost first."""


def _check_origin(request: web.Request) -> None:
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    own = origin is None or request.app[keys.CLIENT].is_own_origin(request, origin)
    if site not in ("same-origin", "none") or not own:
        raise Denied(
            gettext("This request came from another site. Open the fair itself and try again."),
            code="foreign_origin",
        )


async def _form_token(request: web.Request) -> str:
    if body.is_late(request) or request.content_type not in FORM_TYPES:
        return ""
    token = (await request.post()).get("csrf", "")
    return token if isinstance(token, str) else ""


async def _plain_refusal(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    if is_for_programs(request):
        code = "too_large" if error.status == 413 else (error.reason or "refused").lower().replace(" ", "_")
        return document(error.status, code, error.text or error.reason, headers)
    return await page(request, error.status, headers=headers)


async def _broken(request: web.Request) -> web.StreamResponse:
    if is_for_programs(request):
        return document(500, "broken", gettext("Something broke on our side. Try again in a moment."))
    try:
        return await page(request, 500)
    except Exception:
        log.exception("problem page failed", extra={"path": request.path})
        return web.Response(status=500, text="Something broke on our side. Try again in a moment.")


def _has_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
