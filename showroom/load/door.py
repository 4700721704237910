"""The HTTP side of the light peers: post an offer to a WHIP or WHEP door, and end the session it opened."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

END_SECONDS = 3.0
OPEN_SECONDS = 15.0


class Refused(Exception):
    """The server did not open a session; the message is its status and sentence."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session's address and the server's answer."""

    location: URL
    answer: str


async def knock(
    http: aiohttp.ClientSession, url: str, offer: str, bearer: str = "", also: Mapping[str, str] | None = None
) -> Opened:
    """Post an offer, with the headers `also`; raises `Refused` when no session came of it."""
    headers = {"Content-Type": "application/sdp", **_authority(bearer), **(also or {})}
    timeout = aiohttp.ClientTimeout(total=OPEN_SECONDS)
    try:
        async with http.post(url, data=offer.encode(), headers=headers, timeout=timeout) as response:
            text = await response.text()
            if response.status != 201:
                raise Refused(f"{response.status} {text[:300]}")
            return Opened(response.url.join(URL(response.headers["Location"])), text)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Refused(f"{type(error).__name__}: {error}") from None


async def leave(http: aiohttp.ClientSession, location: URL, bearer: str = "") -> None:
    """End a session; a server that is gone has ended it already."""
    timeout = aiohttp.ClientTimeout(total=END_SECONDS)
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with http.delete(location, headers=_authority(bearer), timeout=timeout):
            pass


def _authority(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}"} if bearer else {}
