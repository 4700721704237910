"""Makes what a player asks for out of what lies in a recording's files: a track's own fragments, or AAC."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from config.errors import Missing
from media.codecs import Kind
from media.hls.aac import AacMaker, aac_init
from media.hls.live import LiveShow
from media.hls.pieces import PieceId
from media.hls.places import place_of
from media.hls.tracks import Track, is_in
from media.recording.facts import Part, Section
from media.recording.mp4 import init_of

LEAD_PARTS = 4
"""Parts before a piece that are read to make its AAC join the one before: more than a second of them."""


class Bytes(Protocol):
    """Reads recordings, wherever they lie."""

    async def read(self, recording: str, section: int, offset: int, size: int) -> bytes:
        """Return bytes of a section's file, fewer where it ends; raise `Missing` when it is gone."""


class HlsMedia:
    """All bytes of all shows that HLS sends, playlists aside."""

    def __init__(self, files: Bytes, aac: AacMaker) -> None:
        self._files = files
        self._aac = aac

    async def init(self, recording: str, live: LiveShow, track: Track, section: int) -> bytes:
        """Return the initialisation of one track of a section; raise `Missing` where there is none."""
        known = _with(track, live.timeline.sections.get(section))
        if track is Track.AAC:
            return aac_init()
        data = await self._files.read(recording, section, 0, known.init_bytes)
        try:
            return init_of(data, Kind.VIDEO if track is Track.VIDEO else Kind.AUDIO)
        except ValueError:
            raise _missing() from None

    async def piece(self, recording: str, live: LiveShow, track: Track, piece: PieceId) -> bytes:
        """Return the fragments of a segment or of parts of one; raise `Missing` where there are none."""
        pieces = live.timeline.pieces
        section = _with(track, live.timeline.sections.get(pieces.section(piece.segment) or 0))
        parts = _parts(live, piece)
        if track is Track.AAC:
            before = pieces.before(piece.segment, piece.first, LEAD_PARTS)
            read = partial(self._read, recording, Track.OPUS, section.number)
            return await self._aac.piece(f"{recording}/{piece.segment}", piece.first, parts, before, read)
        return await self._read(recording, track, section.number, parts)

    async def _read(self, recording: str, track: Track, section: int, parts: tuple[Part, ...]) -> bytes:
        place = place_of(track, section, parts)
        if place is None:
            raise _missing()
        data = await self._files.read(recording, section, place.offset, place.size)
        try:
            return place.cut(data)
        except ValueError:
            raise _missing() from None


def _with(track: Track, section: Section | None) -> Section:
    if section is None or not is_in(track, section):
        raise _missing()
    return section


def _parts(live: LiveShow, piece: PieceId) -> tuple[Part, ...]:
    """Return the parts of a piece that playlists name: a part, a whole segment, or a stretch of one."""
    pieces = live.timeline.pieces
    if piece.is_part:
        parts = pieces.slice(piece.segment, piece.first, 1)
    elif piece.last is not None:
        count = piece.last + 1 - piece.first
        is_listed = live.timeline.has_stretch(piece.segment, piece.first, count)
        parts = pieces.slice(piece.segment, piece.first, count) if is_listed else ()
    else:
        is_whole = not pieces.may_grow(piece.segment)
        parts = pieces.slice(piece.segment, 0, pieces.count(piece.segment)) if is_whole else ()
    if not parts:
        raise _missing()
    return parts


def _missing() -> Missing:
    return Missing("There is no such part.", code="no_part")
