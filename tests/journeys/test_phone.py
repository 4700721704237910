"""Journeys of a buyer with a phone, where the call lies over the end of the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import open_studio, staff_of
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZES = ({"width": 390, "height": 844}, {"width": 844, "height": 390})
PHONE: dict[str, Any] = {"viewport": SIZES[0], "has_touch": True}
ROOM = 14
APART = """
() => {
  const parts = [...document.querySelectorAll('.call-card > *')];
  const boxes = parts.map((part) => part.getBoundingClientRect()).filter((box) => box.width);
  const isApart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  return boxes.every((a, number) => boxes.slice(number + 1).every((b) => isApart(a, b)));
}
"""
"""Tells whether nothing of the card lies over anything else of it."""
OUT_OF_REACH = """
async () => {
  const found = [], controls = 'a[href]:not(.skip), button:enabled, input:enabled, select, textarea, summary';
  for (const one of document.querySelectorAll(controls)) {
    if (!one.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    one.scrollIntoView({block: 'center', inline: 'center'});
    await new Promise(requestAnimationFrame);
    const box = one.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const own = [one, ...(one.labels ?? [])];
    if (box.width > 1 && !own.some((part) => part.contains(hit))) found.push(one.outerHTML.slice(0, 80));
  }
  return found;
}
"""
"""Returns what can be pressed and lies, wherever one scrolls, out of the screen or under something else."""


@pytest.mark.parametrize("locale", ["en-GB", "ar-EG"])
async def test_who_waits_and_who_is_rung_still_writes_in_the_chat(
    people: People, fair: RunningServer, locale: str
) -> None:
    """However high the bar with the call is: what is written last, and the field, come to lie above it."""
    colleague = await open_studio(people, fair, ROOM)
    buyer = await people.enter(locale=locale, **PHONE)
    await buyer.register("Phoebe Vox", then=f"/rooms/{staff_of(fair, ROOM).room}")
    await expect(buyer.page.locator("#call-button")).to_be_enabled()
    await say(buyer, f"Does it dim, {locale}?")
    await buyer.page.click("#call-button")
    await expect(buyer.page.locator("#call-state")).to_contain_text(words(buyer, "Ringing"))
    assert await buyer.page.evaluate(APART)
    await say(buyer, f"And in brass, {locale}?")
    await colleague.page.close()
    await expect(buyer.page.locator("#call-state")).to_contain_text(words(buyer, "You are next in line"))
    assert await buyer.page.evaluate(APART)
    await expect(buyer.page.locator("#visibility-now")).to_have_text(words(buyer, "Who may see you?"))
    await expect(buyer.page.locator("#visibility")).to_be_hidden()
    await buyer.page.click("#visibility-box > summary")
    await buyer.page.check("input[name=visibility][value=here]")
    await buyer.page.click("#visibility-box > summary")
    await say(buyer, f"I wait, {locale}.")
    await buyer.page.click("#cancel-call")
    await expect(buyer.page.locator("#cancel-call")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
async def test_whatever_can_be_pressed_can_be_reached(
    people: People, fair: RunningServer, size: dict[str, int]
) -> None:
    """Upright and on its side, by a buyer and by the staff."""
    room = staff_of(fair, ROOM).room
    buyer = await people.enter(viewport=size, has_touch=True)
    await buyer.register("Phoebe Vox", then=f"/rooms/{room}")
    await expect(buyer.page.locator("#chat-input")).to_be_visible()
    found = {"room": await buyer.page.evaluate(OUT_OF_REACH)}
    for path in ("/", f"/rooms/{room}/appointment", "/appointments"):
        await buyer.go(path)
        found[path] = await buyer.page.evaluate(OUT_OF_REACH)
    colleague = await open_studio(people, fair, ROOM)
    await colleague.page.set_viewport_size(size)  # type: ignore[arg-type]  # a dictionary of the same two
    found["studio"] = await colleague.page.evaluate(OUT_OF_REACH)
    assert {place: what for place, what in found.items() if what} == {}


async def say(buyer: Person, text: str) -> None:
    """Write in the chat with a finger, which needs the field in sight."""
    await buyer.page.tap("#chat-input")
    await buyer.page.keyboard.type(text)
    await buyer.page.tap(".chat-line button")
    await expect(buyer.page.locator("#chat").get_by_text(text)).to_be_in_viewport()
