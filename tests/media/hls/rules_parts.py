"""Rules about parts and what the server offers beside them; each yields what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.media.hls.parsed import Playlist, attributes
from tests.media.hls.rules_entries import SLACK


def parts_have_target(it: Playlist) -> Iterator[str]:
    has_parts = any(entry.parts for entry in it.with_growing)
    if has_parts and "PART-TARGET" not in it.listed("EXT-X-PART-INF"):
        yield "parts without EXT-X-PART-INF"


def parts_are_short(it: Playlist) -> Iterator[str]:
    target = float(it.listed("EXT-X-PART-INF").get("PART-TARGET", 0))
    for entry in it.with_growing:
        yield from (f"{part['URI']} lasts {part['DURATION']}" for part in entry.parts
                    if float(part["DURATION"]) > target + SLACK)


def parts_are_long_enough(it: Playlist) -> Iterator[str]:
    target = float(it.listed("EXT-X-PART-INF").get("PART-TARGET", 0))
    for entry in it.with_growing:
        for part, after in pairwise(entry.parts):
            is_free = "INDEPENDENT" in part or "GAP" in part or "GAP" in after
            if not is_free and float(part["DURATION"]) < 0.85 * target - SLACK:
                yield f"{part['URI']} lasts only {part['DURATION']}"


def parts_fill_their_segment(it: Playlist) -> Iterator[str]:
    for entry in it.entries:
        whole = sum(float(part["DURATION"]) for part in entry.parts)
        if entry.parts and abs(whole - entry.seconds) > 0.01:
            yield f"{entry.uri} lasts {entry.seconds}, its parts {whole}"


def old_parts_are_gone(it: Playlist) -> Iterator[str]:
    behind = sum(float(part["DURATION"]) for part in it.growing.parts) if it.growing else 0.0
    for entry in reversed(it.entries):
        if entry.parts and behind > 3 * it.number("EXT-X-TARGETDURATION") + SLACK:
            yield f"{entry.uri} still has parts"
        behind += entry.seconds


def holds_back(it: Playlist) -> Iterator[str]:
    control, parts = it.listed("EXT-X-SERVER-CONTROL"), it.listed("EXT-X-PART-INF")
    if parts and float(control.get("PART-HOLD-BACK", 0)) < 3 * float(parts["PART-TARGET"]) - SLACK:
        yield "PART-HOLD-BACK is less than three parts"
    if "HOLD-BACK" in control and float(control["HOLD-BACK"]) < 3 * it.number("EXT-X-TARGETDURATION"):
        yield "HOLD-BACK is less than three target durations"


def skips_far_enough(it: Playlist) -> Iterator[str]:
    text = it.listed("EXT-X-SERVER-CONTROL").get("CAN-SKIP-UNTIL")
    if text is not None and float(text) < 6 * it.number("EXT-X-TARGETDURATION"):
        yield "CAN-SKIP-UNTIL is less than six target durations"
    if it.all("EXT-X-SKIP") and (text is None or it.is_ended):
        yield "EXT-X-SKIP where none is offered"
    if it.all("EXT-X-SKIP") and sum(e.seconds for e in it.entries) < float(text or 0) - SLACK:
        yield "entries within the skip boundary were skipped"


def low_latency_blocks(it: Playlist) -> Iterator[str]:
    if it.all("EXT-X-PART-INF") and it.listed("EXT-X-SERVER-CONTROL").get("CAN-BLOCK-RELOAD") != "YES":
        yield "parts without blocking reload"


def hints_are_few(it: Playlist) -> Iterator[str]:
    hints = [attributes(value) for value in it.all("EXT-X-PRELOAD-HINT")]
    if it.is_ended and hints:
        yield "a hint after the end"
    if len({hint["TYPE"] for hint in hints}) < len(hints):
        yield "two hints of one type"
    listed = {part["URI"] for entry in it.with_growing for part in entry.parts}
    yield from (f"{hint['URI']} is there already" for hint in hints if hint["URI"] in listed)


def reports_say_where(it: Playlist) -> Iterator[str]:
    for value in it.all("EXT-X-RENDITION-REPORT"):
        report = attributes(value)
        if not {"URI", "LAST-MSN"} <= set(report) or "//" in report["URI"] or report["URI"].startswith("/"):
            yield f"{value}: no relative address, or no number"
