"""What the mover must know of the records: which sections may go to the object store, and that they have."""

from __future__ import annotations

from dataclasses import dataclass

from rooms.fair.recording import Place
from rooms.fair.recordings import Recordings


@dataclass(frozen=True, slots=True)
class Movable:
    """A whole section of a whole recording."""

    recording: str
    number: int
    container: str


class MovableSections:
    """The sections of whole recordings that this node wrote."""

    def __init__(self, recordings: Recordings, node: str) -> None:
        self._recordings = recordings
        self._node = node

    async def not_moved(self, limit: int) -> list[Movable]:
        """Return sections that lie in this node's folder, the oldest in front."""
        found = await self._recordings.not_moved(self._node, limit)
        return [Movable(recording.id, section.number, section.container) for recording, section in found]

    async def moved(self, recording: str, number: int, place: str) -> None:
        """Commit that a section lies in the object store; `Missing` when its recording was deleted."""
        await self._recordings.moved(recording, number, Place.S3)
