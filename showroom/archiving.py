"""Assembles what records shows and serves recordings: the writing process, records, playlists, places."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial

from config.counters import Counters
from config.settings import Settings
from media.hls.aac import AacMaker
from media.hls.form import Bounds
from media.hls.forms import Forms
from media.hls.layers import Layers
from media.hls.serving import HlsMedia
from media.hls.shows import LiveShows
from media.hls.transcodes import Transcodes
from media.recording.facts import Container, Section
from media.recording.recorder import Recorder
from media.relay import Relay
from media.storage.local import LocalStore
from media.storage.mover import Mover
from media.storage.moving import Objects
from media.storage.opening import open_objects
from media.storage.places import Places
from media.storage.room import Disk
from rooms.fair.recordings import Recordings
from rooms.live.shows import Shows
from showroom import data_folder
from showroom.stores import Facts
from signaling.archive import Archive
from signaling.archive_allowance import Allowance, look_again
from signaling.archive_index import ArchiveIndex
from signaling.archive_keeping import Forgetting, Keeping
from signaling.archive_moving import MovableSections
from signaling.archive_repair import Repair
from signaling.archive_sweeping import LeftSections, Rescue, Sections
from signaling.clockwork import Job
from signaling.herald import Herald
from signaling.no_archive import NoArchive
from web.hls import Hls
from web.hls_captions import CaptionLanguages
from web.hls_keys import HlsKeys
from web.hls_layers import LayeredShows
from web.hls_source import NoShows, RecordedShows
from web.hls_transcodes import TranscodedShows

QUOTA_SECONDS, GONE_SECONDS = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Archiving:
    """What others need of it: `jobs` are for the clockwork."""

    archive: Archive | NoArchive
    places: Places
    hls: Hls
    jobs: tuple[Job, ...]
    keeping: Keeping
    left: tuple[LeftSections, ...]
    """What may lie there that no record names."""


async def open_archive(
    settings: Settings, relay: Relay, shows: Shows, facts: Facts, herald: Herald, counters: Counters,
    clock: Callable[[], float], stack: AsyncExitStack,
) -> Archiving:
    """Repair what was left torn, and be ready to record; `stack` ends it, before the database does.

    Where nothing is recorded any more, what was recorded is kept, moved and deleted all the same.
    """
    recordings, folder = facts.recordings, settings.data.folder / data_folder.RECORDINGS
    folder.mkdir(parents=True, exist_ok=True)
    node, live = data_folder.node_of(settings.data.folder), {show.id for show in await shows.live()}
    playlists, captions = LiveShows(settings.hls.window_seconds), CaptionLanguages(facts.captions)
    local, objects = LocalStore(folder), await stack.enter_async_context(open_objects(settings.storage))
    places = Places(local, objects)
    stack.push_async_callback(places.close)
    aac = AacMaker()
    stack.push_async_callback(aac.close)
    source = RecordedShows(recordings, playlists, captions, clock, shows.is_shown, shows.is_on_air)
    media, served = HlsMedia(Mp4Files(places), aac), source if settings.hls.enabled else NoShows()
    hls = Hls(served, media, HlsKeys(settings.secrets.key), clock)
    look, repair = _move(local, objects, recordings, node, counters, stack), Repair(recordings, folder)
    archive: Archive | NoArchive = NoArchive()
    disk = Disk(folder, settings.recording.min_free_mb, counters)
    allowance = Allowance(recordings, disk, settings.recording.quota_gb, counters)
    recorder = Recorder(folder, settings.recording, counters, clock)
    if settings.recording.enabled:
        has_vp8 = settings.hls.enabled and settings.hls.transcode_vp8
        archive = Archive(
            relay, recorder, recordings, playlists, ArchiveIndex(recordings, counters), repair, clock,
            herald.recording_changed, allowance, look, has_hls=settings.hls.enabled, transcodes_vp8=has_vp8,
        )
        stack.push_async_callback(archive.close)
        await archive.start(node, live)
        if settings.hls.enabled:
            hls = _with_forms(hls, settings, places, aac, recorder, counters, stack)
    else:
        await repair.finish(node, live)
    keeping = Keeping(archive, recordings, places, settings.recording, node, clock)
    jobs, rescue = _jobs(keeping, archive, disk, facts, settings, clock), partial(repair.repair, node=node)
    return Archiving(archive, places, hls, jobs, keeping, _left(local, objects, recordings, rescue, recorder))


def _jobs(
    keeping: Keeping, archive: Archive | NoArchive, disk: Disk, facts: Facts, settings: Settings,
    clock: Callable[[], float],
) -> tuple[Job, ...]:
    forgetting = Forgetting((facts.moments, facts.captions), settings.recording.keep_days, clock)
    return (
        Job("keep quotas", QUOTA_SECONDS, keeping.keep_quotas), Job("let go", GONE_SECONDS, keeping.let_go),
        Job("look at the disk", QUOTA_SECONDS, partial(look_again, disk, archive)),
        Job("forget unrecorded", GONE_SECONDS, forgetting.forget),
    )


def _left(
    local: LocalStore, objects: Sections | None, recordings: Recordings, rescue: Rescue, recorder: Recorder
) -> tuple[LeftSections, ...]:
    here = LeftSections("section", local, recordings, rescue, recorder.runs.has_open)
    return (here, LeftSections("object", objects, recordings)) if objects else (here,)


class Mp4Files:
    """The sections that HLS reads, which are all MP4."""

    def __init__(self, places: Places, *forms: Forms) -> None:
        self._places = places
        self._forms = forms

    async def read(self, recording: str, section: int, offset: int, size: int) -> bytes:
        """Return bytes of a section's file; `Missing` when it is gone, `Busy` when its store is away."""
        for forms in self._forms:
            if forms.has(recording):
                return await forms.read(recording, section, offset, size)
        return await self._places.read(recording, Section(section, Container.MP4), offset, size)


def _with_forms(
    hls: Hls, settings: Settings, places: Places, aac: AacMaker, recorder: Recorder, counters: Counters,
    stack: AsyncExitStack,
) -> Hls:
    """Return what serves smaller sizes too, and shows in VP8 where that is allowed.

    All of it leaves twice the room on the disk that recordings leave.
    """
    recording, folder, cores = settings.recording, settings.data.folder, os.cpu_count() or 1
    bounds = Bounds(
        recording.segment_seconds, settings.hls.window_seconds, recording.queue_kb << 10,
        recording.min_free_mb << 21, recording.max_hours * 3600,
    )
    layers = Layers(folder / data_folder.LAYERS, recorder, bounds, counters, clock=hls.clock)
    stack.push_async_callback(layers.forms.close)
    hls = replace(hls, media=HlsMedia(Mp4Files(places, layers.forms), aac), sizes=LayeredShows(layers))
    if not settings.hls.transcode_vp8:
        return hls
    most = settings.media.max_bitrate_kbps
    transcodes = Transcodes(
        folder / data_folder.TRANSCODES, recorder, bounds, counters, cores, most, hls.clock)
    stack.push_async_callback(transcodes.forms.close)
    media = HlsMedia(Mp4Files(places, layers.forms, transcodes.forms), aac)
    return replace(hls, media=media, instead=TranscodedShows(transcodes))


def _move(
    local: LocalStore, objects: Objects | None, recordings: Recordings, node: str, counters: Counters,
    stack: AsyncExitStack,
) -> Callable[[], None]:
    """Move recordings to the object store where there is one; return what to call when one became whole."""
    if objects is None:
        return lambda: None
    mover = Mover(local, objects, MovableSections(recordings, node), counters)
    stack.push_async_callback(mover.close)
    mover.start()
    return mover.look
