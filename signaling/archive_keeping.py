"""Keeps the archive within its bounds: what is too much stops growing, what is too old goes, what was deleted
is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from config.errors import Missing
from config.settings import RecordingSettings
from media.recording.facts import StopReason
from rooms.fair.recording import LeftFiles, Recording
from rooms.fair.recordings import Recordings
from signaling.archive_allowance import has_used_all
from signaling.replies import attempt

log = logging.getLogger(__name__)

LEFT_LIMIT = 1000
DAY_SECONDS = 86400.0


class Running(Protocol):
    """What is being recorded at this node."""

    def running(self) -> list[str]: ...
    def drop(self, recording: str, reason: StopReason) -> None: ...


class Files(Protocol):
    """Where recordings lie; all of them deletes everything that is left of one, wherever that is.

    `here` names those of which there is a folder at this node, which `delete_here` deletes.
    """

    async def delete(self, recording: str) -> None: ...
    async def here(self) -> list[str]: ...
    async def delete_here(self, recording: str) -> None: ...


class Moments(Protocol):
    """What was said and shown in shows: chapters and chat, or captions."""

    async def forget_unrecorded(self, before: float) -> None: ...


class Forgetting:
    """Forgets what is kept of shows that nobody can replay; called each minute."""

    def __init__(
        self, moments: tuple[Moments, ...], keep_days: float, clock: Callable[[], float]
    ) -> None:
        self._moments = moments
        self._keep_seconds = keep_days * DAY_SECONDS
        self._clock = clock

    async def forget(self) -> None:
        """Delete it as late as it would be with a recording."""
        for moments in self._moments:
            await moments.forget_unrecorded(self._clock() - self._keep_seconds)


class Keeping:
    """Called now and then by the clockwork; what fails is done the next time."""

    def __init__(
        self, archive: Running, recordings: Recordings, files: Files, settings: RecordingSettings, node: str,
        clock: Callable[[], float],
    ) -> None:
        self._archive = archive
        self._recordings = recordings
        self._files = files
        self._settings = settings
        self._node = node
        self._clock = clock

    async def keep_quotas(self) -> None:
        """End the recordings of rooms whose recordings take all they may; called each ten seconds."""
        for recording in self._archive.running():
            try:
                room = (await self._recordings.get(recording)).room
            except Missing:
                continue
            if await has_used_all(self._recordings, room, self._settings.quota_gb):
                self._archive.drop(recording, StopReason.QUOTA)

    async def let_go(self) -> None:
        """Delete what is too old, and the files of what was deleted; called each minute."""
        for recording in await self._recordings.overdue(self._clock(), self._settings.keep_days):
            await self._expire(recording)
        await self.delete_left()
        await attempt(self._delete_here(), "delete files here")

    async def delete_left(self) -> None:
        """Delete the files of deleted recordings; what cannot be deleted now is tried again later."""
        for left in await self._recordings.files_to_delete(LEFT_LIMIT):
            if self._is_ours(left):
                await attempt(self._delete(left), "delete files")  # one that is away keeps no other back

    async def _delete_here(self) -> None:
        """Delete what lies here of deleted recordings, whichever node deleted them.

        It may be sections of before their show went on at another node, or the pictures of the seek bar,
        which never move. A folder whose name is that of no deleted recording stays, whatever is in it.
        """
        for recording in await self._recordings.deleted_among(await self._files.here()):
            await self._files.delete_here(recording)

    async def _delete(self, left: LeftFiles) -> None:
        await self._files.delete(left.recording)
        await self._recordings.files_deleted(left.recording)

    async def _expire(self, recording: Recording) -> None:
        log.info("a recording is over its time", extra={"recording": recording.id, "room": recording.room})
        await self._recordings.expire(recording.id)

    def _is_ours(self, left: LeftFiles) -> bool:
        """Tell whether the files are in this node's reach: in its folder, or all in the object store."""
        return left.node == self._node or all(file.place != "local" for file in left.files)
