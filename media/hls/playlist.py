"""Writes media playlists by the rules of draft-pantos-hls-rfc8216bis; numbers are its sections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from media.hls.entries import Entry
from media.hls.lines import Beside, Kind, Listing, entry_lines, lines_before, part_lines, seconds
from media.hls.timeline import Timeline
from media.hls.tracks import Track, tracks_of

PARTS_TARGETS = 3
"""Parts are listed up to so many target durations before the end (6.2.2)."""
SKIP_TARGETS = 6
"""Updates leave out what is further from the end than so many target durations (4.4.3.8)."""
TURN_ENTRIES = 50
"""Entries worked off in one turn of the loop: some milliseconds."""
HOLD_BACK_PARTS = 5
"""Players stay so many parts behind the newest; 4.4.3.8 wants three, caches may add half a second."""


def live_playlist(timeline: Timeline, listing: Listing, window: float, *, skip: bool, ended: bool) -> str:
    """Return the newest `window` seconds and the parts at their end; with `skip` only what is new in it.

    A gap before all there is is left out: players that stay some way behind the end would begin in it.
    Raises `ValueError` while the timeline has no target duration, as do the others here.
    """
    first = max(timeline.lead, window_start(timeline, window))
    skipped = 0 if ended or not skip else max(0, window_start(timeline, _skip_seconds(timeline)) - first)
    lines = [*_header(timeline, listing, first, version=9), *_skip(skipped)]
    lines += entries_from(timeline, listing, first + skipped, len(timeline.closed),
                          is_first=not skipped)
    lines += ["#EXT-X-ENDLIST"] if ended else _edge(timeline, listing)
    return _text(lines)


def whole_playlist(timeline: Timeline, listing: Listing, entries: str, *, skip: bool, ended: bool) -> str:
    """Return everything from the beginning; `entries` are the lines of all entries, as a `Roll` has them."""
    skipped = 0 if ended or not skip else window_start(timeline, _skip_seconds(timeline))
    version = 9 if listing.kind is Kind.EVENT else 8 if "#EXT-X-GAP" in entries else 6
    head = _text([*_header(timeline, listing, 0, version), *_skip(skipped)])
    if skipped:
        entries = _text(entries_from(timeline, listing, skipped, len(timeline.closed), is_first=False))
    return head + entries + ("#EXT-X-ENDLIST\n" if ended else "")


class Roll:
    """The lines of all closed entries of one track; each entry is written once."""

    def __init__(self) -> None:
        self.text = ""
        self._count = 0

    async def write(self, timeline: Timeline, listing: Listing) -> None:
        """Write everything that is closed now, a few milliseconds at a time; one at once may do so."""
        until = len(timeline.closed)
        for start in range(self._count, until, TURN_ENTRIES):
            end = min(until, start + TURN_ENTRIES)
            self.text += _text(entries_from(timeline, listing, start, end, is_first=not start))
            self._count = end
            await asyncio.sleep(0)


def entries_from(
    timeline: Timeline, listing: Listing, start: int, until: int, *, is_first: bool
) -> Iterator[str]:
    """Yield the lines of closed entries; the first in a playlist also says what held before it."""
    before: Entry | None = None if is_first else timeline.closed[start - 1]
    parts_from = _parts_start(timeline) if listing.kind is Kind.LIVE else until
    for at in range(start, until):
        entry = timeline.closed[at]
        yield from lines_before(listing, entry, before)
        if at >= parts_from:
            yield from part_lines(timeline, listing, entry)
        yield from entry_lines(listing, entry)
        before = entry


def window_start(timeline: Timeline, window: float) -> int:
    """Return the first entry of the last `window` seconds, which are at least three targets (6.2.2)."""
    return _start_of_last(timeline, max(window, 3.0 * timeline.target_seconds))


def _parts_start(timeline: Timeline) -> int:
    growing = timeline.growing
    left = PARTS_TARGETS * timeline.target_seconds - (growing.duration if growing else 0.0)
    return _start_of_last(timeline, left)


def _start_of_last(timeline: Timeline, seconds: float) -> int:
    """Return the last closed entry from which on they last so many seconds, or the first of all."""
    at = len(timeline.closed)
    while at > 0 and seconds > 1e-9:
        at -= 1
        seconds -= timeline.closed[at].duration
    return at


def _header(timeline: Timeline, listing: Listing, first: int, version: int) -> Iterator[str]:
    if not timeline.target_seconds:
        raise ValueError("nothing is listed yet")
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{version}"
    yield f"#EXT-X-TARGETDURATION:{timeline.target_seconds}"
    if listing.kind is not Kind.LIVE:
        yield f"#EXT-X-PLAYLIST-TYPE:{listing.kind}"
    if listing.kind is not Kind.VOD:
        yield _server_control(timeline, is_low_latency=listing.kind is Kind.LIVE)
    if listing.kind is Kind.LIVE:
        yield f"#EXT-X-PART-INF:PART-TARGET={seconds(timeline.part_target)}"
        yield f"#EXT-X-MEDIA-SEQUENCE:{first}"
        yield f"#EXT-X-DISCONTINUITY-SEQUENCE:{_discontinuities(timeline, first)}"
    if listing.track is not Track.VIDEO or not timeline.has_slices:
        yield "#EXT-X-INDEPENDENT-SEGMENTS"


def _discontinuities(timeline: Timeline, first: int) -> int:
    entry = timeline.closed[first] if first < len(timeline.closed) else timeline.growing
    return entry.discontinuities if entry else 0


def _server_control(timeline: Timeline, *, is_low_latency: bool) -> str:
    hold_back = f",PART-HOLD-BACK={seconds(HOLD_BACK_PARTS * timeline.part_target)}" if is_low_latency else ""
    return f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={_skip_seconds(timeline)}{hold_back}"


def _skip_seconds(timeline: Timeline) -> int:
    return SKIP_TARGETS * timeline.target_seconds


def _skip(skipped: int) -> list[str]:
    return [f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"] if skipped else []


def _edge(timeline: Timeline, listing: Listing) -> Iterator[str]:
    """Yield what comes after the last closed entry: parts, what comes next, and how far the others are."""
    growing = timeline.growing
    if growing is not None:
        yield from lines_before(listing, growing, timeline.closed[-1] if timeline.closed else None)
        yield from part_lines(timeline, listing, growing)
    segment, part = timeline.pieces.next_one
    yield f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{listing.base}{listing.track}/{segment}.{part}.m4s"'
    others = [track for track in tracks_of(timeline.sections.values()) if track is not listing.track]
    for beside in (*(Beside(f"{track}.m3u8", timeline) for track in others), *listing.beside):
        yield f'#EXT-X-RENDITION-REPORT:URI="{beside.uri}",{_newest(beside.timeline)}'


def _newest(timeline: Timeline) -> str:
    entry = timeline.growing or timeline.closed[-1]
    return f"LAST-MSN={entry.number}" + (f",LAST-PART={entry.count - 1}" if entry.count else "")


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
