"""Journeys of a show that is sent in several sizes: each viewer sees the one that fits, or was chosen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.camera import FILM_A_CLOCK
from tests.journeys.conftest import People
from tests.journeys.later import end_show
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.journeys.test_accessibility import violations
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGEST, MIDDLE, SMALLEST, MODEST = 540, 270, 134, 180
LINES = ["540p", "270p", "134p"]
"""What the camera that films a clock is sent in; H.264 has no odd numbers of lines."""
LIMIT_MS = 45_000
"""How long an encoder may take until it sends its largest picture, on a busy machine."""
SWITCH_MS, FREEZE_MS = 3000, 1000
BUSY = 3
"""So many times slower a busy test machine may be."""
SAVES_DATA = "Object.defineProperty(NetworkInformation.prototype, 'saveData', {get: () => true})"
SHARE_A_CLOCK = FILM_A_CLOCK.replace("mediaDevices.getUserMedia = ", "mediaDevices.getDisplayMedia = ")
"""Runs before any script of a page: a screen that shows the clock, while the camera stays what it is."""
REFUSE_SIZES = """
(() => {
  const ask = window.fetch;
  window.fetch = (url, how) => {
    const offer = how?.body;
    const isOffer = typeof offer === 'string' && offer.includes('a=simulcast');
    return ask(url, isOffer ? {...how, body: offer.replace(/a=(simulcast|rid):.*\\r\\n/g, '')} : how);
  };
})();
"""
"""Runs before any script of a page: the server does not hear of sizes, and agrees to none."""
TELEPHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

KEEP_GAPS = """
() => {
  const video = document.querySelector('#picture');
  let last = performance.now();
  window.longest = 0;
  const frame = (now) => {
    window.longest = Math.max(window.longest, now - last);
    last = now;
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
}
"""
HEIGHT_BECOMES = """
([wanted, limit]) => new Promise((resolve, reject) => {
  const video = document.querySelector('#picture');
  const start = performance.now();
  const look = () => {
    if (video.videoHeight === wanted) resolve(performance.now() - start);
    else if (performance.now() - start > limit) reject(new Error(`${video.videoHeight}, not ${wanted}`));
    else setTimeout(look, 20);
  };
  look();
})
"""
END_SESSION = """
async () => {
  const asked = performance.getEntriesByType('resource').map(({name}) => name);
  const session = asked.findLast((name) => name.endsWith('/layer')).replace('/layer', '');
  return (await fetch(session, {method: 'DELETE'})).status;
}
"""
"""Of this document, and no other: what was asked before a page was loaded again may still be answered."""


async def film(
    people: People, fair: RunningServer, company: int, script: str = FILM_A_CLOCK, *, is_modest: bool = False
) -> Person:
    """Put a room on the air, with a camera that is large enough for three sizes unless it `is_modest`."""
    staff = staff_of(fair, company)
    anchor = await people.enter(has_modest_camera=is_modest)
    await anchor.page.add_init_script(script)
    await anchor.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await anchor.frames("#preview", 3)
    await anchor.page.click("#go-live")
    await expect(anchor.page.locator("#end-show")).to_be_visible()
    return anchor


async def watch(
    people: People, fair: RunningServer, company: int, script: str = "", **options: Any
) -> Person:
    """Enter the room of a company."""
    guest = await people.enter(**options)
    await guest.page.add_init_script(script)
    await guest.go(f"/rooms/{staff_of(fair, company).room}")
    return guest


async def becomes(viewer: Person, lines: int, limit_ms: float = LIMIT_MS) -> float:
    """Wait until the picture has so many lines; return the milliseconds it took."""
    took: float = await viewer.page.evaluate(HEIGHT_BECOMES, [lines, limit_ms])
    return took


async def choose(viewer: Person, name: str) -> None:
    """Choose from the menu as somebody with a mouse does."""
    await viewer.page.locator("#stage").hover()
    await viewer.page.click("#sizes-button")
    await viewer.page.get_by_role("menuitemradio", name=re.compile(f"^{name}")).click()
    await expect(viewer.page.locator("#sizes")).to_be_hidden()


async def offers_all(viewer: Person) -> None:
    """Wait until all sizes are to be had."""
    names = viewer.page.locator("#sizes .sizes-name")
    await expect(viewer.page.locator("#sizes-button")).to_be_visible(timeout=LIMIT_MS)
    await expect(names).to_have_text(["Automatic", *LINES, "Sound only"], timeout=LIMIT_MS)


async def offers_one(viewer: Person) -> None:
    """Wait until there is no choice but the one between a picture and none."""
    names = viewer.page.locator("#sizes .sizes-name")
    await expect(names).to_have_text(["Automatic", "Sound only"], timeout=LIMIT_MS)


async def test_a_viewer_chooses_a_size_and_sees_it_soon_without_a_freeze(
    people: People, fair: RunningServer
) -> None:
    """And another visit to the page begins as the last one ended, as does another session."""
    anchor = await film(people, fair, 1)
    guest = await watch(people, fair, 1)
    await offers_all(guest)
    await becomes(guest, LARGEST)
    await guest.page.evaluate(KEEP_GAPS)
    await choose(guest, LINES[-1])
    assert await becomes(guest, SMALLEST) < BUSY * SWITCH_MS
    await choose(guest, "Automatic")
    assert await becomes(guest, LARGEST) < BUSY * SWITCH_MS
    assert await guest.page.evaluate("window.longest") < BUSY * FREEZE_MS
    await choose(guest, LINES[-1])
    await guest.page.reload()
    await becomes(guest, SMALLEST)
    chosen = guest.page.locator("#sizes [aria-checked=true]")
    await expect(chosen).to_contain_text(LINES[-1])
    assert await guest.page.evaluate(END_SESSION) == 200
    await guest.page.wait_for_function("() => window.peers.length > 1")
    await becomes(guest, SMALLEST)
    await expect(chosen).to_contain_text(LINES[-1])
    fine = re.compile("Picture goes out well|This computer is at its limit")  # with three sizes it may be
    await expect(anchor.page.locator("#sending-words")).to_have_text(fine)
    await end_show(anchor)


async def test_a_telephone_is_sent_a_smaller_picture_and_its_menu_works_by_keys(
    people: People, fair: RunningServer
) -> None:
    """Nobody has to choose; who does finds targets for a thumb, and axe finds nothing."""
    anchor = await film(people, fair, 2)
    guest = await watch(people, fair, 2, **TELEPHONE)
    await offers_all(guest)
    await becomes(guest, MIDDLE)
    button, menu = guest.page.locator("#sizes-button"), guest.page.locator("#sizes")
    await button.focus()
    await guest.page.keyboard.press("Enter")
    await expect(menu.locator(":focus")).to_have_text(re.compile("Automatic"))
    heights = await menu.locator("button").evaluate_all("all => all.map(it => it.offsetHeight)")
    assert min(heights) >= 44
    assert await violations(guest) == []
    await guest.page.keyboard.press("ArrowDown")
    await expect(menu.locator(":focus")).to_contain_text(LINES[0])
    await guest.page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(button).to_be_focused()
    for key in ("ArrowDown", "End", "ArrowUp", "Enter"):
        await guest.page.keyboard.press(key)
    await becomes(guest, SMALLEST)
    await expect(button).to_be_focused()
    await end_show(anchor)


@pytest.mark.long
async def test_who_saves_data_begins_with_the_smallest_picture(people: People, fair: RunningServer) -> None:
    anchor = await film(people, fair, 3)
    guest = await watch(people, fair, 3, SAVES_DATA)
    await offers_all(guest)
    await becomes(guest, SMALLEST)
    await choose(guest, "Automatic")
    await becomes(guest, LARGEST)
    await end_show(anchor)


async def test_a_small_camera_is_shown_in_full_and_a_screen_beside_it_in_all_sizes(
    people: People, fair: RunningServer
) -> None:
    """Of a small picture there is nothing to choose."""
    anchor = await film(people, fair, 5, SHARE_A_CLOCK, is_modest=True)
    guest = await watch(people, fair, 5)
    await becomes(guest, MODEST)
    await guest.frames("#picture", 30)
    await offers_one(guest)
    await anchor.page.click("#screen")
    await becomes(guest, LARGEST)
    await offers_all(guest)
    await anchor.page.click("#screen")
    await becomes(guest, MODEST)
    await offers_one(guest)
    await end_show(anchor)


@pytest.mark.long
async def test_a_server_that_knows_no_sizes_is_sent_the_largest(people: People, fair: RunningServer) -> None:
    """Where simulcast is refused, what is left is the first encoding, which is the smallest."""
    anchor = await film(people, fair, 7, FILM_A_CLOCK + REFUSE_SIZES)
    guest = await watch(people, fair, 7)
    await becomes(guest, LARGEST)
    await offers_one(guest)
    await end_show(anchor)
