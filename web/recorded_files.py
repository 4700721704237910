"""Whole recordings as files: to keep, for who owns them, and to play, where players need a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import quote

from aiohttp import hdrs, web

from config.errors import Invalid, Missing
from media.recording.facts import Container, Section
from media.recording.webm_index import VirtualFile
from media.recording.whole_file import Form, whole_file
from rooms.fair.recording import Recording
from signaling.archive_index import segments_of
from web import keys
from web.i18n import gettext
from web.identity import actor_of
from web.replays import forms_of_recording

CHUNK_BYTES = 1 << 20
TYPES = {Container.MP4: "video/mp4", Container.WEBM: "video/webm"}
UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


async def download(request: web.Request) -> web.StreamResponse:
    """Send a whole recording to who owns it, under its title; what has another picture format by `form`."""
    recording = await request.app[keys.RECORDINGS].get(request.match_info["recording"])
    await request.app[keys.RECORDINGS].require_download(await actor_of(request), recording)
    name = request.query.get("form")
    form = await _form(request, recording, lambda form: name in (None, form.name))
    return await _send(request, recording, form, is_download=True)


async def play(request: web.Request) -> web.StreamResponse:
    """Send a recording in WebM to who may watch it, or to everybody while it runs as a show.

    Browsers play and seek it as it is.
    """
    recording = await request.app[keys.RECORDINGS].get(request.match_info["recording"])
    if not await request.app[keys.SHOWS].is_shown(recording.room, recording.id):
        await request.app[keys.RECORDINGS].require_watching(await actor_of(request), recording)
    form = await _form(request, recording, lambda _: True)
    return await _send(request, recording, form, is_download=False)


async def _send(
    request: web.Request, recording: Recording, form: Form, *, is_download: bool
) -> web.StreamResponse:
    sections, container = {section.number: section for section in form.sections}, form.container
    file = await _file(request, recording, form)
    is_part = request.headers.get(hdrs.RANGE, "").startswith("bytes=")
    start, end = _range_of(request, file.size) if is_part else (0, file.size)
    response = web.StreamResponse(status=206 if is_part else 200)
    response.content_type = TYPES[container]
    response.content_length = end - start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    if is_part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    if is_download:
        response.headers["Content-Disposition"] = _disposition(recording, container)
    await response.prepare(request)
    if request.method != "HEAD":
        await _write(request, response, recording.id, sections, file, start, end)
    await response.write_eof()
    return response


async def _write(
    request: web.Request, response: web.StreamResponse, recording: str, sections: dict[int, Section],
    file: VirtualFile, start: int, end: int,
) -> None:
    """Write the bytes from `start` up to `end`, a chunk after the other: nothing is held of a long show."""
    places = request.app[keys.PLACES]
    for at in range(start, end, CHUNK_BYTES):
        for piece in file.slices(at, min(end, at + CHUNK_BYTES)):
            if isinstance(piece, bytes):
                await response.write(piece)
            else:
                section = sections[piece.section]
                await response.write(await places.read(recording, section, piece.offset, piece.length))


async def _form(request: web.Request, recording: Recording, is_it: Callable[[Form], bool]) -> Form:
    """Return the first form that is meant: the first has most of the picture."""
    found = next(filter(is_it, await forms_of_recording(request.app, recording)), None)
    if found is None:
        raise Missing(gettext("Nothing was recorded of this show."), code="no_recording")
    return found


async def _file(request: web.Request, recording: Recording, form: Form) -> VirtualFile:
    recordings = request.app[keys.RECORDINGS]
    init = await request.app[keys.PLACES].read(recording.id, form.head, 0, form.head.init_bytes)

    async def make() -> VirtualFile:
        segments = await segments_of(recordings, recording.id)
        return await asyncio.to_thread(whole_file, init, form, segments)

    try:
        kept = request.app[keys.WHOLE_FILES]
        return await kept.of((recording.id, form.name), (len(form.sections), recording.bytes), make)
    except ValueError:
        raise Missing(gettext("Nothing was recorded of this show."), code="no_recording") from None


def _range_of(request: web.Request, size: int) -> tuple[int, int]:
    """Return the first byte wanted and the first no longer wanted (RFC 9110, section 14)."""
    try:
        asked = request.http_range
    except ValueError:
        raise Invalid(gettext("Ask for one range of bytes."), code="bad_range") from None
    start, end, _ = asked.indices(size)
    if start >= end:
        raise Invalid(gettext("The file has no such bytes."), code="bad_range")
    return start, end


def _disposition(recording: Recording, container: Container) -> str:
    """Return how browsers name the file (RFC 6266): the title in ASCII, and as it is."""
    name = UNSAFE_IN_NAME.sub(" ", recording.title).strip() or recording.room
    plain = name.encode("ascii", "ignore").decode().strip() or recording.room
    return f"attachment; filename=\"{plain}.{container}\"; filename*=UTF-8''{quote(name)}.{container}"
