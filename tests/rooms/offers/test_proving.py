"""Offers that somebody changed with a tool of their own are found beside a trail that is whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Delete, RowMapping, Update, delete, insert, select, update

from rooms.fair.offer_rows import OfferRow, SignatureRow, VersionRow
from rooms.negotiation.offers.document import sha256_of
from rooms.negotiation.offers.records import Offer, ThreadKey
from rooms.negotiation.sheets.canonical import canonical
from tests.rooms.fair_facts import OAK
from tests.rooms.offers.table import WISH, Table, actor

MANY = 7
TABLES = (OfferRow, VersionRow, SignatureRow)


async def busy(table: Table) -> Offer:
    """Let all happen that can happen to offers; return one that both have signed in its second version."""
    await table.called()
    sent = await table.send()
    second = await table.counter(table.staff, sent)
    await table.sign(table.buyer, second)
    await table.sign(table.staff, second)
    withdrawn = await table.send(table.staff)
    await table.offers.withdraw(actor(table.staff), withdrawn.offer, 1, table.key())
    await table.sign(table.buyer, await table.send())
    await table.send()
    return await table.read(sent.offer)


def cheaper(offer: Offer) -> dict[str, Any]:
    """Return other words for the newest version, with the hash that belongs to them."""
    text = offer.newest.text.replace("13.10", "1.31")
    return {"text": text, "sha256": sha256_of(text.encode())}


def is_new(offer: Offer) -> Any:
    return (VersionRow.offer == offer.id) & (VersionRow.number == offer.newest.number)


def of_buyer(offer: Offer) -> Any:
    return (SignatureRow.offer == offer.id) & (SignatureRow.side == "buyer")


def version(offer: Offer, **values: Any) -> list[Update | Delete]:
    return [update(VersionRow).where(is_new(offer)).values(**values)]


CHANGES: dict[str, Callable[[Offer], list[Update | Delete]]] = {
    "a word": lambda it: version(it, text=it.newest.text.replace("Oak.", "Ash.")),
    "a price with its hash": lambda it: version(it, **cheaper(it)),
    "a hash": lambda it: version(it, sha256="0" * 64),
    "words that are no JSON": lambda it: version(it, text="{"),
    "words that are another thing": lambda it: version(it, text="[1.5]", sha256=sha256_of(b"[1.5]")),
    "the time it is valid": lambda it: version(it, valid_until_ms=1),
    "the side": lambda it: version(it, side="buyer"),
    "said to be erased": lambda it: version(it, erased_at_ms=1, text=canonical({"total": "1"}).decode()),
    "who wrote it": lambda it: version(it, author="me"),
    "when it was written": lambda it: version(it, written_at_ms=1),
    "said to be withdrawn": lambda it: version(it, withdrawn_at_ms=1),
    "the call it began in": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(call="oak.1")],
    "the show it began in": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(show="show-2")],
    "when it began": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(opened_at_ms=1)],
    "when it changed": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(changed_at_ms=1)],
    "a state": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(state="open")],
    "a state that is none": lambda it: [update(OfferRow).where(OfferRow.id == it.id).values(state="?")],
    "a signature gone": lambda it: [delete(SignatureRow).where(of_buyer(it))],
    "somebody else's signature": lambda it: [update(SignatureRow).where(of_buyer(it)).values(account="me")],
    "a name": lambda it: [update(SignatureRow).where(of_buyer(it)).values(name="Somebody")],
    "a version gone": lambda it: [
        delete(SignatureRow).where(SignatureRow.offer == it.id), delete(VersionRow).where(is_new(it)),
    ],
    "all of it gone": lambda it: [
        delete(SignatureRow).where(SignatureRow.offer == it.id),
        delete(VersionRow).where(VersionRow.offer == it.id), delete(OfferRow).where(OfferRow.id == it.id),
    ],
}


async def all_rows(table: Table) -> list[Sequence[RowMapping]]:
    """Return the rows of all offers, those first that others point at."""
    async with table.database.reading() as session:
        return [(await session.execute(select(of.__table__))).mappings().all() for of in TABLES]


async def put_back(table: Table, rows: list[Sequence[RowMapping]]) -> None:
    """Let there be these rows of offers, and no others."""
    async with table.database.session() as session:
        for last in reversed(TABLES):
            await session.execute(delete(last))
        for of, there in zip(TABLES, rows, strict=True):
            await session.execute(insert(of), [dict(row) for row in there])


@pytest.mark.threat("T31")
async def test_an_offer_that_is_not_what_the_trail_says_is_found(table: Table) -> None:
    offer, rows = await busy(table), await all_rows(table)
    for name, change in CHANGES.items():
        assert await table.changed() is None, name
        async with table.database.session() as session:
            for statement in change(offer):
                await session.execute(statement)
        assert await table.changed() == offer.id, name
        assert await table.fault() is None, name
        await put_back(table, rows)
    assert await table.changed() is None


@pytest.mark.threat("T31")
async def test_an_offer_that_was_never_sent_is_found(table: Table) -> None:
    thread = (await busy(table)).thread
    async with table.database.session() as session:
        session.add(OfferRow(
            id="made-up", room=thread.room, buyer=thread.buyer, state="agreed", opened_at_ms=1,
            changed_at_ms=1,
        ))
    assert await table.changed() == "made-up"


@pytest.mark.threat("T31")
async def test_a_version_that_nobody_has_signed_yet_is_what_was_sent(table: Table) -> None:
    """No seal covers it; the trail has its hash."""
    sent = await table.send()
    await table.counter(table.staff, sent)
    offer = await table.read(sent.offer)
    async with table.database.session() as session:
        await session.execute(update(VersionRow).where(is_new(offer)).values(**cheaper(offer)))
    assert await table.changed() == offer.id


@pytest.mark.threat("T31")
async def test_an_offer_in_somebody_elses_thread_is_found(table: Table) -> None:
    """There the other buyer would read it, and sign it."""
    offer = await busy(table)
    other = ThreadKey(OAK, table.stranger.id)
    await table.offers.send(actor(table.stranger), other, WISH, table.key())
    async with table.database.session() as session:
        await session.execute(update(OfferRow).where(OfferRow.id == offer.id).values(buyer=other.buyer))
    assert await table.changed() == offer.id


@pytest.mark.threat("T31")
async def test_a_version_that_is_said_to_be_erased_was_erased(table: Table) -> None:
    """What is left of it is compared with nothing but what the trail says was left."""
    sent = await table.send()
    words = {"text": (await table.read(sent.offer)).newest.text.replace("12.50", "1.25")}
    async with table.database.session() as session:
        await session.execute(update(VersionRow).values(erased_at_ms=table.now_ms, **words))
    assert await table.changed() == sent.offer


@pytest.mark.threat("T31")
async def test_what_an_erasure_left_stays_as_it_was_left(table: Table) -> None:
    sent = await table.send()
    await table.erasure.ask(actor(table.buyer), table.thread)
    assert await table.changed() is None
    left = await table.read(sent.offer)
    for values in ({"text": left.newest.text.replace("12.50", "1.25")}, {"erased_at_ms": None}):
        async with table.database.session() as session:
            await session.execute(update(VersionRow).values(values))
        assert await table.changed() == sent.offer, values
        async with table.database.session() as session:
            was = {"text": left.newest.text, "erased_at_ms": table.now_ms}
            await session.execute(update(VersionRow).values(was))
    assert await table.changed() is None


async def test_what_an_erasure_left_is_as_it_should_be(table: Table) -> None:
    offer = await busy(table)
    await table.erasure.ask(actor(table.buyer), table.thread)
    assert await table.changed() is None
    assert "Ama" in json.dumps(dict((await table.read(offer.id)).newest.document))


@pytest.mark.parametrize("at_once", [1, 2, MANY - 1, MANY, MANY + 1])
async def test_each_offer_is_looked_at_however_many_are_read_at_once(table: Table, at_once: int) -> None:
    for _ in range(MANY):
        await table.send(wish=WISH)
    async with table.database.reading() as session:
        in_order = (await session.scalars(select(OfferRow.id).order_by(OfferRow.id))).all()
    assert await table.changed(at_once) is None
    for offer in reversed(in_order):
        async with table.database.session() as session:
            await session.execute(update(VersionRow).where(VersionRow.offer == offer).values(text="{"))
        assert await table.changed(at_once) == offer
