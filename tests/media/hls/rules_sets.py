"""Rules about a multivariant playlist, and about the playlists it names taken together."""

from __future__ import annotations

from collections.abc import Iterator

from tests.media.hls.parsed import Playlist, attributes
from tests.media.hls.rules_changes import discontinuity_numbers


def variants_have_rates(it: Playlist) -> Iterator[str]:
    for variant, uri in it.variants:
        if not variant.get("BANDWIDTH", "").isdigit() or variant["BANDWIDTH"] == "0":
            yield f"{uri} has no BANDWIDTH"
        if float(variant.get("AVERAGE-BANDWIDTH", 0)) > float(variant.get("BANDWIDTH", 0)):
            yield f"{uri} has more on average than at most"


def variants_have_codecs(it: Playlist) -> Iterator[str]:
    for variant, uri in it.variants:
        if not all(variant.get("CODECS", "").split(",")):
            yield f"{uri} has no CODECS"
        if "RESOLUTION" in variant and "x" not in variant["RESOLUTION"]:
            yield f"{uri}: RESOLUTION is no size"


def groups_are_there(it: Playlist) -> Iterator[str]:
    groups = {(one["TYPE"], one["GROUP-ID"]) for one in map(attributes, it.all("EXT-X-MEDIA"))}
    for variant, uri in it.variants:
        yield from (f"{uri}: no group {variant[kind]}" for kind in ("AUDIO", "SUBTITLES")
                    if kind in variant and (kind, variant[kind]) not in groups)


def names_are_single(it: Playlist) -> Iterator[str]:
    found = [(one["TYPE"], one["GROUP-ID"], one["NAME"]) for one in map(attributes, it.all("EXT-X-MEDIA"))]
    yield from (f"{one} twice" for one in set(found) if found.count(one) > 1)


def has_variants(it: Playlist) -> Iterator[str]:
    if not it.variants or any(entry.uri for entry in it.entries):
        yield "no variants, or segments among them"


def tracks_agree(playlists: list[Playlist]) -> Iterator[str]:
    """Yield what differs between the playlists of one presentation (6.2.4)."""
    for name in ("EXT-X-TARGETDURATION", "EXT-X-PLAYLIST-TYPE", "EXT-X-SERVER-CONTROL"):
        if len({it.value(name) for it in playlists}) > 1:
            yield f"6.2.4: {name} differs"
    first = discontinuity_numbers(playlists[0])
    for other in playlists[1:]:
        numbers = discontinuity_numbers(other)
        if any(first[at] != numbers[at] for at in first.keys() & numbers.keys()):
            yield "6.2.4: discontinuity numbers differ"
