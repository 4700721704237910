"""What a browser may add: the small window of a call, its other camera, word that the call is there."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.conftest import CHROMIUM, FLAGS, GRANTED, WITH_WINDOWS, People
from tests.journeys.stage import go_live, in_meeting, open_studio, staff_of
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
ONE_AT_A_TIME = """
(() => {
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  let open = null;
  media.getUserMedia = async (wish) => {
    const isBusy = wish.video && open?.readyState === 'live';
    if (isBusy) throw new DOMException('one at a time', 'NotReadableError');
    const stream = await ask(wish);
    open = stream.getVideoTracks()[0] ?? open;
    return stream;
  };
})();
"""
"""As the cameras of many phones are."""
SENT_BY = """
() => window.peers.flatMap((peer) => peer.getSenders()).map(({track}) => track)
  .find((track) => track?.kind === 'video')?.getSettings().deviceId
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


@pytest.mark.parametrize("is_phone", [False, True], ids=["two at once", "one at a time"])
async def test_the_other_camera_is_one_press_away(
    people: People, fair: RunningServer, is_phone: bool
) -> None:
    """With several cameras, of which a phone opens one at a time; the picture goes on."""
    async with async_playwright() as playwright:
        args = [*FLAGS, "--use-fake-device-for-media-stream=device-count=3,fps=30", GRANTED[1]]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        console, buyer = await open_studio(people, fair, 18), await people.enter(browser=browser)
        if is_phone:
            await buyer.context.add_init_script(ONE_AT_A_TIME)
        await buyer.register("Ema Novak", then=f"/rooms/{staff_of(fair, 18).room}")
        await buyer.page.click("#call-button")
        await console.page.click("#accept")
        await console.page.wait_for_url("**/meeting/*")
        await console.frames("#other-video", 10)
        seen = [await buyer.page.evaluate(SENT_BY)]
        for _ in range(2):  # the second of these cameras is one for depths, of which nothing can be encoded
            await buyer.page.click("#other-camera")
            is_another = f"(seen) => {{ const now = ({SENT_BY})(); return now && !seen.includes(now); }}"
            await buyer.page.wait_for_function(is_another, arg=seen)
            seen.append(await buyer.page.evaluate(SENT_BY))
        await console.frames("#other-video", 10)
        await expect(buyer.page.locator("#device-problem")).to_be_hidden()
        await expect(console.page.locator("#other-camera")).to_be_hidden()
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
