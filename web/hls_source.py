"""Finds the shows that HLS serves: running ones in memory, ended ones in the records."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from config.errors import Missing
from media.hls.live import LiveShow
from media.hls.multivariant import Captions
from media.hls.shows import LiveShows
from rooms.fair.recording import Access, Kind, Recording
from rooms.fair.recordings import Recordings
from signaling.archive_index import section_of, segments_of
from web.hls import HlsShow

GOOD_SECONDS = 2.0
"""How long what is known of a show is used again: players ask several times a second."""
REMEMBERED = 2000

Languages = Callable[[str], Awaitable[tuple[Captions, ...]]]
"""Returns the captions a show has."""


class NoShows:
    """Where shows are not served as HLS."""

    async def show(self, show: str) -> HlsShow | None:
        """Return that there is none."""
        return None


class RecordedShows:
    """A `ShowSource` over records and memory. What changed who may watch is seen two seconds later."""

    def __init__(
        self, recordings: Recordings, playlists: LiveShows, languages: Languages, clock: Callable[[], float]
    ) -> None:
        self._recordings = recordings
        self._playlists = playlists
        self._languages = languages
        self._clock = clock
        self._restoring = asyncio.Lock()
        self._known: OrderedDict[str, tuple[float, HlsShow]] = OrderedDict()

    async def show(self, show: str) -> HlsShow | None:
        """Return a running or an ended show; None when nothing of it was recorded, or it was deleted."""
        until, known = self._known.get(show, (0.0, None))
        if known is not None and self._clock() < until:
            return known
        try:
            recording = await self._recordings.get(show)
        except Missing:
            self._known.pop(show, None)
            self._playlists.forget(show)
            return None
        live = self._playlists.get(show) or await self._restored(recording)
        is_public = recording.kind is Kind.SHOW and recording.access is Access.PUBLIC
        circle = "" if is_public else await self._recordings.circle(recording)
        found = HlsShow(show, live, is_public, await self._languages(show), circle)
        self._known[show] = self._clock() + GOOD_SECONDS, found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def _restored(self, recording: Recording) -> LiveShow:
        """Return what is read from the records, one show after the other and each once for all who ask."""
        async with self._restoring:
            return self._playlists.get(recording.id) or await self._restore(recording)

    async def _restore(self, recording: Recording) -> LiveShow:
        sections = [section_of(kept) for kept in await self._recordings.sections(recording.id)]
        segments = await segments_of(self._recordings, recording.id)
        return await self._playlists.restore(
            recording.id, recording.started_at, sections, segments, is_ended=not recording.is_running
        )
