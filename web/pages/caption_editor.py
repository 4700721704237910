"""The captions of one show: its languages, and the text of one of them to be edited."""

from __future__ import annotations

from aiohttp import web

from config.errors import Missing
from config.ids import ShowId
from rooms.fair.captions import Track
from rooms.fair.policy import Permission
from rooms.fair.webvtt import Cue
from web import keys
from web.identity import allow, room_of
from web.templating import render


@allow(Permission.EDIT_CAPTIONS)
async def captions(request: web.Request) -> web.Response:
    """Show the captions of a show of this room; `language` chooses which are edited."""
    app, room = request.app, room_of(request)
    show = await app[keys.SHOW_LOG].get(ShowId(request.match_info["show"]))
    if show.room != room:
        raise Missing("There is no such show.", code="no_show")
    company, tracks = await app[keys.COMPANIES].by_room(show.room), await app[keys.CAPTIONS].tracks(show.id)
    chosen = _chosen(tracks, request.query.get("language", ""))
    cues = await app[keys.CAPTIONS].cues(show.id, chosen.language) if chosen else []
    data = {
        "room": room, "show": show.id, "captions_url": f"/api/shows/{show.id}/captions",
        "languages": [track.language for track in tracks],
        "language": chosen.language if chosen else None, "title": chosen.title if chosen else "",
        "seen": chosen.changed_at if chosen else None, "cues": [_cue(cue) for cue in cues],
    }
    return await render(
        request, "captions.html", data=data, company=company, show=show, tracks=tracks, chosen=chosen,
        cues=cues,
    )


def _chosen(tracks: list[Track], language: str) -> Track | None:
    """Return the track that is asked for, else the first."""
    return next((track for track in tracks if track.language == language), tracks[0] if tracks else None)


def _cue(cue: Cue) -> dict[str, float | str]:
    return {"start": cue.start, "end": cue.end, "text": cue.text.replace("&amp;", "&")}
