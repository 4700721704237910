"""Stills: kept as they were taken, and a changed bit of picture, facts or seal is noticed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update

from config.errors import Busy, Conflict, Denied, Missing
from config.ids import AccountId, CallId, RoomId, ShowId, StillId
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.fair.seal import Seal, canonical, fingerprint
from rooms.fair.show_models import StillRow
from rooms.fair.stills import MOST_OF_A_SHOW, Still, Stills
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff

CALL = CallId("oak-and-ash.call-1")
JPEG = b"\xff\xd8 a picture \xff\xd9"
SEAL = Seal(b"k" * 32)


@dataclass(frozen=True)
class OneCall:
    """A call of the room, answered by its staff."""

    id: CallId = CALL
    room: RoomId = OAK
    buyer: AccountId = buyer().id
    answered_by: AccountId | None = staff().id


async def taken(stills: Stills, actor: Actor | None = None, room: RoomId = OAK) -> Still:
    moment = stills.new_moment(
        actor or buyer(), room, "Oak & Ash", ShowId("show-1"), 754_300, 1_800_000_000_123
    )
    return await stills.keep(moment, JPEG, 1280, 764)


async def test_a_still_is_kept_with_its_facts_and_its_hash(database: Database) -> None:
    stills = Stills(database, SEAL)
    still = await taken(stills)
    assert await stills.get(still.id) == still
    assert await stills.jpeg(still.id) == JPEG
    assert still.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert await stills.is_genuine(still)
    for unknown in ("nobody", "", "\ud800", "x" * 300):
        with pytest.raises(Missing):
            await stills.get(StillId(unknown))


FORGERIES: list[dict[str, Any]] = [
    {"jpeg": JPEG[:-1] + b"\xd8"}, {"jpeg": JPEG + b"\0"}, {"company": "Oak & Asn"}, {"room": LAMP},
    {"show": "show-2"}, {"show_ms": 754_301}, {"taken_ms": 1_800_000_000_124}, {"width": 1281},
    {"height": 765}, {"sha256": "0" * 64}, {"signature": "A" * 86}, {"signature": "no"}, {"signature": ""},
    {"jpeg": b"other", "sha256": hashlib.sha256(b"other").hexdigest()},
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda it: "+".join(it))
async def test_a_forged_still_is_detected(database: Database, forgery: dict[str, Any]) -> None:
    """Whoever can write into the database can change everything but what makes it hold together."""
    stills = Stills(database, SEAL)
    still = await taken(stills)
    async with database.session() as session:
        await session.execute(update(StillRow).where(StillRow.id == still.id).values(**forgery))
    assert not await stills.is_genuine(await stills.get(still.id))


async def test_a_still_signed_by_another_key_is_none_of_ours(database: Database) -> None:
    """Also when the key in the row is the forger's own."""
    forged = await taken(Stills(database, Seal(b"f" * 32)))
    assert not await Stills(database, SEAL).is_genuine(forged)


async def test_one_person_fills_no_store(database: Database) -> None:
    stills = Stills(database, SEAL)
    for _ in range(MOST_OF_A_SHOW):
        await stills.admit(buyer(), ShowId("show-1"))
        await taken(stills)
    with pytest.raises(Busy):
        await stills.admit(buyer(), ShowId("show-1"))
    await stills.admit(buyer(2), ShowId("show-1"))
    await stills.admit(buyer(), ShowId("show-2"))


async def test_who_took_a_still_is_not_what_is_signed(database: Database) -> None:
    stills = Stills(database, SEAL)
    still = await taken(stills)
    assert "taken_by" not in still.facts
    assert await stills.is_genuine(replace(still, taken_by=AccountId("another"), call=CallId("x")))


@given(some.dictionaries(some.text(max_size=20), some.text(max_size=20) | some.integers(), min_size=1))
def test_the_order_of_facts_does_not_matter_but_each_of_them_does(facts: dict[str, str | int]) -> None:
    signature = SEAL.sign(facts)
    turned = dict(reversed(facts.items()))
    assert canonical(turned) == canonical(facts)
    assert SEAL.holds(turned, signature)
    name = next(iter(facts))
    assert not SEAL.holds({**facts, name: f"{facts[name]}."}, signature)
    assert not SEAL.holds({}, signature)


def test_a_fingerprint_can_be_read_out() -> None:
    assert len(fingerprint(SEAL.public_key).split()) == 8


@pytest.mark.parametrize("actor", [buyer(), staff()])
async def test_the_parties_of_a_call_attach_stills_of_its_room(database: Database, actor: Actor) -> None:
    stills = Stills(database, SEAL)
    still = await taken(stills)
    assert (await stills.attach(actor, still.id, OneCall())).call == OneCall().id
    assert (await stills.attach(actor, still.id, OneCall())).call == OneCall().id
    assert await stills.of_call(OneCall().id) == [replace(still, call=OneCall().id)]
    assert await stills.is_genuine(await stills.get(still.id))
    with pytest.raises(Conflict):
        await stills.attach(actor, still.id, OneCall(id=CallId("oak-and-ash.call-2")))


@pytest.mark.parametrize("actor", [buyer(2), staff(2), staff(1, LAMP), guest(), organiser()])
async def test_others_attach_nothing(database: Database, actor: Actor) -> None:
    stills = Stills(database, SEAL)
    still = await taken(stills)
    with pytest.raises(Denied):
        await stills.attach(actor, still.id, OneCall())
    assert await stills.of_call(OneCall().id) == []


async def test_a_still_of_another_room_or_another_buyer_is_not_attached(database: Database) -> None:
    stills = Stills(database, SEAL)
    elsewhere = await taken(stills, room=LAMP)
    with pytest.raises(Missing):
        await stills.attach(buyer(), elsewhere.id, OneCall())
    someone = await taken(stills, buyer(2))
    with pytest.raises(Denied):
        await stills.attach(buyer(), someone.id, OneCall())
    waiting = OneCall(answered_by=None)
    assert (await stills.attach(staff(), someone.id, OneCall())).call == OneCall().id
    with pytest.raises(Denied):
        await stills.attach(staff(), elsewhere.id, waiting)
