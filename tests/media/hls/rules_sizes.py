"""Rules about the playlists of one presentation whose picture comes in several sizes, taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from posixpath import dirname, join, normpath

from tests.media.hls.parsed import Playlist, attributes
from tests.media.hls.rules_changes import discontinuity_numbers

NEAR_SECONDS = 4.0
"""Sizes have key frames of their own: around a discontinuity they change a segment apart."""


def sizes_agree(playlists: list[Playlist]) -> Iterator[str]:
    """Yield what differs between sizes (6.2.4); their entries have numbers and lengths of their own."""
    for name in ("EXT-X-TARGETDURATION", "EXT-X-PLAYLIST-TYPE", "EXT-X-SERVER-CONTROL"):
        if len({it.value(name) for it in playlists}) > 1:
            yield f"6.2.4: {name} differs"
    first, *others = [_dated(it) for it in playlists]
    for other in others:
        yield from (f"6.2.4: at {moment} discontinuity {number} is {first_number}"
                    for moment, number in other.items() for at, first_number in first.items()
                    if abs(moment - at) < 0.5 and number != first_number and not _is_near(first, at))


def reports_reach(playlists: Mapping[str, Playlist]) -> Iterator[str]:
    """Yield for playlists by their address which other one they do not report, or wrongly (4.4.5.4)."""
    for uri, it in playlists.items():
        reports = [attributes(value) for value in it.all("EXT-X-RENDITION-REPORT")]
        found = {normpath(join(dirname(uri), report["URI"])): report for report in reports}
        if found.keys() != playlists.keys() - {uri}:
            yield f"4.4.5.4: {uri} reports {sorted(found)}"
        for other, report in found.items():
            newest = max(playlists[other].numbered, default=0) + 1 if other in playlists else 0
            if abs(int(report["LAST-MSN"]) - newest) > 1:
                yield f"4.4.5.4: {uri} says {report['LAST-MSN']} of {other}, which is at {newest}"


def _dated(it: Playlist) -> dict[float, int]:
    """Return the discontinuity number of entries by when they begin."""
    numbers = discontinuity_numbers(it)
    dates = {number: entry.value("EXT-X-PROGRAM-DATE-TIME") for number, entry in it.numbered.items()}
    return {datetime.fromisoformat(date).timestamp(): numbers[number]
            for number, date in dates.items() if date and number in numbers}


def _is_near(dated: dict[float, int], moment: float) -> bool:
    near = {number for at, number in dated.items() if abs(at - moment) < NEAR_SECONDS}
    return len(near) > 1
