"""The organiser's overview: which rooms are on the air, and what today's requests for a call led to."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from config.errors import Missing
from config.ids import RoomId
from rooms.fair.policy import Permission
from rooms.live.shows import Show, ShowState
from rooms.negotiation.outcomes import CallOutcome
from rooms.negotiation.states import CallKind, CallState
from web import keys
from web.i18n import gettext, mark
from web.identity import allow
from web.templating import render

DAY_SECONDS = 24 * 3600
OUTCOMES = {
    CallState.WAITING: (mark("In line"), "badge-wait"),
    CallState.RINGING: (mark("Ringing"), "badge-wait"),
    CallState.TALKING: (mark("Talking"), "badge-ok"),
    CallState.ENDED: (mark("Talked"), "badge-ok"),
    CallState.DECLINED: (mark("Declined"), "badge-danger"),
    CallState.MISSED: (mark("Missed"), "badge-danger"),
    CallState.CANCELLED: (mark("Cancelled"), ""),
}
"""How each state of a request is said and coloured."""


@dataclass(frozen=True, slots=True)
class ShowLine:
    """A room that is on the air."""

    room: RoomId
    company: str
    is_live: bool
    anchor: str
    viewers: int
    staffed: int
    started_at: float


@dataclass(frozen=True, slots=True)
class CallLine:
    """A request for a call; `waited` is None for one that nobody answered."""

    room: RoomId
    company: str
    buyer: str
    buyer_company: str
    requested_at: float
    outcome: str
    badge: str
    answered_by: str
    waited: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """What became of the day's requests of buyers; the median is None while nobody has been answered."""

    asked: int
    answered: int
    missed: int
    median_wait: int | None


@allow(Permission.SEE_ORGANISER)
async def organiser(request: web.Request) -> web.Response:
    """Show the fair as it stands now, and its day so far."""
    app = request.app
    now = app[keys.CLOCK]()
    midnight = now - now % DAY_SECONDS
    told = app[keys.OUTCOMES]
    shows, outcomes, counts, waits, offers = await asyncio.gather(
        app[keys.SHOWS].live(), told.since(midnight), told.counts(midnight), told.waits(midnight),
        app[keys.BUREAU].tallies.since(midnight),
    )
    names = await _names(app, {show.room for show in shows} | {outcome.room for outcome in outcomes})
    on_air = await _shows(app, shows, names)
    return await render(
        request,
        "organiser.html",
        now=now,
        shows=on_air,
        calls=[_call(outcome, names) for outcome in outcomes],
        day=day_of(counts, waits),
        offers=offers,
        viewers_now=sum(show.viewers for show in on_air),
    )


def day_of(counts: Mapping[CallState, int], waits: Sequence[float]) -> Day:
    """Return the figures of some requests; missed are those that nobody took."""
    missed = sum(counts.get(state, 0) for state in (CallState.MISSED, CallState.DECLINED))
    return Day(sum(counts.values()), len(waits), missed, round(statistics.median(waits)) if waits else None)


async def _shows(app: web.Application, shows: Iterable[Show], names: Mapping[RoomId, str]) -> list[ShowLine]:
    shows = list(shows)
    rooms = [show.room for show in shows]
    viewers, staffed = await asyncio.gather(
        app[keys.AUDIENCE].viewers_of(rooms), app[keys.DUTY].staffed(rooms)
    )
    lines = [
        ShowLine(
            show.room,
            names[show.room],
            show.state is ShowState.LIVE,
            show.anchor,
            viewers.get(show.room, 0),
            staffed.get(show.room, 0),
            show.started_at,
        )
        for show in shows
    ]
    return sorted(lines, key=lambda line: (-line.viewers, line.company))


def _call(outcome: CallOutcome, names: Mapping[RoomId, str]) -> CallLine:
    said, badge = OUTCOMES[outcome.outcome]
    return CallLine(
        outcome.room,
        names[outcome.room],
        outcome.buyer_name,
        outcome.buyer_company,
        outcome.requested_at,
        gettext(said),
        badge,
        outcome.answered_by_name or "",
        _waited(outcome),
    )


def _waited(outcome: CallOutcome) -> int | None:
    if outcome.answered_at is None or outcome.kind is CallKind.APPOINTMENT:
        return None
    return max(0, round(outcome.answered_at - outcome.requested_at))


async def _names(app: web.Application, rooms: Iterable[RoomId]) -> dict[RoomId, str]:
    """Return the companies' names; a room whose company has left the fair keeps its own."""
    names = {}
    for room in rooms:
        try:
            names[room] = (await app[keys.COMPANIES].ever_by_room(room)).name
        except Missing:
            names[room] = str(room)
    return names
