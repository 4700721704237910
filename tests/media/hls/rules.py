"""The rules of draft-pantos-hls-rfc8216bis as tables: of one playlist, and of two states of the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.media.hls.parsed import Playlist, parse
from tests.media.hls.rules_changes import (
    discontinuities_stay,
    ended_stays_ended,
    enough_is_left,
    entries_go_in_order,
    entries_stay_the_same,
    events_keep_everything,
    numbers_only_grow,
    parts_stay_the_same,
    target_stays,
)
from tests.media.hls.rules_entries import (
    begins_right,
    dates_agree,
    dates_are_whole,
    discontinuities_are_numbered,
    has_durations,
    has_target,
    has_version,
    head_comes_first,
    is_clean_text,
    keeps_to_target,
    live_has_no_type,
    maps_come_before,
    new_map_is_discontinuity,
    says_once,
    tags_come_before_parts,
)
from tests.media.hls.rules_parts import (
    hints_are_few,
    holds_back,
    low_latency_blocks,
    old_parts_are_gone,
    parts_are_long_enough,
    parts_are_short,
    parts_fill_their_segment,
    parts_have_target,
    reports_say_where,
    skips_far_enough,
)
from tests.media.hls.rules_sets import (
    groups_are_there,
    has_variants,
    names_are_single,
    variants_have_codecs,
    variants_have_rates,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the specification: where it stands, what it says, and how to see a breach."""

    section: str
    says: str
    breaches: Callable[[Playlist], Iterator[str]]


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """The same about two states of one playlist, the older one first."""

    section: str
    says: str
    breaches: Callable[[Playlist, Playlist], Iterator[str]]


RULES = (
    Rule("4.4.1.1", "EXTM3U is the first line", begins_right),
    Rule("4.1", "no control characters, no byte order mark", is_clean_text),
    Rule("4.4.3", "a tag of the playlist comes once", says_once),
    Rule("4.4.1.2", "the version covers every tag", has_version),
)
MEDIA_RULES = (
    Rule("4.4.3.1", "the target duration is there and whole", has_target),
    Rule("4.4.3.1", "no segment, rounded, is longer than the target duration", keeps_to_target),
    Rule("4.4.4.1", "every segment has a duration", has_durations),
    Rule("4.4.3.2", "what holds for all comes before the first segment", head_comes_first),
    Rule("4.4.4.5", "fragments have an initialisation", maps_come_before),
    Rule("4.4.4.9", "what holds for a segment comes before its parts", tags_come_before_parts),
    Rule("4.4.4.3", "another initialisation is a discontinuity", new_map_is_discontinuity),
    Rule("4.4.4.6", "dates have zones, discontinuities dates", dates_are_whole),
    Rule("6.2.1", "dates do not contradict durations", dates_agree),
    Rule("6.2.2", "a playlist that slides has no type", live_has_no_type),
    Rule("6.2.2", "removed discontinuities are counted", discontinuities_are_numbered),
    Rule("4.4.3.7", "parts need PART-TARGET", parts_have_target),
    Rule("4.4.4.9", "no part is longer than PART-TARGET", parts_are_short),
    Rule("4.4.4.9", "parts last 85 % of PART-TARGET", parts_are_long_enough),
    Rule("4.4.4.9", "parts make up their segment", parts_fill_their_segment),
    Rule("6.2.2", "parts go three target durations before the end", old_parts_are_gone),
    Rule("4.4.3.8", "hold backs are long enough", holds_back),
    Rule("4.4.3.8", "the skip boundary is six target durations", skips_far_enough),
    Rule("4.4.3.8", "low latency needs blocking reload", low_latency_blocks),
    Rule("4.4.5.3", "one hint, of what is not there yet", hints_are_few),
    Rule("4.4.5.4", "reports have a relative address and a number", reports_say_where),
)
SET_RULES = (
    Rule("4.4.6", "there are variants, and nothing else", has_variants),
    Rule("4.4.6.2", "a variant says its rates", variants_have_rates),
    Rule("4.4.6.2", "a variant says its formats", variants_have_codecs),
    Rule("4.4.6.2", "a group that is named is there", groups_are_there),
    Rule("4.4.6.1", "names in a group are different", names_are_single),
)
CHANGE_RULES = (
    ChangeRule("6.2.1", "the target duration never changes", target_stays),
    ChangeRule("6.2.2", "sequence numbers do not go back", numbers_only_grow),
    ChangeRule("6.2.1", "an entry is never another", entries_stay_the_same),
    ChangeRule("6.2.2", "entries go from the front only", entries_go_in_order),
    ChangeRule("6.2.2", "three target durations are always left", enough_is_left),
    ChangeRule("6.2.2", "entries keep their discontinuity numbers", discontinuities_stay),
    ChangeRule("6.2.1", "nothing changes after the end", ended_stays_ended),
    ChangeRule("6.2.1", "EVENT playlists only grow", events_keep_everything),
    ChangeRule("6.2.2", "a part is never another", parts_stay_the_same),
)


def breaches(text: str, *, follows: bool = False) -> list[str]:
    """Return every breach of a rule in a playlist, with its section.

    One that `follows` another has that one's discontinuities (6.2.4), wherever its own files begin.
    """
    it = parse(text)
    rules = (*RULES, *(MEDIA_RULES if it.is_media else SET_RULES))
    return [f"{rule.section}: {wrong}" for rule in rules for wrong in rule.breaches(it)
            if not (follows and rule.breaches is new_map_is_discontinuity)]


def change_breaches(old: str, new: str) -> list[str]:
    """Return every breach of a rule between two states of a playlist."""
    before, after = parse(old), parse(new)
    return [f"{rule.section}: {wrong}" for rule in CHANGE_RULES for wrong in rule.breaches(before, after)]
