"""The photographer: takes authenticity stills of running shows when somebody asks.

The server takes the picture, not whoever asks: the newest key frame of the live picture at full size, with
the facts on a strip below it, kept and sealed before the answer leaves.
"""

from __future__ import annotations

import asyncio
import datetime
import unicodedata
from collections.abc import Callable
from typing import Protocol

from config.errors import Busy, Conflict
from config.ids import CallId, RoomId, StillId
from media.keyframes import Keyframe
from media.thumbnails import Picture
from rooms.fair.companies import Companies
from rooms.fair.policy import Actor, Permission, may, require
from rooms.fair.stills import Moment, Still, Stills
from rooms.live.shows import Shows
from rooms.negotiation.calls import Call, Calls
from signaling.herald import Herald

WAIT_SECONDS = 2.0
LOOK_SECONDS = 0.1
RECENT_SECONDS = 0.5
"""A key frame that is no older when somebody asks shows the moment they mean."""
OLDEST_SECONDS = 30.0


class FreshPictures(Protocol):
    """Where key frames come from; the relay."""

    def is_live(self, name: str) -> bool: ...
    def fresh_keyframe(self, name: str) -> tuple[Keyframe, float] | None: ...


class StillMaker(Protocol):
    """Makes a picture with lines of text below it, or None of a broken frame; the thumbnailer."""

    async def still(self, frame: Keyframe, lines: tuple[str, ...]) -> Picture | None: ...


class Photographer:
    """Takes stills and attaches them to calls. `clock` gives Unix seconds."""

    def __init__(
        self, pictures: FreshPictures, maker: StillMaker, shows: Shows, companies: Companies, stills: Stills,
        calls: Calls, herald: Herald, clock: Callable[[], float],
    ) -> None:
        self._pictures = pictures
        self._maker = maker
        self._shows = shows
        self._companies = companies
        self._stills = stills
        self._calls = calls
        self._herald = herald
        self._clock = clock

    async def take(self, actor: Actor, room: RoomId) -> Still:
        """Take a still of what a room shows now; `Conflict` (`not_live`), `Busy` (`no_frame`, …)."""
        require(actor, Permission.TAKE_STILL, room)
        company = await self._companies.by_room(room)
        show = await self._shows.get(room)
        if show is None or not self._pictures.is_live(room):
            raise Conflict("There is no live picture of this room now.", code="not_live")
        await self._stills.admit(actor, show.id)
        frame, age = await self._fresh(room)
        taken_at = self._clock() - age
        moment = self._stills.new_moment(
            actor, room, company.name, show.id, round(max(0.0, taken_at - show.started_at) * 1000),
            round(taken_at * 1000),
        )
        picture = await self._maker.still(frame, lines_of(moment))
        if picture is None:
            raise _no_frame()
        return await self._stills.keep(moment, picture.jpeg, picture.width, picture.height)

    async def attach(self, actor: Actor, still: StillId, call_id: CallId) -> Still:
        """Attach a still to a call of its room, and tell those who see the call."""
        call = await self._calls.get(call_id)
        attached = await self._stills.attach(actor, still, call)
        await self._herald.still_attached(call)
        return attached

    async def open_call(self, actor: Actor, still: Still) -> Call | None:
        """Return the call somebody may attach a still to now: their open one in the still's room."""
        if still.call is not None:
            return None
        own = await self._calls.open_of_buyer(actor.id, still.room) or await self._calls.talking_of(actor.id)
        if own is None or own.room != still.room:
            return None
        return own if may(actor, Permission.ATTACH_STILL, own.room, own) else None

    async def _fresh(self, room: RoomId) -> tuple[Keyframe, float]:
        """Return a key frame from about now and its age; where none comes in time, the newest there is."""
        looks = round(WAIT_SECONDS / LOOK_SECONDS)
        for look in range(looks + 1):
            found = self._pictures.fresh_keyframe(room)
            if found and (found[1] <= RECENT_SECONDS + look * LOOK_SECONDS or look == looks):
                break
            await asyncio.sleep(LOOK_SECONDS)
        if found is None or found[1] > OLDEST_SECONDS:
            raise _no_frame()
        return found


def lines_of(moment: Moment) -> tuple[str, ...]:
    """Return what stands below the picture: ASCII, which is all the letters that every server has."""
    when = datetime.datetime.fromtimestamp(moment.taken_ms / 1000, datetime.UTC)
    company = _ascii(moment.company)
    who = f"{company} ({moment.room})" if company else moment.room
    time = f"{when:%Y-%m-%d %H:%M:%S}.{moment.taken_ms % 1000:03} UTC"
    return (
        f"{who}   {time}   second {moment.show_ms / 1000:.3f} of the show",
        f"show {moment.show}   still {moment.id}",
    )


def _ascii(text: str) -> str:
    """Return a text without its accents; nothing when that is not enough."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain if plain.isascii() and plain.isprintable() else ""


def _no_frame() -> Busy:
    return Busy("No whole picture has come in yet; try again in a moment.", code="no_frame")
