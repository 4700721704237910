"""Offers on a real database: sent, countered, withdrawn, expired, signed, by those who may and nobody
else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.errors import Conflict, Denied, FairError, Invalid, Missing
from config.ids import AccountId, CallId
from rooms.fair.blocks import Blocks
from rooms.fair.policy import Role
from rooms.negotiation.offers.desk import News
from rooms.negotiation.offers.document import sha256_of
from rooms.negotiation.offers.drafts import StaleDraft
from rooms.negotiation.offers.records import OfferId, ThreadKey
from rooms.negotiation.offers.rules import Superseded
from rooms.negotiation.offers.signing import Seen
from rooms.negotiation.offers.states import OfferState, Side
from rooms.negotiation.offers.terms import Wish
from rooms.negotiation.sheets.canonical import canonical
from tests.rooms.fair_facts import LAMP, OAK, PASSWORD
from tests.rooms.offers.table import CONSENT, DEARER, FAIR, WISH, Table, account, actor


async def test_a_version_is_the_document_that_was_agreed_on(table: Table) -> None:
    """Every name of it is a contract with whoever reads, seals and checks it elsewhere."""
    call = await table.called()
    sent = await table.offers.send(actor(table.staff), table.thread, WISH, "k", call)
    version = (await table.read(sent.offer)).newest
    assert version.document == {
        "format": "showroom-order-of-intent/1", "fair": FAIR, "offer": sent.offer, "version": 1,
        "thread": {"room": OAK, "buyer": table.buyer.id}, "call": call,
        "show": {"id": "show-1", "second": "754.2"},
        "seller": {"company": "Oak & Ash", "country": "PT", "city": "Porto", "room": OAK},
        "buyer": {"name": "Ama Owusu", "company": "Owusu Ltd", "country": "GH"},
        "written_by": {"side": "seller", "name": "Rui"}, "written_at_ms": table.now_ms,
        "lines": [
            {
                "product": "chair", "title": "Chair", "quantity": "1000", "unit": "piece", "price": "12.50",
                "breaks": [{"from": "5000", "price": "11.90"}], "amount": "12500.00",
            },
            {
                "product": None, "title": "Pallets", "quantity": "12", "unit": "piece", "price": "8.00",
                "breaks": [], "amount": "96.00",
            },
        ],
        "currency": "USD", "incoterm": "FOB", "place": "Porto", "lead_days": 45,
        "payment": "30 % in advance", "valid_until_ms": None, "notes": "Oak.", "total": "12596.00",
    }
    assert version.text.encode() == canonical(version.document)
    assert version.sha256 == sent.sha256 == sha256_of(version.text.encode())
    assert table.told == [News(table.thread, "Ama Owusu", "sent", Side.SELLER, sent)]


async def test_both_sign_the_same_version_and_it_stays_for_ever(table: Table) -> None:
    await table.called()
    first = await table.send(table.staff)
    second = await table.counter(table.buyer, first)
    assert (await table.sign(table.buyer, second)).state is OfferState.OPEN
    assert (await table.sign(table.colleague, second)).state is OfferState.AGREED
    offer = await table.read(second.offer)
    assert [(it.side, it.name, it.email) for it in offer.newest.signatures] == [
        (Side.BUYER, "Ama Owusu", "ama@shop.example"), (Side.SELLER, "Ines", "ines@oak.example")
    ]
    assert all(it.consent == CONSENT and it.sha256 == second.sha256 for it in offer.newest.signatures)
    assert table.signing.is_genuine(offer.id, offer.newest)
    for work in (
        table.counter(table.staff, second), table.sign(table.staff, second), table.sign(table.buyer, second),
        table.offers.withdraw(actor(table.buyer), second.offer, 2, table.key()),
    ):
        with pytest.raises(Conflict) as refusal:
            await work
        assert refusal.value.code == "agreed"
    table.clock.move(1e8)
    assert await table.offers.expire() == []
    assert await table.read(second.offer) == offer


async def test_a_superseded_version_is_refused_with_what_has_changed(table: Table) -> None:
    first = await table.send()
    second = await table.counter(table.buyer, first)
    before = await table.read(first.offer)
    for work in (table.sign(table.buyer, first), table.counter(table.buyer, first)):
        with pytest.raises(Superseded) as refusal:
            await work
        facts = refusal.value.facts
        assert (facts["version"], facts["sha256"]) == (2, second.sha256)
        (line,) = facts["differences"]["lines"]
        assert [(it["name"], it["before"], it["after"]) for it in line["fields"]] == [
            ("price", "12.50", "13.10"), ("amount", "12500.00", "13100.00")
        ]
        assert [it["name"] for it in facts["differences"]["fields"]] == ["total"]
    assert await table.read(first.offer) == before


async def test_only_who_sent_a_version_withdraws_it(table: Table) -> None:
    await table.called()
    sent = await table.send(table.staff)
    with pytest.raises(Denied) as denied:
        await table.offers.withdraw(actor(table.buyer), sent.offer, 1, table.key())
    assert denied.value.code == "not_yours"
    gone = await table.offers.withdraw(actor(table.colleague), sent.offer, 1, table.key())
    assert gone.state is OfferState.WITHDRAWN
    with pytest.raises(Conflict) as refusal:
        await table.sign(table.buyer, sent)
    assert refusal.value.code == "withdrawn"
    back = await table.counter(table.buyer, sent)
    assert (back.version, back.state) == (2, OfferState.OPEN)


async def test_validity_ends_by_itself(table: Table) -> None:
    """At the very millisecond, whether or not anybody has written it down yet; then both screens are told
    once.
    """
    sent = await table.send(wish=replace(WISH, valid_until_ms=table.now_ms + 60_000))
    table.clock.move(59.999)
    assert await table.offers.expire() == []
    table.clock.move(0.001)
    with pytest.raises(Conflict) as refusal:
        await table.sign(table.buyer, sent)
    assert refusal.value.code == "expired"
    assert (await table.read(sent.offer)).state_at(table.now_ms) is OfferState.EXPIRED
    (expired,) = await table.offers.expire()
    assert (expired.offer, expired.state) == (sent.offer, OfferState.EXPIRED)
    assert await table.offers.expire() == []
    assert [(it.action, it.by, it.receipt.state) for it in table.told] == [
        ("sent", Side.BUYER, OfferState.OPEN), ("expired", None, OfferState.EXPIRED)
    ]
    assert (await table.counter(table.buyer, sent)).state is OfferState.OPEN


async def test_signing_asks_for_the_password_again(table: Table) -> None:
    sent = await table.send()
    seen = Seen(1, sent.sha256, CONSENT, "en")
    with pytest.raises(Denied) as refusal:
        await table.signing.sign(actor(table.buyer), sent.offer, seen, PASSWORD + "!", "k")
    assert refusal.value.code == "wrong_password"
    assert (await table.read(sent.offer)).newest.signatures == ()
    await table.signing.sign(actor(table.buyer), sent.offer, seen, PASSWORD, "k")
    assert len((await table.read(sent.offer)).newest.signatures) == 1


async def test_what_is_signed_must_be_what_was_seen(table: Table) -> None:
    sent = await table.send()
    other = replace(sent, sha256="0" * 64)
    with pytest.raises(Invalid) as refusal:
        await table.sign(table.buyer, other)
    assert refusal.value.code == "wrong_document"
    await table.sign(table.buyer, sent)
    with pytest.raises(Conflict) as again:
        await table.sign(table.buyer, sent)
    assert again.value.code == "already_signed"


async def test_a_thread_is_closed_to_everybody_else(table: Table) -> None:
    """Another buyer, staff of another room, guests and organisers: nothing is read, and nothing written."""
    sent = await table.send()
    others = [
        table.stranger, account(1, Role.STAFF, LAMP), account(2, Role.GUEST), account(3, Role.ORGANISER),
    ]
    for somebody in others:
        who = actor(somebody)
        for work in (
            table.offers.get(who, sent.offer), table.offers.of_thread(who, table.thread),
            table.offers.send(who, table.thread, WISH, "k"), table.counter(somebody, sent),
            table.offers.withdraw(who, sent.offer, 1, "k"), table.sign(somebody, sent),
            table.drafts.save(who, table.thread, None, 0, WISH), table.drafts.of(who, table.thread),
            table.threads.get(who, table.thread), table.erasure.ask(who, table.thread),
        ):
            with pytest.raises(Denied):
                await work
    assert [it.newest.number for it in await table.offers.of_thread(actor(table.buyer), table.thread)] == [1]


@pytest.mark.parametrize("buyer", ["", "nobody", "x" * 500, "\x00"])
async def test_a_thread_with_nobody_is_none(table: Table, buyer: str) -> None:
    for who in (table.staff, table.buyer):
        with pytest.raises(FairError):
            await table.offers.send(actor(who), ThreadKey(OAK, AccountId(buyer)), WISH, "k")


@pytest.mark.parametrize("offer", ["", "nothing", "x" * 500, "\x00"])
async def test_an_offer_that_never_was_is_missing(table: Table, offer: str) -> None:
    for work in (
        table.offers.get(actor(table.buyer), OfferId(offer)),
        table.offers.withdraw(actor(table.buyer), OfferId(offer), 1, "k"),
    ):
        with pytest.raises(Missing):
            await work


async def test_a_call_of_somebody_else_is_no_origin(table: Table) -> None:
    await table.called(LAMP)
    other = await table.called(LAMP)
    for call in (other, CallId("none")):
        with pytest.raises(Missing) as refusal:
            await table.offers.send(actor(table.buyer), table.thread, WISH, table.key(), call)
        assert refusal.value.code == "no_call"
    assert await table.offers.of_thread(actor(table.buyer), table.thread) == []


async def test_a_draft_survives_and_is_never_overwritten_unseen(table: Table) -> None:
    await table.called()
    staff, colleague, thread = actor(table.staff), actor(table.colleague), table.thread
    kept = await table.drafts.save(staff, thread, None, 0, WISH)
    assert await table.drafts.of(colleague, thread) == [kept]
    assert await table.drafts.of(actor(table.buyer), thread) == []
    newer = await table.drafts.save(colleague, thread, None, kept.revision, DEARER)
    with pytest.raises(StaleDraft) as refusal:
        await table.drafts.save(staff, thread, None, kept.revision, Wish(notes="lost?"))
    assert refusal.value.facts["draft"]["revision"] == newer.revision
    assert refusal.value.facts["draft"]["wish"]["lines"][0]["price"] == "13.10"
    assert (await table.drafts.of(staff, thread))[0].wish == DEARER


async def test_a_draft_that_was_sent_does_not_come_back(table: Table) -> None:
    buyer, thread = actor(table.buyer), table.thread
    kept = await table.drafts.save(buyer, thread, None, 0, WISH)
    await table.send()
    with pytest.raises(StaleDraft):
        await table.drafts.save(buyer, thread, None, kept.revision, WISH)
    (draft,) = await table.drafts.of(buyer, thread)
    assert (draft.wish, draft.revision) == (Wish(), kept.revision + 1)


async def test_who_sends_an_offer_empties_no_draft_of_a_colleague_unseen(table: Table) -> None:
    """The page was opened before the colleague typed; whoever has seen it may send what they like."""
    staff, thread, theirs = actor(table.staff), table.thread, replace(WISH, notes="An hour of work")
    there = await table.send()

    async def send(offer: OfferId | None, seen: int) -> None:
        if offer is None:
            await table.offers.send(staff, thread, WISH, table.key(), draft=seen)
        else:
            await table.offers.counter(staff, offer, 1, WISH, table.key(), draft=seen)

    for offer in (None, there.offer):
        kept = await table.drafts.save(actor(table.colleague), thread, offer, 0, theirs)
        with pytest.raises(StaleDraft) as refusal:
            await send(offer, 0)
        assert refusal.value.facts["draft"]["wish"]["notes"] == "An hour of work"
        assert kept in await table.drafts.of(staff, thread)
        await send(offer, kept.revision)
        assert [it.wish for it in await table.drafts.of(staff, thread) if it.offer == offer] == [Wish()]


async def test_a_draft_that_says_what_is_sent_is_no_others(table: Table) -> None:
    """The answer to one's own last save was lost, or somebody has sent the draft since."""
    buyer, thread = actor(table.buyer), table.thread
    await table.drafts.save(buyer, thread, None, 0, WISH)
    await table.offers.send(buyer, thread, WISH, table.key(), draft=0)
    await table.offers.send(buyer, thread, DEARER, table.key(), draft=0)
    assert len(await table.offers.of_thread(buyer, thread)) == 2


async def test_answers_are_kept_for_a_week(table: Table) -> None:
    """Long enough for any client that asks again; then the key is as good as new."""
    who, thread = actor(table.buyer), table.thread
    sent = await table.offers.send(who, thread, WISH, "k")
    table.clock.move(7 * 24 * 3600 - 1)
    await table.offers.forget_requests()
    assert await table.offers.send(who, thread, WISH, "k") == sent
    table.clock.move(2)
    await table.offers.forget_requests()
    assert (await table.offers.send(who, thread, WISH, "k")).offer != sent.offer


async def test_a_blocked_buyer_sends_nothing_but_may_agree_to_what_was_offered(table: Table) -> None:
    await table.called()
    own, theirs, other = [await table.send(who) for who in (table.buyer, table.staff, table.staff)]
    blocks = Blocks(table.database, table.clock)
    await blocks.block(actor(table.staff), OAK, table.buyer.id)
    for work in (table.send(), table.counter(table.buyer, theirs)):
        with pytest.raises(Denied) as refusal:
            await work
        assert refusal.value.code == "blocked"
    assert [len((await table.read(it.offer)).versions) for it in (own, theirs)] == [1, 1]
    await table.offers.withdraw(actor(table.buyer), own.offer, 1, table.key())
    await table.sign(table.buyer, theirs)
    assert (await table.sign(table.staff, theirs)).state is OfferState.AGREED
    await table.counter(table.staff, other)
    await table.erasure.ask(actor(table.buyer), table.thread)
    await blocks.unblock(actor(table.staff), OAK, table.buyer.id)
    await table.send()
