"""Assembles what records shows: the writing process, the records in the database, and the playlists."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from config.counters import Counters
from config.settings import Settings
from media.hls.shows import LiveShows
from media.recording.recorder import Recorder
from media.relay import Relay
from rooms.fair.recordings import Recordings
from rooms.live.shows import Shows
from showroom import data_folder
from signaling.archive import Archive, NoArchive
from signaling.archive_index import ArchiveIndex
from signaling.archive_repair import Repair
from signaling.herald import Herald


async def open_archive(
    settings: Settings, relay: Relay, shows: Shows, recordings: Recordings, playlists: LiveShows,
    herald: Herald, counters: Counters, clock: Callable[[], float], stack: AsyncExitStack,
) -> Archive | NoArchive:
    """Repair what was left torn, and be ready to record; `stack` ends it, before the database and after the
    relay."""
    if not settings.recording.enabled:
        return NoArchive()
    folder = settings.data.folder / data_folder.RECORDINGS
    archive = Archive(
        relay, Recorder(folder, settings.recording, counters), recordings, playlists,
        ArchiveIndex(recordings, counters), Repair(recordings, folder), clock, herald.recording_changed,
    )
    stack.push_async_callback(archive.close)
    node = data_folder.node_of(settings.data.folder)
    await archive.start(node, {show.id for show in await shows.live()})
    return archive
