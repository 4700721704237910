"""What a player asks of a playlist (RFC 8216bis, 6.2.5), and when the answer is there."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from config.errors import Invalid
from media.hls.timeline import Timeline

AHEAD_ENTRIES = 2
"""A request for an entry further ahead of the last whole one is refused (6.2.5.2)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Delivery directives: from which media sequence number and part on, and whether an update will do."""

    number: int | None = None
    part: int | None = None
    skip: bool = False


def check(ask: Ask, timeline: Timeline) -> None:
    """Raise `Invalid` when a player asks for what is too far ahead to wait for, or for a part of nothing."""
    if ask.number is None:
        if ask.part is not None:
            raise Invalid("_HLS_part needs _HLS_msn.", code="part_of_nothing")
        return
    closed = len(timeline.closed)
    if ask.number > closed - 1 + AHEAD_ENTRIES:
        raise Invalid("That is too far ahead.", code="too_far_ahead")
    growing = timeline.growing
    newest = growing.count - 1 if growing and ask.number == closed else -1
    if ask.number >= closed and (ask.part or 0) > newest + advance_parts(timeline):
        raise Invalid("That is too far ahead.", code="too_far_ahead")


def advance_parts(timeline: Timeline) -> int:
    """Return the Advance Part Limit."""
    return ceil(3 / timeline.part_target) if timeline.part_target < 1 else 3


def is_there(ask: Ask, timeline: Timeline) -> bool:
    """Whether a live playlist has what is asked for, or what is later.

    A part beyond the last of an entry is part 0 of the next one.
    """
    closed = len(timeline.closed)
    number, part = ask.number or 0, ask.part
    if part is None or number >= closed:
        growing = timeline.growing
        return number < closed or (part is not None and number == closed and growing is not None
                                   and part < growing.count)
    is_beyond = part >= timeline.closed[number].count
    return not is_beyond or is_there(Ask(number + 1, 0), timeline)
