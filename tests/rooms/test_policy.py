"""The policy: every role, permission and scope, against a table written out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from config.errors import Denied
from config.ids import AccountId, CallId, RoomId
from rooms.fair.policy import POLICY, Actor, Permission, Role, may, require
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff


@dataclass(frozen=True)
class Parties:
    id: CallId
    buyer: AccountId
    answered_by: AccountId | None


CALL, OTHER_CALL = CallId("oak-and-ash.one"), CallId("oak-and-ash.two")
THIRD = Actor(AccountId("third:abc"), Role.THIRD, "Tess", "Words Ltd", None, call=CALL)
ACTORS = {
    Role.GUEST: guest(), Role.BUYER: buyer(), Role.STAFF: staff(), Role.ORGANISER: organiser(),
    Role.THIRD: THIRD,
}

EVERYWHERE = {
    (Role.GUEST, Permission.WATCH), (Role.BUYER, Permission.WATCH), (Role.STAFF, Permission.WATCH),
    (Role.ORGANISER, Permission.WATCH), (Role.BUYER, Permission.POST), (Role.ORGANISER, Permission.POST),
    (Role.BUYER, Permission.REQUEST_CALL), (Role.ORGANISER, Permission.SEE_STUDIO),
    (Role.ORGANISER, Permission.END_SHOW), (Role.ORGANISER, Permission.SEE_ORGANISER),
    (Role.ORGANISER, Permission.MODERATE), (Role.ORGANISER, Permission.SEE_INVITED_REPLAYS),
    (Role.GUEST, Permission.SEE_REPLAYS), (Role.BUYER, Permission.SEE_REPLAYS),
    (Role.STAFF, Permission.SEE_REPLAYS), (Role.ORGANISER, Permission.SEE_REPLAYS),
    (Role.BUYER, Permission.SEE_SIGNED_IN_REPLAYS), (Role.STAFF, Permission.SEE_SIGNED_IN_REPLAYS),
    (Role.ORGANISER, Permission.SEE_SIGNED_IN_REPLAYS), (Role.BUYER, Permission.TAKE_STILL),
    (Role.ORGANISER, Permission.SEE_STILL), (Role.BUYER, Permission.RESERVE),
    (Role.BUYER, Permission.WRITE_TO_STAFF), (Role.BUYER, Permission.BE_VISIBLE),
    (Role.ORGANISER, Permission.SEE_FOLLOW_UP), (Role.BUYER, Permission.BOOK_APPOINTMENT),
    (Role.BUYER, Permission.SEE_APPOINTMENTS), (Role.ORGANISER, Permission.MANAGE_EXHIBITORS),
    (Role.BUYER, Permission.CHANGE_PASSWORD), (Role.STAFF, Permission.CHANGE_PASSWORD),
    (Role.ORGANISER, Permission.CHANGE_PASSWORD),
}
IN_OWN_ROOM = {
    (Role.STAFF, permission)
    for permission in (
        Permission.POST, Permission.ANSWER_CALLS, Permission.PUBLISH, Permission.PIN, Permission.SEE_STUDIO,
        Permission.ROTATE_STREAM_KEY, Permission.END_SHOW, Permission.MODERATE,
        Permission.SEE_INVITED_REPLAYS, Permission.MANAGE_RECORDINGS, Permission.DOWNLOAD,
        Permission.TAKE_STILL, Permission.SEE_STILL, Permission.EDIT_CAPTIONS,
        Permission.ANNOUNCE, Permission.REHEARSE, Permission.NEGOTIATE,
        Permission.ANNOUNCE, Permission.REHEARSE, Permission.EDIT_HOURS, Permission.EDIT_ROSTER,
        Permission.SEE_FOLLOW_UP, Permission.SEE_TO_FOLLOW_UP, Permission.CALL_BUYERS,
        Permission.BLOCK_BUYERS, Permission.SEE_APPOINTMENTS, Permission.ANSWER_APPOINTMENT,
        Permission.RUN_APPOINTMENTS, Permission.EDIT_SHELF,
    )
}
IN_OWN_CALL = {
    (Role.BUYER, Permission.JOIN_CALL), (Role.STAFF, Permission.JOIN_CALL),
    (Role.BUYER, Permission.SEE_STILL), (Role.BUYER, Permission.ATTACH_STILL),
    (Role.STAFF, Permission.ATTACH_STILL), (Role.BUYER, Permission.BE_CALLED),
    (Role.BUYER, Permission.ANSWER_APPOINTMENT),
    (Role.STAFF, Permission.ATTACH_STILL), (Role.BUYER, Permission.HOST_CALL),
    (Role.STAFF, Permission.HOST_CALL), (Role.THIRD, Permission.JOIN_CALL),
}
OF_OWN_STILL = {(Role.BUYER, Permission.SEE_STILL)}

STRANGERS = Parties(OTHER_CALL, AccountId("somebody"), AccountId("somebody-else"))
RINGING = Parties(OTHER_CALL, AccountId("somebody"), None)


def own_call(actor: Actor, as_buyer: bool) -> Parties:
    other = AccountId("somebody-else")
    return Parties(CALL, actor.id, other) if as_buyer else Parties(CALL, other, actor.id)


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
@pytest.mark.parametrize("room", [None, OAK, LAMP])
@pytest.mark.parametrize("call", ["none", "strangers", "ringing", "as_buyer", "as_staff"])
def test_every_cell_of_the_matrix(role: Role, permission: Permission, room: RoomId | None, call: str) -> None:
    """Where nothing is written above, nothing is allowed, in more than a thousand cells."""
    actor = ACTORS[role]
    parties = {"strangers": STRANGERS, "ringing": RINGING}.get(call) or (
        own_call(actor, call == "as_buyer") if call.startswith("as_") else None
    )
    expected = (
        (role, permission) in EVERYWHERE
        or ((role, permission) in IN_OWN_ROOM and room == OAK)
        or ((role, permission) in IN_OWN_CALL and call.startswith("as_"))
    )
    assert may(actor, permission, room, parties) is expected
    if expected:
        require(actor, permission, room, parties)
        return
    with pytest.raises(Denied) as refusal:
        require(actor, permission, room, parties)
    assert refusal.value.code == ("sign_in" if role is Role.GUEST else "denied")


@dataclass(frozen=True)
class Taken:
    taken_by: AccountId


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_a_still_opens_itself_to_who_took_it_and_nothing_else(role: Role, permission: Permission) -> None:
    actor = ACTORS[role]
    own = may(actor, permission, LAMP, None, Taken(actor.id))
    assert own is ((role, permission) in EVERYWHERE | OF_OWN_STILL)
    assert not may(actor, Permission.SEE_STILL, LAMP, None, Taken(AccountId("x"))) or role is Role.ORGANISER


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_a_thread_opens_negotiating_to_its_buyer_and_nothing_else(role: Role, permission: Permission) -> None:
    actor = ACTORS[role]
    own = may(actor, permission, LAMP, thread=Parties(CALL, actor.id, None))
    is_negotiating = (role, permission) == (Role.BUYER, Permission.NEGOTIATE)
    assert own is ((role, permission) in EVERYWHERE or is_negotiating)
    assert not may(actor, Permission.NEGOTIATE, LAMP, thread=STRANGERS)


def test_every_permission_has_its_line() -> None:
    assert set(POLICY) == set(Permission)
    assert all(POLICY.values())


def test_an_organiser_with_a_room_of_no_company_gains_nothing() -> None:
    assert not may(organiser(), Permission.ANSWER_CALLS, None)
    assert not may(Actor(AccountId("x"), Role.STAFF, "X", "", None), Permission.PUBLISH, None)
