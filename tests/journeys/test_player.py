"""Journeys of viewers to whom the direct way is closed, and of those who want to see what they missed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from tests.journeys.conftest import People
from tests.journeys.later import (
    BLOCK_MEDIA,
    LATER,
    LIMIT_MS,
    WITHOUT_WEBRTC,
    end_show,
    on_the_way,
    plays,
    seek_by_key,
)
from tests.journeys.people import Person
from tests.journeys.stage import go_live, staff_of
from tests.journeys.test_codecs import OFFER_ONLY
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

FULL = '{"code": "full", "detail": "Every seat is taken."}'
BLACK_FRAMES = """
() => {
  window.dark = 0;
  const pen = Object.assign(document.createElement('canvas'), {width: 16, height: 9}).getContext('2d');
  const look = () => {
    const { layer } = document.querySelector('#stage').dataset;
    const video = document.querySelector(`video[data-layer=${layer}]`);
    pen.drawImage(video, 0, 0, 16, 9);
    const bytes = pen.getImageData(0, 0, 16, 9).data;
    window.dark += bytes.every((value, at) => at % 4 === 3 || value < 16) ? 1 : 0;
    requestAnimationFrame(look);
  };
  look();
}
"""


async def watch(people: People, fair: RunningServer, company: int, script: str = "") -> Person:
    """Enter a room that is on the air."""
    guest = await people.enter()
    if script:
        await guest.page.add_init_script(script)
    await guest.go(f"/rooms/{staff_of(fair, company).room}")
    return guest


async def test_a_network_without_media_still_shows_the_picture_and_says_why(
    people: People, fair: RunningServer
) -> None:
    """And the direct way comes back without a black picture when it is free again."""
    anchor = await go_live(people, fair, 13)
    guest = await watch(people, fair, 13, BLOCK_MEDIA)
    await on_the_way(guest, "hls", "later")
    await plays(guest)
    badge = guest.page.locator("#behind")
    await expect(badge).to_contain_text("A few seconds behind")
    await expect(badge).to_be_visible()
    await badge.focus()
    await expect(guest.page.locator("#behind-why")).to_be_visible()
    await guest.page.evaluate(BLACK_FRAMES)
    await guest.page.evaluate("window.mediaPasses = true")
    await badge.click()
    await on_the_way(guest, "direct", "direct")
    await guest.frames("#picture", 10)
    assert await guest.page.evaluate("window.dark") == 0
    await expect(badge).to_be_hidden()
    await end_show(anchor)


@pytest.mark.long
async def test_a_full_relay_is_watched_over_http(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 14)
    guest = await people.enter()

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, content_type="application/problem+json", body=FULL)

    await guest.context.route("**/whep/**", refuse)
    await guest.go(f"/rooms/{staff_of(fair, 14).room}")
    await on_the_way(guest, "hls", "later")
    await expect(guest.page.locator("#behind-why")).to_contain_text("seats")
    await plays(guest)
    await end_show(anchor)


@pytest.mark.long
async def test_a_browser_without_webrtc_sees_and_hears_the_show(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 15)
    guest = await watch(people, fair, 15, WITHOUT_WEBRTC)
    await on_the_way(guest, "hls", "later")
    await guest.page.click("#unmute")
    assert not await guest.page.evaluate(f"document.querySelector('{LATER}').muted")
    await plays(guest)
    await end_show(anchor)
    await expect(guest.page.locator("#live-badge")).to_be_hidden()


async def test_a_running_show_is_rewound_held_and_left_for_live_again(
    people: People, fair: RunningServer
) -> None:
    """By keys, to the very beginning; the chat goes on, and live is live."""
    anchor = await go_live(people, fair, 16)
    guest = await watch(people, fair, 16)
    await guest.frames("#picture", 200, limit_seconds=60)
    await seek_by_key(guest, "Home")
    await on_the_way(guest, "whole", "later")
    assert await plays(guest) < 8
    await expect(guest.page.locator(".rewound-badge")).to_be_visible()
    await anchor.page.fill("#chat-input", "Still on the air.")
    await anchor.page.press("#chat-input", "Enter")
    await expect(guest.page.get_by_text("Still on the air.")).to_be_visible()
    await guest.page.keyboard.press(" ")
    await expect(guest.page.locator("#resume")).to_be_visible()
    held = await guest.page.evaluate(f"document.querySelector('{LATER}').currentTime")
    await guest.page.click("#resume")
    assert await plays(guest) - held < 8
    await guest.page.click("#to-live")
    await on_the_way(guest, "direct", "direct")
    await guest.frames("#picture", 10)
    await end_show(anchor)


@pytest.mark.long
async def test_a_position_is_spoken(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 17)
    guest = await watch(people, fair, 17)
    slider, words = guest.page.locator("#seek [role=slider]"), re.compile("^Live, .* into the show$")
    await expect(slider).to_have_attribute("aria-valuetext", words, timeout=LIMIT_MS)
    await end_show(anchor)


@pytest.mark.long
async def test_a_show_in_vp8_has_no_second_way_and_the_studio_says_so(
    people: People, fair: RunningServer
) -> None:
    staff = staff_of(fair, 18)
    anchor = await people.enter()
    await anchor.page.add_init_script(OFFER_ONLY.replace("NAME", "VP8"))
    await anchor.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await anchor.frames("#preview", 3)
    await anchor.page.click("#go-live")
    await expect(anchor.page.locator("#tape-advice")).to_be_visible(timeout=LIMIT_MS)
    guest = await watch(people, fair, 18)
    await guest.frames("#picture", 30)
    await expect(guest.page.locator("#seek")).to_be_hidden()
    stranger = await watch(people, fair, 18, WITHOUT_WEBRTC)
    stage = stranger.page.locator("#stage")
    await expect(stage).to_have_attribute("data-state", "unsupported", timeout=LIMIT_MS)
    await end_show(anchor)
