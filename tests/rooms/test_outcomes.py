"""The figures of a day: all requests of buyers, however many, and nothing that staff began."""

from __future__ import annotations

import statistics

from sqlalchemy import insert

from rooms.fair.database import Database
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.negotiation.outcomes import LIST_LIMIT, Outcomes
from rooms.negotiation.states import CallKind, CallState
from tests.rooms.fair_facts import OAK

MORNING = 1_790_000_000.0
WAIT_SECONDS = 7.0


async def ask(database: Database, kind: CallKind, state: CallState, count: int, at: float = MORNING) -> None:
    """Write down so many calls of a kind; those that were talked in were answered after 7 s."""
    names = [f"oak.{kind}-{state}-{at}-{n}" for n in range(count)]
    asked = {
        "room": OAK, "buyer": "b", "buyer_name": "", "buyer_company": "", "buyer_country": "",
        "buyer_language": "en", "requested_at": at, "rings_until": at + 45, "outcome": state, "epoch": 1,
        "kind": kind,
    }
    answer = {"account": "ada", "name": "Ada", "answered_at": at + WAIT_SECONDS}
    async with database.session() as session:
        await session.execute(insert(CallRequestRow), [{"id": name, **asked} for name in names])
        if state is CallState.ENDED:
            await session.execute(insert(CallAnswerRow), [{"call": name, **answer} for name in names])


async def test_a_day_of_more_requests_than_a_list_shows_is_counted_whole(any_database: Database) -> None:
    await ask(any_database, CallKind.REQUEST, CallState.ENDED, LIST_LIMIT)
    await ask(any_database, CallKind.REQUEST, CallState.MISSED, 200, MORNING + 1)
    outcomes = Outcomes(any_database)
    counts, waits = await outcomes.counts(MORNING), await outcomes.waits(MORNING)
    assert (counts[CallState.ENDED], counts[CallState.MISSED], sum(counts.values())) == (1000, 200, 1200)
    assert (len(waits), statistics.median(waits)) == (1000, WAIT_SECONDS)


async def test_calls_of_the_staff_and_of_yesterday_are_not_among_the_requests(database: Database) -> None:
    for kind in (CallKind.CALL_BACK, CallKind.INVITATION):
        for state in (CallState.ENDED, CallState.MISSED):
            await ask(database, kind, state, 3)
    await ask(database, CallKind.REQUEST, CallState.ENDED, 2, MORNING - 1)
    await ask(database, CallKind.REQUEST, CallState.ENDED, 1)
    outcomes = Outcomes(database)
    assert sum((await outcomes.counts(MORNING)).values()) == 1
    assert await outcomes.waits(MORNING) == [WAIT_SECONDS]
