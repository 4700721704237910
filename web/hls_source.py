"""Finds the shows that HLS serves: running ones in memory, ended ones in the records."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress

from config.errors import Busy, Missing
from config.ids import RoomId
from media.hls.live import LiveShow
from media.hls.multivariant import Captions
from media.hls.shows import LiveShows
from media.recording.facts import StopReason
from rooms.fair.recording import Recording
from rooms.fair.recordings import Recordings
from signaling.archive_index import section_of, segment_of, segments_of
from web.hls import HlsShow

GOOD_SECONDS = 2.0
"""How long what is known of a show is used again: players ask several times a second."""
REMEMBERED = 2000

Languages = Callable[[str], Awaitable[tuple[Captions, ...]]]
"""Returns the captions a show has."""


IsShown = Callable[[RoomId, str], Awaitable[bool]]
"""Tells whether a recording runs as the show of a room now: the exhibitor shows it to everybody then."""
IsOnAir = IsShown
"""Tells whether the show of a room that runs now is the one of a recording."""


async def _never(_room: RoomId, _recording: str) -> bool:
    return False


class NoShows:
    """Where shows are not served as HLS."""

    async def show(self, show: str) -> HlsShow | None:
        """Return that there is none."""
        return None


class RecordedShows:
    """A `ShowSource` over records and memory. What changed who may watch is seen two seconds later."""

    def __init__(
        self, recordings: Recordings, playlists: LiveShows, languages: Languages, clock: Callable[[], float],
        is_shown: IsShown = _never, is_on_air: IsOnAir = _never,
    ) -> None:
        self._recordings = recordings
        self._playlists = playlists
        self._languages = languages
        self._clock = clock
        self._is_shown = is_shown
        self._is_on_air = is_on_air
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
        live = await self._live(recording)
        if not recording.is_running:  # else it may be known here first that it has stopped
            with suppress(Busy):  # what was known holds
                live.is_cut = await self._is_cut(recording)
        is_public = await self._recordings.is_public(recording)
        circle = "" if is_public else await self._recordings.circle(recording)
        with suppress(Busy):  # whoever may watch it anyway needs no store
            is_public = is_public or await self._is_shown(recording.room, recording.id)
        found = HlsShow(show, live, is_public, await self._languages(show), circle)
        self._known[show] = self._clock() + GOOD_SECONDS, found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def _is_cut(self, recording: Recording) -> bool:
        """Tell whether the show of a recording that was cut short still runs, at whichever node it does."""
        is_short = recording.stop_reason != StopReason.ENDED
        return is_short and await self._is_on_air(recording.room, recording.id)

    async def _live(self, recording: Recording) -> LiveShow:
        """Return a show with all that the records have of it, whichever nodes wrote it.

        What has to be read is read one show after the other, and each once for all who ask.
        """
        live = self._playlists.get(recording.id)
        if live is not None and await self._is_up_to_date(live, recording):
            return live
        async with self._restoring:
            again = self._playlists.get(recording.id)
            if again is not None and again is not live:
                return again
            self._playlists.forget(recording.id)
            return await self._restore(recording)

    async def _is_up_to_date(self, live: LiveShow, recording: Recording) -> bool:
        """Let a show that runs elsewhere catch up; tell whether nothing of one that is over is missing.

        What a node says late may lie between what is known: the bytes of all of it tell.
        """
        known = live.known_bytes
        if not recording.is_running:
            return live.is_ended and recording.bytes in (known, live.restored_bytes)
        if live.is_ended:  # here it may be known to have stopped before the records know
            return recording.bytes <= known
        if not live.is_written:
            sections = [section_of(kept) for kept in await self._recordings.sections(recording.id)]
            newer = await self._recordings.segments(recording.id, live.timeline.pieces.newest)
            await live.catch_up(sections, [segment_of(kept) for kept in newer])
        return True

    async def _restore(self, recording: Recording) -> LiveShow:
        sections = [section_of(kept) for kept in await self._recordings.sections(recording.id)]
        segments = await segments_of(self._recordings, recording.id)
        live = await self._playlists.restore(
            recording.id, recording.started_at, sections, segments, is_ended=not recording.is_running
        )
        live.restored_bytes = recording.bytes
        return live
