"""What consoles are told of the recordings of a node: the newest of each room, until it was told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from config.ids import RoomId
from signaling.recording_news import RecordingNews

Listener = Callable[[RoomId, RecordingNews], Awaitable[None]]
"""Told when the recording of a room's show begins, stops and ends."""


class ArchiveNews:
    """Remembers it, and tells it when `flush` is called."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._news: dict[RoomId, RecordingNews] = {}
        self._untold: set[RoomId] = set()

    def of(self, room: RoomId) -> RecordingNews:
        """Return how the recording of a room's show goes."""
        return self._news.get(room, RecordingNews())

    def note(self, room: RoomId, news: RecordingNews) -> None:
        """Have something told."""
        self._news[room] = news
        self._untold.add(room)

    def forget(self, room: RoomId) -> None:
        """Tell nothing more of a room: another node has its show."""
        self._news.pop(room, None)
        self._untold.discard(room)

    async def flush(self) -> None:
        """Tell what is untold; what is refused is told the next time."""
        for room in list(self._untold):
            news = self.of(room)
            await self._listener(room, news)
            if self.of(room) is news:  # told first, then struck: it may be refused, and there may be more
                self._untold.discard(room)
