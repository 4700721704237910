"""What a browser may add: the small window of a call, and a notification that the call is there."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.conftest import CHROMIUM, FLAGS, GRANTED, WITH_WINDOWS, People
from tests.journeys.stage import go_live, in_meeting, staff_of
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

LISTEN = """
window.told = [];
window.Notification = class extends window.Notification {
  constructor(words, options) { super(words, options); window.told.push(words); }
};
"""
IS_SENT_BLURRED = """
() => window.peers.flatMap((peer) => peer.getSenders()).some(({track}) => track?.getSettings().backgroundBlur)
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


async def test_a_camera_that_can_blur_what_is_behind_a_person_does_so_when_told_and_remembers_it(
    people: People, fair: RunningServer
) -> None:
    """Chromium's own camera for tests can, once it is allowed to."""
    async with async_playwright() as playwright:
        args = [*FLAGS, *GRANTED, "--enable-blink-features=MediaCaptureBackgroundBlur"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        console, buyer = await in_meeting(people, fair, 16, "Mio Sato", browser=browser)
        button = buyer.page.locator("#blur")
        await expect(button).to_have_attribute("aria-pressed", "false")
        await expect(console.page.locator("#blur")).to_be_hidden()
        await console.frames("#other-video", 10)
        assert not await buyer.page.evaluate(IS_SENT_BLURRED)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await buyer.page.wait_for_function(IS_SENT_BLURRED)
        await buyer.page.reload()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await buyer.page.wait_for_function(IS_SENT_BLURRED)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "false")
        assert not await buyer.page.evaluate(IS_SENT_BLURRED)
        await buyer.leave()
        await browser.close()


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
