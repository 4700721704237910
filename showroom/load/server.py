"""The server under test: the relay behind its WHIP and WHEP doors, and nothing else of the fair.

Run as `python -m showroom.load.server`: prints one JSON line with its address, serves one show to whoever
comes, and ends with SIGTERM or when its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.errors import FairError, Missing
from config.ids import SessionId
from config.settings import load_settings
from media.answers import Answered
from media.relay import Relay

RELAY = web.AppKey("relay", Relay)
MAX_OFFER_BYTES = 1 << 16
ROOMY = {
    "SHOWROOM_ICE_PORT": "0",
    "SHOWROOM_MEDIA_MAX_PENDING_PER_ADDRESS": "100000",
    "SHOWROOM_MEDIA_MAX_PENDING": "100000",
    "SHOWROOM_MEDIA_MAX_SESSIONS": "100000",
}
"""Settings that let everybody in from one address; the environment may set what else it likes."""


def build_app(relay: Relay) -> web.Application:
    """Return the two doors of `relay` as an application."""
    app = web.Application(client_max_size=MAX_OFFER_BYTES)
    app[RELAY] = relay
    app.router.add_post("/whip/{room}", _publish)
    app.router.add_post("/whep/{room}", _subscribe)
    app.router.add_delete("/{door}/{room}/{session}", _end)
    return app


async def _publish(request: web.Request) -> web.Response:
    return await _answer(request, publishes=True)


async def _subscribe(request: web.Request) -> web.Response:
    return await _answer(request, publishes=False)


async def _answer(request: web.Request, *, publishes: bool) -> web.Response:
    relay, room, offer = request.app[RELAY], request.match_info["room"], await request.text()
    open_session = relay.publish if publishes else relay.subscribe
    try:
        answered: Answered = await open_session(room, offer, request.remote or "")
    except FairError as error:
        return web.Response(status=409, text=f"{error.code}: {error.message}")
    location = f"{request.path}/{answered.session}"
    headers = {"Location": location, "ETag": f'"{answered.etag}"'}
    return web.Response(status=201, text=answered.sdp, content_type="application/sdp", headers=headers)


async def _end(request: web.Request) -> web.Response:
    try:
        request.app[RELAY].end_session(SessionId(request.match_info["session"]))
    except Missing:
        return web.Response(status=404)
    return web.Response()


async def serve() -> None:
    """Serve on free ports of this machine until standard input closes."""
    settings = load_settings(environ={**os.environ, **ROOMY})
    relay = Relay(settings.ice, settings.media, Counters(CollectorRegistry()))
    await relay.start()
    runner = web.AppRunner(build_app(relay), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(json.dumps({"url": f"http://{host}:{port}", "ice_port": relay.port}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await relay.close()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve())
