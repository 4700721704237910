"""A page of which a script did not arrive is loaded again by itself, but not for ever."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from tests.journeys.conftest import People
from tests.journeys.stage import staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPANY = 18
DEEP = re.compile(r"/js/transport/back_off\.js$")
"""A module that is imported by others."""


@pytest.mark.parametrize(("torn", "loaded"), [(1, 2), (2, 3), (1000, 3)])
async def test_a_page_without_a_script_is_loaded_again_twice_at_most(
    people: People, fair: RunningServer, torn: int, loaded: int
) -> None:
    guest = await people.enter()
    address = f"/rooms/{staff_of(fair, COMPANY).room}"
    pages: list[str] = []

    async def tear(route: Route) -> None:
        await (route.abort("internetdisconnected") if len(pages) <= torn else route.continue_())

    guest.page.on("request", lambda it: pages.append(it.url) if it.is_navigation_request() else None)
    await guest.page.route(DEEP, tear)
    await guest.page.goto(fair.base_url + address)
    alive = guest.page.locator("fair-stage:defined")
    if torn < loaded:
        await expect(alive).to_have_count(1, timeout=15_000)
    else:
        await guest.page.wait_for_timeout(6000)
        await expect(alive).to_have_count(0)
    assert len(pages) == loaded
    await guest.leave()
