"""Has the pictures of the seek bar made of every show that is being recorded here."""

from __future__ import annotations

from typing import Protocol

from config.ids import RoomId
from media.recording.sprites import Sprites
from rooms.live.shows import Show


class Recorded(Protocol):
    """Knows what is being recorded; the archive."""

    def shows(self) -> list[Show]: ...


class SeekPictures:
    """Tells the maker of pictures which shows there are; `renew` is called each second."""

    def __init__(self, recorded: Recorded, sprites: Sprites) -> None:
        self._recorded = recorded
        self._sprites = sprites
        self._rooms: set[RoomId] = set()

    async def renew(self) -> None:
        """Take the pictures that are due; the last ones of a show are written when it is over."""
        shows = {show.room: show for show in self._recorded.shows()}
        for room in self._rooms - set(shows):
            self._sprites.end(room)
        for room, show in shows.items():
            self._sprites.begin(room, show.id, show.started_at)
        self._rooms = set(shows)
        await self._sprites.renew()
