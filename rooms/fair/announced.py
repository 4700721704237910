"""Announced shows: what one is, what makes sense to announce, and what becomes of it; rules only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from config.errors import Conflict, Invalid
from config.ids import AnnouncedId, ProductId, RoomId, ShowId
from rooms.fair import words

TITLE_LENGTH, ABOUT_LENGTH = 120, 1000
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 720
MOST_AHEAD = 50
"""Shows a room may have announced at once."""
HORIZON_SECONDS = 400 * 24 * 3600.0
NEAR_SECONDS = 15 * 60.0
"""A show that begins so long before or after the announced time is the one that was announced."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class AnnouncedState(StrEnum):
    """What has become of an announced show."""

    ANNOUNCED = "announced"
    ON_AIR = "on_air"
    DONE = "done"
    CANCELLED = "cancelled"


class AnnouncedEvent(StrEnum):
    """What can happen to it."""

    BEGIN = "begin"
    END = "end"
    CANCEL = "cancel"


NEXT = {
    (AnnouncedState.ANNOUNCED, AnnouncedEvent.BEGIN): AnnouncedState.ON_AIR,
    (AnnouncedState.ANNOUNCED, AnnouncedEvent.CANCEL): AnnouncedState.CANCELLED,
    (AnnouncedState.ON_AIR, AnnouncedEvent.END): AnnouncedState.DONE,
}
"""The whole rule; what is not here cannot happen."""


class Stage(IntEnum):
    """How far the reminders of a reservation are; a later one makes those before it needless."""

    NONE = 0
    TEN_MINUTES = 1
    ONE_MINUTE = 2
    BEGUN = 3


STAGES = ((60.0, Stage.ONE_MINUTE), (600.0, Stage.TEN_MINUTES))
"""Seconds before the beginning, and the reminder that is due from then on."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What staff say of a show to come; `film` is a recording that is played at its time."""

    title: str
    starts_at: float
    minutes: int
    about: str = ""
    language: str = "en"
    product: ProductId | None = None
    film: ShowId | None = None

    @property
    def ends_at(self) -> float:
        """When it shall be over."""
        return self.starts_at + 60.0 * self.minutes


@dataclass(frozen=True, slots=True)
class AnnouncedShow:
    """An announced show. `show` is the one it became.

    `revision` counts what staff changed in it, and `changed_at` is when they last did.
    """

    id: AnnouncedId
    room: RoomId
    state: AnnouncedState
    wish: Announcement
    show: ShowId | None
    revision: int
    changed_at: float = 0.0

    @property
    def starts_at(self) -> float:
        """When it shall begin."""
        return self.wish.starts_at

    def is_ahead(self, now: float) -> bool:
        """Tell whether it runs or may still begin."""
        if self.state is AnnouncedState.ON_AIR:
            return True
        return self.state is AnnouncedState.ANNOUNCED and now <= self.starts_at + NEAR_SECONDS


def after(state: AnnouncedState, event: AnnouncedEvent) -> AnnouncedState:
    """Return the state that follows; `Conflict` (`wrong_moment`) where none does."""
    try:
        return NEXT[state, event]
    except KeyError:
        message = "This show has begun, is over or was cancelled meanwhile. Reload the page to see how it is."
        raise Conflict(message, code="wrong_moment") from None


def checked(wish: Announcement, now: float) -> Announcement:
    """Return the announcement as it is kept, or raise `Invalid` with the one thing to change."""
    title, about = words.line(wish.title), words.paragraphs(wish.about)
    if not 1 <= len(title) <= TITLE_LENGTH:
        raise Invalid("Give the show a title of 1 to 120 characters.", code="bad_title")
    if len(about) > ABOUT_LENGTH:
        raise Invalid("Say what the show is about in at most 1000 characters.", code="bad_about")
    if not SHORTEST_MINUTES <= wish.minutes <= LONGEST_MINUTES:
        raise Invalid("A show lasts 5 minutes to 12 hours.", code="bad_length")
    if not now < wish.starts_at <= now + HORIZON_SECONDS:
        message = "Choose a time to come, within the next year."
        raise Invalid(message, code="bad_time")
    if not LANGUAGE.fullmatch(wish.language):
        raise Invalid("Choose the language of the show.", code="bad_language")
    return replace(wish, title=title, about=about)


def check_place(wish: Announcement, others: Iterable[AnnouncedShow]) -> None:
    """Raise `Conflict` when the room has no place for it: `programme_full`, `overlap`."""
    ahead = list(others)
    if len(ahead) >= MOST_AHEAD:
        message = "50 shows are announced already. Cancel one, or wait until one has begun."
        raise Conflict(message, code="programme_full")
    if any(overlaps(wish, other.wish) for other in ahead):
        message = "Another show of this room is announced for that time. Choose a time before or after it."
        raise Conflict(message, code="overlap")


def overlaps(one: Announcement, other: Announcement) -> bool:
    """Tell whether two would be on at once; one may begin when the other ends."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def meant_by(shows: Iterable[AnnouncedShow], now: float) -> AnnouncedShow | None:
    """Return the announced show that a show which begins now is: the nearest within a quarter of an hour."""
    near = [
        show
        for show in shows
        if show.state is AnnouncedState.ANNOUNCED and abs(show.starts_at - now) <= NEAR_SECONDS
    ]
    return min(near, key=lambda show: abs(show.starts_at - now), default=None)


def stage_of(show: AnnouncedShow, now: float) -> Stage:
    """Return which reminder is due now."""
    if show.state is AnnouncedState.ON_AIR:
        return Stage.BEGUN
    left = show.starts_at - now
    if show.state is not AnnouncedState.ANNOUNCED or left <= 0:
        return Stage.NONE
    return next((stage for seconds, stage in STAGES if left <= seconds), Stage.NONE)


def letters_about(announced: str, account: str = "") -> str:
    """Return how `Letter.once` begins in the letters about a show, to everybody or to one account."""
    return f"show:{announced}:{account}:" if account else f"show:{announced}:"
