"""Who asks: cookies to actors, tokens against forged requests, and permission before a handler runs.

A signed-in person carries a session cookie whose token the accounts know. Everybody else is a guest with
a signed cookie, so that a guest stays the same guest from page to page. The forgery token is an HMAC over
whichever of the two cookies counts, so a token of one person is worth nothing to another.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web

from config.errors import Denied
from config.ids import AccountId, CallId, RoomId
from rooms.fair.accounts import sign_in_of
from rooms.fair.policy import Actor, Permission, Role, require
from signaling.tickets import Grounds
from web import keys
from web.i18n import current_language, gettext

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SESSION = "session"
GUEST = "guest"
LANGUAGE = "language"
GUEST_SECONDS = 30 * 24 * 3600

_ACTOR: web.RequestKey[Actor] = web.RequestKey("actor")
_SIGNED_IN_AT: web.RequestKey[float] = web.RequestKey("signed_in_at")
_NEW_GUEST: web.RequestKey[str] = web.RequestKey("new_guest")


async def actor_of(request: web.Request) -> Actor:
    """Return who asks: the account of the session cookie, else the guest of the guest cookie."""
    if _ACTOR not in request:
        request[_ACTOR] = await _account_actor(request) or _guest_actor(request)
    return request[_ACTOR]


async def grounds_of(request: web.Request, actor: Actor) -> Grounds | None:
    """Return by which sign-in somebody who asks as `actor` is in; None for who is not in by one."""
    if actor.id != (await actor_of(request)).id or _SIGNED_IN_AT not in request:
        return None
    return Grounds(actor.id, sign_in_of(session_token(request)), request[_SIGNED_IN_AT])


def csrf_token(request: web.Request) -> str:
    """Return the token that forms (field `csrf`) and scripts (header `X-CSRF-Token`) must send back."""
    subject = session_token(request) or _guest_id(request)
    return _sign(request, "csrf", subject)


def check_csrf(request: web.Request, token: str) -> None:
    """Raise `Denied` unless `token` was given to the very visitor who sends it."""
    if not hmac.compare_digest(_bytes(token), _bytes(csrf_token(request))):
        raise Denied(
            gettext("This page was open for too long. Go back, reload it and try again."), code="csrf"
        )


def allow(permission: Permission) -> Callable[[Handler], Handler]:
    """Let a handler run only for those whom the policy gives `permission` in the room or call of the URL."""

    def guarded(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def handle(request: web.Request) -> web.StreamResponse:
            actor = await actor_of(request)
            if "call" in request.match_info:
                call = await request.app[keys.CALLS].get(CallId(request.match_info["call"]))
                require(actor, permission, call.room, call)
            else:
                require(actor, permission, room_of(request))
            return await handler(request)

        return handle

    return guarded


def room_of(request: web.Request) -> RoomId | None:
    """Return the room the URL names, or None where it names none."""
    room = request.match_info.get("room")
    return RoomId(room) if room else None


def session_token(request: web.Request) -> str:
    """Return the token of the session cookie, or an empty text."""
    return _cookie(request, SESSION)


def begin_session(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Give the browser a session cookie and take the guest cookie away."""
    hours = request.app[keys.SETTINGS].accounts.session_hours
    set_cookie(request, response, SESSION, token, max_age=hours * 3600)
    end_cookie(request, response, GUEST)


def set_cookie(
    request: web.Request,
    response: web.StreamResponse,
    name: str,
    value: str,
    *,
    max_age: int,
    same_site: Literal["Lax", "Strict"] = "Lax",
) -> None:
    """Set a cookie no script reads and no foreign site sends; bound to this host behind TLS."""
    secure = request.app[keys.CLIENT].is_secure(request)
    response.set_cookie(
        _cookie_name(name, secure),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=secure,
        samesite=same_site,
    )


def end_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Take a cookie away."""
    secure = request.app[keys.CLIENT].is_secure(request)
    response.del_cookie(_cookie_name(name, secure), path="/", httponly=True, secure=secure, samesite="Lax")


def remember_guest(request: web.Request, response: web.StreamResponse) -> None:
    """Give a guest who was new in this request the cookie that keeps them the same guest."""
    if (
        _NEW_GUEST in request
        and SESSION not in response.cookies
        and f"__Host-{SESSION}" not in response.cookies
    ):
        guest = request[_NEW_GUEST]
        set_cookie(request, response, GUEST, f"{guest}.{_sign(request, GUEST, guest)}", max_age=GUEST_SECONDS)


def cookie_of(request: web.Request, name: str) -> str:
    """Return a cookie that `set_cookie` has set, or an empty text."""
    return _cookie(request, name)


def language_cookie(request: web.Request) -> str | None:
    """Return the language the visitor chose before."""
    return _cookie(request, LANGUAGE) or None


async def _account_actor(request: web.Request) -> Actor | None:
    token = session_token(request)
    found = await request.app[keys.ACCOUNTS].signed_in(token) if token else None
    if found is None:
        return None
    account, request[_SIGNED_IN_AT] = found
    return account.actor


def _guest_actor(request: web.Request) -> Actor:
    return Actor(
        id=AccountId(f"guest:{_guest_id(request)}"),
        role=Role.GUEST,
        name=gettext("Guest"),
        company="",
        room=None,
        country="",
        language=current_language(),
    )


def _guest_id(request: web.Request) -> str:
    guest, _, signature = _cookie(request, GUEST).partition(".")
    if guest and hmac.compare_digest(_bytes(signature), _bytes(_sign(request, GUEST, guest))):
        return guest
    if _NEW_GUEST not in request:
        request[_NEW_GUEST] = secrets.token_urlsafe(16)
    return request[_NEW_GUEST]


def _cookie(request: web.Request, name: str) -> str:
    secure = request.app[keys.CLIENT].is_secure(request)
    return request.cookies.get(_cookie_name(name, secure), "")


def _cookie_name(name: str, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def _sign(request: web.Request, purpose: str, text: str) -> str:
    key = request.app[keys.SETTINGS].secrets.key.encode()
    return hmac.new(key, _bytes(f"{purpose}:{text}"), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    """Return a text of a header as it came over the line, whatever those bytes are."""
    return text.encode("utf-8", "surrogateescape")
