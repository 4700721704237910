"""What pages show of recordings: their titles, pictures and addresses, and who may watch in words."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import RoomId
from media.recording.facts import Container
from media.recording.whole_file import Form, forms_of
from rooms.fair.companies import Company
from rooms.fair.past_shows import past_shows
from rooms.fair.policy import Actor
from rooms.fair.programme import Loop, LoopMode
from rooms.fair.recording import Access, Recording, RecordingState
from rooms.fair.recording_memory import seconds_of_sections
from signaling.archive_index import section_of
from web import keys
from web.i18n import gettext, mark
from web.templating import date

LISTED = 30
HOUR_SECONDS = 3600

ACCESS_WORDS = {
    Access.PUBLIC: "",
    Access.SIGNED_IN: mark("For signed-in visitors"),
    Access.INVITED: mark("By invitation"),
}
"""What a list says of a recording that is not for everybody."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording as a list shows it; `poster` is the address of a picture, `seconds` its length."""

    id: str
    title: str
    started_at: float
    seconds: float
    poster: str
    access_words: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Replays:
    """Some shows of a room; `older_url` leads to those before them, empty where there are none."""

    shows: tuple[Replay, ...]
    older_url: str


@dataclass(frozen=True, slots=True)
class Film:
    """A recording that fills the time while a room is dark."""

    show: str
    title: str
    started_at: float
    url: str

    def data(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        return {"show": self.show, "title": self.title, "started_at": self.started_at, "url": self.url}


async def replays_of(request: web.Request, actor: Actor, company: Company, here: str = "") -> Replays:
    """Return the shows of a room that are over, the newest first, as far as `actor` may know of them.

    The address says before which moment they began; one that makes no sense is passed over.
    """
    before = _moment(request.query.get("before", ""))
    found = await past_shows(request.app[keys.DATABASE], actor, company.room, LISTED + 1, before)
    shows = tuple(
        Replay(
            recording.id, title_of(recording), recording.started_at, recording.seconds,
            poster_of(recording, company), access_words(recording), recording.id == here,
        )
        for recording in found[:LISTED]
    )
    return Replays(shows, f"?before={shows[-1].started_at!r}" if len(found) > LISTED else "")


def _moment(text: str) -> float | None:
    try:
        moment = float(text)
    except ValueError:
        return None
    return moment if math.isfinite(moment) else None


async def film_of(app: web.Application, room: RoomId) -> Film | None:
    """Return what a dark room plays: its last show or the film it has chosen, if that is for everybody."""
    loop = await app[keys.PROGRAMME].loop(room)
    recording = await _CHOICES[loop.mode](app, room, loop)
    if recording is None or not recording.seconds:
        return None
    return Film(recording.id, title_of(recording), recording.started_at, await source_of(app, recording))


async def _nothing(_app: web.Application, _room: RoomId, _loop: Loop) -> None:
    return None


async def _last(app: web.Application, room: RoomId, _loop: Loop) -> Recording | None:
    return await app[keys.RECORDINGS].last_of_room(room)


async def _chosen(app: web.Application, room: RoomId, loop: Loop) -> Recording | None:
    """Return the film, unless it was deleted or is no longer for everybody."""
    with suppress(Missing):
        film = await app[keys.RECORDINGS].get(loop.film or "")
        return film if film.room == room and film.access is Access.PUBLIC and is_over(film) else None
    return None


_CHOICES: dict[LoopMode, Callable[[web.Application, RoomId, Loop], Awaitable[Recording | None]]] = {
    LoopMode.LAST: _last, LoopMode.FILM: _chosen, LoopMode.OFF: _nothing,
}


async def source_of(app: web.Application, recording: Recording) -> str:
    """Return where the whole recording is played from: a playlist, or for VP8 the one file."""
    forms = await forms_of_recording(app, recording)
    if forms and forms[0].container is Container.WEBM:
        return f"/recordings/{recording.id}.webm"
    is_public = await app[keys.RECORDINGS].is_public(recording)
    key = "" if is_public else f"k/{await _key(app, recording)}/"
    return f"/hls/{recording.id}/{key}whole/index.m3u8"


async def forms_of_recording(app: web.Application, recording: Recording) -> tuple[Form, ...]:
    """Return the files that a recording makes; it is played in the form of the first."""
    sections = [section_of(kept) for kept in await app[keys.RECORDINGS].sections(recording.id)]
    return forms_of(sections, await seconds_of_sections(app[keys.DATABASE], recording.id))


def left_out(forms: Sequence[Form]) -> float:
    """Return how many seconds cannot be seen where the first of these forms is played."""
    return sum(form.seconds for form in forms if form.container is not forms[0].container)


async def _key(app: web.Application, recording: Recording) -> str:
    """Return a key to a recording that is not public, the same for all who ask in the same hour.

    It ends before that when somebody else may watch, or somebody may no longer.
    """
    hours = app[keys.SETTINGS].hls.key_hours
    expires = (app[keys.CLOCK]() // HOUR_SECONDS + 1 + hours) * HOUR_SECONDS
    circle = await app[keys.RECORDINGS].circle(recording)
    return app[keys.HLS].keys.mint(recording.id, int(expires), circle)


def is_over(recording: Recording) -> bool:
    """Whether there is something to watch and nothing more is written."""
    is_there = recording.state is not RecordingState.DELETED and recording.seconds > 0
    return is_there and not recording.is_running


def title_of(recording: Recording) -> str:
    """Return the title, or for one without the day of the show."""
    day = f"\u2068{date(recording.started_at)}\u2069"  # keeps its own direction in the sentence
    return recording.title or gettext("Show of %(date)s") % {"date": day}


def poster_of(_recording: Recording, company: Company) -> str:
    """Return the address of a picture that stands for a recording."""
    return f"/pictures/{company.portrait}"


def access_words(recording: Recording) -> str:
    """Return who may watch, empty where everybody may."""
    words = ACCESS_WORDS[recording.access]
    return gettext(words) if words else ""
