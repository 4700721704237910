"""The URL table: every address of the server and the function that answers it."""

from __future__ import annotations

from aiohttp import web

from web import api, hls, pictures, recorded_files, recordings, whep, whip
from web.doors import add_cors_headers
from web.hls_answers import add_hls_headers
from web.middleware import add_security_headers
from web.pages import hall, language, meeting, operations, organiser, register, replay, room, sign_in, studio

ROOM = "{room:[a-z0-9][a-z0-9-]{0,63}}"
"""A room is its company's slug; other spellings have no page."""

SHOW = "{show:[A-Za-z0-9_-]{1,128}}"
CALL = "{call:[A-Za-z0-9._-]{1,128}}"
RECORDING = "{recording:[A-Za-z0-9._-]{1,128}}"
RECORDING_ID = "{recording:[A-Za-z0-9_-]{1,128}}"
TOKEN = "[A-Za-z0-9_-]{1,64}"  # noqa: S105 - the pattern of our identifiers, no secret

PAGES = [
    web.get("/", hall.hall),
    web.get(f"/rooms/{ROOM}", room.room),
    web.get(f"/rooms/{ROOM}/shows/{SHOW}", replay.replay),
    web.get("/studio", studio.own_studio),
    web.get(f"/studio/{ROOM}", studio.studio),
    web.get(f"/meeting/{CALL}", meeting.meeting),
    web.get("/sign-in", sign_in.show),
    web.post("/sign-in", sign_in.sign_in),
    web.post("/sign-out", sign_in.sign_out),
    web.get("/register", register.show),
    web.post("/register", register.register),
    web.get("/organiser", organiser.organiser),
    web.post("/language", language.choose),
]
DATA = [
    web.get("/api/hall", hall.live_rooms),
    web.post("/api/tickets", api.mint_ticket),
    web.post(f"/api/rooms/{ROOM}/stream-key", api.rotate_stream_key),
    web.get(f"/api/rooms/{ROOM}/recordings", recordings.of_room),
    web.post(f"/api/recordings/{RECORDING}", recordings.change),
    web.delete(f"/api/recordings/{RECORDING}", recordings.delete),
    web.get(f"/recordings/{RECORDING_ID}.webm", recorded_files.play),
    web.get(f"/recordings/{RECORDING_ID}/download", recorded_files.download),
    web.get(f"/api/shows/{{show:{TOKEN}}}/chapters", recordings.chapters),
    web.get(f"/api/shows/{{show:{TOKEN}}}/posts", recordings.posts),
    web.delete(f"/api/shows/{{show:{TOKEN}}}/posts/{{post:{TOKEN}}}", recordings.delete_post),
    web.get(f"/thumbnails/{ROOM}.jpg", pictures.thumbnail),
    web.get("/pictures/{name}", pictures.picture),
    web.get("/static/{path:.+}", pictures.static),
    web.get("/favicon.ico", pictures.favicon),
]
MEDIA = [
    web.post(f"/whip/{ROOM}", whip.create),
    web.options(f"/whip/{ROOM}", whip.options),
    web.get(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.nothing),
    web.patch(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.change),
    web.delete(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.end),
    web.options(f"/whip/{ROOM}/{{session:{TOKEN}}}", whip.options),
    web.post(f"/whep/{ROOM}", whep.create),
    web.options(f"/whep/{ROOM}", whep.options),
    web.get(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.nothing),
    web.patch(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.change),
    web.delete(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.end),
    web.options(f"/whep/{ROOM}/{{session:{TOKEN}}}", whep.options),
]
OPERATIONS = [
    web.get("/healthz", operations.alive),
    web.get("/readyz", operations.ready),
    web.get("/metrics", operations.metrics),
]


def add_routes(app: web.Application) -> None:
    """Put the whole table into `app`."""
    app.add_routes([*PAGES, *DATA, *MEDIA, *hls.ROUTES, *OPERATIONS])
    app.on_response_prepare.append(add_security_headers)
    app.on_response_prepare.append(add_cors_headers)
    app.on_response_prepare.append(add_hls_headers)
