"""Who has the show fill the screen still sees that somebody rings, and what is news."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import People
from tests.journeys.stage import buyer_in, go_live, staff_of
from tests.journeys.test_accessibility import violations
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPANY = 18
FILLS = """
() => {
  const {width, height} = document.querySelector('fair-stage').getBoundingClientRect();
  return document.fullscreenElement && width === innerWidth && height === innerHeight;
}
"""
IN_SIGHT = """
(selector) => {
  const one = document.querySelector(selector);
  const box = one.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.width > 1 && one.contains(hit);
}
"""
"""Whether what is in the middle of something belongs to it."""
PLACE = """
() => {
  const {left, top, width, height} = document.querySelector('.summons').getBoundingClientRect();
  const look = [...document.querySelectorAll('.summons, .summons .button')].map((part) => {
    const {color, backgroundColor, borderColor, colorScheme} = getComputedStyle(part);
    return [color, backgroundColor, borderColor, colorScheme];
  });
  return [left, top, width, height, ...look].join(' ');
}
"""
SAY = "(words) => document.querySelector('fair-notices').say(words, {stays: true})"


async def fill_screen(page: Page) -> None:
    """Press the button of the stage."""
    await page.click("#full-screen")
    await page.wait_for_function(FILLS)


async def test_who_watches_on_the_whole_screen_sees_who_rings_and_takes_the_call(
    people: People, fair: RunningServer
) -> None:
    """Whether it rang before or after: it looks as on the page, nothing lies over it, the focus stays."""
    studio = await go_live(people, fair, COMPANY)
    buyer = await buyer_in(people, staff_of(fair, COMPANY), "Vera Visible")
    page, summons = buyer.page, buyer.page.locator('.summons[data-kind="invitation"]')
    await page.check("#visibility input[value=here]")
    await buyer.frames("#picture", 5)
    await fill_screen(page)
    visitor = studio.page.locator("#visitors .visitor").filter(has_text="Vera Visible")
    await visitor.locator(".invite").dispatch_event("click")
    await expect(summons).to_contain_text(staff_of(fair, COMPANY).name)
    await page.wait_for_function(IN_SIGHT, arg=".summons")
    filled = await page.evaluate(PLACE)
    await page.evaluate(SAY, "The show has chapters now.")
    await page.wait_for_function(IN_SIGHT, arg=".notice")
    assert await violations(buyer) == []
    await page.evaluate("() => document.exitFullscreen()")
    await page.wait_for_function("() => !document.fullscreenElement")
    assert await page.evaluate(PLACE) == filled
    await page.wait_for_function(IN_SIGHT, arg=".summons")
    accept = summons.get_by_text(words(buyer, "Accept"))
    await accept.focus()
    await page.evaluate("() => document.querySelector('#full-screen').click()")
    await page.wait_for_function(FILLS)
    await page.wait_for_function(IN_SIGHT, arg=".summons")
    await expect(accept).to_be_focused()
    await accept.click()
    await page.wait_for_url("**/meeting/*")
