"""Journeys of a buyer with several tabs: one request, one ring in each of them, and one call."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.stage import buyer_in, open_studio, staff_of
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPANY = 21
ELSEWHERE = '.meeting-message[data-says="elsewhere"]'
OTHER_WINDOW = "You are in this call in another window"


async def test_one_request_is_in_every_tab_and_the_call_in_the_one_that_goes_in(
    people: People, fair: RunningServer
) -> None:
    """In Arabic: asked by a double click, answered while three tabs are open, hung up in the last of them."""
    staff = staff_of(fair, COMPANY)
    console = await open_studio(people, fair, COMPANY, timezone_id="Europe/Lisbon")
    first = await buyer_in(people, staff, "Karim Haddad", locale="ar", timezone_id="Africa/Cairo")
    second, hall = await first.tab(f"/rooms/{staff.room}"), await first.tab("/")
    await expect(second.page.locator("#call-button")).to_be_enabled()
    await first.page.dblclick("#call-button")
    for tab in (first, second):
        await expect(tab.page.locator("#call-state")).to_contain_text(words(tab, "Ringing"))
    await expect(console.page.locator("#ring-name")).to_have_text("Karim Haddad")
    assert requests_of(fair, "Karim Haddad") == 1
    await console.page.click("#accept")
    for tab in (second, hall):
        await expect(tab.page.locator(".summons")).to_contain_text(staff.name)
    is_ready = words(second, "{name} is ready", name=staff.name)
    await expect(second.page.locator("#call-state")).to_contain_text(is_ready)
    await first.page.wait_for_url("**/meeting/*")
    await first.frames("#other-video", 5)
    for tab in (second, hall):
        await expect(tab.page.locator(".summons")).to_have_count(0)
    talking = words(second, "With {name}", name=staff.name)
    await expect(second.page.locator("#call-state")).to_contain_text(talking)
    await expect(second.page.locator("#call-state")).not_to_contain_text(is_ready)
    await second.page.click("#go-meeting")
    await second.frames("#other-video", 5)
    await expect(first.page.locator(ELSEWHERE)).to_contain_text(words(first, OTHER_WINDOW))
    await first.page.click("#take-back")
    await first.frames("#other-video", 5)
    await expect(second.page.locator(ELSEWHERE)).to_be_visible()
    await first.page.click("#hang-up")
    await expect(console.page.locator("#back-to-show")).to_be_visible()
    assert requests_of(fair, "Karim Haddad") == 1


async def test_what_is_cancelled_in_one_tab_is_over_in_the_other(
    people: People, fair: RunningServer
) -> None:
    staff = staff_of(fair, COMPANY)
    console = await open_studio(people, fair, COMPANY)
    first = await buyer_in(people, staff, "Wu Jing", locale="zh-CN", timezone_id="Asia/Shanghai")
    second = await first.tab(f"/rooms/{staff.room}")
    await first.page.click("#call-button")
    await second.page.click("#cancel-call")
    cancelled = words(first, "Your request was cancelled.")
    for tab in (first, second):
        await expect(tab.page.locator("#call-state")).to_contain_text(cancelled)
    await expect(console.page.locator("#ring")).to_be_hidden()


def requests_of(fair: RunningServer, name: str) -> int:
    """Return how many calls the records say that somebody asked for."""
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        found = database.execute("SELECT count(*) FROM call_requests WHERE buyer_name = ?", (name,))
        return int(found.fetchone()[0])
