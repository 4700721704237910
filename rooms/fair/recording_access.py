"""Who may watch a recording, and whose it is."""

from __future__ import annotations

from collections.abc import Collection

from config.errors import Missing
from config.ids import AccountId
from rooms.fair.policy import Actor, Permission, may, require
from rooms.fair.recording import Access, Kind, Recording, RecordingState

NEEDED = {
    Access.PUBLIC: Permission.SEE_REPLAYS,
    Access.SIGNED_IN: Permission.SEE_SIGNED_IN_REPLAYS,
    Access.INVITED: Permission.SEE_INVITED_REPLAYS,
}
"""What it takes to watch the recording of a show without being invited."""


def may_watch(actor: Actor, recording: Recording, guests: Collection[AccountId]) -> bool:
    """Tell whether `actor` may watch; `guests` are the invited, or the parties of a call."""
    if recording.state is RecordingState.DELETED:
        return False
    if recording.kind is Kind.CALL:
        return actor.id in guests
    is_invited = recording.access is Access.INVITED and actor.id in guests
    return is_invited or may(actor, NEEDED[recording.access], recording.room)


def require_watching(actor: Actor, recording: Recording, guests: Collection[AccountId]) -> None:
    """Raise `Denied` (`sign_in` for a guest) unless `actor` may watch; `Missing` when it was deleted."""
    if recording.state is RecordingState.DELETED:
        raise Missing("There is no such recording.", code="no_recording")
    if not may_watch(actor, recording, guests):
        require(actor, Permission.JOIN_CALL if recording.kind is Kind.CALL else NEEDED[recording.access])


def require_owning(
    actor: Actor, permission: Permission, recording: Recording, guests: Collection[AccountId]
) -> None:
    """Raise `Denied` unless the recording is of the actor's room, or of a call the actor is party to."""
    if recording.kind is Kind.SHOW:
        require(actor, permission, recording.room)
    elif actor.id not in guests:
        require(actor, Permission.JOIN_CALL)
