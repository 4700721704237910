"""The bill: which announced show the one on the stage is, and that the programme says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from config.ids import RoomId
from rooms.fair.announced import AnnouncedShow, AnnouncedState
from rooms.fair.programme import Programme
from rooms.live.shows import Show, Shows


class BillListener(Protocol):
    """Who is told that the programme of a room has changed."""

    async def programme_changed(self, room: RoomId) -> None: ...


class Bill:
    """Holds together the shows of the stage and those of the programme."""

    def __init__(
        self, programme: Programme, shows: Shows, listener: BillListener, clock: Callable[[], float]
    ) -> None:
        self._programme = programme
        self._shows = shows
        self._listener = listener
        self._clock = clock

    async def next_of(self, room: RoomId) -> AnnouncedShow | None:
        """Return the announced show that one which is about to begin would be; None for one that goes on."""
        return None if await self._shows.get(room) else await self._programme.meant(room)

    async def changed(self, room: RoomId) -> None:
        """Something was announced, changed or cancelled in a room."""
        await self._listener.programme_changed(room)

    async def begun(self, announced: AnnouncedShow | None, show: Show) -> None:
        """An announced show has become this one."""
        if announced and await self._programme.begin(announced, show.id):
            await self._listener.programme_changed(show.room)

    async def ended(self, show: Show) -> None:
        """A show has ended, and with it the announced one."""
        if await self._programme.end(show.id):
            await self._listener.programme_changed(show.room)

    async def sweep(self) -> None:
        """Begin announced shows whose time has come in rooms that are on the air anyway; each few seconds."""
        near = await self._programme.near()
        due = [it for it in near if it.state is AnnouncedState.ANNOUNCED and it.starts_at <= self._clock()]
        for announced in due:
            show = await self._shows.get(announced.room)
            if show:
                await self.begun(announced, show)
