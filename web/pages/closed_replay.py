"""The page of a replay that cannot be watched, and what to do instead: one table of reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access, Recording, RecordingState
from web import keys
from web.i18n import gettext, mark
from web.pages.room import Scene
from web.replays import poster_of
from web.templating import render


class Closed(StrEnum):
    """Why a replay cannot be watched."""

    DELETED = "deleted"
    RECORDING = "recording"
    CUT = "cut"
    EMPTY = "empty"
    SIGN_IN = "sign_in"
    INVITED_SIGN_IN = "invited_sign_in"
    INVITED = "invited"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page says, and with which status and picture."""

    status: int
    icon: str
    headline: str
    text: str


NOTICES = {
    Closed.DELETED: Notice(
        410, "trash-2", mark("This recording is gone"),
        mark("It was deleted, or its time was over. The room shows what there is to see now."),
    ),
    Closed.RECORDING: Notice(
        200, "radio", mark("This show is on the air right now"),
        mark("It is being recorded. Watch it live; you can rewind to its beginning there."),
    ),
    Closed.CUT: Notice(
        200, "radio", mark("This show is on the air right now"),
        mark("Its recording has stopped. Watch it live; you can rewind to what was recorded there."),
    ),
    Closed.EMPTY: Notice(
        404, "film", mark("There is nothing to see here"),
        mark("Nothing of this show was recorded, or it is being prepared. Try again in a minute."),
    ),
    Closed.SIGN_IN: Notice(
        401, "lock", mark("This recording is for signed-in visitors"),
        mark("Sign in and you come back to this page, to the same second."),
    ),
    Closed.INVITED_SIGN_IN: Notice(
        401, "lock", mark("This recording is by invitation"),
        mark("If you are invited, sign in and you come back to this page."),
    ),
    Closed.INVITED: Notice(
        403, "lock", mark("This recording is by invitation"),
        mark("The exhibitor decides who may watch it. Ask them in the room to invite your account."),
    ),
    Closed.LEFT: Notice(
        410, "log-out", mark("This exhibitor has left the fair"),
        mark("What it has recorded is no longer shown to everybody. The hall shows who is here now."),
    ),
}


async def closed_page(
    request: web.Request, actor: Actor, recording: Recording, scene: Scene
) -> web.Response | None:
    """Return the page that says why `actor` cannot watch; None for who can."""
    reason = await _reason(request.app, actor, recording, scene)
    if reason is None:
        return None
    notice = NOTICES[reason]
    return await render(
        request, "replay_closed.html", status=notice.status, reason=reason, picture=notice.icon,
        headline=gettext(notice.headline), text=gettext(notice.text), company=scene.company,
        started_at=recording.started_at, poster=poster_of(recording, scene.company),
    )


async def _reason(
    app: web.Application, actor: Actor, recording: Recording, scene: Scene
) -> Closed | None:
    if recording.state is RecordingState.DELETED:
        return Closed.DELETED
    if scene.show is not None and scene.show.id == recording.id:
        return Closed.RECORDING if recording.is_running else Closed.CUT
    if not await app[keys.RECORDINGS].may_watch(actor, recording):
        return _shut(actor, recording) if scene.company.left_at is None else Closed.LEFT
    return None if recording.seconds > 0 else Closed.EMPTY


def _shut(actor: Actor, recording: Recording) -> Closed:
    if actor.role is not Role.GUEST:
        return Closed.INVITED
    return Closed.INVITED_SIGN_IN if recording.access is Access.INVITED else Closed.SIGN_IN
