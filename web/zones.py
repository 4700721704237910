"""The time zone of a visitor's clock, which their browser tells in a cookie."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web

from rooms.negotiation.appointments.wishes import known_zone

COOKIE = "zone"


def zone_of(request: web.Request, otherwise: str = "UTC") -> str:
    """Return the zone of who asks; `otherwise` where the browser has not told one."""
    told = unquote(request.cookies.get(COOKIE, ""))
    return known_zone(told) if told and len(told) <= 64 else otherwise
