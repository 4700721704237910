"""Journeys of what one shows in a call: one of several cameras, or a screen, to the other and to a third."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.journeys.conftest import CHROMIUM, FLAGS, GRANTED, People
from tests.journeys.people import PICTURE, Person
from tests.journeys.stage import in_meeting, staff_of
from tests.journeys.test_call_news import COUNT_TONES
from tests.journeys.test_call_room import RELAYED, becomes_true, invitation, see_each_other
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHINA: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
EGYPT: dict[str, Any] = {"locale": "ar", "timezone_id": "Africa/Cairo"}
CAMERAS, SECOND = 2, "fake_device_1"
SECOND_FILMS_BLUE = """
(() => {
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  const paint = (camera) => {
    const canvas = document.createElement('canvas');
    canvas.width = 320; canvas.height = 180;
    const pen = canvas.getContext('2d');
    let turn = 0;
    const clock = setInterval(() => {
      turn += 1;
      pen.fillStyle = `hsl(240 100% ${45 + (turn % 10)}%)`;
      pen.fillRect(0, 0, 320, 180);
    }, 40);
    const [track] = canvas.captureStream(25).getVideoTracks();
    const stop = track.stop.bind(track);
    track.getSettings = () => camera.getSettings();
    track.stop = () => { clearInterval(clock); camera.stop(); stop(); };
    return track;
  };
  media.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    for (const camera of stream.getVideoTracks()) {
      if (camera.label !== 'fake_device_1') continue;
      stream.removeTrack(camera);
      stream.addTrack(paint(camera));
    }
    return stream;
  };
})();
"""
"""Runs before the scripts of a page: Chromium's cameras for tests all film the same in green."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_two_cameras() -> AsyncIterator[Browser]:
    """Chromium on a machine with two cameras."""
    args = [*FLAGS, *(flag.replace("fps=30", f"fps=30,device-count={CAMERAS}") for flag in GRANTED)]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield chromium
        await chromium.close()


async def shows(person: Person, colour: str, video: str = "#other-video") -> None:
    """Wait until the picture of a video is mostly green, or blue."""
    red, green, blue = 0, 0, 0
    async with asyncio.timeout(20):
        while not (green > blue + 40 if colour == "green" else blue > green + 40):
            await person.frames(video, 2)
            dots = await person.page.evaluate(PICTURE, video)
            red, green, blue = (sum(dots[part::4]) * 4 // len(dots) for part in range(3))
    assert red < 128


async def test_the_camera_that_is_chosen_is_the_one_the_other_sees(
    people: People, fair: RunningServer, with_two_cameras: Browser
) -> None:
    """In Chinese: any for the one that was pulled out meanwhile, and none while the camera is off."""
    colleague, buyer = await in_meeting(people, fair, 1, "Wu Jing", browser=with_two_cameras, **CHINA)
    await buyer.page.add_init_script(SECOND_FILMS_BLUE)
    await buyer.page.reload()
    await see_each_other(colleague, buyer)
    await shows(colleague, "green")
    await choose_camera(buyer, SECOND)
    await shows(colleague, "blue")
    await buyer.page.evaluate("localStorage.setItem('camera', 'one that is not plugged in')")
    await buyer.page.reload()
    await shows(colleague, "green")
    await buyer.page.click("#camera-off")
    is_off = colleague.page.locator('.meeting-message[data-says="no-camera"]')
    await expect(is_off).to_be_visible()
    await choose_camera(buyer, SECOND)
    await expect(buyer.page.locator("#camera-off")).to_have_attribute("aria-pressed", "true")
    await expect(is_off).to_be_visible()
    await buyer.page.click("#camera-off")
    await shows(colleague, "blue")


async def choose_camera(person: Person, label: str) -> None:
    """Choose a camera under "Devices", and go back to the call."""
    await person.page.click("#open-check")
    await expect(person.page.locator("#camera option")).to_have_count(CAMERAS)
    await person.page.select_option("#camera", label=label)
    await person.page.click("#join")
    await expect(person.page.locator("#check")).to_be_hidden()


async def test_who_still_tries_the_devices_hears_and_sees_that_the_other_has_come(
    people: People, fair: RunningServer
) -> None:
    """In Arabic: a sound, a word in the waiting room, and a dot on the tab."""
    colleague, buyer = await in_meeting(people, fair, 2, "Yusuf Amrani", is_checked=False, **EGYPT)
    address, name = colleague.page.url, staff_of(fair, 2).name
    await expect(buyer.page.locator("#check-other.is-here")).to_be_visible()
    await colleague.page.goto("about:blank")
    other = buyer.page.locator("#check-other")
    await expect(other).to_have_text(words(buyer, "{name} is not here yet.", name=name))
    await buyer.page.click("#check-title")  # a gesture, before which browsers play nothing
    await buyer.page.evaluate(COUNT_TONES)
    await colleague.page.goto(address)
    is_here = words(buyer, "{name} is here and waits for you.", name=name)
    await expect(other).to_have_text(is_here)
    await expect(buyer.page).to_have_title(f"● {is_here}")
    await buyer.page.wait_for_function("() => window.tones > 0")
    await buyer.page.click("#join")
    await see_each_other(buyer, colleague)
    await expect(buyer.page).not_to_have_title(f"● {is_here}")


@pytest.mark.long
async def test_a_screen_is_seen_by_a_third_person_too_and_then_the_camera_again(
    people: People, fair: RunningServer
) -> None:
    """Through the relay: the interpreter sees it in the small picture, the buyer in the large one."""
    colleague, buyer = await in_meeting(people, fair, 3, "Wu Jing", **CHINA)
    await see_each_other(colleague, buyer)
    tess = await people.enter(timezone_id="Europe/London")
    await tess.page.goto(await invitation(colleague, "Tess Brown"))
    await tess.page.click("main form .button-primary")
    await tess.page.wait_for_url("**/meeting/*")
    places = ((buyer, "#other-video"), (tess, '.tile[data-seat="staff"] video'))
    for person, video in places:
        await person.frames(video, 10)
    await becomes_true(buyer, RELAYED)
    cameras = [await size(person, video) for person, video in places]
    await colleague.page.click("#share-screen")
    await expect(colleague.page.locator("#share-screen")).to_have_attribute("aria-pressed", "true")
    for (person, video), camera in zip(places, cameras, strict=True):
        await person.page.wait_for_function(OTHER_SIZE, arg=[video, camera])
        await person.frames(video, 3)
    await colleague.page.click("#share-screen")
    for person, video in places:
        await shows(person, "green", video)
        await person.frames(video, 10)


OTHER_SIZE = """
([selector, before]) => {
  const {videoWidth, videoHeight} = document.querySelector(selector);
  return `${videoWidth}x${videoHeight}` !== before;
}
"""


async def size(person: Person, video: str) -> str:
    """Return the size of the picture of a video."""
    given: str = await person.page.locator(video).evaluate("it => `${it.videoWidth}x${it.videoHeight}`")
    return given
