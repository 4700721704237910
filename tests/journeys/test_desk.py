"""Journeys at the desk: a call handed to a colleague, a person at two consoles, and a message answered."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, expect

from showroom.demo.catalogue import load_catalogue
from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import buyer_in, open_studio, staff_of
from tests.journeys.test_asking import speak
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHINA = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
MOROCCO = {
    "locale": "ar", "timezone_id": "Africa/Casablanca", "viewport": {"width": 390, "height": 844},
    "has_touch": True,
}
TAKEN = "{name} took the call from {caller}."


async def test_a_ringing_call_is_handed_to_a_colleague_and_rings_there_alone(
    people: People, fair: RunningServer
) -> None:
    """It rang at the one who speaks Chinese; the buyer in Shanghai goes on hearing that it rings."""
    first = await open_studio(people, fair, 14, timezone_id="Europe/Lisbon")
    second = await open_studio(people, fair, 14, 1, timezone_id="America/Lima")
    await speak(first, "zh")
    await speak(second, "de")
    buyer = await buyer_in(people, staff_of(fair, 14), "Wu Jing", **CHINA)
    await buyer.page.click("#call-button")
    await expect(first.page.locator("#ring-name")).to_have_text("Wu Jing")
    await expect(second.page.locator("#ring")).to_be_hidden()
    colleague = staff_of(fair, 14, 1).name
    await first.page.locator(".ring-pass select").select_option(label=colleague)
    await expect(second.page.locator("#ring-name")).to_have_text("Wu Jing")
    await expect(first.page.locator("#ring")).to_be_hidden()
    await expect(buyer.page.locator("#call-state")).to_contain_text(words(buyer, "Ringing"))
    await second.page.keyboard.press("a")
    await asyncio.gather(*(it.page.wait_for_url("**/meeting/*") for it in (second, buyer)))
    await expect(buyer.page.locator("#other-name")).to_have_text(colleague)
    await expect(first.page.locator("#ring")).to_be_hidden()
    told = words(first, TAKEN, name=colleague, caller="Wu Jing")
    await expect(first.page.locator("fair-notices")).to_contain_text(told)


async def test_who_has_two_consoles_is_rung_at_both_and_answers_at_one(
    people: People, fair: RunningServer
) -> None:
    """And the next caller waits in line, because the one person is in a call, wherever their consoles are."""
    one = await open_studio(people, fair, 15)
    other = await one.tab(f"/studio/{staff_of(fair, 15).room}")
    buyer = await buyer_in(people, staff_of(fair, 15), "Ines Duarte", timezone_id="Atlantic/Azores")
    await buyer.page.click("#call-button")
    for console in (one, other):
        await expect(console.page.locator("#ring-name")).to_have_text("Ines Duarte")
    await one.page.click("#accept")
    await asyncio.gather(*(it.page.wait_for_url("**/meeting/*") for it in (one, buyer)))
    await expect(other.page.locator("#ring")).to_be_hidden()
    talking = other.page.locator("#requests .request", has_text="Ines Duarte")
    await expect(talking).to_contain_text("Talking")
    await asyncio.gather(*(it.frames("#other-video", 5) for it in (one, buyer)))
    next_one = await buyer_in(people, staff_of(fair, 15), "Tiago Reis", timezone_id="Atlantic/Azores")
    await next_one.page.click("#call-button")
    await expect(next_one.page.locator("#call-state")).to_contain_text(words(buyer, "You are next in line"))
    await expect(other.page.locator("#requests .request", has_text="Tiago Reis")).to_contain_text("In line")
    await expect(other.page.locator("#ring")).to_be_hidden()
    await buyer.page.click("#hang-up")
    await expect(other.page.locator("#ring-name")).to_have_text("Tiago Reis")
    await next_one.page.click("#cancel-call")
    await expect(other.page.locator("#ring")).to_be_hidden()


async def test_a_message_to_an_empty_desk_is_read_there_answered_by_a_call_and_done(
    people: People, fair: RunningServer
) -> None:
    """Written in Arabic on a phone in Casablanca, read in English in Kathmandu."""
    console = await open_studio(people, fair, 16, timezone_id="Asia/Kathmandu")
    await console.page.click("#on-duty")
    buyer = await buyer_in(people, staff_of(fair, 16), "Samira Idrissi", **MOROCCO)
    company = load_catalogue().exhibitors[16].name
    product = await leave_a_message(buyer, company)
    left = console.page.locator("#follow-up .left-one", has_text="Samira Idrissi")
    for said in ("عينة من المصابيح", "هل يمكن", product, "1,200", "Message", "Arabic"):
        await expect(left).to_contain_text(said)
    await marked_done_by_mistake(console, left, staff_of(fair, 16).name)
    await buyer.go("/")
    await left.locator(".call-back").click()
    await buyer.page.locator('.summons[data-kind="call_back"] .button-primary').click()
    await asyncio.gather(*(it.page.wait_for_url("**/meeting/*") for it in (console, buyer)))
    await asyncio.gather(*(it.frames("#other-video", 5) for it in (console, buyer)))
    await console.page.click("#hang-up")
    await console.page.click("#back-to-show")
    await expect(left).to_have_count(0)
    await console.page.click(".left-all")
    await expect(left).to_contain_text("Reached")
    await expect(left.locator(".mark-done")).to_have_count(0)  # that they have talked nobody takes back


async def marked_done_by_mistake(console: Person, left: Locator, name: str) -> None:
    """Say that a message is dealt with, read who said so, and take it back."""
    count = console.page.locator("#follow-up-count")
    await expect(count).to_have_text("1")
    await left.locator(".mark-done").click()
    await expect(left).to_have_count(0)
    await expect(count).to_be_hidden()
    await console.page.click(".left-all")
    await expect(left).to_contain_text(f"Done by {name}")
    await left.locator(".mark-done").click()
    await expect(count).to_have_text("1")


async def leave_a_message(buyer: Person, company: str) -> str:
    """Write to the staff about the first product; return its title."""
    page = buyer.page
    await page.click("#write-message")
    dialog = page.locator("#message-dialog")
    assert await dialog.evaluate("it => it.scrollWidth <= it.clientWidth"), "nothing is cut off"
    await page.fill("#message-subject", "عينة من المصابيح")
    product = dialog.locator("option").nth(1)
    title = (await product.inner_text()).strip()
    await dialog.locator("select").select_option(index=1)
    await page.fill("#message-quantity", "1200")
    await page.fill("#message-text", "هل يمكن أن ترسلوا لنا عينة قبل شهر مارس؟")
    await page.click("#message-send")
    await expect(dialog).to_be_hidden()
    told = words(buyer, "Your message is with {company}.", company=company)
    await expect(page.locator("fair-notices")).to_contain_text(told)
    return title


async def test_the_preview_of_a_phone_goes_from_edge_to_edge(people: People, fair: RunningServer) -> None:
    console = await open_studio(people, fair, 16, viewport=MOROCCO["viewport"])
    box = await console.page.locator("#preview-stage").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
