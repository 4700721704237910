"""What has stopped by itself, and what is done for it before more is said of it."""

from __future__ import annotations

from contextlib import suppress

from config.errors import Missing
from media.recording.facts import FULL, StopReason
from media.recording.runs import Runs
from rooms.fair.recordings import Recordings
from signaling.archive_index import ArchiveIndex
from signaling.archive_repair import Repair
from signaling.replies import attempt


class Stopped(dict[str, StopReason]):
    """Why each recording has stopped that is wanted yet."""

    def __init__(self, recordings: Recordings, index: ArchiveIndex, repair: Repair, runs: Runs) -> None:
        super().__init__()
        self._recordings = recordings
        self._index = index
        self._repair = repair
        self._runs = runs

    def settle(self, recording: str) -> None:
        """Have looked for what a recording that failed did not tell, before more is said of it."""
        reason = self.pop(recording, None)
        if reason is not None and reason not in FULL:
            self._index.leave_to_repair(recording, reason)

    async def catch_up(self, recording: str, node: str) -> None:
        """Find in the files what the index could not take of a recording that is over, and end it."""
        if recording in self._index.behind and not self._runs.has_open(recording):
            await self._repair.repair(recording, node)
            reason = self._index.behind[recording]
            if reason != StopReason.MOVED:
                with suppress(Missing):  # it was deleted meanwhile
                    await self._recordings.end(recording, reason)
            if self._index.behind[recording] == reason:  # else it was ended meanwhile: that comes next
                del self._index.behind[recording]

    async def catch_up_all(self, node: str) -> None:
        """Do that for each of those; what cannot be done is tried again the next time."""
        for recording in list(self._index.behind):
            await attempt(self.catch_up(recording, node), "archive")  # one holds up no other
