"""Who may watch what hangs on a show: those who may watch its recording, or while there is none, the room."""

from __future__ import annotations

from aiohttp import web

from config.errors import Denied, Missing
from config.ids import ShowId
from rooms.fair.policy import Permission, may
from rooms.fair.recording_memory import remembered
from web import keys
from web.i18n import gettext
from web.identity import actor_of


async def watched_show(request: web.Request) -> ShowId:
    """Return the show of the URL to somebody who may watch it; guests are asked to sign in.

    `Missing` where its recording was deleted: what is left of it is nobody's any more.
    """
    show, actor = ShowId(request.match_info["show"]), await actor_of(request)
    try:
        recording = await remembered(request.app[keys.DATABASE], show)
    except Missing:
        if not may(actor, Permission.WATCH, (await request.app[keys.SHOW_LOG].get(show)).room):
            raise Denied(gettext("Please sign in to do this."), code="sign_in") from None
    else:
        await request.app[keys.RECORDINGS].require_watching(actor, recording)
    return show
