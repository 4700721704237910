"""Erasure on a real database: what loses the buyer's name, what keeps it, and what can be done afterwards."""

from __future__ import annotations

import asyncio
import random

import pytest

from config.errors import Conflict, Denied
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferState
from tests.media.scale import scaled
from tests.rooms.offers.table import WISH, Table, actor

MEETINGS = scaled(20, 90)
"""Fewer than a thread has offers."""


async def test_erasure_leaves_only_what_was_signed(table: Table) -> None:
    await table.called()
    unsigned = await table.send()
    signed = await table.send()
    await table.sign(table.buyer, signed)
    with pytest.raises(Denied):
        await table.erasure.ask(actor(table.staff), table.thread)
    erased = await table.erasure.ask(actor(table.buyer), table.thread)
    assert (erased.versions, erased.calls) == (1, 1)
    first, second = await table.read(unsigned.offer), await table.read(signed.offer)
    assert "Ama" not in first.newest.text
    assert first.newest.is_erased
    assert second.newest.document["buyer"]["name"] == "Ama Owusu"
    assert table.signing.is_genuine(second.id, second.newest)
    (thread,) = await table.threads.of(actor(table.staff))
    assert (thread.buyer.name, thread.buyer.company, thread.is_erased) == ("", "Owusu Ltd", True)
    await table.drafts.save(actor(table.buyer), table.thread, None, 0, WISH)
    assert (await table.threads.get(actor(table.staff), table.thread)).is_erased
    await table.send()
    assert (await table.threads.get(actor(table.staff), table.thread)).buyer.name == "Ama Owusu"
    assert await table.fault() is None


async def test_an_erased_version_is_sent_again_before_anybody_signs_it(table: Table) -> None:
    """Its words are no longer those that its hash is of: what both sign is a version that still is whole."""
    await table.called()
    sent = await table.send(table.staff)
    await table.erasure.ask(actor(table.buyer), table.thread)
    for who in (table.buyer, table.staff):
        with pytest.raises(Conflict) as refusal:
            await table.sign(who, sent)
        assert refusal.value.code == "erased"
    assert (await table.read(sent.offer)).newest.signatures == ()
    again = await table.counter(table.staff, sent)
    await table.sign(table.buyer, again)
    assert (await table.sign(table.staff, again)).state is OfferState.AGREED
    agreed = await table.read(sent.offer)
    assert table.signing.is_genuine(agreed.id, agreed.newest)
    assert await table.fault() is None


async def test_what_is_signed_stays_whole_however_an_erasure_meets_it(table: Table) -> None:
    await table.called()
    chance = random.Random(seed := random.randrange(1 << 30))
    outcomes = set()
    for _ in range(MEETINGS):
        sent = await table.send(table.staff)
        done = await asyncio.gather(
            table.sign(table.buyer, sent), table.sign(table.staff, sent),
            erase_late(table, sent, chance.randrange(9)), return_exceptions=True,
        )
        refusals = {it.code for it in done if isinstance(it, Conflict)}
        assert refusals <= {"erased"}, f"{done}, seed {seed}"
        outcomes |= refusals or {"signed"}
        found = await table.read(sent.offer)
        whole = table.signing.is_genuine(found.id, found.newest)
        assert whole or not found.newest.signatures, f"seed {seed}"
    assert outcomes == {"erased", "signed"}, f"seed {seed}"
    assert await table.fault() is None


async def erase_late(table: Table, sent: Receipt, readings: int) -> None:
    """Erase after some readings, which take as long as those before a signature."""
    for _ in range(readings):
        await table.read(sent.offer)
    await table.erasure.ask(actor(table.buyer), table.thread)
