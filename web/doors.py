"""What WHIP and WHEP share over HTTP: offers and fragments in, answers out, and access from other origins.

RFC 9725 for publishers, the WHEP draft for viewers. The doors look at bearer tokens only, never at cookies,
so any origin may call them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import hdrs, web

from config.errors import Invalid
from config.ids import RoomId, SessionId
from media.answers import Answered, Restarted
from signaling.turn import IceServer
from web.i18n import gettext

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
SDP_LIMIT_BYTES = 64 * 1024
PATHS = ("/whip/", "/whep/")
BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Change:
    """What a PATCH says: which ICE session it means (an entity tag, `*` or None), and a fragment."""

    etag: str | None
    body: str


def offer_of(request: web.Request, body: bytes) -> str:
    """Return the offer; raise `Invalid` when it is not SDP, too large, or SDP is not wanted back."""
    if request.content_type != SDP:
        raise Invalid(gettext("Send the offer with Content-Type: application/sdp."), code="content_type")
    if not _accepts_sdp(request.headers.get(hdrs.ACCEPT, "")):
        raise Invalid(
            gettext("The answer is application/sdp; allow it in your Accept header."), code="not_acceptable"
        )
    return _text(body)


def change_of(request: web.Request, body: bytes) -> Change:
    """Return what a PATCH asks for."""
    etag = request.headers.get(hdrs.IF_MATCH)
    return Change(etag.strip().strip('"') if etag is not None else None, _text(body))


def bearer_of(request: web.Request) -> str:
    """Return the bearer token, or an empty text when there is none."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    return header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else ""


def place_of(request: web.Request) -> tuple[RoomId, SessionId]:
    """Return the room and session a session URL names."""
    return RoomId(request.match_info["room"]), SessionId(request.match_info["session"])


def created(request: web.Request, answered: Answered, servers: Iterable[IceServer]) -> web.Response:
    """Return 201: the answer, where the session lives, the tag of its ICE session, and TURN servers."""
    response = web.Response(status=201, text=answered.sdp, content_type=SDP)
    response.headers[hdrs.LOCATION] = f"{request.path}/{answered.session}"
    response.headers[hdrs.ETAG] = f'"{answered.etag}"'
    response.headers["Accept-Patch"] = FRAGMENT
    response.headers[hdrs.CACHE_CONTROL] = "no-store"
    for server in servers:
        for url in server["urls"]:
            response.headers.add(hdrs.LINK, _link(url, server))
    return response


def changed(restarted: Restarted | None) -> web.Response:
    """Return 204 to candidates, and to a restart 200 with our new ICE and its tag (RFC 9725, section 4.3)."""
    if restarted is None:
        return web.Response(status=204)
    response = web.Response(status=200, text=restarted.fragment, content_type=FRAGMENT)
    response.headers[hdrs.ETAG] = f'"{restarted.etag}"'
    response.headers[hdrs.CACHE_CONTROL] = "no-store"
    return response


def options(methods: str) -> web.Response:
    """Return what a browser on another origin asks before it sends an offer."""
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
            "Access-Control-Max-Age": "86400",
            "Accept-Post": SDP,
            "Allow": methods,
        },
    )


async def nothing(_request: web.Request) -> web.Response:
    """Answer GET on a session: it has no representation."""
    return web.Response(status=204)


async def add_cors_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Open the doors, refusals included, to scripts of other origins; a signal handler."""
    if request.path.startswith(PATHS):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Location, ETag, Link, Accept-Patch, Retry-After"


def _link(url: str, server: IceServer) -> str:
    """Return a TURN server as RFC 9725, section 4.6, has it."""
    who = f'username="{server["username"]}"; credential="{server["credential"]}"; credential-type="password"'
    return f'<{url}>; rel="ice-server"; {who}'


def _text(body: bytes) -> str:
    if len(body) > SDP_LIMIT_BYTES:
        raise Invalid(
            gettext("That is more SDP than any session needs; the limit is 64 kB."), code="sdp_too_large"
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(gettext("The SDP is not UTF-8 text."), code="sdp_malformed") from None


def _accepts_sdp(accept: str) -> bool:
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return not accept.strip() or bool(ranges & {SDP, "application/*", "*/*"})
