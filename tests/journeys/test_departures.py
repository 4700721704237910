"""An exhibitor is taken out of the fair in the middle of a show: every page it concerns says so by itself."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from showroom.demo.fair import ORGANISER
from tests.journeys.conftest import People
from tests.journeys.people import PASSWORD, Person
from tests.journeys.stage import go_live, staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 23


async def test_all_pages_of_an_exhibitor_who_leaves_say_so(people: People, fair: RunningServer) -> None:
    """The studio that is on the air, the room, and the hall where its buyer walks by then; and back."""
    room, buyer, organiser = staff_of(fair, COMPANY).room, await people.enter(), await people.enter()
    studio = await go_live(people, fair, COMPANY)
    await buyer.register("Nia Lobo", then=f"/rooms/{room}")
    await buyer.frames("#picture", 5)
    await buyer.page.locator("#call-button").click()
    await expect(buyer.page.locator("#cancel-call")).to_be_visible()
    walking = await buyer.context.new_page()
    await walking.goto(f"{fair.base_url}/")
    await expect(walking.locator(f".room-card[data-room='{room}']")).to_be_visible()
    await organiser.sign_in(ORGANISER.email, PASSWORD, then=f"/organiser/exhibitors/{room}")
    await take_out(organiser)
    for page in (studio.page, buyer.page):
        await expect(page.locator("[data-closed=left]")).to_be_visible()
    await expect(walking.locator(".notice")).to_contain_text("Your request for a call has ended.")
    await expect(walking.locator(f".room-card[data-room='{room}']")).to_have_count(0)
    await take_back(organiser)
    await buyer.go(f"/rooms/{room}")
    await expect(buyer.page.locator("#call-button")).to_be_visible()


async def take_out(organiser: Person) -> None:
    await organiser.page.locator("a.button-danger").click()
    await organiser.page.locator("form .button-danger").click()
    await expect(organiser.page.locator(".exhibitor-left")).to_be_visible()


async def take_back(organiser: Person) -> None:
    await organiser.page.locator(".exhibitor-left button").click()
    await expect(organiser.page.locator(".banner-ok")).to_be_visible()
