"""What a browser may add: the small window of a call, and a notification that the call is there."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.conftest import FLAGS, WITH_WINDOWS, People
from tests.journeys.stage import go_live, in_meeting, staff_of
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

LISTEN = """
window.told = [];
window.Notification = class extends window.Notification {
  constructor(words, options) { super(words, options); window.told.push(words); }
};
"""
OUT_OF_SIGHT = "Object.defineProperty(document, 'hidden', {get: () => true})"


async def test_the_picture_of_a_call_goes_into_a_small_window_and_back(
    people: People, fair: RunningServer
) -> None:
    _, buyer = await in_meeting(people, fair, 4, "Tove Lund")
    await buyer.frames("#other-video", 10)
    await buyer.page.click("#small-window")
    small = "document.pictureInPictureElement?.id ?? ''"
    assert await buyer.page.evaluate(small) == "other-video"
    await buyer.page.click("#small-window")
    assert await buyer.page.evaluate(small) == ""


async def test_who_has_gone_to_another_window_is_told_by_the_browser_that_the_call_is_there(
    people: People, fair: RunningServer
) -> None:
    """In the whole browser: the one without windows lets nobody notify."""
    console = await go_live(people, fair, 21)
    async with async_playwright() as playwright:
        args = [*FLAGS, "--headless=new"]
        browser = await playwright.chromium.launch(executable_path=WITH_WINDOWS, args=args)
        buyer = await people.enter(browser=browser, permissions=["notifications"])
        await buyer.context.add_init_script(LISTEN)
        await buyer.register("Anja Kurz", then=f"/rooms/{staff_of(fair, 21).room}")
        await buyer.page.click("#call-button")
        await expect(console.page.locator("#ring-name")).to_have_text("Anja Kurz")
        await buyer.go("/")
        await buyer.page.evaluate(OUT_OF_SIGHT)
        assert await buyer.page.evaluate("Notification.permission") == "granted"
        await console.page.click("#accept")
        await expect(buyer.page.locator(".summons")).to_be_visible()
        (words,) = await buyer.page.evaluate("window.told")
        assert staff_of(fair, 21).name in words
        await buyer.leave()
        await browser.close()
