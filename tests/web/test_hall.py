"""The hall: what is on the air comes first, all can be read without scripts, filters are addresses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.ids import AccountId, CompanyId, ProductId, RoomId
from rooms.fair.companies import Company, Hall
from tests.web.conftest import LUMEN, TILE, OpenFair
from tests.web.visitor import Visitor
from web.pages.hall import ROOMS_PER_PAGE, Filters, read_filters

pytestmark = pytest.mark.asyncio(loop_scope="session")

CARD = re.compile(r'<article class="room-card[^"]*" data-room="([^"]+)"')
FAR_HALL = 9


def rooms_on(page: str) -> list[str]:
    """Return the rooms of the cards on a page, in their order."""
    return CARD.findall(page)


@pytest_asyncio.fixture(loop_scope="session")
async def on_air(fair: OpenFair) -> AsyncIterator[None]:
    """The room `tile` is on the air with a product on the table, two people watch, one is on duty."""
    parts = fair.parts
    await parts.shows.begin(TILE, "Test")
    await parts.shows.pin(TILE, ProductId("tile-1"))
    await parts.audience.set_viewers(TILE, "far node", 2)
    await parts.duty.on(TILE, AccountId("somebody"), "Mei")
    yield
    await parts.shows.end(TILE)
    await parts.shows.pin(TILE, None)
    await parts.audience.set_viewers(TILE, "far node", 0)
    await parts.duty.off(TILE, AccountId("somebody"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def many_rooms(fair: OpenFair) -> None:
    """Thirty rooms more, in a hall of their own and from one country."""
    await fair.parts.companies.add_hall(Hall(FAR_HALL, "Garden"))
    for number in range(30):
        room = RoomId(f"garden-{number}")
        company = Company(
            CompanyId(room),
            room,
            f"Garden {number:02}",
            "SE",
            "Umeå",
            FAR_HALL,
            f"G {number:02}",
            "Spades.",
            ("sv",),
            "#336633",
            "garden.webp",
        )
        await fair.parts.companies.add(company)


async def test_every_room_is_a_link_and_can_be_read_without_scripts(guest: Visitor) -> None:
    page = (await guest.get("/")).text
    assert {LUMEN, TILE} <= set(rooms_on(page))
    assert '<a href="/rooms/lumen"' in page
    assert "Lumen &amp; Söhne" in page
    assert "Germany" in page


async def test_names_are_shown_as_text_and_never_as_markup(guest: Visitor) -> None:
    page = (await guest.get("/")).text
    assert "Tile &lt;Works&gt;" in page
    assert "<Works>" not in page


async def test_live_rooms_come_first_with_viewers_product_and_staff(guest: Visitor, on_air: None) -> None:
    page = (await guest.get("/")).text
    assert rooms_on(page)[0] == TILE
    card = page[page.index('data-room="tile"') : page.index("</article>")]
    assert "badge-live" in card
    assert '<span class="count">2</span>' in card
    assert "Lamp &lt;i&gt;One&lt;/i&gt;" in card
    assert re.search(r'class="badge badge-ok staffed"\s*>', card)


async def test_a_live_room_without_thumbnail_shows_the_company(guest: Visitor, on_air: None) -> None:
    assert 'src="/pictures/tile.webp"' in (await guest.get("/")).text


async def test_a_product_that_is_gone_does_not_break_the_hall(
    guest: Visitor, fair: OpenFair, on_air: None
) -> None:
    await fair.parts.shows.pin(TILE, ProductId("gone"))
    answer = await guest.get("/")
    assert answer.status == 200
    assert rooms_on(answer.text)[0] == TILE


async def test_the_search_finds_companies_and_products(guest: Visitor) -> None:
    assert rooms_on((await guest.get("/?q=söhne")).text) == [LUMEN]
    assert LUMEN in rooms_on((await guest.get("/?q=lamp+one")).text)


async def test_a_search_without_a_result_says_so_and_leads_back(guest: Visitor) -> None:
    page = (await guest.get("/?q=%3Cscript%3Ealert(1)")).text
    assert rooms_on(page) == []
    assert "No room fits" in page
    assert 'value="&lt;script&gt;alert(1)"' in page


async def test_filters_leave_out_other_halls_and_countries(guest: Visitor, many_rooms: None) -> None:
    garden = rooms_on((await guest.get(f"/?hall={FAR_HALL}")).text)
    assert garden
    assert all(room.startswith("garden-") for room in garden)
    assert set(rooms_on((await guest.get("/?country=DE")).text)) == {LUMEN, TILE}


async def test_a_live_room_that_does_not_fit_the_filter_is_left_out(
    guest: Visitor, on_air: None, many_rooms: None
) -> None:
    assert TILE not in rooms_on((await guest.get("/?country=SE")).text)


async def test_pages_show_every_room_once(guest: Visitor, many_rooms: None) -> None:
    first = await guest.get(f"/?hall={FAR_HALL}")
    second = await guest.get(f"/?hall={FAR_HALL}&page=2")
    assert f'rel="next" href="/?hall={FAR_HALL}&amp;page=2"' in first.text
    assert 'rel="prev"' in second.text
    seen = rooms_on(first.text) + rooms_on(second.text)
    assert len(rooms_on(first.text)) == ROOMS_PER_PAGE
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize("query", ["page=99999", "page=-1", "page=x", "hall=0", "hall=1e9", "page=٣"])
async def test_a_query_that_makes_no_sense_still_shows_rooms(guest: Visitor, query: str) -> None:
    answer = await guest.get(f"/?{query}")
    assert answer.status == 200
    assert rooms_on(answer.text)


async def test_live_rooms_can_be_had_as_json(guest: Visitor, on_air: None) -> None:
    rooms = (await guest.get("/api/hall")).json["rooms"]
    assert [room["room"] for room in rooms] == [TILE]
    assert rooms[0]["viewers"] == 2
    assert rooms[0]["staffed"] == 1
    assert rooms[0]["product"]["price_from"] == "12.50"


async def test_an_address_carries_only_what_is_asked_for() -> None:
    filters = Filters(text="lamp", hall=3, page=4)
    assert filters.address() == "/?q=lamp&hall=3"
    assert filters.address(page=5) == "/?q=lamp&hall=3&page=5"
    assert filters.address(hall=None, text="") == "/"


async def test_a_filter_is_bounded() -> None:
    filters = read_filters({"q": "x" * 5000, "country": "y" * 5000, "page": "1000000", "hall": "12345678"})
    assert (len(filters.text), len(filters.country), filters.page, filters.hall) == (80, 60, 1, None)
