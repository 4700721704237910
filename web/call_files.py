"""The files of a call over HTTP, and the notes of it: taken from and given to those in the call alone.

What was handed over is never shown as a page: it has a path of its own, is sent as an attachment, and its
policy lets it do nothing at all.
"""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from config.errors import Missing
from rooms.fair.requests import KEY_LENGTH
from rooms.negotiation.call_files import CallFile
from rooms.negotiation.file_kinds import LIMIT_BYTES
from signaling.wire_callroom import file_data
from web import keys
from web.body import take_in
from web.call_identity import inside
from web.json_body import json_fields, text_in

PATH = "/call-files/"
LONGEST_NAME = 400
UPLOAD_SECONDS = 180.0
"""A file may come from a phone in a hotel."""
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


async def add(request: web.Request) -> web.Response:
    """Take a file; its name is in the query, its bytes are the body, read from those in the call only."""
    actor, call = await inside(request)
    request.app[keys.CALL_FILE_ALLOWANCE].take(actor.id)
    name = request.query.get("name", "")[:LONGEST_NAME]
    content = await take_in(request, UPLOAD_SECONDS, LIMIT_BYTES + 1024)
    file = await request.app[keys.CALL_ROOM].add_file(actor, call, name, content)
    return web.json_response({"file": file_data(file)}, status=201, headers={"Cache-Control": "no-store"})


async def give(request: web.Request) -> web.Response:
    """Send a file to somebody who is in its call."""
    _, call = await inside(request)
    files = request.app[keys.CALL_ROOM].parts.files
    file = await files.get(call.id, request.match_info["file"])
    headers = {"Content-Disposition": _disposition(file), "Cache-Control": "private, no-cache"}
    return web.Response(body=await files.bytes_of(file), headers=headers, content_type=file.kind.media_type)


async def leave_note(request: web.Request) -> web.Response:
    """Leave a note for the other, also when the call is over."""
    actor, call = await inside(request)
    fields = await json_fields(request)
    text, key = text_in(fields, "text"), text_in(fields, "key", KEY_LENGTH)
    await request.app[keys.CALL_ROOM].leave_note(actor, call, text, key)
    return web.json_response({}, status=201)


async def recordings(request: web.Request) -> web.Response:
    """List what was recorded of a call, for the two whose call it is."""
    actor, call = await inside(request)
    found = []
    for entry in await request.app[keys.CALL_ROOM].parts.recorder.recordings(call.id):
        try:
            recording = await request.app[keys.RECORDINGS].get(entry.recording)
        except Missing:
            continue  # deleted since
        await request.app[keys.RECORDINGS].require_watching(actor, recording)
        found.append({
            "id": recording.id, "name": entry.name, "began_at": entry.began_at, "seconds": recording.seconds,
            "is_running": recording.is_running, "download": f"/recordings/{recording.id}/download",
        })
    return web.json_response({"recordings": found}, headers={"Cache-Control": "no-store"})


async def add_file_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Let what people handed over do nothing in a browser; a signal handler behind that of all pages."""
    if request.path.startswith(PATH):
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _disposition(file: CallFile) -> str:
    """Return how browsers name the file (RFC 6266): in ASCII, and as it is."""
    plain = file.name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "").strip() or file.id
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
