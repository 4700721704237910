"""Journeys of the offer: written in a call, countered, compared on both screens, signed by both, found
again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.offering import cell, confirm, sign, take, thread_path
from tests.journeys.people import PASSWORD, Person
from tests.journeys.stage import in_meeting, open_studio, staff_of
from tests.journeys.test_accessibility import violations
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 18
SENT = "{name} has sent you an offer."


async def test_from_the_call_to_two_signatures(people: People, fair: RunningServer) -> None:
    """Each screen shows at once what the other side did; afterwards the thread tells the whole of it."""
    colleague, buyer = await in_meeting(people, fair, COMPANY, "Ama Owusu")
    await write_two_lines(colleague)
    assert await violations(colleague) == []
    await colleague.page.click("#send-offer")
    sheet = buyer.page.locator(".sheet")
    await expect(sheet).to_contain_text("12,596.00")
    await buyer.page.click("#counter-offer")
    await cell(buyer, 0, 3).fill("11.80")
    await expect(buyer.page.locator(".cell-price.is-changed .cell-was")).to_have_text("12.50")
    await buyer.page.click("#send-offer")
    for person in (buyer, colleague):
        await expect(person.page.locator(".sheet-row.is-changed del").first).to_have_text("12.50")
        await expect(person.page.locator(".sheet-row.is-changed ins").first).to_contain_text("11.80")
        await expect(person.page.locator(".sheet > .offer-total ins")).to_contain_text("11,896.00")
    assert await violations(buyer) == []
    await sign(buyer, "not my password")
    await expect(buyer.page.locator("fair-offer-sign .field-error")).to_be_visible()
    await confirm(buyer, PASSWORD)
    await expect(colleague.page.locator(".sheet-signatures li")).to_have_count(1)
    await sign(colleague, PASSWORD)
    for person in (buyer, colleague):
        await expect(person.page.locator(".sheet-signatures li")).to_have_count(2)
        await expect(person.page.locator("#offer-state")).to_have_text(words(person, "Signed by both"))
        await expect(person.page.locator("#sign-offer")).to_have_count(0)
    await colleague.page.click("#hang-up")
    await expect(buyer.page.locator("#back-to-show")).to_be_visible()
    await find_again(buyer, "11,896.00")
    await find_again(colleague, "11,896.00")


async def write_two_lines(person: Person) -> None:
    """Open the panel, which opens by itself once there is an offer, and type as into a spreadsheet."""
    await person.page.click("#offer-panel > summary")
    await person.page.click("#new-offer")
    await cell(person, 0, 0).fill("Machines of the second series")
    await cell(person, 0, 1).fill("1000")
    await cell(person, 0, 3).fill("12.50")
    await cell(person, 0, 3).press("Enter")
    await cell(person, 1, 0).fill("Pallets")
    await cell(person, 1, 1).fill("12")
    await cell(person, 1, 3).fill("8")
    await expect(person.page.locator("fair-offer-form .offer-total")).to_contain_text("12,596.00")
    await person.page.fill("#offer-lead_days", "45")
    await expect(person.page.locator(".draft-state")).to_have_attribute("data-state", "saved")


async def find_again(person: Person, total: str) -> None:
    """Go to the thread by the header's menu, and read what happened there."""
    await person.go("/")
    await person.page.click(".menu:last-of-type summary")
    await person.page.click("a[href='/threads']")
    await person.page.click(".thread-item a")
    await expect(person.page.locator(".sheet")).to_contain_text(total)
    await expect(person.page.locator(".time-entry.is-signed")).to_have_count(2)
    assert await violations(person) == []


@pytest.mark.long
async def test_what_is_typed_survives_a_reload_and_a_colleague(people: People, fair: RunningServer) -> None:
    """A draft is there again after a reload; who types over an older one is shown what is there, and loses
    nothing.
    """
    colleague, buyer = await in_meeting(people, fair, COMPANY + 1, "Lin Mei")
    path = await thread_path(colleague)
    await colleague.page.click("#hang-up")
    other = await open_studio(people, fair, COMPANY + 1, 1)
    for person in (colleague, other):
        await person.go(path)
        await person.page.click("#new-offer")
    await cell(colleague, 0, 0).fill("Typed by the first")
    await expect(colleague.page.locator(".draft-state")).to_have_attribute("data-state", "saved")
    await colleague.page.reload()
    await colleague.page.click("#new-offer")
    await expect(cell(colleague, 0, 0)).to_have_value("Typed by the first")
    await cell(other, 0, 0).fill("Typed by the second")
    await expect(other.page.locator(".draft-state")).to_have_attribute("data-state", "stale")
    await expect(cell(other, 0, 0)).to_have_value("Typed by the second")
    await other.page.get_by_role("button", name="Take what is there").click()
    await expect(cell(other, 0, 0)).to_have_value("Typed by the first")
    assert await violations(other) == []
    await cell(other, 0, 1).fill("3")
    await cell(other, 0, 3).fill("4")
    await buyer.go("/")
    await buyer.page.wait_for_load_state("networkidle")
    await other.page.click("#send-offer")
    notice = buyer.page.locator("fair-notices .notice")
    await expect(notice).to_contain_text(words(buyer, SENT).removeprefix("{name}").strip())
    async with buyer.context.expect_page() as opened:
        await notice.locator("a").click()
    thread = await opened.value
    await expect(thread.locator(".sheet")).to_contain_text("Typed by the first")


@pytest.mark.parametrize("options", [
    {"viewport": {"width": 390, "height": 844}, "locale": "ar-EG", "has_touch": True},
    {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "color_scheme": "dark"},
])
async def test_an_offer_is_written_on_a_phone(
    people: People, fair: RunningServer, options: dict[str, Any]
) -> None:
    """One card for each line, nothing wider than the screen, in any direction of writing."""
    buyer = await people.enter(**options)
    room = staff_of(fair, COMPANY + 2).room
    await buyer.register("Noor Aziz", then="/threads")
    me = await buyer.page.evaluate("JSON.parse(document.getElementById('page-data').textContent).me.id")
    await buyer.go(f"/threads/{room}/{me}")
    await buyer.page.click("#new-offer")
    await cell(buyer, 0, 0).fill("A sample")
    await cell(buyer, 0, 1).fill("٢")
    await cell(buyer, 0, 3).fill("12.5")
    await buyer.page.locator(".cell-tools button").first.click()
    assert await buyer.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await violations(buyer) == []
    await buyer.page.click("#send-offer")
    await expect(buyer.page.locator(".field-error").first).to_be_visible()  # the price break is empty
    await buyer.page.locator(".offer-break button").click()
    await buyer.page.click("#send-offer")
    await expect(buyer.page.locator("#offer-state")).to_be_visible()
    assert await buyer.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await violations(buyer) == []


@pytest.mark.long
async def test_a_buyer_takes_the_thread_along_and_has_their_name_erased(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    """In Chinese, by Tokyo's clock; the exhibitor, by Lima's, keeps the thread without the name."""
    buyer = await people.enter(locale="zh-CN", timezone_id="Asia/Tokyo")
    room = staff_of(fair, COMPANY + 3).room
    await buyer.register("Ito Haruka", then="/threads")
    me = await buyer.page.evaluate("JSON.parse(document.getElementById('page-data').textContent).me.id")
    path = f"/threads/{room}/{me}"
    await buyer.go(path)
    await buyer.page.click("#new-offer")
    await cell(buyer, 0, 0).fill("Lacquered trays")
    await cell(buyer, 0, 1).fill("40")
    await cell(buyer, 0, 3).fill("12.50")
    await buyer.page.click("#send-offer")
    await expect(buyer.page.locator(".sheet")).to_contain_text("500.00")
    links = buyer.page.locator(".thread-take a")
    files = [await take(links.nth(place), tmp_path) for place in range(3)]
    taken = {file.suffix.removeprefix("."): file.read_bytes() for file in files}
    assert taken["pdf"].startswith(b"%PDF")
    assert json.loads(taken["json"])["buyer_name"] == "Ito Haruka"
    assert "Lacquered trays" in taken["csv"].decode()
    staff = staff_of(fair, COMPANY + 3)
    colleague = await people.enter(timezone_id="America/Lima")
    await colleague.sign_in(staff.email, staff.password, then=path)
    await expect(colleague.page.locator("h1")).to_have_text("Ito Haruka")
    sent = [await one.page.locator(".time-entry time").first.text_content() for one in (buyer, colleague)]
    assert sent[0] != sent[1], "each by their own clock"
    await buyer.page.click(".thread-erase summary")
    await buyer.page.click("#erase")
    await expect(buyer.page.locator("#erase-words")).not_to_be_empty()
    await colleague.page.reload()
    await expect(colleague.page.locator("h1")).not_to_have_text("Ito Haruka")
    await expect(colleague.page.locator(".sheet")).to_contain_text("500.00")
