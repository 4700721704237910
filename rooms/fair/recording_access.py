"""Who may watch a recording, and whose it is.

What an exhibitor has recorded who left the fair is theirs still, and the organiser's and the invited's.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.errors import Missing
from config.ids import AccountId
from rooms.fair.departures import has_left_fair
from rooms.fair.policy import Actor, Permission, may, require
from rooms.fair.recording import Access, Kind, Recording, RecordingState

NEEDED = {
    Access.PUBLIC: Permission.SEE_REPLAYS,
    Access.SIGNED_IN: Permission.SEE_SIGNED_IN_REPLAYS,
    Access.INVITED: Permission.SEE_INVITED_REPLAYS,
}
"""What it takes to watch the recording of a show without being invited."""


@dataclass(frozen=True, slots=True)
class Circle:
    """For whom a recording is: the invited, or the parties of a call; and whether its exhibitor has left."""

    guests: frozenset[AccountId]
    has_left: bool = False


def is_public(recording: Recording, circle: Circle) -> bool:
    """Tell whether everybody may watch."""
    return recording.kind is Kind.SHOW and recording.access is Access.PUBLIC and not circle.has_left


def may_watch(actor: Actor, recording: Recording, circle: Circle) -> bool:
    """Tell whether `actor` may watch."""
    if recording.state is RecordingState.DELETED:
        return False
    if recording.kind is Kind.CALL:
        return actor.id in circle.guests
    is_invited = recording.access is Access.INVITED and actor.id in circle.guests
    needed = NEEDED[Access.INVITED if circle.has_left else recording.access]
    return is_invited or may(actor, needed, recording.room)


def require_watching(actor: Actor, recording: Recording, circle: Circle) -> None:
    """Raise `Denied` (`sign_in` for a guest) unless `actor` may watch.

    `Missing` when it was deleted (`no_recording`), or its exhibitor has left (`exhibitor_left`).
    """
    if recording.state is RecordingState.DELETED:
        raise Missing("There is no such recording.", code="no_recording")
    if may_watch(actor, recording, circle):
        return
    if recording.kind is Kind.CALL:
        require(actor, Permission.JOIN_CALL)
    if circle.has_left:
        raise has_left_fair()
    require(actor, NEEDED[recording.access])


def words_of(recording: Recording, circle: Circle) -> str:
    """Return what tells for whom a recording is: another text once that has changed."""
    return ",".join([recording.access, *(["left"] if circle.has_left else []), *sorted(circle.guests)])


def require_managing(actor: Actor, recording: Recording, circle: Circle) -> None:
    """Raise `Denied` unless `actor` may change the recording: staff of its room, parties of its call."""
    _require_owning(actor, Permission.MANAGE_RECORDINGS, recording, circle)


def require_download(actor: Actor, recording: Recording, circle: Circle) -> None:
    """Raise `Denied` unless the recording is of the actor's room, or of a call the actor was in."""
    _require_owning(actor, Permission.DOWNLOAD, recording, circle)


def _require_owning(actor: Actor, permission: Permission, recording: Recording, circle: Circle) -> None:
    if recording.kind is Kind.SHOW:
        require(actor, permission, recording.room)
    elif actor.id not in circle.guests:
        require(actor, Permission.JOIN_CALL)
