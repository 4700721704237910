"""How many watch at this node: told to the stores and the screens, and told again so that it holds."""

from __future__ import annotations

from typing import Protocol

from config.ids import RoomId
from rooms.live.audience import Audience

RENEW_ROUNDS = 5
"""Each so many rounds the stores are told again: they believe a node for a few of these times."""


class Screens(Protocol):
    """Who is told what screens show."""

    async def viewers_changed(self, room: RoomId, viewers: int) -> None: ...


class ViewerCounts:
    """Keeps what is to be told; `node` is set before the first is."""

    def __init__(self, audience: Audience, screens: Screens) -> None:
        self.node = ""
        self._audience = audience
        self._screens = screens
        self._changed: dict[RoomId, int] = {}
        self._here: dict[RoomId, int] = {}
        self._totals: dict[RoomId, int] = {}
        self._rounds = 0

    def note(self, room: RoomId, viewers: int) -> None:
        """Have it told that so many watch in a room."""
        self._changed[room] = viewers

    async def tell(self) -> None:
        """Tell what has changed, and now and then the rest again; called each second.

        What cannot be told is told the next time.
        """
        for room in list(self._changed):
            viewers = self._changed[room]
            await self._tell(room, viewers)
            if self._changed[room] == viewers:
                del self._changed[room]
        self._rounds += 1
        if self._rounds % RENEW_ROUNDS == 0:
            for room, viewers in list(self._here.items()):
                await self._tell(room, viewers)

    async def _tell(self, room: RoomId, viewers: int) -> None:
        """Tell the stores, and the screens what is news to them: those of a node that died count no more."""
        await self._audience.set_viewers(room, self.node, viewers)
        total = await self._audience.viewers(room)
        if room in self._changed or total != self._totals.get(room):
            await self._screens.viewers_changed(room, total)
        self._here[room], self._totals[room] = viewers, total
        if not viewers:
            del self._here[room], self._totals[room]
