"""The roster: what staff say they speak and explain."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from config.errors import Denied, Invalid
from config.ids import AccountId, ProductId
from rooms.fair.accounts import Accounts
from rooms.fair.database import Database
from rooms.fair.hours import Hours, Weekly
from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product, Products
from rooms.fair.roster import Roster, RosterEntry
from tests.rooms.fair_facts import LAMP, OAK, PASSWORD, Clock, buyer, furnish

CHAIR, SHADE = ProductId("chair"), ProductId("shade")


async def furnished(database: Database) -> Actor:
    """Two companies, a product each, and Ada who works for the first."""
    await furnish(database)
    for product, room in ((CHAIR, OAK), (SHADE, LAMP)):
        await Products(database).add(
            Product(product, room, product.title(), "", Decimal(1), "EUR", 1, "piece", "", 1)
        )
    account = await Accounts(database, Clock(), 12).add("ada@oak.example", PASSWORD, "Ada", Role.STAFF, OAK)
    return Actor(account.id, Role.STAFF, "Ada", "Oak & Ash", OAK)


async def test_staff_who_said_nothing_stand_on_it_without_languages(database: Database) -> None:
    ada = await furnished(database)
    assert await Roster(database, Clock()).of_room(OAK) == [RosterEntry(ada.id, "Ada", (), ())]
    assert await Roster(database, Clock()).of_room(LAMP) == []


async def test_what_was_said_last_counts(database: Database) -> None:
    ada, roster = await furnished(database), Roster(database, Clock())
    await roster.set(ada, ["en"], [])
    kept = await roster.set(ada, ["pt", "ZH-hant", "pt"], [CHAIR, CHAIR])
    assert kept == RosterEntry(ada.id, "Ada", ("pt", "zh-hant"), (CHAIR,))
    assert await roster.of_room(OAK) == [kept]


@pytest.mark.parametrize(
    ("own", "asked", "speaks"),
    [("pt", "pt-BR", True), ("zh-hant", "zh", True), ("zh", "ar", False), ("en", "EN_us", True)],
)
def test_a_language_is_spoken_whatever_its_region(own: str, asked: str, speaks: bool) -> None:
    assert RosterEntry(AccountId("ada"), "Ada", (own,), ()).speaks(asked) is speaks


async def test_what_cannot_be_is_refused(database: Database) -> None:
    ada, roster = await furnished(database), Roster(database, Clock())
    for languages, products, code in (
        (["e,n"], [], "bad_language"), (["x"], [], "bad_language"), (["ï18"], [], "bad_language"),
        ([f"l{n}" for n in range(9)], [], "bad_language"), (["en"], [SHADE], "bad_product"),
        (["en"], [ProductId("nothing")], "bad_product"),
    ):
        with pytest.raises(Invalid) as refusal:
            await roster.set(ada, languages, products)
        assert refusal.value.code == code
    for actor in (buyer(), replace(ada, room=None)):
        with pytest.raises(Denied):
            await roster.set(actor, ["en"], [])
    assert (await roster.of_room(OAK))[0].languages == ()


async def test_own_hours_are_kept_in_order_left_alone_and_taken_back(any_database: Database) -> None:
    ada, roster = await furnished(any_database), Roster(any_database, Clock())
    assert (await roster.set(ada, ["en"], [])).weekly == {}
    given = {3: (), 1: ((780, 1020), (540, 720))}
    kept = await roster.set(ada, ["en"], [], given)
    assert kept.weekly == {1: ((540, 720), (780, 1020))}
    assert await roster.set(ada, ["pt"], []) == replace(kept, languages=("pt",))
    (read,) = await roster.of_room(OAK)
    assert read == replace(kept, languages=("pt",))
    stand = Hours("Asia/Tokyo", {0: ((0, 60),)})
    assert read.hours_at(stand) == Hours("Asia/Tokyo", kept.weekly)
    assert (await roster.set(ada, ["pt"], [], {})).hours_at(stand) == stand


@pytest.mark.parametrize(
    "weekly", [{7: ((0, 60),)}, {0: ((60, 30),)}, {0: ((0, 60), (30, 90))}, {0: ((0, 1441),)}]
)
async def test_own_hours_that_cannot_be_are_refused(database: Database, weekly: Weekly) -> None:
    ada, roster = await furnished(database), Roster(database, Clock())
    kept = await roster.set(ada, ["en"], [], {1: ((540, 720),)})
    with pytest.raises(Invalid) as refusal:
        await roster.set(ada, ["pt"], [], weekly)
    assert refusal.value.code == "bad_hours"
    assert await roster.of_room(OAK) == [kept]


async def test_who_may_not_sign_in_is_not_on_it(database: Database) -> None:
    ada = await furnished(database)
    await Accounts(database, Clock(), 12).disable(ada.id)
    assert await Roster(database, Clock()).of_room(OAK) == []
