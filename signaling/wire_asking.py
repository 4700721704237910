"""What the server says over the sockets around requests: places in line, and visitors who may be seen."""

from __future__ import annotations

from typing import TypedDict

from rooms.live.visits import Visit
from rooms.negotiation.routing import Place


class LineData(TypedDict):
    """Where a request stands, from 1 on, and how long it will probably wait; null when nobody knows."""

    call: str
    room: str
    position: int
    wait_seconds: float | None


class VisitorData(TypedDict):
    """A buyer in the room who lets its staff see them."""

    id: str
    name: str
    company: str
    country: str
    language: str
    since: float
    is_invited: bool
    has_refused: bool


def line_data(place: Place | None) -> LineData | None:
    """Return a place in line; None for a request that waits no more."""
    if place is None:
        return None
    return LineData(
        call=place.call.id, room=place.call.room, position=place.position, wait_seconds=place.wait_seconds
    )


def visitor_data(visit: Visit, *, has_refused: bool) -> VisitorData:
    """Return a visitor; `has_refused` says that they want no invitation."""
    return VisitorData(
        id=visit.account, name=visit.name, company=visit.company, country=visit.country,
        language=visit.language, since=visit.since, is_invited=visit.is_invited, has_refused=has_refused,
    )
