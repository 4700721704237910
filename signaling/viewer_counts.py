"""How many watch at this node: told to the stores and the screens, where that has changed."""

from __future__ import annotations

from config.ids import RoomId
from rooms.live.audience import Audience
from signaling.backstage import StageListener


class ViewerCounts:
    """Keeps what is to be told; `node` is set before the first is."""

    def __init__(self, audience: Audience, listener: StageListener) -> None:
        self.node = ""
        self._audience = audience
        self._listener = listener
        self._changed: dict[RoomId, int] = {}

    def note(self, room: RoomId, viewers: int) -> None:
        """Have it told that so many watch in a room."""
        self._changed[room] = viewers

    async def tell(self) -> None:
        """Tell what has changed; called each second. What cannot be told is told the next time."""
        for room in list(self._changed):
            viewers = self._changed[room]
            await self._audience.set_viewers(room, self.node, viewers)
            await self._listener.viewers_changed(room, await self._audience.viewers(room))
            if self._changed[room] == viewers:
                del self._changed[room]
