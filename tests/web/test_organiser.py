"""The organiser's overview counts what really happened."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from config.ids import AccountId, CallId, RoomId
from rooms.fair.policy import Role
from rooms.negotiation.call import Call
from rooms.negotiation.states import CallState
from tests.web.conftest import PEOPLE, TILE, OpenFair
from tests.web.test_offers import two_sides
from tests.web.visitor import Visitor, visitor
from web.pages.organiser import OUTCOMES, Day, day_of

served = pytest.mark.asyncio(loop_scope="session")


def test_a_day_without_calls_has_no_median() -> None:
    assert day_of({}, []) == Day(0, 0, 0, None)


def test_a_day_counts_answers_misses_and_the_wait_in_the_middle() -> None:
    counts = dict.fromkeys(CallState, 1) | {CallState.ENDED: 2}
    assert day_of(counts, [4.2, 20.0, 6.1]) == Day(len(CallState) + 1, answered=3, missed=2, median_wait=6)


@pytest_asyncio.fixture(loop_scope="session")
async def organiser(fair: OpenFair) -> AsyncIterator[Visitor]:
    """The organiser, signed in."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(PEOPLE[Role.ORGANISER])
        yield somebody


@served
async def test_rooms_on_air_and_calls_are_the_real_ones(organiser: Visitor, fair: OpenFair) -> None:
    before = int(number(await organiser.get("/organiser"), "calls-asked"))
    call = request("gone.made-by-hand", CallState.RINGING)
    await fair.parts.outcomes.record(call)
    await fair.parts.outcomes.record(replace(call, state=CallState.MISSED, epoch=2))
    await fair.parts.shows.begin(TILE, "Anchor")
    await fair.parts.audience.set_viewers(TILE, "far node", 7)
    page = await organiser.get("/organiser")
    await fair.parts.shows.end(TILE)
    await fair.parts.audience.set_viewers(TILE, "far node", 0)
    assert int(number(page, "calls-asked")) == before + 1
    assert int(number(page, "rooms-on-air")) >= 1
    assert 'href="/rooms/tile"' in page.text
    assert "Lin &lt;u&gt;Wei" in page.text
    assert ">Missed</span>" in page.text


@served
async def test_offers_and_what_both_have_signed_are_counted(
    organiser: Visitor, fair: OpenFair
) -> None:
    """What the show, the request and the call were for; of what is in them the organiser reads nothing."""
    names = ("offers-sent", "offers-agreed")
    before = [int(number(await organiser.get("/organiser"), name)) for name in names]
    async with two_sides(fair) as two:
        first, _ = [(await two.send(two.staff, call=two.call)).json for _ in range(2)]
        for who in (two.buyer, two.staff):
            await two.sign(who, first)
    page = await organiser.get("/organiser")
    assert [int(number(page, name)) for name in names] == [before[0] + 2, before[1] + 1]


@served
@pytest.mark.parametrize("state", CallState)
async def test_a_request_is_shown_in_whatever_state_it_is(
    organiser: Visitor, fair: OpenFair, state: CallState
) -> None:
    call = replace(request(f"gone.{state}", state), buyer_name=f"Buyer of {state}")
    await fair.parts.outcomes.record(call)
    page = await organiser.get("/organiser")
    assert (page.status, call.buyer_name in page.text) == (200, True)
    words, badge = OUTCOMES[state]
    assert f'<span class="badge {badge}">{words}</span>' in page.text


def request(name: str, state: CallState) -> Call:
    """Return a request of a moment ago, in a room whose company has left the fair."""
    now = time.time()
    return Call(
        CallId(name), RoomId("gone"), None, None, None, AccountId("b"), "Lin <u>Wei", "Harbour", "CN", "zh",
        state, now, now, now + 45, None, None, (), 1,
    )


def number(page: object, name: str) -> str:
    found = re.search(rf'id="{name}">([^<]*)<', getattr(page, "text", ""))
    assert found
    return found[1]
