"""The shelf of a room over its page: products added, changed, ordered, taken out and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.ids import CompanyId, ProductId, RoomId, new_id
from rooms.fair.companies import Company
from rooms.fair.pictures import name_of
from rooms.fair.policy import Role
from tests.rooms.test_call_files import PNG
from tests.web.conftest import OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOM = RoomId("shelved")
SHELF = f"/studio/{ROOM}/shelf"
LAMP = {
    "title": "Lamp <i>", "summary": "Brass.", "price": "94.5", "currency": "eur", "minimum": "12",
    "unit": "piece",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keeper(fair: OpenFair) -> AsyncIterator[Visitor]:
    """Staff of a room of their own, signed in."""
    company = Company(CompanyId(ROOM), ROOM, "Shelved", "DE", "Soest", 1, "", "", ("en",), "", "")
    await fair.parts.companies.add(company)
    email = "keeper@shelved.example"
    await fair.parts.accounts.add(email, PASSWORD, "Kim", Role.STAFF, ROOM)
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(email)
        yield somebody


async def added(keeper: Visitor, title: str) -> str:
    done = await keeper.submit(SHELF, LAMP | {"title": title}, page=SHELF)
    assert done.status == 303, done.text
    return done.headers["Location"].partition("product=")[2]


async def order(fair: OpenFair) -> list[str]:
    return [product.id for product in await fair.parts.products.of_room(ROOM)]


async def test_products_are_added_changed_and_ordered(keeper: Visitor, fair: OpenFair) -> None:
    first, second = await added(keeper, "Lamp <i>"), await added(keeper, "Desk")
    assert (await order(fair))[-2:] == [first, second]
    assert "Lamp &lt;i&gt;" in (await keeper.get(SHELF)).text
    assert (await keeper.submit(f"{SHELF}/{second}", {"action": "up"}, page=SHELF)).status == 303
    assert (await order(fair))[-2:] == [second, first]
    changed = LAMP | {"product": first, "title": "Lamp Two", "price": "", "minimum": ""}
    assert (await keeper.submit(SHELF, changed, page=SHELF)).status == 303
    lamp = await fair.parts.products.get(ProductId(first))
    assert (lamp.title, lamp.price_from, lamp.currency, lamp.minimum_order) == ("Lamp Two", None, "EUR", None)


async def test_a_refusal_keeps_what_was_typed(keeper: Visitor, fair: OpenFair) -> None:
    before = await order(fair)
    for wrong in ({"title": ""}, {"price": "dear"}, {"currency": "x1"}, {"minimum": "-1"}):
        answer = await keeper.submit(SHELF, LAMP | wrong, page=SHELF)
        assert (answer.status, "Brass." in answer.text) == (400, True)
    assert await order(fair) == before


async def test_what_was_taken_out_can_still_be_read_and_comes_back(keeper: Visitor, fair: OpenFair) -> None:
    lamp = ProductId(await added(keeper, "Old lamp"))
    await fair.parts.shows.pin(ROOM, lamp)
    assert (await keeper.submit(f"{SHELF}/{lamp}", {"action": "out"}, page=SHELF)).status == 409
    await fair.parts.shows.pin(ROOM, None)
    assert (await keeper.submit(f"{SHELF}/{lamp}", {"action": "out"}, page=SHELF)).status == 303
    assert lamp not in await order(fair)
    assert "Old lamp" not in (await keeper.get(f"/rooms/{ROOM}")).text
    assert (await fair.parts.products.get(lamp)).title == "Old lamp"
    assert ROOM not in [it.room for it in await fair.parts.companies.search("old lamp")]
    assert (await keeper.submit(f"{SHELF}/{lamp}", {"action": "back"}, page=SHELF)).status == 303
    assert lamp in await order(fair)


async def test_a_product_gets_a_picture(keeper: Visitor, fair: OpenFair) -> None:
    lamp = await added(keeper, f"Lamp {new_id()}")
    headers = {"X-CSRF-Token": (await keeper.get(SHELF)).token, "Content-Type": "image/png"}
    kept = await keeper.ask("PUT", f"/api/rooms/{ROOM}/products/{lamp}/picture", data=PNG, headers=headers)
    assert kept.json == {"picture": f"/pictures/{name_of(PNG)}"}
    assert (await fair.parts.products.get(ProductId(lamp))).picture == name_of(PNG)
