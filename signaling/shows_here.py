"""The shows whose picture this node has, as it last knew them: a store that forgot one is told it again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum, auto

from config.ids import RoomId
from rooms.fair.shows_log import ShowLog
from rooms.live.shows import Show, Shows, ShowState

log = logging.getLogger(__name__)


class Fate(Enum):
    """What became of a show that is here: another node ended it, or has its picture now; the store has
    forgotten it, or takes it for away although its picture is here."""

    ENDED = auto()
    ELSEWHERE = auto()
    FORGOTTEN = auto()
    MISSED = auto()


class ShowsHere:
    """Remembers them, one a room."""

    def __init__(self, shows: Shows, show_log: ShowLog, node: str) -> None:
        self._shows = shows
        self._node = node
        self._show_log = show_log
        self._here: dict[RoomId, Show] = {}
        self._expected: set[RoomId] = set()

    def expect(self, room: RoomId) -> None:
        """Hear that somebody comes with a new picture, wherever the show of the room is now."""
        self._expected.add(room)

    def epoch_of(self, room: RoomId) -> int | None:
        """Return at which epoch the show of a room was known whose picture is back; None for a new one."""
        show = None if room in self._expected else self._here.get(room)
        return show.epoch if show else None

    def keep(self, show: Show) -> None:
        """Remember a show as it is now."""
        self._here[show.room] = show
        self._expected.discard(show.room)

    def pop(self, room: RoomId) -> Show | None:
        """Forget the show of a room and return it."""
        return self._here.pop(room, None)

    def rooms(self) -> list[RoomId]:
        """Return the rooms whose show is here."""
        return list(self._here)

    async def fates(self, is_live: Callable[[RoomId], bool]) -> list[tuple[Show, Fate]]:
        """Return of which shows something became that nobody told; `is_live` tells whose picture is here."""
        if not self._here:
            return []
        known = {show.id: show for show in await self._shows.live()}
        found = list[tuple[Show, Fate]]()
        for show in list(self._here.values()):
            fate = await self._fate(show, known.get(show.id), is_live=is_live(show.room))
            found += [(show, fate)] if fate else []
        return found

    async def _fate(self, show: Show, known: Show | None, *, is_live: bool) -> Fate | None:
        if known is None:
            return Fate.ENDED if await self.is_ended(show) else Fate.FORGOTTEN
        if known.epoch <= show.epoch:
            return None
        if known.state is ShowState.AWAY and is_live:
            return Fate.MISSED
        return Fate.ELSEWHERE if known.node not in ("", self._node) else None

    async def is_ended(self, show: Show) -> bool:
        """Tell whether somebody ended a show that this node still has."""
        logged = await self._show_log.of_room(show.room)
        is_over = any(entry.id == show.id and entry.ended_at is not None for entry in logged)
        return is_over and self._here.get(show.room) is show

    async def put_back(self, room: RoomId) -> bool:
        """Have the store know the show of a room that it has forgotten; tell whether that was so.

        It is the same show as before, for whoever watches, asks or records. One that was ended stays so.
        """
        show = self._here.get(room)
        if show is None or await self._shows.get(room) or await self.is_ended(show):
            return False
        log.info("show put back", extra={"room": room, "show": show.id})
        await self._shows.put_back(show)
        return True
