"""Captions over HTTP: what captioners' programs send, and what staff upload, edit and delete."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from config.errors import Denied, Invalid, Missing
from config.ids import RoomId, ShowId
from config.turns import in_turns
from rooms.fair.captions import Track
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.webvtt import HEAD, MOST_CUES, BadCaptions, Cue, write_cue
from signaling.captioner import MOST_AT_ONCE, Said
from signaling.wire_moments import cue_data
from web import keys
from web.doors import bearer_of
from web.i18n import gettext
from web.identity import actor_of, allow
from web.json_body import json_fields, needed_number_in, number_in, objects_in, text_in
from web.watching import watched_show

LONGEST_TEXT = 4000
KEPT = {"Cache-Control": "private, max-age=10"}
"""Live captions still come, others are edited."""
USUAL_SECONDS = 4.0
"""A caption whose duration nobody says is shown for so long."""


async def hear(request: web.Request) -> web.Response:
    """Take captions of the running show from a program that holds the room's caption key."""
    room, captioner = RoomId(request.match_info["room"]), request.app[keys.CAPTIONER]
    await captioner.check(room, bearer_of(request))
    request.app[keys.CAPTION_ALLOWANCE].take(room)
    fields = await json_fields(request)
    said = [_said(one) for one in objects_in(fields, "cues", MOST_AT_ONCE)]
    cues = await captioner.take(room, text_in(fields, "language", 35), said)
    return web.json_response({"cues": [{"id": cue.id, "second": cue.start} for cue in cues]})


@allow(Permission.EDIT_CAPTIONS)
async def rotate_key(request: web.Request) -> web.Response:
    """Make a new caption key; it is shown this once, and the old one ends."""
    room, actor = RoomId(request.match_info["room"]), await actor_of(request)
    key = await request.app[keys.CAPTION_KEYS].rotate(room, actor.id)
    address = f"{request.app[keys.SETTINGS].public_url}/captions/{room}"
    return web.json_response({"key": key, "captions_url": address}, headers={"Cache-Control": "no-store"})


async def upload(request: web.Request) -> web.Response:
    """Take a file of captions in place of what there was in its language."""
    actor, show, room = await _editor(request)
    language, title = request.match_info["language"], request.query.get("title", "")
    file = await request.read()
    try:
        return _track(await request.app[keys.CAPTIONS].put_file(actor, show, room, language, title, file))
    except BadCaptions as error:
        message = gettext("This is not WebVTT or SubRip as it should be: look at line %(line)s.")
        raise Invalid(message % {"line": error.line}, code=error.code) from None


async def edit(request: web.Request) -> web.Response:
    """Take edited captions; `seen` tells which version they are made from."""
    actor, show, room = await _editor(request)
    fields = await json_fields(request)
    cues = await in_turns(map(_cue, objects_in(fields, "cues", MOST_CUES)))
    title, seen = text_in(fields, "title", LONGEST_TEXT), number_in(fields, "seen")
    language = request.match_info["language"]
    return _track(await request.app[keys.CAPTIONS].put(actor, show, room, language, title, cues, seen))


async def delete(request: web.Request) -> web.Response:
    """Delete the captions of one language."""
    actor, show, room = await _editor(request)
    await request.app[keys.CAPTIONS].delete(actor, show, room, request.match_info["language"])
    return web.json_response({})


async def whole(request: web.Request) -> web.Response:
    """Send all captions of a show in one language, to who may watch it."""
    body = await _written(request, _file)
    return web.Response(body=body, content_type="text/vtt", charset="utf-8", headers=KEPT)


async def listed(request: web.Request) -> web.Response:
    """Give the same as a list of what the sockets tell one by one."""
    body = await _written(request, _list)
    return web.Response(body=body, content_type="application/json", charset="utf-8", headers=KEPT)


async def _written(request: web.Request, form: Callable[[Sequence[Cue]], Awaitable[str]]) -> bytes:
    """Return all captions of a show in one language in a form, written once for all who may watch it."""
    show, language = await _read_show(request), request.match_info["language"]
    captions = request.app[keys.CAPTIONS]
    track = await captions.track(show, language)

    async def write() -> bytes:
        return (await form(await captions.cues(show, language))).encode()

    return await request.app[keys.CAPTION_TEXTS].of((show, language, form), track, write)


async def _read_show(request: web.Request) -> ShowId:
    """Return the show of the URL to who may watch it, and to everybody while its recording runs as a show."""
    try:
        return await watched_show(request)
    except Denied:
        show = ShowId(request.match_info["show"])
        if await _is_shown(request.app, show):
            return show
        raise


async def _is_shown(app: web.Application, show: ShowId) -> bool:
    with suppress(Missing):
        recording = await app[keys.RECORDINGS].get(show)
        return await app[keys.SHOWS].is_shown(recording.room, recording.id)
    return False


async def _file(cues: Sequence[Cue]) -> str:
    return HEAD + "".join(await in_turns(map(write_cue, cues)))


async def _list(cues: Sequence[Cue]) -> str:
    """Return what `json.dumps` of all at once would, which lets nobody else run meanwhile."""
    return '{"cues": [' + ", ".join(await in_turns(json.dumps(cue_data(cue)) for cue in cues)) + "]}"


async def _editor(request: web.Request) -> tuple[Actor, ShowId, RoomId]:
    """Return who asks, the show and its room, for the room's staff."""
    actor = await actor_of(request)
    show = await request.app[keys.SHOW_LOG].get(ShowId(request.match_info["show"]))
    require(actor, Permission.EDIT_CAPTIONS, show.room)
    return actor, show.id, show.room


def _said(fields: dict[str, Any]) -> Said:
    duration = number_in(fields, "duration")
    return Said(
        number_in(fields, "at"), number_in(fields, "second"),
        USUAL_SECONDS if duration is None else duration, text_in(fields, "text", LONGEST_TEXT),
        text_in(fields, "id", 64),
    )


def _cue(fields: dict[str, Any]) -> Cue:
    start, end = needed_number_in(fields, "start"), needed_number_in(fields, "end")
    return Cue("", start, end, text_in(fields, "text", LONGEST_TEXT))


def _track(track: Track) -> web.Response:
    body = {"language": track.language, "title": track.title, "changed_at": track.changed_at}
    return web.json_response(body)
