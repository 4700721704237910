"""Captions for players: the whole of a show as WebVTT, and in segments as HLS wants them (RFC 8216).

A segment is half a minute of the show; its `X-TIMESTAMP-MAP` makes positions seconds of the show's timeline,
as the picture's are. While a show runs its playlist grows: a segment is listed once its time is over.
"""

from __future__ import annotations

import datetime
import time

from aiohttp import web

from config.errors import Missing
from config.ids import AccountId, ShowId
from rooms.fair.policy import Actor, Role
from rooms.fair.webvtt import write
from web import keys
from web.watching import watched_show

SEGMENT_SECONDS = 30
PLAYLIST = "application/vnd.apple.mpegurl"
RUNNING_SECONDS, OVER_SECONDS = 10, 60
"""How long answers may be cached: live captions still come, finished ones are still edited."""
ANYBODY = Actor(AccountId("guest:"), Role.GUEST, "", "", None)


async def whole(request: web.Request) -> web.Response:
    """Send all captions of a show in one language."""
    show, language = await watched_show(request), request.match_info["language"]
    cues = await request.app[keys.CAPTIONS].cues(show, language)
    return await _answer(request, show, write(cues), "text/vtt")


async def playlist(request: web.Request) -> web.Response:
    """Send the playlist of one language."""
    show, language = await watched_show(request), request.match_info["language"]
    await request.app[keys.CAPTIONS].track(show, language)
    logged = await request.app[keys.SHOW_LOG].get(show)
    seconds = (logged.ended_at or time.time()) - logged.started_at
    text = playlist_text(language, logged.started_at, seconds, is_over=logged.ended_at is not None)
    return await _answer(request, show, text, PLAYLIST)


async def segment(request: web.Request) -> web.Response:
    """Send one segment; a caption that goes on stands in each segment it is shown in."""
    show, language = await watched_show(request), request.match_info["language"]
    start = int(request.match_info["number"]) * SEGMENT_SECONDS
    logged = await request.app[keys.SHOW_LOG].get(show)
    if start >= (logged.ended_at or time.time()) - logged.started_at:
        raise Missing("The show has not come so far.", code="no_captions")
    cues = await request.app[keys.CAPTIONS].cues(show, language, start, start + SEGMENT_SECONDS)
    return await _answer(request, show, write(cues, is_segment=True), "text/vtt")


def playlist_text(language: str, started_at: float, seconds: float, *, is_over: bool) -> str:
    """Return the playlist of a show that is `seconds` long, or has run for so long until now."""
    began = datetime.datetime.fromtimestamp(started_at, datetime.UTC).isoformat(timespec="milliseconds")
    lines = [
        "#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}", "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_over else 'EVENT'}",
        f"#EXT-X-PROGRAM-DATE-TIME:{began.replace('+00:00', 'Z')}",
    ]
    full, rest = divmod(max(0.0, seconds), SEGMENT_SECONDS)
    lengths = [float(SEGMENT_SECONDS)] * int(full) + ([rest] if is_over and rest >= 0.001 else [])
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{length:.3f},", f"{language}/{number}.vtt"]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if is_over else []), ""])


async def _answer(request: web.Request, show: ShowId, text: str, kind: str) -> web.Response:
    """Return a text that shared caches may keep for a moment where anybody may watch."""
    app = request.app
    is_over = (await app[keys.SHOW_LOG].get(show)).ended_at is not None
    audience = "public" if await app[keys.WATCHING].may_watch(ANYBODY, show) else "private"
    age = f"{audience}, max-age={OVER_SECONDS if is_over else RUNNING_SECONDS}"
    return web.Response(text=text, content_type=kind, charset="utf-8", headers={"Cache-Control": age})
