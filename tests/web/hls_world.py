"""A server with nothing but HLS on it, behind the middlewares of the fair, and shows that are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.settings import load_settings
from media.hls.aac import AacMaker
from media.hls.multivariant import Captions
from media.hls.serving import HlsMedia
from media.hls.shows import LiveShows
from media.storage.local import LocalStore
from media.storage.places import Places
from showroom.archiving import Mp4Files
from tests.media.hls.broadcast import Broadcast, Files
from tests.media.hls.sizes import Sent
from web import keys
from web.client import Client
from web.hls import ROUTES, Hls, HlsShow
from web.hls_answers import add_hls_headers
from web.hls_keys import HlsKeys
from web.hls_layers import LayeredShows
from web.i18n import Catalogues
from web.identity import Handler
from web.middleware import MIDDLEWARES

BEGAN = 1_790_000_000.0
SECRET = "s" * 40


@dataclass(slots=True)
class Shelf:
    """Knows the shows of the tests; all but those named private are public."""

    shows: LiveShows
    private: set[str] = field(default_factory=set)
    captions: tuple[Captions, ...] = ()
    circle: str = ""

    async def show(self, show: str) -> HlsShow | None:
        live = self.shows.get(show)
        return HlsShow(show, live, show not in self.private, self.captions, self.circle) if live else None


@dataclass(slots=True)
class HlsWorld:
    """What tests touch; `asked` counts requests that reached the node, by path and query."""

    url: str
    port: int
    folder: Path
    shows: LiveShows
    shelf: Shelf
    files: Files
    aac: AacMaker
    keys: HlsKeys
    client: ClientSession
    asked: Counter[str]
    now: list[float]

    def broadcast(self, recording: str = "show", segments: int = 0) -> Broadcast:
        """Begin a show and write so many segments of it."""
        made = Broadcast(self.folder, self.shows, recording, BEGAN)
        made.write(segments)
        return made

    async def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        """Return the answer to a request below /hls/."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        async with self.client.request(method, f"{self.url}/hls/{path}", headers=named) as answer:
            return Got(answer.status, {k.title(): v for k, v in answer.headers.items()}, await answer.read())


@dataclass(frozen=True, slots=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@asynccontextmanager
async def hls_world(folder: Path) -> AsyncIterator[HlsWorld]:
    """Open the server on a free port."""
    shows, files, aac, now = LiveShows(30.0), Files(folder), AacMaker(), [BEGAN]
    shelf, hls_keys, asked = Shelf(shows), HlsKeys(SECRET), Counter[str]()
    hls = Hls(shelf, HlsMedia(files, aac), hls_keys, lambda: now[0])
    async with _served(hls, asked) as port, ClientSession(auto_decompress=True) as client:
        yield HlsWorld(f"http://127.0.0.1:{port}", port, folder, shows, shelf, files, aac, hls_keys, client,
                       asked, now)
    await aac.close()


@asynccontextmanager
async def sizes_world(sent: Sent) -> AsyncIterator[HlsWorld]:
    """Open the server for the show of `sent`, which is called "show"."""
    aac, now, asked = AacMaker(), [BEGAN], Counter[str]()
    shelf, hls_keys = Shelf(sent.shows), HlsKeys(SECRET)
    folder = sent.folder / "recordings"
    media = HlsMedia(Mp4Files(Places(LocalStore(folder)), sent.layers.forms), aac)
    hls = Hls(shelf, media, hls_keys, lambda: now[0], sizes=LayeredShows(sent.layers))
    async with _served(hls, asked) as port, ClientSession(auto_decompress=True) as client:
        yield HlsWorld(f"http://127.0.0.1:{port}", port, folder, sent.shows, shelf, Files(folder), aac,
                       hls_keys, client, asked, now)
    await aac.close()


@asynccontextmanager
async def _served(hls: Hls, asked: Counter[str]) -> AsyncIterator[int]:
    """Serve on a free port, which it yields."""
    runner = web.AppRunner(_app(hls, asked), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _app(hls: Hls, asked: Counter[str]) -> web.Application:
    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked[request.path_qs] += 1
        return await handler(request)

    settings = load_settings(None, {"SHOWROOM_SECRETS_KEY": SECRET})
    app = web.Application(middlewares=[count, *MIDDLEWARES])
    app[keys.SETTINGS], app[keys.COUNTERS] = settings, Counters(CollectorRegistry())
    app[keys.CLIENT], app[keys.CATALOGUES] = Client(settings), Catalogues("en")
    app[keys.HLS] = hls
    app.add_routes(ROUTES)
    app.on_response_prepare.append(add_hls_headers)
    return app
