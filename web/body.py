"""Taking in the body of a request, within limits of size and time."""

from __future__ import annotations

import asyncio

from aiohttp import web

from config.errors import Invalid
from rooms.fair.pictures import LIMIT_BYTES
from rooms.fair.webvtt import MOST_BYTES
from web.i18n import gettext

BODY_SECONDS = 10.0
"""A request whose body takes longer to arrive is refused."""

BODY_LIMITS = {
    "captions": MOST_BYTES, "captions-edited": 3 * MOST_BYTES, "portrait": LIMIT_BYTES + 1024,
    "product-picture": LIMIT_BYTES + 1024,
}
"""Routes, by name, whose bodies may be larger than those of all others."""

LATE_BODIES = frozenset({"call-files"})
"""Routes, by name, whose handlers ask who it is before they take in a body: it is a large one."""


def is_late(request: web.Request) -> bool:
    """Tell whether the handler takes in the body itself, with `take_in`."""
    return (request.match_info.route.name or "") in LATE_BODIES


async def receive(request: web.Request) -> web.Request:
    """Take the body in before anybody works on it; return the request that holds it."""
    limit = BODY_LIMITS.get(request.match_info.route.name or "")
    if limit:
        request = request.clone(client_max_size=limit)
    if request.can_read_body:
        await take_in(request, BODY_SECONDS)
    return request


async def take_in(request: web.Request, seconds: float, limit_bytes: int | None = None) -> bytes:
    """Return the body; `Invalid` (`slow_body`) when it takes longer, 413 when it is larger."""
    if limit_bytes:
        request = request.clone(client_max_size=limit_bytes)
    try:
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError:
        raise Invalid(gettext("The request took too long to arrive."), code="slow_body") from None
