"""The captioner's door: takes what a program writes down of a running show, and shows it at once.

Screens hear it before the store does: cues are written in batches, each second or two. When more waits than
the store takes, the oldest are not kept, and the log says how many.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.errors import Busy, Conflict, Denied
from config.ids import RoomId, ShowId
from rooms.fair.caption_keys import CaptionKeys
from rooms.fair.captions import Captions, captions_uploaded, cue_id, tag_of
from rooms.fair.companies import Companies
from rooms.fair.webvtt import Cue, checked, escape
from rooms.live.shows import Shows
from signaling.herald import Herald
from signaling.replies import attempt

log = logging.getLogger(__name__)

LIMIT_CHARACTERS = 4096
MOST_AT_ONCE = 50
MOST_WAITING = 5000
AHEAD_SECONDS, LATE_SECONDS = 60.0, 3600.0
"""How far from now a caption of a running show may be."""
LOOK_SECONDS = 5.0
"""For so long it is not asked again whether staff have uploaded captions in a language."""


@dataclass(frozen=True, slots=True)
class Said:
    """A caption as a program sends it: `at` is Unix time, `second` the show's; without both it is now."""

    at: float | None
    second: float | None
    duration: float
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    show: ShowId
    room: RoomId
    language: str
    cue: Cue


@dataclass(frozen=True, slots=True)
class _Look:
    good_until: float
    is_uploaded: bool


class Captioner:
    """Takes live captions; `flush` is called each two seconds. `clock` gives Unix seconds."""

    def __init__(
        self, caption_keys: CaptionKeys, companies: Companies, shows: Shows, captions: Captions,
        herald: Herald, clock: Callable[[], float],
    ) -> None:
        self._caption_keys = caption_keys
        self._companies = companies
        self._shows = shows
        self._captions = captions
        self._herald = herald
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._looks: dict[tuple[ShowId, str], _Look] = {}

    async def check(self, room: RoomId, bearer: str) -> None:
        """Let the room's key pass; `Missing` (`no_room`), `Denied` (`no_bearer`, `wrong_key`)."""
        await self._companies.by_room(room)
        if not bearer:
            message = "Send the caption key as Authorization: Bearer. The studio makes it."
            raise Denied(message, code="no_bearer")
        if len(bearer) > LIMIT_CHARACTERS or not await self._caption_keys.verify(room, bearer):
            message = "This is not the caption key of this room. Make a new one in the studio."
            raise Denied(message, code="wrong_key")

    async def take(self, room: RoomId, language: str, said: Sequence[Said]) -> list[Cue]:
        """Show captions to everybody in a room and keep them; all or, when one is refused, none.

        `Conflict` (`not_live`, or `captions_uploaded` where staff have uploaded some in this language),
        `Invalid` (`bad_language`, `bad_cue`).
        """
        language = tag_of(language)
        show = await self._shows.get(room)
        if show is None:
            raise Conflict("This room is not on the air.", code="not_live")
        elapsed = self._clock() - show.started_at
        cues = [_cue(one, show.started_at, elapsed) for one in said]
        await self._require_live(show.id, language)
        await self._herald.captioned(room, language, cues)
        self._waiting += [_Waiting(show.id, room, language, cue) for cue in cues]
        if len(self._waiting) > MOST_WAITING:
            log.warning("captions not kept", extra={"lost": len(self._waiting) - MOST_WAITING})
            del self._waiting[:-MOST_WAITING]
        return cues

    async def flush(self) -> None:
        """Keep what has come; what the store cannot take now waits, what it refuses is dropped.

        Who cancels this leaves the rest for the next time: a cue may be kept twice under its id.
        """
        waiting, self._waiting = self._waiting, []
        tracks: dict[tuple[ShowId, RoomId, str], list[Cue]] = {}
        for one in waiting:
            tracks.setdefault((one.show, one.room, one.language), []).append(one.cue)
        try:
            for track in list(tracks):
                if await self._keep(*track, tracks[track]):
                    del tracks[track]
        finally:
            self._waiting[:0] = [_Waiting(*track, cue) for track, cues in tracks.items() for cue in cues]

    async def _require_live(self, show: ShowId, language: str) -> None:
        """Refuse what would not be kept, by what the records said some seconds ago at most."""
        now, track = self._clock(), (show, language)
        self._looks = {one: look for one, look in self._looks.items() if now < look.good_until}
        if track not in self._looks:
            try:
                is_uploaded = await self._captions.is_uploaded(show, language)
            except Busy:
                is_uploaded = False  # screens hear it all the same
            self._looks[track] = _Look(now + LOOK_SECONDS, is_uploaded)
        if self._looks[track].is_uploaded:
            raise captions_uploaded()

    async def _keep(self, show: ShowId, room: RoomId, language: str, cues: list[Cue]) -> bool:
        """Keep cues of a track; tell whether nothing of them is left to do."""
        refused = await attempt(self._captions.add_live(show, room, language, cues), "captions")
        if refused and refused["code"] == "store_away":
            return False
        if refused:
            log.warning("captions refused", extra={"show": show, "code": refused["code"]})
        return True


def _cue(said: Said, started_at: float, elapsed: float) -> Cue:
    start = said.second if said.second is not None else elapsed
    if said.at is not None:
        start = said.at - started_at
    start = min(max(0.0, start, elapsed - LATE_SECONDS), elapsed + AHEAD_SECONDS)
    return checked(Cue(cue_id(said.id), start, start + said.duration, escape(said.text)))
