"""What the server says over the sockets about moments of a show: stills and captions."""

from __future__ import annotations

from typing import TypedDict

from rooms.fair.stills import Still
from rooms.fair.webvtt import Cue, plain


class StillData(TypedDict):
    """An authenticity still: its page, its picture, and when it was taken."""

    id: str
    url: str
    picture: str
    show_second: float
    taken_at: float


class CueData(TypedDict):
    """A caption; a later one with the same id replaces it."""

    id: str
    second: float
    duration: float
    text: str


def still_data(still: Still) -> StillData:
    """Return a still."""
    return StillData(
        id=still.id, url=f"/stills/{still.id}", picture=f"/stills/{still.id}.jpg",
        show_second=still.show_ms / 1000, taken_at=still.taken_ms / 1000,
    )


def cue_data(cue: Cue) -> CueData:
    """Return a caption as plain words."""
    duration = round(cue.end - cue.start, 3)
    return CueData(id=cue.id, second=cue.start, duration=duration, text=plain(cue.text))
