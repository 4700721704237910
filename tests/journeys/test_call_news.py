"""Journeys of who looks elsewhere in a call: what comes is told, and what is left of a call is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.offering import cell
from tests.journeys.stage import in_meeting
from tests.journeys.test_accessibility import violations
from tests.journeys.test_call_room import invitation, open_part
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
COUNT_TONES = """
() => {
  const start = OscillatorNode.prototype.start;
  window.tones = 0;
  OscillatorNode.prototype.start = function (...given) {
    window.tones += 1;
    return start.apply(this, given);
  };
}
"""
WAITED = "(since) => performance.now() - since > 3000"


async def test_a_phone_tells_what_comes_onto_the_table(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    """The table lies under the picture there: an offer and a file are told over it, and found afterwards."""
    colleague, buyer = await in_meeting(people, fair, 9, "Ama Owusu", **PHONE)
    news = buyer.page.locator("#table-news")
    await colleague.page.click("#offer-panel > summary")
    await colleague.page.click("#new-offer")
    await cell(colleague, 0, 0).fill("Lamp")
    await cell(colleague, 0, 1).fill("10")
    await cell(colleague, 0, 3).fill("12.50")
    await colleague.page.click("#send-offer")
    sent = words(buyer, "{name} has sent you an offer.").removeprefix("{name}").strip()
    await expect(news).to_contain_text(sent)
    await expect(buyer.page.locator("#unread")).to_be_visible()
    assert await violations(buyer) == []
    await buyer.page.click("#look-at-table")
    await expect(buyer.page.locator(".sheet")).to_contain_text("125.00")
    await expect(news).to_be_hidden()
    await buyer.page.click("#close-table")
    Image.new("RGB", (64, 36), (180, 90, 60)).save(tmp_path / "seam.png")
    await open_part(colleague, 1)
    await colleague.page.set_input_files("#call-file", tmp_path / "seam.png")
    await expect(news).to_contain_text("seam.png")
    await colleague.page.click("#hang-up")
    await buyer.page.click("#table-again")
    await expect(buyer.page.locator(".gathering-files")).to_contain_text("seam.png")
    assert await violations(buyer) == []


async def test_who_waits_hears_that_the_other_has_come(people: People, fair: RunningServer) -> None:
    """Also who has tried their devices before, and sees no waiting room any more."""
    colleague, buyer = await in_meeting(people, fair, 10, "Ama Owusu")
    await buyer.frames("#other-video", 5)
    await colleague.page.click("#other-name")  # a gesture, before which browsers play nothing
    await colleague.page.evaluate(COUNT_TONES)
    address = buyer.page.url
    await buyer.page.goto("about:blank")
    await expect(colleague.page.locator('.meeting-message[data-says="left"]')).to_be_visible()
    since = await colleague.page.evaluate("performance.now()")
    await colleague.page.wait_for_function(WAITED, arg=since)
    assert await colleague.page.evaluate("window.tones") == 0
    await buyer.page.goto(address)
    await colleague.page.wait_for_function("() => window.tones > 0")


async def test_an_offer_stays_in_sight_when_somebody_is_invited(people: People, fair: RunningServer) -> None:
    """The list of people unfolds by itself then, and is longer than the screen."""
    colleague, _ = await in_meeting(people, fair, 11, "Ama Owusu")
    await colleague.page.click("#offer-panel > summary")
    await colleague.page.click("#new-offer")
    await invitation(colleague, "Tess Brown")
    for height in (800, 720):
        await colleague.page.set_viewport_size({"width": 1280, "height": height})
        box = await colleague.page.locator("#offer-panel").bounding_box()
        assert box
        assert box["height"] > 200
        assert box["y"] + box["height"] <= height
