"""Nobody is in two calls: neither staff with two consoles nor a buyer whom two rooms answer at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import RoomId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.fair.models import AccountRow
from rooms.fair.policy import Actor
from rooms.negotiation.calls import Call
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.outgoing import Callee
from rooms.negotiation.states import CallKind, CallState
from tests.media.scale import scaled
from tests.rooms.calling import Booth, open_booth
from tests.rooms.fair_facts import LAMP, OAK, buyer, furnish, staff

TRIES = scaled(6, 200)


@pytest_asyncio.fixture
async def stand(
    redis: Redis, valkey_url: str, any_database: Database, settings: Settings
) -> AsyncIterator[Booth]:
    """Two nodes, two staffed rooms, and people who have accounts: they are what two writers wait for."""
    await furnish(any_database)
    async with any_database.session() as session:
        for who in (buyer(1), staff(1), staff(1, LAMP), *(buyer(number) for number in range(10, 10 + TRIES))):
            session.add(account_of(who))
    async with open_booth(valkey_url, any_database, settings) as opened:
        await opened.on_duty(2)
        await opened.on_duty(1, LAMP)
        yield opened


def account_of(who: Actor) -> AccountRow:
    return AccountRow(
        id=who.id, role=who.role, name=who.name, company=who.company, room=who.room, country="FI",
        language="en", email=f"{who.id}@a.example", password_hash="-", created_at=0.0,
    )


async def both(*accepts: tuple[Booth, int, Actor, Call]) -> tuple[list[Call], list[Busy]]:
    """Accept on both nodes at once; return wins and refusals."""
    work = [booth.nodes[node].calls.accept(who, call.id, "k") for booth, node, who, call in accepts]
    answers = await asyncio.gather(*work, return_exceptions=True)
    wins = [it for it in answers if isinstance(it, Call)]
    refusals = [it for it in answers if isinstance(it, Busy)]
    assert len(wins) + len(refusals) == len(accepts), answers
    return wins, refusals


async def test_a_buyer_whom_two_rooms_answer_at_once_is_in_one_call(
    stand: Booth, any_database: Database
) -> None:
    for number in range(10, 10 + TRIES):
        who = buyer(number)
        here, there = [await stand.ring(who, room=room, key=room) for room in (OAK, LAMP)]
        wins, refusals = await both((stand, 0, staff(1), here), (stand, 1, staff(1, LAMP), there))
        assert ([it.code for it in refusals], len(wins)) == (["in_a_call"], 1)
        other = there if wins[0].id == here.id else here
        rings = await stand.calls.get(other.id)
        assert (rings.state, rings.answered_by) == (CallState.RINGING, None)
        assert [it.id for it in await stand.calls.waiting(other.room)] == [other.id]
        states = {it.id: it.outcome for it in await Outcomes(any_database).since(0)}
        assert (states[wins[0].id], states[other.id]) == (CallState.TALKING, CallState.RINGING)
        await stand.calls.hang_up(who, wins[0].id)
        answered = await stand.calls.accept(staff(1, other.room), other.id, "later")
        assert answered.state is CallState.TALKING
        await stand.calls.hang_up(who, other.id)


async def test_one_member_of_staff_with_two_consoles_takes_one_call(stand: Booth) -> None:
    for number in range(10, 10 + TRIES, 2):
        asked = [await stand.ring(buyer(number + more)) for more in (0, 1)]
        wins, refusals = await both((stand, 0, staff(1), asked[0]), (stand, 1, staff(1), asked[1]))
        assert ([it.code for it in refusals], len(wins)) == (["in_a_call"], 1)
        await stand.calls.hang_up(staff(1), wins[0].id)
        for call in asked:
            if call.id != wins[0].id:
                await stand.calls.decline(staff(1), call.id)


async def test_who_is_called_back_by_staff_that_talk_by_then_hears_so(stand: Booth) -> None:
    ring, one = stand.calls.outgoing.ring, staff(1)
    callee = Callee(buyer(1).id, "Buyer 1", "Trade Ltd", "FI", "en")
    back = await ring(one, OAK, CallKind.CALL_BACK, callee, "back")
    taken = await stand.calls.accept(one, (await stand.ring(buyer(10))).id, "k")
    with pytest.raises(Busy) as refusal:
        await stand.calls.outgoing.answer(buyer(1), back.id)
    assert refusal.value.code == "in_a_call"
    assert (await stand.calls.get(back.id)).state is CallState.RINGING
    await stand.calls.hang_up(one, taken.id)
    assert (await stand.calls.outgoing.answer(buyer(1), back.id)).state is CallState.TALKING


async def test_a_place_stays_taken_when_a_request_was_answered_in_vain(stand: Booth) -> None:
    """It rings on, so it counts among the three that one may have open."""
    rooms = [OAK, LAMP, RoomId("room-3"), RoomId("room-4")]
    for room in rooms[2:]:
        await stand.on_duty(room=room)
    asked = [await stand.ring(room=room, key=room) for room in rooms[:3]]
    wins, _ = await both((stand, 0, staff(1), asked[0]), (stand, 1, staff(1, LAMP), asked[1]))
    assert len(wins) == 1
    assert (await stand.ring(room=rooms[3], key="fourth")).state is CallState.RINGING
    await stand.calls.hang_up(buyer(1), wins[0].id)
    with pytest.raises(Busy) as refusal:
        await stand.ring(room=wins[0].room, key="fifth")
    assert refusal.value.code == "too_many_requests"
