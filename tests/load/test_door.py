"""A light peer says at the door who it is and what else the server wants to know."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from media.dtls import Certificate
from showroom.load.door import Refused
from showroom.load.sdp import AnswerError
from showroom.load.viewer import Viewer


async def test_viewer_shows_its_token_coming_and_going() -> None:
    """The headers of the offer are those it was given, and the session is ended with the same token."""
    seen: list[tuple[str, str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.method, request.headers.get("Authorization"), request.headers.get("X-Wanted")))
        return web.Response(status=201, text="v=0\r\n", headers={"Location": "/door/1"})

    async with _door(answer) as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("/door"))
        viewer = Viewer(http, url, Certificate.generate(), "key", {"X-Wanted": "all"})
        with pytest.raises(AnswerError):
            await viewer.open()
        await viewer.close()
    assert seen == [("POST", "Bearer key", "all"), ("DELETE", "Bearer key", None)]


async def test_viewer_without_a_token_shows_none() -> None:
    """And a server that lets nobody in is told in its own words."""

    async def refuse(request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        return web.Response(status=403, text="not today")

    async with _door(refuse) as server, aiohttp.ClientSession() as http:
        viewer = Viewer(http, str(server.make_url("/door")), Certificate.generate())
        with pytest.raises(Refused, match="403 not today"):
            await viewer.open()
        await viewer.close()


def _door(handler: Handler) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    return TestServer(app)
