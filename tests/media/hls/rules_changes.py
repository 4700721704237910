"""Rules about two states of one playlist, the older one first; each yields what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from tests.media.hls.parsed import Playlist


def target_stays(old: Playlist, new: Playlist) -> Iterator[str]:
    if old.value("EXT-X-TARGETDURATION") != new.value("EXT-X-TARGETDURATION"):
        yield "the target duration changed"


def numbers_only_grow(old: Playlist, new: Playlist) -> Iterator[str]:
    for name in ("EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE"):
        if new.number(name) < old.number(name):
            yield f"{name} went back"


def entries_stay_the_same(old: Playlist, new: Playlist) -> Iterator[str]:
    before, after = old.numbered, new.numbered
    for number in before.keys() & after.keys():
        mine, other = before[number], after[number]
        if (mine.uri, mine.seconds) != (other.uri, other.seconds):
            yield f"{number} was {mine.uri} and is {other.uri}"


def entries_go_in_order(old: Playlist, new: Playlist) -> Iterator[str]:
    if max(new.numbered, default=-1) < max(old.numbered, default=-1):
        yield "entries at the end are gone"


def discontinuities_stay(old: Playlist, new: Playlist) -> Iterator[str]:
    before, after = discontinuity_numbers(old), discontinuity_numbers(new)
    for number in before.keys() & after.keys():
        if before[number] != after[number] and not new.skipped:
            yield f"{number} had discontinuity {before[number]} and has {after[number]}"


def discontinuity_numbers(it: Playlist) -> dict[int, int]:
    """Return the discontinuity sequence number of each entry (4.4.3.3)."""
    count, found = int(it.number("EXT-X-DISCONTINUITY-SEQUENCE")), {}
    for number, entry in it.numbered.items():
        count += entry.has("EXT-X-DISCONTINUITY")
        found[number] = count
    return found


def ended_stays_ended(old: Playlist, new: Playlist) -> Iterator[str]:
    if old.is_ended and old.lines != new.lines:
        yield "a playlist changed after its end"


def events_keep_everything(old: Playlist, new: Playlist) -> Iterator[str]:
    kept = old.value("EXT-X-PLAYLIST-TYPE")
    if kept != new.value("EXT-X-PLAYLIST-TYPE"):
        yield "the type changed"
    lost = set(old.lines) - set(new.lines) - {"#EXT-X-INDEPENDENT-SEGMENTS"}
    if kept == "EVENT" and not new.skipped and lost:
        yield "an EVENT playlist lost lines"


def parts_stay_the_same(old: Playlist, new: Playlist) -> Iterator[str]:
    after = {part["URI"]: part for entry in new.with_growing for part in entry.parts}
    for part in (part for entry in old.with_growing for part in entry.parts):
        if after.get(part["URI"], part) != part:
            yield f"{part['URI']} changed"
