"""Who may do what at the fair: one table of roles, permissions and scopes that decides everything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from config.errors import Denied
from config.ids import AccountId, CallId, RoomId


class Role(StrEnum):
    """What somebody is at the fair."""

    GUEST = "guest"
    BUYER = "buyer"
    STAFF = "staff"
    ORGANISER = "organiser"
    THIRD = "third"
    """A third person in one call: a colleague or an interpreter who came by a link."""


class Permission(StrEnum):
    """What can be allowed."""

    WATCH = "watch"
    POST = "post"
    REQUEST_CALL = "request_call"
    ANSWER_CALLS = "answer_calls"
    PUBLISH = "publish"
    PIN = "pin"
    SEE_STUDIO = "see_studio"
    ROTATE_STREAM_KEY = "rotate_stream_key"
    END_SHOW = "end_show"
    JOIN_CALL = "join_call"
    SEE_ORGANISER = "see_organiser"
    MANAGE_EXHIBITORS = "manage_exhibitors"
    EDIT_SHELF = "edit_shelf"
    MODERATE = "moderate"
    ANNOUNCE = "announce"
    RESERVE = "reserve"
    REHEARSE = "rehearse"
    SEE_REPLAYS = "see_replays"
    SEE_SIGNED_IN_REPLAYS = "see_signed_in_replays"
    SEE_INVITED_REPLAYS = "see_invited_replays"
    MANAGE_RECORDINGS = "manage_recordings"
    DOWNLOAD = "download"
    TAKE_STILL = "take_still"
    SEE_STILL = "see_still"
    ATTACH_STILL = "attach_still"
    EDIT_CAPTIONS = "edit_captions"
    NEGOTIATE = "negotiate"
    EDIT_HOURS = "edit_hours"
    EDIT_ROSTER = "edit_roster"
    WRITE_TO_STAFF = "write_to_staff"
    SEE_FOLLOW_UP = "see_follow_up"
    SEE_TO_FOLLOW_UP = "see_to_follow_up"
    CALL_BUYERS = "call_buyers"
    BE_CALLED = "be_called"
    BE_VISIBLE = "be_visible"
    BLOCK_BUYERS = "block_buyers"
    BOOK_APPOINTMENT = "book_appointment"
    SEE_APPOINTMENTS = "see_appointments"
    ANSWER_APPOINTMENT = "answer_appointment"
    RUN_APPOINTMENTS = "run_appointments"
    HOST_CALL = "host_call"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - a permission, no secret


class Scope(StrEnum):
    """Where a permission holds: everywhere, in the actor's own room, call or thread, in the call a third
    person was invited to, or for a still the actor took."""

    ANY = "any"
    OWN_ROOM = "own_room"
    OWN_CALL = "own_call"
    OWN_STILL = "own_still"
    OWN_THREAD = "own_thread"
    INVITED_CALL = "invited_call"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for something; a guest's id begins with `guest:`, a third person's with `third:`.

    `call` is the only call that a third person may join.
    """

    id: AccountId
    role: Role
    name: str
    company: str
    room: RoomId | None
    country: str = ""
    language: str = "en"
    call: CallId | None = None


class CallParties(Protocol):
    """What the policy must know of a call, or of an appointment for one."""

    @property
    def id(self) -> str: ...
    @property
    def buyer(self) -> AccountId: ...
    @property
    def answered_by(self) -> AccountId | None: ...


class StillTaker(Protocol):
    """What the policy must know of a still."""

    @property
    def taken_by(self) -> AccountId: ...


class ThreadParties(Protocol):
    """What the policy must know of a thread."""

    @property
    def buyer(self) -> AccountId: ...


AT_THE_FAIR = frozenset(Role) - {Role.THIRD}
"""Who walks the fair; a third person has been let into a call and nowhere else."""

POLICY: dict[Permission, frozenset[tuple[Role, Scope]]] = {
    Permission.WATCH: frozenset((role, Scope.ANY) for role in AT_THE_FAIR),
    Permission.POST: frozenset(
        {(Role.BUYER, Scope.ANY), (Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}
    ),
    Permission.REQUEST_CALL: frozenset({(Role.BUYER, Scope.ANY)}),
    Permission.ANSWER_CALLS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.PUBLISH: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.PIN: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.SEE_STUDIO: frozenset({(Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}),
    Permission.ROTATE_STREAM_KEY: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.END_SHOW: frozenset({(Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}),
    Permission.JOIN_CALL: frozenset(
        {(Role.BUYER, Scope.OWN_CALL), (Role.STAFF, Scope.OWN_CALL), (Role.THIRD, Scope.INVITED_CALL)}
    ),
    Permission.SEE_ORGANISER: frozenset({(Role.ORGANISER, Scope.ANY)}),
    Permission.MANAGE_EXHIBITORS: frozenset({(Role.ORGANISER, Scope.ANY)}),
    Permission.EDIT_SHELF: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.MODERATE: frozenset({(Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}),
    Permission.ANNOUNCE: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.RESERVE: frozenset({(Role.BUYER, Scope.ANY)}),
    Permission.REHEARSE: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.SEE_REPLAYS: frozenset((role, Scope.ANY) for role in AT_THE_FAIR),
    Permission.SEE_SIGNED_IN_REPLAYS: frozenset((role, Scope.ANY) for role in AT_THE_FAIR - {Role.GUEST}),
    Permission.SEE_INVITED_REPLAYS: frozenset({(Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}),
    Permission.MANAGE_RECORDINGS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.DOWNLOAD: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.TAKE_STILL: frozenset({(Role.BUYER, Scope.ANY), (Role.STAFF, Scope.OWN_ROOM)}),
    Permission.SEE_STILL: frozenset(
        {
            (Role.BUYER, Scope.OWN_STILL), (Role.BUYER, Scope.OWN_CALL), (Role.STAFF, Scope.OWN_ROOM),
            (Role.ORGANISER, Scope.ANY),
        }
    ),
    Permission.ATTACH_STILL: frozenset({(Role.BUYER, Scope.OWN_CALL), (Role.STAFF, Scope.OWN_CALL)}),
    Permission.EDIT_CAPTIONS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.NEGOTIATE: frozenset({(Role.BUYER, Scope.OWN_THREAD), (Role.STAFF, Scope.OWN_ROOM)}),
    Permission.EDIT_HOURS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.EDIT_ROSTER: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.WRITE_TO_STAFF: frozenset({(Role.BUYER, Scope.ANY)}),
    Permission.SEE_FOLLOW_UP: frozenset({(Role.STAFF, Scope.OWN_ROOM), (Role.ORGANISER, Scope.ANY)}),
    Permission.SEE_TO_FOLLOW_UP: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.CALL_BUYERS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.BE_CALLED: frozenset({(Role.BUYER, Scope.OWN_CALL)}),
    Permission.BE_VISIBLE: frozenset({(Role.BUYER, Scope.ANY)}),
    Permission.BLOCK_BUYERS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.BOOK_APPOINTMENT: frozenset({(Role.BUYER, Scope.ANY)}),
    Permission.SEE_APPOINTMENTS: frozenset({(Role.BUYER, Scope.ANY), (Role.STAFF, Scope.OWN_ROOM)}),
    Permission.ANSWER_APPOINTMENT: frozenset({(Role.BUYER, Scope.OWN_CALL), (Role.STAFF, Scope.OWN_ROOM)}),
    Permission.RUN_APPOINTMENTS: frozenset({(Role.STAFF, Scope.OWN_ROOM)}),
    Permission.HOST_CALL: frozenset({(Role.BUYER, Scope.OWN_CALL), (Role.STAFF, Scope.OWN_CALL)}),
    Permission.CHANGE_PASSWORD: frozenset((role, Scope.ANY) for role in AT_THE_FAIR - {Role.GUEST}),
}


def may(
    actor: Actor, permission: Permission, room: RoomId | None = None, call: CallParties | None = None,
    still: StillTaker | None = None, thread: ThreadParties | None = None,
) -> bool:
    """Tell whether `actor` may: in `room`, `call`, `thread`, of `still`, where that is what counts."""
    scopes = (scope for role, scope in POLICY[permission] if role is actor.role)
    return any(_holds(scope, actor, room, call, still, thread) for scope in scopes)


def require(
    actor: Actor, permission: Permission, room: RoomId | None = None, call: CallParties | None = None,
    still: StillTaker | None = None, thread: ThreadParties | None = None,
) -> None:
    """Raise `Denied` unless `actor` may; its code is `sign_in` for a guest, whom signing in may help."""
    if may(actor, permission, room, call, still, thread):
        return
    if actor.role is Role.GUEST:
        raise Denied("Please sign in to do this.", code="sign_in")
    raise Denied("Your account does not allow this.", code="denied")


def _holds(
    scope: Scope, actor: Actor, room: RoomId | None, call: CallParties | None, still: StillTaker | None,
    thread: ThreadParties | None,
) -> bool:
    match scope:
        case Scope.ANY:
            return True
        case Scope.OWN_ROOM:
            return room is not None and actor.room == room
        case Scope.OWN_CALL:
            return call is not None and actor.id in (call.buyer, call.answered_by)
        case Scope.OWN_STILL:
            return still is not None and actor.id == still.taken_by
        case Scope.OWN_THREAD:
            return thread is not None and actor.id == thread.buyer
        case Scope.INVITED_CALL:
            return call is not None and actor.call == call.id
