"""Stills of the running shows: a picture of each, taken from the live picture and renewed while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from config.ids import RoomId
from media.keyframes import Keyframe

SOON_SECONDS = 1.0
AGAIN_SECONDS = 1.0
"""No key frame yet, or one that could not be decoded: look again after so long."""


class Pictures(Protocol):
    """Where key frames come from; the relay."""

    def is_live(self, name: str) -> bool: ...
    def keyframe(self, name: str) -> Keyframe | None: ...


class Decoder(Protocol):
    """Makes a JPEG of a key frame, or None of a broken one."""

    async def jpeg(self, frame: Keyframe, width: int = 480) -> bytes | None: ...


class Stills:
    """Keeps the newest still of each show on this node. A show that is away keeps its last one."""

    def __init__(
        self, pictures: Pictures, decoder: Decoder, every_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pictures = pictures
        self._decoder = decoder
        self._every_seconds = every_seconds
        self._clock = clock
        self._jpegs: dict[RoomId, bytes] = {}
        self._due: dict[RoomId, float] = {}

    def of(self, room: RoomId) -> bytes | None:
        """Return the newest still as JPEG."""
        return self._jpegs.get(room)

    def expect(self, room: RoomId) -> None:
        """A picture has begun to arrive: take a still of it soon."""
        self._due[room] = self._clock() + SOON_SECONDS

    def forget(self, room: RoomId) -> None:
        """The show is over."""
        self._due.pop(room, None)
        self._jpegs.pop(room, None)

    async def renew(self) -> None:
        """Take the stills that are due, one after the other."""
        for room in [room for room, due in self._due.items() if due <= self._clock()]:
            seconds = await self._take(room)
            if room in self._due:
                self._due[room] = self._clock() + seconds

    async def _take(self, room: RoomId) -> float:
        """Take one still and return after how many seconds the next is due."""
        frame = self._pictures.keyframe(room) if self._pictures.is_live(room) else None
        jpeg = await self._decoder.jpeg(frame) if frame else None
        if jpeg is None:
            return AGAIN_SECONDS
        if room in self._due:
            self._jpegs[room] = jpeg
        return self._every_seconds
