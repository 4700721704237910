"""Keeps one show as HLS has it: takes in what the recorder writes, and lets players wait for what comes next.

A show of 14 hours is 25,000 segments and 151,000 parts: 6.5 MB here, and 0.8 MB more for each whole playlist
that somebody asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from config.errors import Missing
from media.hls.asking import Ask, check, is_there
from media.hls.lines import Beside, Kind, Listing
from media.hls.multivariant import Captions, Size, multivariant_playlist
from media.hls.playlist import TURN_ENTRIES, Roll, live_playlist, whole_playlist
from media.hls.rendered import Rendered, rendered
from media.hls.timeline import MIN_TARGET_SECONDS, Timeline
from media.hls.tracks import Track, tracks_of
from media.hls.waiting import Waiting
from media.recording.facts import Part, Section, Segment

BLOCK_TARGETS = 3
"""A request waits for so many target durations and is then told to come back (RFC 8216bis, 6.2.5.2)."""


class LiveShow:
    """One recording, running or whole. `began` is its timeline's zero in seconds of the Unix epoch.

    `leader` is the timeline of the same show in its main size, for a smaller one.
    """

    def __init__(
        self, began: float, window_seconds: float, block_targets: float = BLOCK_TARGETS,
        leader: Timeline | None = None,
    ) -> None:
        self.began = began
        self.timeline = Timeline(leader)
        self.beside: Callable[[], tuple[Beside, ...]] = tuple
        """Returns the other sizes of the show that are written now."""
        self.is_ended = False
        self.is_cut = False
        """Whether its show goes on and nothing more of it is written: what there is can be rewound to."""
        self.is_written = False
        """Whether its files are written here, so that nothing is missing that the records have."""
        self.restored_bytes = 0
        """What the records had of it when it was read from them."""
        self.is_away = False
        """Whether nothing of it is sent while its show runs, so that nobody may wait for it."""
        self._window = window_seconds
        self._block_targets = block_targets
        self._was_live = True
        self._waiting = Waiting()
        self._version = 0
        self._rolls: dict[tuple[Track, str], Roll] = {}
        self._texts: dict[tuple[object, ...], Rendered] = {}
        self._writing = asyncio.Lock()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What it can be watched as; nothing when it is all VP8."""
        return tracks_of(self.timeline.sections.values())

    @property
    def known_bytes(self) -> int:
        """What there is of it, as the records count it."""
        return self.timeline.pieces.bytes + sum(one.init_bytes for one in self.timeline.sections.values())

    @property
    def needs_transcode(self) -> bool:
        """Whether what is written now has no form that HLS players take."""
        sections = self.timeline.sections
        return bool(sections) and not tracks_of([sections[max(sections)]])

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        return len(self._waiting)

    def section_began(self, section: Section) -> None:
        """Take a new file in; a show that had ended goes on."""
        self.is_ended, self.is_cut, self.is_written, self._was_live = False, False, True, True
        self.timeline.add_section(section)
        self._changed()

    def part_written(self, section: int, segment: int, part: Part) -> None:
        """Take a part in and wake who waits for it."""
        self.timeline.add_part(section, segment, part)
        self._changed()

    def segment_ended(self, segment: Segment) -> None:
        """Close a segment; parts of it that were not told before are taken in."""
        self._take(segment)
        self._changed()

    def left(self) -> None:
        """Nothing of it is sent for now: who waits is told."""
        self.is_away = True
        self._waiting.wake()

    def ended(self, *, is_cut: bool = False) -> None:
        """Nothing more comes: playlists end, and everybody who waits gets theirs.

        Where the show goes on without it (`is_cut`) there is nothing live any more, only what was.
        """
        self.timeline.end_segment()
        self.is_ended, self.is_cut, self.is_written = True, is_cut, False
        self._changed()

    def went_on(self) -> None:
        """It is written elsewhere from now on: what is not here yet comes from the records."""
        self.timeline.end_segment()
        self.is_written = False
        self._changed()

    async def restore(
        self, sections: Iterable[Section], segments: Iterable[Segment], *, is_ended: bool
    ) -> None:
        """Take in what was written before: of a show that goes on after a restart, or of one that is over.

        Nothing may be told of it meanwhile. A long show takes half a second; packets are not held up by it.
        """
        await self.catch_up(sections, segments)
        self.is_ended, self._was_live = is_ended, not is_ended
        self._changed()

    async def catch_up(self, sections: Iterable[Section], segments: Iterable[Segment]) -> None:
        """Take in what was written elsewhere meanwhile; what is known changes nothing."""
        for section in sections:
            self.timeline.add_section(section)
        for count, segment in enumerate(segments):
            self._take(segment)
            if count % TURN_ENTRIES == 0:
                await asyncio.sleep(0)
        self._changed()

    async def playlist(self, track: Track, ask: Ask, *, whole: bool) -> Rendered:
        """Return a media playlist once it has what is asked for.

        Raises `Missing` for a track there is none of or a show that was cut, `Invalid` for what is too far
        ahead and `Busy` when it does not come.
        """
        await self._listed()
        if track not in self.tracks:
            raise Missing("This show has no such track.", code="no_track")
        if not self.is_ended:
            check(ask, self.timeline)
        wanted = Ask(ask.number, None if whole else ask.part)
        if wanted.number is not None:
            await self._until(lambda: is_there(wanted, self.timeline))
        if self.is_away:
            raise not_sent()
        self._check_uncut(whole)
        return await self._text(track, whole, ask.skip)

    async def multivariant(
        self, *, whole: bool, captions: tuple[Captions, ...] = (),
        smaller: Callable[[], tuple[Size, ...]] = tuple, has_picture: bool = True,
    ) -> Rendered:
        """Return the playlist of playlists; once a show has ended it leads to the whole of it.

        `smaller` returns sizes that are played as they are sent, and not afterwards. Without the picture it
        is one of the sounds alone; raises `Missing` where there are none.
        """
        await self._listed()
        self._check_uncut(whole)
        if not has_picture and not set(self.tracks) - {Track.VIDEO}:
            raise Missing("This show has no sound.", code="no_track")
        base = "whole/" if self.is_ended and not whole else ""
        sections = self.timeline.sections.values()
        sizes = () if self.is_ended or whole else smaller()
        text = multivariant_playlist(
            sections, self.timeline.rates, sizes, base=base, captions=captions, has_picture=has_picture)
        return await rendered(text)

    async def target(self) -> int:
        """Return the target duration of all playlists of this show, once it is known."""
        await self._listed()
        return self.timeline.target_seconds

    async def begun(self) -> None:
        """Return once it is known what is written; raise `Busy` when that takes long."""
        await self._until(lambda: bool(self.timeline.sections))

    async def part_there(self, segment: int, part: int) -> None:
        """Return once a part is written; raise `Missing` when it never will be, `Busy` when it takes long."""
        pieces = self.timeline.pieces
        if (segment, part) in ((pieces.newest, pieces.count(pieces.newest)), (pieces.newest + 1, 0)):
            await self._until(lambda: part < pieces.count(segment) or not pieces.may_grow(segment))
        if part >= pieces.count(segment):
            raise Missing("There is no such part.", code="no_part")

    def _check_uncut(self, whole: bool) -> None:
        if self.is_cut and not whole:
            raise Missing("This show is not recorded any more, and has no HLS without that.", code="no_hls")

    def _take(self, segment: Segment) -> None:
        for part in segment.parts[self.timeline.pieces.count(segment.number) :]:
            self.timeline.add_part(segment.section, segment.number, part)
        if segment.number == self.timeline.pieces.newest:
            self.timeline.end_segment()

    def _changed(self) -> None:
        self._version += 1
        self._texts.clear()
        self._waiting.wake()

    async def _listed(self) -> None:
        """Wait for the first segment: before that there is nothing to list."""
        await self.begun()
        if self.timeline.sections and not self.tracks:
            raise Missing("This show is sent in VP8, which has no HLS.", code="no_hls")
        await self._until(lambda: self.timeline.is_listed)
        if not self.timeline.is_listed and not self.is_away:
            raise Missing("Nothing of this show was recorded.", code="nothing_recorded")

    async def _until(self, is_met: Callable[[], bool]) -> None:
        patience = self._block_targets * (self.timeline.target_seconds or MIN_TARGET_SECONDS)
        await self._waiting.until(lambda: self.is_ended or self.is_away or is_met(), patience)

    async def _text(self, track: Track, whole: bool, skip: bool) -> Rendered:
        """Return a playlist as it is now; all who ask before the next change share one text."""
        key = (track, whole, skip)
        async with self._writing:
            if key in self._texts:
                return self._texts[key]
            version = self._version
            text = await rendered(await self._render(track, whole, skip))
            if version == self._version:
                self._texts[key] = text
            return text

    async def _render(self, track: Track, whole: bool, skip: bool) -> str:
        is_whole = whole or not self._was_live
        kind = Kind.LIVE if not is_whole else Kind.EVENT if self._was_live else Kind.VOD
        base, beside = "../" if whole else "", self.beside()
        listing = Listing(track, kind, self.began, base, self.timeline.sections, beside)
        if not is_whole:
            return live_playlist(self.timeline, listing, self._window, skip=skip, ended=self.is_ended)
        roll = self._rolls.setdefault((track, base), Roll())  # its lines have the addresses of one place
        await roll.write(self.timeline, listing)
        return whole_playlist(self.timeline, listing, roll.text, skip=skip, ended=self.is_ended)


def not_sent() -> Missing:
    """Return what players are told of a size of the picture that does not come any more."""
    return Missing("The picture is not sent in this size now.", code="no_size")
