"""Whether a recording may begin: not for a room that has used all it may, nor on a disk nearly full."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from config.counters import Counters
from config.ids import RoomId
from media.recording.facts import StopReason
from media.storage.room import Room
from rooms.fair.recordings import Recordings

log = logging.getLogger(__name__)

GB = 1_000_000_000


class Disk(Protocol):
    """Where recordings are written."""

    def look(self) -> Room: ...


class Waiting(Protocol):
    """Who has shows that wait for room."""

    def try_again(self) -> None: ...


class Allowance:
    """Asked before anything begins; who runs already is ended by those who look after it."""

    def __init__(self, recordings: Recordings, disk: Disk, quota_gb: float, counters: Counters) -> None:
        self._recordings = recordings
        self._disk = disk
        self._quota_gb = quota_gb
        self._stops = counters.recording_stops

    async def why_not(self, room: RoomId) -> StopReason | None:
        """Return why no recording of a room may begin now, None when one may."""
        if await has_used_all(self._recordings, room, self._quota_gb):
            return StopReason.QUOTA
        left = await asyncio.to_thread(self._disk.look)
        return None if left.may_begin else StopReason.DISK_FULL

    async def refusal(self, name: str, room: RoomId) -> StopReason | None:
        """Return the same, and tell the operator."""
        why = await self.why_not(room)
        if why is not None:
            self.refuse(name, why)
        return why

    def refuse(self, name: str, why: StopReason) -> None:
        """Tell the operator of a show or a call, as of one whose recording has stopped."""
        log.warning("a recording may not begin", extra={"recording": name, "reason": why.value})
        self._stops.labels(why).inc()


async def has_used_all(recordings: Recordings, room: RoomId, quota_gb: float) -> bool:
    """Tell whether the recordings of a room take all they may."""
    return await recordings.used_bytes(room) >= quota_gb * GB


async def look_again(disk: Disk, archive: Waiting) -> None:
    """See how much room there is, and have what waits begin if it is enough; called each ten seconds."""
    if (await asyncio.to_thread(disk.look)).may_begin:
        archive.try_again()
