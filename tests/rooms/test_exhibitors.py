"""Companies, products, stream keys and the log of shows: kept whole, found, and refused with a reason."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Conflict, Invalid, Missing
from config.ids import ProductId, RoomId, ShowId
from rooms.fair import words
from rooms.fair.companies import Companies, Hall
from rooms.fair.database import Database
from rooms.fair.products import Product, Products
from rooms.fair.shows_log import ShowLog
from rooms.fair.stream_keys import StreamKeys
from tests.rooms.fair_facts import LAMP, OAK, Clock, company, furnish

CHAIR = Product(
    ProductId("chair"), OAK, "Windsor chair", "Ash, steamed", Decimal("149.90"), "EUR", 20, "piece",
    "chair.webp", 1,
)


@pytest_asyncio.fixture
async def companies(database: Database) -> Companies:
    await furnish(database)
    return Companies(database)


@pytest.fixture
def products(companies: Companies, database: Database) -> Products:
    return Products(database)


async def test_a_company_is_found_by_its_room_as_it_was_added(companies: Companies) -> None:
    assert await companies.by_room(OAK) == company(OAK, "Oak & Ash")
    with pytest.raises(Missing) as refusal:
        await companies.by_room(RoomId("nowhere"))
    assert refusal.value.code == "no_room"


async def test_a_room_belongs_to_one_company(companies: Companies) -> None:
    with pytest.raises(Conflict):
        await companies.add(replace(company(OAK, "Other")))
    with pytest.raises(Missing):
        await companies.add(company(RoomId("new"), "New", hall=9))
    for wrong in ("", "Oak", "a b", "-a", "a-", "a/b", "a}b", "x" * 64):
        with pytest.raises(Invalid):
            await companies.add(company(RoomId(wrong), "New"))


async def test_each_company_stands_on_one_page(any_database: Database) -> None:
    """Also those that share a stand, and a name."""
    await furnish(any_database)
    companies = Companies(any_database)
    rooms = {RoomId(f"twin-{number}") for number in range(30)}
    for room in rooms:
        await companies.add(company(room, "Twin"))
    pages = [await companies.search("twin", offset=offset, limit=7) for offset in range(0, 35, 7)]
    assert {it.room for page in pages for it in page} == rooms


async def test_search_finds_words_in_facts_and_products(companies: Companies, products: Products) -> None:
    await companies.add_hall(Hall(2, "Light"))
    await companies.add(company(RoomId("mobel"), "Möbel 100%", 2, "DE", "Büromöbel"))
    await products.add(CHAIR)
    found = {
        "": [LAMP, OAK, "mobel"], "oak": [OAK], "WINDSOR": [OAK], "oak chair": [OAK], "lamp chair": [],
        "mobel": ["mobel"], "MÖBEL": ["mobel"], "%": ["mobel"], "_": [], "porto": [LAMP, OAK, "mobel"],
    }
    for text, rooms in found.items():
        assert [it.room for it in await companies.search(text)] == rooms, text
        assert await companies.count(text) == len(rooms)
    assert [it.room for it in await companies.search(hall=2)] == ["mobel"]
    assert [it.room for it in await companies.search(country="PT", limit=1, offset=1)] == [OAK]
    assert await companies.search(limit=-1, offset=-5) == []
    assert [hall.number for hall in await companies.halls()] == [1, 2]


async def test_products_stand_on_the_shelf_in_their_order(products: Products) -> None:
    table = replace(CHAIR, id=ProductId("table"), position=0, price_from=None, minimum_order=None)
    await products.add(CHAIR)
    await products.add(table)
    assert await products.of_room(OAK) == [table, CHAIR]
    assert await products.of_room(LAMP) == []
    assert await products.get(ProductId("chair")) == CHAIR
    with pytest.raises(Missing):
        await products.get(ProductId("nothing"))
    with pytest.raises(Conflict):
        await products.add(CHAIR)
    with pytest.raises(Missing):
        await products.add(replace(CHAIR, id=ProductId("x"), room=RoomId("nowhere")))


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"title": "x" * 121}, {"price_from": Decimal(-1)}, {"minimum_order": 0}]
)
async def test_a_product_out_of_bounds_is_refused(products: Products, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        await products.add(replace(CHAIR, **wrong))  # type: ignore[arg-type]  # each case changes one field
    assert await products.of_room(OAK) == []


@pytest.mark.parametrize(("price", "shown"), [("0", "0.00"), ("19.5", "19.50"), ("0.0375", "0.0375")])
async def test_prices_are_kept_exactly(products: Products, price: str, shown: str) -> None:
    await products.add(replace(CHAIR, price_from=Decimal(price)))
    assert str((await products.get(CHAIR.id)).price_from) == shown


async def test_a_rotated_stream_key_replaces_the_old_one(companies: Companies, database: Database) -> None:
    clock = Clock()
    keys = StreamKeys(database, clock)
    assert await keys.facts(OAK) is None
    assert not await keys.verify(OAK, "sk_")
    old = await keys.rotate(OAK, "staff-1")
    assert old.startswith("sk_")
    assert await keys.verify(OAK, old)
    assert not await keys.verify(LAMP, old)
    clock.move(60)
    new = await keys.rotate(OAK, "staff-2")
    assert await keys.verify(OAK, new)
    assert not await keys.verify(OAK, old)
    assert await keys.facts(OAK) == clock.now
    with pytest.raises(Missing):
        await keys.rotate(RoomId("nowhere"), "staff-1")


@dataclass(frozen=True)
class Begun:
    id: ShowId
    room: RoomId
    anchor: str
    started_at: float


async def test_a_show_is_logged_once_from_begin_to_end(database: Database) -> None:
    clock = Clock()
    log = ShowLog(database, clock)
    show = Begun(ShowId("show-1"), OAK, "Ada", clock.now)
    await log.begin(show)
    await log.begin(show)
    clock.move(600)
    await log.end(show)
    clock.move(60)
    await log.end(show)
    (logged,) = await log.of_room(OAK)
    assert (logged.id, logged.anchor, logged.started_at) == ("show-1", "Ada", show.started_at)
    assert logged.ended_at == show.started_at + 600


@given(st.text())
def test_a_line_is_visible_stable_and_one_line(text: str) -> None:
    line = words.line(text)
    assert line == words.line(line) == line.strip()
    assert not any(sign in line for sign in "\x00\n\r\t\u2028\u202e\ud800")
    line.encode("utf-8")


@given(st.text())
def test_paragraphs_keep_line_breaks_only(text: str) -> None:
    kept = words.paragraphs(text)
    assert kept == words.paragraphs(kept)
    assert "\x00" not in kept
    assert "\r" not in kept
    kept.encode("utf-8")


MARKS = {"two": "\u0301\u0323", "double": "\u0344", "of no class": "\u0f73", "compatible": "\uff9e\u0301"}


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_marks_without_end_on_a_letter_are_cut_off_and_cost_no_time(marks: str) -> None:
    """Eighty thousand took half a minute, in which nothing else ran; now some hundredths of a second."""
    text = "o" + marks * (80_000 // len(marks))
    began = time.thread_time()
    line = words.line(text)
    assert line == words.line(line) == words.paragraphs(text)
    assert words.fold(text)[0] == "o"
    with pytest.raises(Invalid):
        words.email(text)
    assert time.thread_time() - began < 2.0
    assert 28 <= len(unicodedata.normalize("NFD", line)) - 1 <= 61


def test_marks_as_people_write_them_stay() -> None:
    for text in ("Việt", "صَبَاحُ الخَيْرِ", "נִקּוּד", "Z͑ͫ̓ͪ̂ͫ̽͏̴a", "देवनागरी", "e" + "\u0301" * 29):
        assert words.line(text) == unicodedata.normalize("NFC", text)
