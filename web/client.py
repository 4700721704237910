"""Who is on the other end of a connection: network address and scheme, believing only trusted proxies."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from config.errors import Invalid
from config.networks import network_of
from config.settings import Settings

LONGEST_CHAIN = 20
"""Forwarded addresses looked at, counted from our side; a longer chain is somebody's invention."""


class Client:
    """Reads addresses, schemes and origins of requests as the settings say they may be read."""

    def __init__(self, settings: Settings) -> None:
        try:
            self._trusted = tuple(ip_network(text, strict=False) for text in settings.http.trusted_proxies)
        except ValueError as error:
            raise Invalid(f"http.trusted_proxies: {error}") from None
        self._public_is_secure = settings.public_url.startswith("https:")
        self._origins = {_origin(settings.public_url), *map(_origin, settings.http.allowed_origins)}

    def address(self, request: web.Request) -> str:
        """Return the client's address: the nearest one in X-Forwarded-For that is no proxy of ours.

        From an untrusted peer the header means nothing and the peer's own address counts.
        """
        nearest = request.remote or "unknown"
        if not self._trusts(nearest):
            return nearest
        chain = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for text in reversed(chain[-LONGEST_CHAIN:]):
            address = _plain_address(text)
            if address is None:
                return nearest
            nearest = address
            if not self._trusts(nearest):
                return nearest
        return nearest

    def network(self, request: web.Request) -> str:
        """Return what limits go by: the network of the client's address."""
        return network_of(self.address(request))

    def is_secure(self, request: web.Request) -> bool:
        """Whether the browser speaks TLS, to us or to a trusted proxy."""
        if self._public_is_secure or request.secure:
            return True
        return self._trusts(request.remote or "") and request.headers.get("X-Forwarded-Proto", "") == "https"

    def is_own_origin(self, request: web.Request, origin: str) -> bool:
        """Whether a page of `origin` is one of ours: the public URL, an allowed one, or this very host."""
        try:
            return _origin(origin) in self._origins or urlsplit(origin).netloc.lower() == request.host.lower()
        except ValueError:
            return False  # no address at all

    def _trusts(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _plain_address(text: str) -> str | None:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
