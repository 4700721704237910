"""A page of which something did not arrive is loaded again by itself, but not for ever."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from tests.journeys.conftest import People
from tests.journeys.stage import staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPANY = 18
LOST = {
    "a module that is imported by others": re.compile(r"/js/transport/back_off\.js$"),
    "a module that is imported late": re.compile(r"/js/elements/chat\.js$"),
    "a style": re.compile(r"/css/room\.css$"),
    "all": re.compile(r"/static/"),
}
IS_WHOLE = """
() => customElements.get('fair-chat') !== undefined
  && getComputedStyle(document.querySelector('.room-stage')).isolation === 'isolate'
"""


@pytest.mark.parametrize("lost", LOST)
async def test_a_page_is_loaded_again_whatever_was_lost(
    people: People, fair: RunningServer, lost: str
) -> None:
    await loads(people, fair, LOST[lost], torn=1, loaded=2)


@pytest.mark.parametrize(("torn", "loaded"), [(2, 3), (1000, 3)])
async def test_a_page_is_loaded_again_twice_at_most(
    people: People, fair: RunningServer, torn: int, loaded: int
) -> None:
    await loads(people, fair, LOST["all"], torn, loaded)


async def loads(
    people: People, fair: RunningServer, lost: re.Pattern[str], torn: int, loaded: int
) -> None:
    """Load a page that loses something so many times, and look how often it is loaded, and whether whole."""
    guest = await people.enter()
    address = f"/rooms/{staff_of(fair, COMPANY).room}"
    pages: list[str] = []

    async def tear(route: Route) -> None:
        await (route.abort("internetdisconnected") if len(pages) <= torn else route.continue_())

    guest.page.on("request", lambda it: pages.append(it.url) if it.is_navigation_request() else None)
    await guest.page.route(lost, tear)
    await guest.page.goto(fair.base_url + address)
    alive = guest.page.locator("fair-stage:defined")
    if torn < loaded:
        await guest.page.wait_for_function(IS_WHOLE, timeout=60_000)
        await expect(alive).to_have_count(1)
    else:
        async with asyncio.timeout(60):
            while len(pages) < loaded:
                await asyncio.sleep(0.1)
        await guest.page.wait_for_timeout(5000)  # three times as long as a torn page waits
        await expect(alive).to_have_count(0)
    assert len(pages) == loaded
    guest.complaints[:] = [one for one in guest.complaints if "dynamically imported module" not in one]
    await guest.leave()
