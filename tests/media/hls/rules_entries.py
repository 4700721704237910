"""Rules about a playlist and its segments; each yields what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import floor, isnan

from tests.media.hls.parsed import Playlist

ONCE = ("EXTM3U", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-PLAYLIST-TYPE",
        "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-ENDLIST", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL",
        "EXT-X-SKIP", "EXT-X-INDEPENDENT-SEGMENTS")
HEAD = set(ONCE) - {"EXT-X-ENDLIST", "EXT-X-SKIP"}
SLACK = 1e-4
"""Seconds that rounding to five digits may add."""


def begins_right(it: Playlist) -> Iterator[str]:
    if not it.lines or it.lines[0] != "#EXTM3U":
        yield "the first line is not #EXTM3U"


def says_once(it: Playlist) -> Iterator[str]:
    yield from (f"{name} twice" for name in ONCE if len(it.all(name)) > 1)


def is_clean_text(it: Playlist) -> Iterator[str]:
    text = "".join(it.lines)
    if text.startswith("\ufeff") or any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text):
        yield "control characters or a byte order mark"


def has_target(it: Playlist) -> Iterator[str]:
    if not (it.value("EXT-X-TARGETDURATION") or "").isdigit():
        yield "no whole target duration"


def keeps_to_target(it: Playlist) -> Iterator[str]:
    limit = it.number("EXT-X-TARGETDURATION")
    yield from (f"{e.uri} lasts {e.seconds}" for e in it.entries if floor(e.seconds + 0.5) > limit)


def has_durations(it: Playlist) -> Iterator[str]:
    yield from (f"{e.uri} has no EXTINF" for e in it.entries if isnan(e.seconds) or e.seconds <= 0)


def has_version(it: Playlist) -> Iterator[str]:
    needed = 3
    needed = 6 if any(e.has("EXT-X-MAP") for e in it.with_growing) else needed
    needed = 8 if any(e.has("EXT-X-GAP") for e in it.entries) else needed
    needed = 9 if it.all("EXT-X-SKIP") else needed
    if it.number("EXT-X-VERSION", 1) < needed:
        yield f"version {needed} is needed"


def head_comes_first(it: Playlist) -> Iterator[str]:
    names = [line.removeprefix("#").partition(":")[0] for line in it.lines]
    begin = next((at for at, name in enumerate(names) if name in ("EXTINF", "EXT-X-PART", "EXT-X-MAP")), None)
    late = set(names[begin:]) & HEAD if begin is not None else set()
    yield from (f"{name} after the first segment" for name in sorted(late))


def maps_come_before(it: Playlist) -> Iterator[str]:
    is_mapped = bool(it.skipped)
    for entry in it.with_growing:
        is_mapped = is_mapped or entry.has("EXT-X-MAP")
        needs = not entry.has("EXT-X-GAP") and any("GAP" not in part for part in entry.parts or [{}])
        if needs and not is_mapped:
            yield f"{entry.uri or 'the newest parts'} has no EXT-X-MAP"


def tags_come_before_parts(it: Playlist) -> Iterator[str]:
    for entry in it.with_growing:
        names = [name for name, _ in entry.tags]
        if "EXT-X-PART" in names:
            late = {"EXT-X-MAP", "EXT-X-DISCONTINUITY", "EXT-X-PROGRAM-DATE-TIME"} & set(
                names[names.index("EXT-X-PART"):])
            yield from (f"{name} after a part of {entry.uri}" for name in sorted(late))


def new_map_is_discontinuity(it: Playlist) -> Iterator[str]:
    for entry in it.with_growing[1:]:
        if entry.has("EXT-X-MAP") and not entry.has("EXT-X-DISCONTINUITY"):
            yield f"{entry.uri}: another file without EXT-X-DISCONTINUITY"


def dates_are_whole(it: Playlist) -> Iterator[str]:
    for entry in it.with_growing:
        date = entry.value("EXT-X-PROGRAM-DATE-TIME")
        if entry.has("EXT-X-DISCONTINUITY") and date is None:
            yield f"{entry.uri}: no date at a discontinuity"
        if date is not None and datetime.fromisoformat(date).tzinfo is None:
            yield f"{date} has no zone"


def dates_agree(it: Playlist) -> Iterator[str]:
    expected: datetime | None = None
    for entry in it.entries:
        date = entry.value("EXT-X-PROGRAM-DATE-TIME")
        at = datetime.fromisoformat(date) if date else expected
        if at and expected and not -0.5 <= (at - expected).total_seconds() <= 0.6:
            yield f"{entry.uri} is dated {at}, after what ends {expected}"
        expected = at + timedelta(seconds=entry.seconds) if at else None


def live_is_long_enough(it: Playlist) -> Iterator[str]:
    whole = sum(entry.seconds for entry in it.entries)
    is_cut = it.first and not it.skipped and not it.is_ended
    if is_cut and whole < 3 * it.number("EXT-X-TARGETDURATION") - SLACK:
        yield f"entries were removed though only {whole} s are left"


def live_has_no_type(it: Playlist) -> Iterator[str]:
    if it.first and it.value("EXT-X-PLAYLIST-TYPE"):
        yield "a playlist that slides has a type"


def discontinuities_are_numbered(it: Playlist) -> Iterator[str]:
    has_any = any(entry.has("EXT-X-DISCONTINUITY") for entry in it.with_growing)
    if it.first and has_any and it.value("EXT-X-DISCONTINUITY-SEQUENCE") is None:
        yield "discontinuities without EXT-X-DISCONTINUITY-SEQUENCE"
