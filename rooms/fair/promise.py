"""The honest answer where nobody is on duty: when the stand opens, and if the language is spoken. Pure.

Hours are those of the stand: who of the staff comes when, nobody has said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.fair.hours import Hours
from rooms.fair.roster import RosterEntry


@dataclass(frozen=True, slots=True)
class Promise:
    """The hours that run or come next, in Unix seconds; `is_spoken` when somebody there speaks `language`."""

    opens_at: float
    closes_at: float
    is_open: bool
    language: str
    is_spoken: bool


def promise(hours: Hours, roster: Sequence[RosterEntry], language: str, now: float) -> Promise | None:
    """Return what can be promised to somebody of this language; None when no hours are known."""
    span = hours.now_or_next(now)
    if span is None:
        return None
    is_spoken = any(entry.speaks(language) for entry in roster)
    return Promise(span[0], span[1], span[0] <= now, language, is_spoken)
