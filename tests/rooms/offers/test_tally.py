"""What the organiser is told of offers: how many were sent and agreed on, each once."""

from __future__ import annotations

from rooms.negotiation.offers.tally import Tallies, Tally
from tests.rooms.offers.table import Table


async def test_an_offer_counts_once_however_often_it_is_countered_and_signed(table: Table) -> None:
    tallies, began = Tallies(table.database), table.clock.now
    assert await tallies.since(began) == Tally(0, 0)
    sent = await table.send()
    await table.send()
    countered = await table.counter(table.staff, sent)
    await table.sign(table.staff, countered)
    assert await tallies.since(began) == Tally(2, 0)
    await table.sign(table.buyer, countered)
    assert await tallies.since(began) == Tally(2, 1)


async def test_an_offer_of_yesterday_is_agreed_on_today(table: Table) -> None:
    sent = await table.send()
    await table.sign(table.staff, sent)
    table.clock.move(24 * 3600)
    today = table.clock.now
    await table.sign(table.buyer, sent)
    assert await Tallies(table.database).since(today) == Tally(0, 1)
    assert await Tallies(table.database).since(today + 1) == Tally(0, 0)
