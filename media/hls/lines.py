"""Writes the lines of a media playlist that belong to one entry (draft-pantos-hls-rfc8216bis, section 4.4.4).

Addresses are relative to the playlist: `video/12.m4s` is segment 12, `video/12.3.m4s` its part 3,
`video/12.0-9.m4s` the parts 0 to 9 of a segment that is longer than the target duration, and
`video/2.init.mp4` what stands before all of section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from media.hls.entries import Entry
from media.hls.timeline import Timeline
from media.hls.tracks import Track, bytes_in, is_in
from media.recording.facts import Part, Section

GAP_NAME = "gap.m4s"
"""The address of what is not there; nobody is meant to ask for it."""


class Kind(StrEnum):
    """What a media playlist may do: slide along, grow, or neither. The value is its EXT-X-PLAYLIST-TYPE."""

    LIVE = ""
    EVENT = "EVENT"
    VOD = "VOD"


@dataclass(frozen=True, slots=True)
class Beside:
    """Another playlist of the same presentation: where it lies from here, and how far it is."""

    uri: str
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Listing:
    """Which playlist it is: `base` leads from it to the media, `began` is the timeline's zero (Unix time).

    `beside` are playlists with a timeline of their own.
    """

    track: Track
    kind: Kind
    began: float
    base: str
    sections: Mapping[int, Section]
    beside: tuple[Beside, ...] = ()

    def has_track(self, entry: Entry) -> bool:
        """Whether the section of an entry has the track at all."""
        return is_in(self.track, self.sections[entry.section])

    def is_missing(self, entry: Entry) -> bool:
        """Whether there is nothing of the track in an entry."""
        size = entry.video_bytes if self.track is Track.VIDEO else entry.audio_bytes
        return not size or not self.has_track(entry)


def lines_before(listing: Listing, entry: Entry, before: Entry | None) -> Iterator[str]:
    """Yield what holds from an entry on (4.4.4.3, 4.4.4.5) and its date (4.4.4.6)."""
    is_new = before is None or before.section != entry.section
    for _ in range(entry.discontinuities - before.discontinuities if before is not None else 0):
        yield "#EXT-X-DISCONTINUITY"
    if is_new and listing.has_track(entry):
        yield f'#EXT-X-MAP:URI="{listing.base}{listing.track}/{entry.section}.init.mp4"'
    if is_new or listing.kind is Kind.LIVE or (before is not None and before.is_gap != entry.is_gap):
        yield f"#EXT-X-PROGRAM-DATE-TIME:{date(listing.began + entry.start)}"


def part_lines(timeline: Timeline, listing: Listing, entry: Entry) -> Iterator[str]:
    """Yield a line for each part of an entry (4.4.4.9); a part without the track is a gap."""
    parts = timeline.pieces.slice(entry.segment, entry.first, entry.count)
    for number, part in enumerate(parts, entry.first):
        uri = f"{listing.base}{listing.track}/{entry.segment}.{number}.m4s"
        yield f'#EXT-X-PART:DURATION={seconds(part.duration)},URI="{uri}"{_flag(listing, entry, part)}'


def entry_lines(listing: Listing, entry: Entry) -> Iterator[str]:
    """Yield how long a closed entry is and where it lies (4.4.4.1, 4.4.4.7)."""
    if listing.is_missing(entry):
        yield "#EXT-X-GAP"
    yield f"#EXTINF:{seconds(entry.duration)},"
    yield f"{listing.base}{listing.track}/{name_of(entry)}"


def name_of(entry: Entry) -> str:
    """Return the last step of an entry's address."""
    if entry.is_gap:
        return GAP_NAME
    if entry.is_whole:
        return f"{entry.segment}.m4s"
    return f"{entry.segment}.{entry.first}-{entry.first + entry.count - 1}.m4s"


def seconds(value: float) -> str:
    """Return a duration with all the digits that matter: a day of entries adds up within 0.1 s."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


def date(moment: float) -> str:
    """Return a moment of the Unix epoch as ISO 8601."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _flag(listing: Listing, entry: Entry, part: Part) -> str:
    if not bytes_in(listing.track, part) or not listing.has_track(entry):
        return ",GAP=YES"
    return ",INDEPENDENT=YES" if part.is_independent or listing.track is not Track.VIDEO else ""
