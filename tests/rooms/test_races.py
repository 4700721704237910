"""Many at once on two nodes: one winner, one outcome, told once (T29, F25, F26, F27 scaled to seconds)."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from config.errors import Conflict
from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.negotiation.calls import Call
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from tests.rooms.calling import Booth
from tests.rooms.fair_facts import OAK, buyer

SOAKS = bool(os.environ.get("SOAK_SECONDS"))
RACES = 10_000 if SOAKS else 60
STAFF = 8
SHUFFLED = 1000 if SOAKS else 20
PAIRS = 1250 if SOAKS else 30
"""For each of four rivals: 5,000 pairs in all where there is time for them."""


async def race(booth: Booth, call: Call, people: list[Actor]) -> tuple[list[Call], list[Conflict]]:
    """Let everybody accept at once, half of them on the other node; return wins and refusals."""
    accepts = [
        booth.nodes[number % 2].calls.accept(actor, call.id, f"accept-{number}")
        for number, actor in enumerate(people)
    ]
    random.shuffle(accepts)
    answers = await asyncio.gather(*accepts, return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, Conflict)]
    wins = [answer for answer in answers if isinstance(answer, Call)]
    assert len(wins) + len(refusals) == len(people), answers
    return wins, refusals


@pytest.mark.threat("T29", "F26")
async def test_of_eight_who_accept_at_once_exactly_one_wins(booth: Booth, database: Database) -> None:
    people = await booth.on_duty(STAFF)
    for number in range(RACES):
        call = await booth.ring(buyer(number))
        wins, refusals = await race(booth, call, people)
        assert len(wins) == 1
        winner = wins[0].answered_by_name
        assert {refusal.code for refusal in refusals} == {"already_taken"}
        assert {refusal.message for refusal in refusals} == {f"{winner} has taken this call."}
        await booth.calls.hang_up(buyer(number), call.id)
    told = Counter(told.state for told in booth.told)
    assert told == {CallState.RINGING: RACES, CallState.TALKING: RACES, CallState.ENDED: RACES}
    assert (await Outcomes(database).counts(0))[CallState.ENDED] == RACES
    assert await booth.nodes[0].redis.zcard(f"deadlines:{{{OAK}}}") == 0


@pytest.mark.threat("F27")
@pytest.mark.parametrize("rival", ["cancel", "time_out", "decline", "away"])
async def test_accept_meets_its_rival_and_all_see_one_outcome(
    booth: Booth, database: Database, rival: str
) -> None:
    seen: set[CallState] = set()
    here, there = booth.nodes
    for number in range(PAIRS):
        booth.clock.move(1)
        (ada,) = await booth.on_duty()
        call = await booth.ring(buyer(number))
        if rival == "away":
            await booth.calls.buyer_gone(buyer(number).id)
        rivals: dict[str, Callable[[], Awaitable[object]]] = {
            "cancel": partial(there.calls.cancel, buyer(number), call.id),
            "decline": partial(there.calls.decline, ada, call.id),
        }
        both: list[Awaitable[object]] = [
            here.calls.accept(ada, call.id, "accept"), rivals.get(rival, there.calls.sweep)()
        ]
        if number % 2:
            both.reverse()
        booth.clock.move({"time_out": 45.0, "away": 8.0}.get(rival, 0.0) if number % 3 else 0.0)
        answers = await asyncio.gather(*both, return_exceptions=True)
        assert all(isinstance(answer, Call | Conflict | list) for answer in answers), answers
        after = await here.calls.get(call.id)
        assert after == await there.calls.get(call.id)
        (outcome,) = [it for it in await Outcomes(database).since(call.requested_at) if it.id == call.id]
        assert outcome.outcome is after.state
        told = [it.state for it in booth.told if it.id == call.id]
        assert list(dict.fromkeys(told)) == list(dict.fromkeys([CallState.RINGING, after.state]))
        seen.add(after.state)
        if after.state is CallState.RINGING:
            await here.calls.decline(ada, call.id)
        if after.state is CallState.TALKING:
            await here.calls.hang_up(ada, call.id)
    assert CallState.TALKING in seen
    assert seen <= {CallState.TALKING, CallState.CANCELLED, CallState.MISSED, CallState.DECLINED}


async def test_two_sweepers_never_fire_twice(booth: Booth) -> None:
    await booth.on_duty(60)
    asked = {(await booth.ring(buyer(number))).id for number in range(60)}
    booth.clock.move(45)
    sweeps = [node.calls.sweep() for _ in range(3) for node in booth.nodes]
    swept = [call.id for calls in await asyncio.gather(*sweeps) for call in calls]
    assert sorted(swept) == sorted(asked)
    missed = [told.id for told in booth.told if told.state is CallState.MISSED]
    assert sorted(missed) == sorted(asked)


@pytest.mark.threat("F25")
async def test_requests_repeated_and_shuffled_end_as_if_sent_once(booth: Booth) -> None:
    """Every request comes one to four times, in any order, on either node; seed in the message."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    people = await booth.on_duty(3)
    for number in range(SHUFFLED):
        call = await booth.ring(buyer(number), key=f"ask-{number}")
        winner = chance.choice(people)
        steps = [("ask", buyer(number)), ("accept", winner), ("accept", winner)] * chance.randint(1, 2)
        chance.shuffle(steps)
        answers = await asyncio.gather(*(repeat(booth, chance, call, *step) for step in steps))
        assert {answer.id for answer in answers} == {call.id}, seed
        ended = await asyncio.gather(
            *(node.calls.hang_up(who, call.id) for node in booth.nodes for who in (winner, buyer(number)))
        )
        assert {it.state for it in ended} == {CallState.ENDED}, seed
        told = [it.state for it in booth.told if it.id == call.id]
        assert told == [CallState.RINGING, CallState.TALKING, CallState.ENDED], seed


async def repeat(booth: Booth, chance: random.Random, call: Call, step: str, actor: Actor) -> Call:
    calls = chance.choice(booth.nodes).calls
    if step == "accept":
        return await calls.accept(actor, call.id, f"accept-{call.id}")
    number = actor.id.removeprefix("buyer-")
    return await calls.request(actor, OAK, call.show, call.show_second, call.product, f"ask-{number}")


async def test_everybody_passing_at_once_declines_once(booth: Booth) -> None:
    people = await booth.on_duty(6)
    for number in range(20):
        call = await booth.ring(buyer(number))
        passes = [booth.nodes[i % 2].calls.pass_on(actor, call.id) for i, actor in enumerate(people)]
        await asyncio.gather(*passes)
        after = await booth.calls.get(call.id)
        assert (after.state, sorted(after.passed)) == (CallState.DECLINED, sorted(it.id for it in people))
        told = [it.state for it in booth.told if it.id == call.id]
        assert told == [CallState.RINGING, CallState.DECLINED]
