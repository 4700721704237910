"""The honest answer where nobody is on duty: when the next person who speaks the language comes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.fair.hours import Hours, Stretch, common, joined, now_or_next
from rooms.fair.roster import RosterEntry


@dataclass(frozen=True, slots=True)
class Promise:
    """What can be said of the desk, in Unix seconds.

    Where `is_spoken`, somebody who speaks `language` is there from `begins_at` to `ends_at`, by what they and
    the stand say; else nobody who speaks it comes within two weeks, and these are the hours of the stand.
    """

    begins_at: float
    ends_at: float
    is_now: bool
    language: str
    is_spoken: bool


def promise(hours: Hours, roster: Sequence[RosterEntry], language: str, now: float) -> Promise | None:
    """Return what can be promised to somebody of this language; None when no hours are known."""
    there = now_or_next(_there(hours, [entry for entry in roster if entry.speaks(language)], now), now)
    stretch = there or hours.now_or_next(now)
    if stretch is None:
        return None
    begins_at, ends_at = stretch
    return Promise(begins_at, ends_at, begins_at <= now, language, is_spoken=there is not None)


def _there(stand: Hours, people: Sequence[RosterEntry], now: float) -> list[Stretch]:
    """Return when one of these people or more are there while the stand is open."""
    is_open = joined(stand.near(now))
    weeks = [joined(person.hours_at(stand).near(now)) for person in people]
    return [stretch for week in weeks for stretch in common(is_open, week)]
