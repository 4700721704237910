"""Answers of HLS as caches like them: how long each is good for, its tag, its type, open to all origins."""

from __future__ import annotations

from aiohttp import hdrs, web

from media.hls.rendered import Rendered

PLAYLIST = "application/vnd.apple.mpegurl"
FRAGMENT = "video/mp4"
PATHS = ("/hls/",)
"""Paths that set no cookies and read none, so that a cache in front may answer for everybody."""
YEAR_SECONDS = 31536000
FRESH_SECONDS = 30
"""After so long, whoever keeps something of a show asks whether it is still there and still open to them."""
LIVE_SECONDS = 60
"""The same for caches before a running show: longer than its parts stand in the live playlist."""
STALE_SECONDS = 2
REFUSED = {404: "public, max-age=1", 503: "public, max-age=1"}
"""What is not there now is not there for the others who asked for it meanwhile."""


def playlist(request: web.Request, text: Rendered, seconds: int) -> web.Response:
    """Return a playlist that is good for so long, compressed where the player takes that.

    A cache may send it once more while it asks for the next one, but no older one, which would throw players
    back.
    """
    is_zipped = any(map(_is_gzip, request.headers.get(hdrs.ACCEPT_ENCODING, "").lower().split(",")))
    tag = f'"{text.etag}{"-gz" if is_zipped else ""}"'
    response = unchanged(request, tag) or web.Response(body=text.zipped if is_zipped else text.body)
    if response.status == 200:
        response.content_type = PLAYLIST
        if is_zipped:
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    return _kept(response, tag, f"public, max-age={seconds}, stale-while-revalidate={STALE_SECONDS}")


def media(request: web.Request, body: bytes, seconds: int, *, is_live: bool) -> web.Response:
    """Return bytes that never change; `seconds` is less where the address itself is good for less.

    Of a running public show, which `is_live`, a player keeps them for good, and a cache for a minute. Of all
    others nobody does for longer than half a minute: they may be deleted, or closed.
    """
    tag = f'"{request.path.rpartition("/hls/")[2]}"'
    response = unchanged(request, tag) or web.Response(body=body, content_type=FRAGMENT)
    fresh = f"public, max-age={min(seconds, FRESH_SECONDS)}"
    return _kept(response, tag, _live(seconds) if is_live else fresh)


def unchanged(request: web.Request, tag: str) -> web.Response | None:
    """Return the answer to who has the content of a tag, in its quotes, already; None for others."""
    asked = request.headers.get(hdrs.IF_NONE_MATCH, "")
    tags = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return web.Response(status=304) if tag in tags or asked.strip() == "*" else None


async def add_hls_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Open HLS, refusals included, to players on other origins; a signal handler."""
    if request.path.startswith(PATHS):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Age, Date, ETag, Retry-After"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers.setdefault(hdrs.CACHE_CONTROL, REFUSED.get(response.status, "no-store"))


def _is_gzip(coding: str) -> bool:
    """Tell whether one of Accept-Encoding is gzip, and its weight not 0 (RFC 9110, 12.4.2, 12.5.3)."""
    name, _, weight = (one.strip() for one in coding.partition(";"))
    return name == "gzip" and (not weight or weight.removeprefix("q=").strip("0.") != "")


def _live(seconds: int) -> str:
    mine, shared = min(seconds, YEAR_SECONDS), min(seconds, LIVE_SECONDS)
    return f"public, max-age={mine}, s-maxage={shared}, immutable"


def _kept(response: web.Response, tag: str, control: str) -> web.Response:
    response.headers[hdrs.ETAG] = tag
    response.headers[hdrs.CACHE_CONTROL] = control
    return response
