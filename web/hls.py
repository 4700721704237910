"""Shows as HLS: playlists, initialisations, segments and parts of a running show or a whole one.

    /hls/{show}/index.m3u8                   the playlist of playlists
    /hls/{show}/sound.m3u8                   the same for who wants no picture
    /hls/{show}/{track}.m3u8                 the newest seconds of a track, with low latency
    /hls/{show}/whole/…                      these three from its beginning on
    /hls/{show}/{track}/{section}.init.mp4   what stands before all of a section
    /hls/{show}/{track}/{segment}.m4s        a segment; `{segment}.{part}` a part, `{segment}.{a}-{b}` several
    /hls/{show}/layers/{layer}/video…        the same for the picture in a smaller size, while it is sent
    /hls/{show}/captions/{language}.m3u8     captions, in segments `captions/{language}/{start}-{end}.vtt`
    /hls/{show}/k/{key}/…                    all of that for shows that are not public

No cookie is set or read here, so that a cache may stand in front.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from aiohttp import web

from config.errors import Denied, Invalid, Missing
from config.ids import ShowId
from media.hls.asking import Ask
from media.hls.live import LiveShow, not_sent
from media.hls.multivariant import Captions, Size
from media.hls.pieces import PieceId
from media.hls.playlist import SKIP_TARGETS
from media.hls.tracks import Track
from web import hls_captions, keys
from web.hls_answers import FRESH_SECONDS, YEAR_SECONDS, media, playlist
from web.hls_captions import LANGUAGE
from web.hls_keys import KEY_PATTERN, HlsKeys
from web.i18n import gettext

LIVE_SECONDS = 1
"""How long a live playlist is good for when it was not waited for."""
INDEX_SECONDS = 5


@dataclass(frozen=True, slots=True)
class HlsShow:
    """A show as HLS sees it: `recording` names its files; who is not public needs a key.

    `circle` tells for whom it is: a key that was made while it was for others opens nothing.
    """

    recording: str
    live: LiveShow
    is_public: bool
    captions: tuple[Captions, ...] = ()
    circle: str = ""

    @property
    def is_open_and_live(self) -> bool:
        """Whether it runs, for everybody."""
        return self.is_public and not self.live.is_ended


class ShowSource(Protocol):
    """Knows the shows there are."""

    async def show(self, show: str) -> HlsShow | None:
        """Return a running or an ended show; None when there is none, or none of it was recorded."""


class Instead(Protocol):
    """Knows a form of a show that players take when its own is none."""

    async def of(self, show: HlsShow) -> HlsShow:
        """Return it, or the show as it is; raise `Busy` while there is none yet."""


@dataclass(frozen=True, slots=True)
class AsItIs:
    """Where nothing is encoded."""

    async def of(self, show: HlsShow) -> HlsShow:
        """Return the show."""
        return show


class Sizes(Protocol):
    """Knows the smaller sizes in which a running show is sent."""

    def of(self, show: HlsShow) -> tuple[Size, ...]:
        """Return those there are now, the largest first."""

    async def one(self, show: HlsShow, layer: str) -> HlsShow:
        """Return the show in one of them; raise `Missing` when it is not sent, `Busy` while it is not yet."""


@dataclass(frozen=True, slots=True)
class NoSizes:
    """Where nothing is recorded."""

    def of(self, show: HlsShow) -> tuple[Size, ...]:
        """Return none."""
        return ()

    async def one(self, show: HlsShow, layer: str) -> HlsShow:
        """Raise `Missing`."""
        raise not_sent()


class Media(Protocol):
    """Has the bytes of each track as a player takes them; `media.hls.serving.HlsMedia` is one."""

    async def init(self, recording: str, live: LiveShow, track: Track, section: int) -> bytes:
        """Return an initialisation; raise `Missing` where there is none."""

    async def piece(self, recording: str, live: LiveShow, track: Track, piece: PieceId) -> bytes:
        """Return fragments; raise `Missing` where there are none."""


@dataclass(frozen=True, slots=True)
class Hls:
    """What the handlers work with."""

    shows: ShowSource
    media: Media
    keys: HlsKeys
    clock: Callable[[], float] = time.time
    instead: Instead = field(default_factory=AsItIs)
    sizes: Sizes = field(default_factory=NoSizes)


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def index(request: web.Request) -> web.Response:
    """Send the playlist of playlists."""
    show, seconds = await _show(request)
    is_whole = _is_whole(request)
    words = tuple(replace(one, uri=f"../{one.uri}") for one in show.captions) if is_whole else show.captions
    smaller = partial(_hls(request).sizes.of, show)
    has_picture = request.match_info["list"] == "index"
    text = await show.live.multivariant(
        whole=is_whole, captions=words, smaller=smaller, has_picture=has_picture)
    return playlist(request, text, min(seconds, FRESH_SECONDS if show.live.is_ended else INDEX_SECONDS))


async def track(request: web.Request) -> web.Response:
    """Send a media playlist once it has what the player asks for."""
    show, seconds = await _show(request)
    ask = ask_of(request)
    text = await show.live.playlist(_track(request), ask, whole=_is_whole(request))
    return playlist(request, text, min(seconds, _playlist_seconds(show.live, ask)))


async def init(request: web.Request) -> web.Response:
    """Send an initialisation."""
    show, seconds = await _show(request)
    section = int(request.match_info["section"])
    body = await _hls(request).media.init(show.recording, show.live, _track(request), section)
    return media(request, body, seconds, is_live=show.is_open_and_live)


async def segment(request: web.Request) -> web.Response:
    """Send a segment, some of its parts, or one of them, for which a player may wait."""
    show, seconds = await _show(request)
    piece = PieceId.parse(request.match_info["piece"])
    if piece.is_part:
        await show.live.part_there(piece.segment, piece.first)
    body = await _hls(request).media.piece(show.recording, show.live, _track(request), piece)
    return media(request, body, seconds, is_live=show.is_open_and_live)


async def captions(request: web.Request) -> web.Response:
    """Send the playlist of captions in one language."""
    show, seconds = await _show(request)
    target = await show.live.target()
    return await hls_captions.playlist(request, ShowId(request.match_info["show"]), target, seconds)


async def caption_segment(request: web.Request) -> web.Response:
    """Send the captions of a segment."""
    _, seconds = await _show(request)
    return await hls_captions.segment(request, ShowId(request.match_info["show"]), seconds)


def _hls(request: web.Request) -> Hls:
    """Return what serves HLS; raise `Missing` where the settings leave it out."""
    hls = request.app.get(keys.HLS)
    if hls is None:
        raise Missing(gettext("This fair does not send shows as HLS."), code="no_hls")
    return hls


def ask_of(request: web.Request) -> Ask:
    """Return the delivery directives of a request (RFC 8216bis, 6.2.5); raise `Invalid` for odd ones."""
    skip = request.query.get("_HLS_skip", "")
    if skip not in ("", "YES", "v2"):
        raise Invalid(gettext("_HLS_skip is YES or v2."), code="directive")
    return Ask(_directive(request, "_HLS_msn"), _directive(request, "_HLS_part"), bool(skip))


def _directive(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid(gettext("_HLS_msn and _HLS_part are whole numbers."), code="directive")
    return int(text)


async def _show(request: web.Request) -> tuple[HlsShow, int]:
    """Return the show and for how many seconds its addresses are good; refuse whom it is not open to."""
    hls, name = _hls(request), request.match_info["show"]
    key = request.match_info.get("key")
    show = await hls.shows.show(name)
    circle = show.circle if show else ""
    seconds = hls.keys.check(name, key, hls.clock(), circle) if key is not None else YEAR_SECONDS
    if show is None:
        raise Missing(gettext("There is no such show."), code="no_show")
    if key is None and not show.is_public:
        raise Denied(gettext("This show is not open to everybody. Open it from its page."), code="not_public")
    show = await hls.instead.of(show)
    if show.live.timeline.sections and not show.live.tracks:
        raise Missing(
            gettext("This show is sent in VP8, which has no HLS. Watch it in a browser with WebRTC."),
            code="no_hls")
    layer = request.match_info.get("layer")
    return (await hls.sizes.one(show, layer) if layer is not None else show), seconds


def _playlist_seconds(live: LiveShow, ask: Ask) -> int:
    if live.is_ended:
        return FRESH_SECONDS
    return LIVE_SECONDS if ask.number is None else SKIP_TARGETS * live.timeline.target_seconds


def _track(request: web.Request) -> Track:
    return Track(request.match_info["track"])


def _is_whole(request: web.Request) -> bool:
    return request.match_info.get("whole") is not None


SHOW = "/hls/{show:[A-Za-z0-9_-]{1,64}}"
TRACK = f"{{track:{'|'.join(Track)}}}"
LAYER = f"layers/{{layer:[A-Za-z0-9_-]{{1,16}}}}/{{track:{Track.VIDEO}}}"
LIST = "{list:index|sound}"
WHOLE = "{whole:whole}"
PIECE = r"{piece:\d{1,9}(\.\d{1,5}(-\d{1,5})?)?}"
ROUTES = [
    web.get(base + path, answer)
    for base in (SHOW, f"{SHOW}/k/{{key:{KEY_PATTERN}}}")
    for path, answer in (
        (f"/{LIST}.m3u8", index), (f"/{WHOLE}/{LIST}.m3u8", index),
        (f"/{TRACK}.m3u8", track), (f"/{WHOLE}/{TRACK}.m3u8", track),
        (f"/captions/{LANGUAGE}.m3u8", captions),
        (rf"/captions/{LANGUAGE}/{{start:\d{{1,7}}}}-{{end:\d{{1,7}}}}.vtt", caption_segment),
        (f"/{LAYER}.m3u8", track),
        *((rf"/{media_of}/{{section:\d{{1,5}}}}.init.mp4", init) for media_of in (TRACK, LAYER)),
        *((f"/{media_of}/{PIECE}.m4s", segment) for media_of in (TRACK, LAYER)))
]
"""For the URL table."""
