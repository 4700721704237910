"""Captions for HLS players (RFC 8216, 3.5): a playlist for each language, in segments of the target duration.

A segment's `X-TIMESTAMP-MAP` makes positions seconds of the show's timeline, as the picture's are. While a
show runs its playlist grows, with the target duration that all playlists of a show share (6.2.4): a segment
is listed soon after its time is over, before players that keep three of them behind the show get there.
`web.hls` has the addresses and keys.
"""

from __future__ import annotations

import datetime
import hashlib

from aiohttp import web

from config.errors import Missing
from config.ids import ShowId
from media.hls.multivariant import Captions as Listed
from media.hls.timeline import MAX_TARGET_SECONDS
from rooms.fair.captions import Captions
from rooms.fair.recording import Recording
from rooms.fair.webvtt import write
from web import keys
from web.hls_answers import FRESH_SECONDS, unchanged

PLAYLIST = "application/vnd.apple.mpegurl"
RUNNING_SECONDS = 10
"""How long answers may be cached while live captions still come; finished ones are still edited."""
SPEAKING_SECONDS = 2.0
"""How long after they were said captions may come and still be in the segment of their time."""
LANGUAGE = "{language:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}}"
"""For URL patterns."""


class CaptionLanguages:
    """Tells the playlist of playlists which captions a show has."""

    def __init__(self, captions: Captions) -> None:
        self._captions = captions

    async def __call__(self, show: str) -> tuple[Listed, ...]:
        """Return the languages a show has captions in now."""
        languages = await self._captions.languages(ShowId(show))
        return tuple(Listed(tag, name, f"captions/{tag}.m3u8") for tag, name in languages)


async def playlist(request: web.Request, show: ShowId, target: int, seconds: int) -> web.Response:
    """Send the playlist of one language, in segments of `target` seconds; it is good for `seconds`."""
    language = request.match_info["language"]
    await request.app[keys.CAPTIONS].track(show, language)
    recording = await request.app[keys.RECORDINGS].get(show)
    length, is_over = _length(request, recording), not recording.is_running
    text = playlist_text(language, recording.started_at, length, target, is_over=is_over)
    return _answer(request, recording, text, PLAYLIST, seconds)


async def segment(request: web.Request, show: ShowId, seconds: int) -> web.Response:
    """Send one segment; a caption that goes on stands in each segment it is shown in."""
    language = request.match_info["language"]
    start, end = int(request.match_info["start"]), int(request.match_info["end"])
    recording = await request.app[keys.RECORDINGS].get(show)
    if not start < min(end, _length(request, recording)) or end - start > MAX_TARGET_SECONDS:
        raise Missing("The show has no such segment.", code="no_captions")
    cues = await request.app[keys.CAPTIONS].cues(show, language, start, end)
    return _answer(request, recording, write(cues, is_segment=True), "text/vtt", seconds)


def playlist_text(language: str, started_at: float, seconds: float, target: int, *, is_over: bool) -> str:
    """Return the playlist of a show that is `seconds` long, or has run for so long until now."""
    began = datetime.datetime.fromtimestamp(started_at, datetime.UTC).isoformat(timespec="milliseconds")
    lines = [
        "#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_over else 'EVENT'}",
        f"#EXT-X-PROGRAM-DATE-TIME:{began.replace('+00:00', 'Z')}",
    ]
    full, rest = divmod(max(0.0, seconds if is_over else seconds - SPEAKING_SECONDS), target)
    lengths = [float(target)] * int(full) + ([rest] if is_over and rest >= 0.001 else [])
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{length:.3f},", f"{language}/{number * target}-{(number + 1) * target}.vtt"]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if is_over else []), ""])


def _length(request: web.Request, recording: Recording) -> float:
    running = request.app[keys.CLOCK]() - recording.started_at
    return running if recording.is_running else recording.seconds


def _answer(request: web.Request, recording: Recording, text: str, kind: str, seconds: int) -> web.Response:
    """Return a text that caches keep for a moment; its tag is of its content."""
    age = min(seconds, RUNNING_SECONDS if recording.is_running else FRESH_SECONDS)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    answer = unchanged(request, tag) or web.Response(text=text, content_type=kind, charset="utf-8")
    answer.headers.update({"Cache-Control": f"public, max-age={age}", "ETag": tag})
    return answer
