"""Films on the stage: recordings that run as shows, now or at an announced time, with staff on duty."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from config.errors import Conflict, FairError, Missing
from config.ids import RoomId, ShowId
from media.film import Film, FilmFeeder, FilmFiles, timetable_of
from media.publication import Publication
from media.recording.facts import Container
from media.recording.whole_file import forms_of
from rooms.fair.announced import AnnouncedShow, AnnouncedState
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.programme import Programme
from rooms.live.duty import Duty
from rooms.live.shows import ShownFilm
from signaling.bearers import Anchor
from signaling.replies import attempt
from signaling.stage import Stage
from signaling.tasks import end

log = logging.getLogger(__name__)

UNSTAFFED_SECONDS = 60.0
"""A film whose room nobody has been on duty in for so long ends: nobody would answer."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that can be chosen as a film, for those who choose."""

    id: ShowId
    title: str
    started_at: float
    seconds: float


class Library(Protocol):
    """Where films come from: the whole recordings of each room."""

    async def films(self, room: RoomId) -> list[Recorded]:
        """Return what a room can play, the newest first."""

    async def film(self, room: RoomId, recording: ShowId) -> Film:
        """Return a recording of this very room with its segments; `Missing` (`no_film`) for any other."""


class EmptyLibrary:
    """A fair without recordings."""

    async def films(self, room: RoomId) -> list[Recorded]:
        """Return nothing."""
        return []

    async def film(self, room: RoomId, recording: ShowId) -> Film:
        """Raise `Missing`."""
        raise Missing("There is no such recording in this room.", code="no_film")


class Films:
    """Plays films; `close` it before the stage."""

    def __init__(
        self, stage: Stage, duty: Duty, programme: Programme, library: Library, files: FilmFiles,
        clock: Callable[[], float],
    ) -> None:
        self._stage = stage
        self._duty = duty
        self._programme = programme
        self._library = library
        self._files = files
        self._clock = clock
        self._tasks: dict[RoomId, asyncio.Task[None]] = {}
        self._unstaffed: dict[RoomId, float] = {}

    async def of_room(self, room: RoomId) -> list[Recorded]:
        """Return what a room can play."""
        return await self._library.films(room)

    async def check(self, room: RoomId, recording: ShowId | None) -> None:
        """Raise `Missing` (`no_film`) unless a room can play this recording; None is nothing to play."""
        if recording is not None:
            await self._library.film(room, recording)

    async def play(self, actor: Actor, room: RoomId, recording: ShowId, *, again: bool) -> None:
        """Run a recording as a show of its room, once or `again` and again.

        `Denied`, `Missing` (`no_film`), `Conflict` (`nobody_on_duty`, `rehearsing`, `already_publishing`).
        """
        require(actor, Permission.PUBLISH, room)
        film = await self._library.film(room, recording)
        if not await self._duty.on_duty(room):
            message = "A film runs only while somebody is on duty. Go on duty first."
            raise Conflict(message, code="nobody_on_duty")
        await self._begin(room, _anchor(actor.id, actor.name, film), film, again)

    async def sweep(self) -> None:
        """Begin the films whose announced time has come, end those that nobody attends; each few seconds."""
        now = self._clock()
        for announced in await self._programme.near():
            is_waiting = announced.state is AnnouncedState.ANNOUNCED
            if announced.wish.film and is_waiting and announced.starts_at <= now:
                await self._try_announced(announced, announced.wish.film)
        for room in list(self._tasks):
            await self._attend(room, now)

    async def close(self) -> None:
        """Stop all films; their shows wait for a picture as those of other anchors do."""
        await end(*self._tasks.values())

    async def _try_announced(self, announced: AnnouncedShow, recording: ShowId) -> None:
        try:
            await self._begin_announced(announced, recording)
        except FairError as error:
            log.warning("a film does not begin", extra={"room": announced.room, "reason": error.message})
            if isinstance(error, Missing):  # it was deleted: nobody need try again
                await attempt(self._programme.claim_film(announced.id), "film")

    async def _begin_announced(self, announced: AnnouncedShow, recording: ShowId) -> None:
        """Play the film of an announced show if somebody is on duty for it and no other node plays it.

        It waits for the end of a show and of a rehearsal, and for records that are away.
        """
        room = announced.room
        duty = await self._duty.on_duty(room)
        if not duty:
            return
        with suppress(Conflict):
            await self._stage.rehearsals.require_free(room)
            film = await self._library.film(room, recording)
            if await self._programme.claim_film(announced.id):
                await self._begin_claimed(announced, _anchor(duty[0].id, duty[0].name, film), film)

    async def _begin_claimed(self, announced: AnnouncedShow, anchor: Anchor, film: Film) -> None:
        """Play a film that no other node plays now; it may be tried again when it is refused."""
        try:
            await self._begin(announced.room, anchor, film, again=False)
        except FairError:
            await self._programme.give_film_back(announced.id)
            raise

    async def _attend(self, room: RoomId, now: float) -> None:
        if await self._duty.on_duty(room):
            self._unstaffed.pop(room, None)
        elif now - self._unstaffed.setdefault(room, now) >= UNSTAFFED_SECONDS:
            log.info("a film ends: nobody is on duty", extra={"room": room})
            await self._stage.finish(room)

    async def _begin(self, room: RoomId, anchor: Anchor, film: Film, again: bool) -> None:
        feeder = FilmFeeder(film, self._files, asyncio.get_running_loop())
        publication = await self._stage.feed(room, anchor, feeder)
        self._tasks[room] = asyncio.create_task(self._run(room, feeder, publication, again))

    async def _run(self, room: RoomId, feeder: FilmFeeder, publication: Publication, again: bool) -> None:
        try:
            await attempt(feeder.play(publication, again=again), "film")
        finally:
            if self._tasks.get(room) is asyncio.current_task():
                del self._tasks[room]
                self._unstaffed.pop(room, None)
        if publication.publisher is feeder:
            await attempt(self._stage.finish(room), "film over")


def _anchor(owner: str, name: str, film: Film) -> Anchor:
    pieces, seconds = timetable_of(film.segments)
    lengths = defaultdict[int, float](float)
    for segment in film.segments:
        lengths[segment.section] += segment.duration
    is_file = forms_of(film.sections, lengths)[0].container is Container.WEBM
    shown = ShownFilm(ShowId(film.recording), seconds, is_file, pieces)
    return Anchor(owner, name, has_account=False, film=shown)
