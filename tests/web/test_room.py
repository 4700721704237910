"""The room as the server draws it: all can be read without scripts, its own people see more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.ids import AccountId, ProductId
from rooms.fair.policy import Actor, Role
from tests.web.conftest import LUMEN, OpenFair
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEI = AccountId("mei")


@pytest_asyncio.fixture(loop_scope="session")
async def on_air(fair: OpenFair) -> AsyncIterator[None]:
    """The room `lumen` is on the air with a lamp on the table, somebody on duty and three people watching."""
    parts = fair.parts
    await parts.shows.begin(LUMEN, "Mei")
    await parts.shows.pin(LUMEN, ProductId("lumen-1"))
    await parts.audience.set_viewers(LUMEN, "far node", 3)
    await parts.duty.on(LUMEN, MEI, "Mei <Lin>")
    yield
    await parts.shows.end(LUMEN)
    await parts.shows.pin(LUMEN, None)
    await parts.audience.set_viewers(LUMEN, "far node", 0)
    await parts.duty.off(LUMEN, MEI)


async def test_a_room_nobody_has_is_not_found(guest: Visitor) -> None:
    assert (await guest.get("/rooms/nobody")).status == 404


async def test_a_guest_reads_company_products_and_place_without_scripts(guest: Visitor) -> None:
    answer = await guest.get("/rooms/lumen")
    assert answer.status == 200
    place = ("Lumen &amp; Söhne", "Hall 1", "Stand <bdi>A 12</bdi>", "Soest", "Germany")
    for words in (*place, "Lamps.", "€12.50", "/&nbsp;<bdi>pcs</bdi>", "min. order 100"):
        assert words in answer.text, words


async def test_what_exhibitors_write_is_shown_as_text(guest: Visitor, on_air: None) -> None:
    page = (await guest.get("/rooms/lumen")).text
    assert "Lamp &lt;i&gt;One&lt;/i&gt;" in page
    assert "<i>One" not in page
    assert "Mei &lt;Lin&gt;" in page


async def test_a_room_that_is_not_on_the_air_says_so_and_offers_no_call(guest: Visitor) -> None:
    answer = await guest.get("/rooms/lumen")
    assert 'data-state="off"' in answer.text
    assert "Nobody is on duty right now" in answer.text
    assert answer.data["show"] is None
    assert answer.data["duty"] == []


async def test_a_live_room_brings_all_its_scripts_need(guest: Visitor, on_air: None) -> None:
    answer = await guest.get("/rooms/lumen")
    assert 'data-state="connecting"' in answer.text
    assert answer.data["show"]["state"] == "live"
    assert answer.data["pinned"]["id"] == "lumen-1"
    assert answer.data["pinned"]["picture"] == "/pictures/lamp.webp"
    assert answer.data["viewers"] == 3
    assert [person["name"] for person in answer.data["duty"]] == ["Mei <Lin>"]
    assert answer.data["whep_url"] == "/whep/lumen"
    assert '<article class="product product-pinned" data-product="lumen-1">' in answer.text


async def test_the_picture_starts_muted_and_by_itself(guest: Visitor, on_air: None) -> None:
    assert '<video id="picture" muted autoplay playsinline' in (await guest.get("/rooms/lumen")).text


async def test_posts_can_be_read_without_scripts_and_are_marked_as_mine(
    buyer: Visitor, guest: Visitor, fair: OpenFair
) -> None:
    me = AccountId((await buyer.get("/rooms/lumen")).data["me"]["id"])
    author = Actor(me, Role.BUYER, "Person buyer", "Shop", None)
    await fair.parts.chat.post(LUMEN, author, "Is <b>brass</b> possible?")
    mine, theirs = await buyer.get("/rooms/lumen"), await guest.get("/rooms/lumen")
    assert "Is &lt;b&gt;brass&lt;/b&gt; possible?" in theirs.text
    assert mine.data["posts"][-1]["mine"] is True
    assert theirs.data["posts"][-1]["mine"] is False
    assert "author_id" not in theirs.data["posts"][-1]


async def test_a_guest_is_led_to_sign_in_and_back_to_the_request(guest: Visitor) -> None:
    answer = await guest.get("/rooms/lumen")
    assert answer.data["sign_in_to_ask_url"] == "/sign-in?next=%2Frooms%2Flumen%3Fask%3D1"
    assert 'href="/sign-in?next=%2Frooms%2Flumen"' in answer.text
    assert answer.data["may_post"] is False
    assert '<fair-call id="call">' in answer.text


async def test_the_request_goes_on_only_for_who_comes_back_with_it(buyer: Visitor) -> None:
    assert (await buyer.get("/rooms/lumen?ask=1")).data["ask"] is True
    assert (await buyer.get("/rooms/lumen?ask=0")).data["ask"] is False
    assert (await buyer.get("/rooms/lumen")).data["may_post"] is True


async def test_staff_find_their_studio_in_place_of_the_call(staff: Visitor) -> None:
    own, other = await staff.get("/rooms/lumen"), await staff.get("/rooms/tile")
    assert 'href="/studio/lumen"' in own.text
    assert own.data["may_post"] is True
    for page in (own, other):
        assert 'id="call-button"' not in page.text
    assert "Private calls are for buyers" in other.text
    assert other.data["may_post"] is False


async def test_without_scripts_nothing_is_hidden_behind_a_tab(guest: Visitor) -> None:
    page = (await guest.get("/rooms/lumen")).text
    sheet = (await guest.get("/static/css/room_below.css")).text
    assert "@media (scripting: none)" in sheet
    assert "The picture needs JavaScript." in page
