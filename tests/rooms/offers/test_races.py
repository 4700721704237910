"""What many do at once: the same request ten times over, and signatures that meet counter-offers."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from config.errors import Busy, Conflict
from rooms.fair.accounts import Account
from rooms.fair.audit_rows import AuditRow
from rooms.fair.models import Table as AnyRow
from rooms.fair.offer_rows import OfferRow, RequestRow, SignatureRow, VersionRow
from rooms.negotiation.offers.records import ThreadKey
from rooms.negotiation.offers.requests import Receipt
from rooms.negotiation.offers.states import OfferState
from tests.media.scale import scaled
from tests.rooms.fair_facts import OAK, PASSWORD
from tests.rooms.offers.table import WISH, Table, actor

KEYS, DUPLICATES = scaled(30, 1000), 10
INTERLEAVINGS = scaled(30, 1000)
OFFERS_OF_A_THREAD, VERSIONS_OF_AN_OFFER = 90, 25
"""Fewer than one may have."""


async def count_of(table: Table, what: type[AnyRow]) -> int:
    async with table.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


async def another_buyer(table: Table, number: int) -> Account:
    return await table.accounts.register_buyer("B", "B", f"b{number}@b.example", PASSWORD, "GH", "en")


async def ten_times(work: Callable[[], Awaitable[Receipt]]) -> Receipt:
    """Do the same ten times at once, again where the records are busy; return the one answer."""
    answers = await asyncio.gather(*(until_done(work) for _ in range(DUPLICATES)))
    assert len(set(answers)) == 1
    return answers[0]


async def until_done(work: Callable[[], Awaitable[Receipt]]) -> Receipt:
    while True:
        try:
            return await work()
        except Busy:
            await asyncio.sleep(0.1)


@pytest.mark.threat("T30")
async def test_a_request_that_is_sent_ten_times_is_done_once(table: Table) -> None:
    """Offers, and signatures on them, each under a key of its own; every answer is the same."""
    buyers = [await another_buyer(table, number) for number in range(1 + KEYS // 2 // OFFERS_OF_A_THREAD)]
    for number in range(KEYS // 2):
        await send_and_sign(table, buyers[number % len(buyers)], number)
    half = KEYS // 2
    rows = [await count_of(table, it) for it in (OfferRow, VersionRow, SignatureRow, RequestRow, AuditRow)]
    assert rows == [half, half, half, KEYS, KEYS]
    assert await table.fault() is None


async def send_and_sign(table: Table, buyer: Account, number: int) -> None:
    wish, thread = replace(WISH, notes=f"{number}"), ThreadKey(OAK, buyer.id)
    sent = await ten_times(lambda: table.offers.send(actor(buyer), thread, wish, f"send-{number}"))
    await ten_times(lambda: table.sign(buyer, sent, f"sign-{number}"))


@pytest.mark.threat("T32")
async def test_no_signature_lands_on_a_superseded_version(table: Table) -> None:
    """Counter-offers and signatures of both sides meet in any order; the audit trail tells which it was."""
    chance = random.Random(seed := random.randrange(1 << 30))
    await table.called()
    outcomes = {"signed": 0, "superseded": 0, "agreed": 0}
    newest = await table.send()
    for number in range(INTERLEAVINGS):
        if number % OFFERS_OF_A_THREAD == OFFERS_OF_A_THREAD - 1:
            table.buyer = await another_buyer(table, number)
            newest = await table.send()
        newest = await meet(table, chance, newest, outcomes)
    assert await too_late(table) == [], f"seed {seed}"
    assert await table.fault() is None
    assert min(outcomes["signed"], outcomes["superseded"]) > 0, f"{outcomes}, seed {seed}"


async def meet(table: Table, chance: random.Random, newest: Receipt, outcomes: dict[str, int]) -> Receipt:
    """Let a counter-offer and one or two signatures of the version before it race; return what is newest."""
    signers = chance.sample([table.buyer, table.staff], chance.choice([1, 1, 2]))
    work = [table.counter(chance.choice([table.buyer, table.staff]), newest)]
    work += [table.sign(signer, newest) for signer in signers]
    chance.shuffle(work)
    done = await asyncio.gather(*(late(chance, it) for it in work), return_exceptions=True)
    for it in done:
        if isinstance(it, Conflict):
            outcomes[it.code] = outcomes.get(it.code, 0) + 1
            continue
        assert isinstance(it, Receipt), it
        if it.version == newest.version:
            outcomes["agreed" if it.state is OfferState.AGREED else "signed"] += 1
    countered = [it for it in done if isinstance(it, Receipt) and it.version > newest.version]
    if countered and countered[0].version < VERSIONS_OF_AN_OFFER:
        return countered[0]
    return await table.send()


async def late(chance: random.Random, work: Awaitable[Receipt]) -> Receipt:
    """Do it after some turns of the loop."""
    for _ in range(chance.randrange(12)):
        await asyncio.sleep(0)
    return await work


async def too_late(table: Table) -> list[str]:
    """Return the signatures that were written after a newer version of the same offer."""
    newest: dict[str, int] = {}
    found = []
    async with table.database.reading() as session:
        for row in await session.scalars(select(AuditRow).order_by(AuditRow.sequence)):
            version = json.loads(row.facts)["version"]
            if row.action == "offer.signed" and version < newest.get(row.subject, 0):
                found.append(row.subject)
            newest[row.subject] = max(version, newest.get(row.subject, 0))
    return found
