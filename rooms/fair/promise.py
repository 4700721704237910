"""The honest answer where nobody is on duty: when somebody comes who speaks the buyer's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.fair.hours import Hours
from rooms.fair.roster import RosterEntry


@dataclass(frozen=True, slots=True)
class Promise:
    """The hours that run or come next, in Unix seconds, and who of the staff speaks `language`."""

    opens_at: float
    closes_at: float
    is_open: bool
    language: str
    name: str | None


def promise(hours: Hours, roster: Sequence[RosterEntry], language: str, now: float) -> Promise | None:
    """Return what can be promised to somebody of this language; None when no hours are known."""
    span = hours.now_or_next(now)
    if span is None:
        return None
    name = next((entry.name for entry in roster if entry.speaks(language)), None)
    return Promise(span[0], span[1], span[0] <= now, language, name)
