"""The journey of a name that one of the staff has erased: the buyer reads it only where it was signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.offering import cell, sign, take, thread_path
from tests.journeys.people import PASSWORD, Person
from tests.journeys.stage import in_meeting, staff_of
from tests.journeys.test_accessibility import violations
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 2


async def test_a_name_of_the_staff_stays_where_it_was_signed_and_nowhere_else(
    people: People, fair: RunningServer, tmp_path: Path
) -> None:
    name = staff_of(fair, COMPANY).name
    colleague, buyer = await in_meeting(people, fair, COMPANY, "Ama Owusu")
    path = await thread_path(colleague)
    await expect(buyer.page.locator("#other-name")).to_contain_text(name)
    await colleague.page.click("#hang-up")
    await expect(buyer.page.locator("#back-to-show")).to_be_visible()
    await colleague.go(path)
    await write(colleague, "Signed trays")
    await buyer.go(path)
    for person in (colleague, buyer):
        await sign(person, PASSWORD)
    await expect(colleague.page.locator(".sheet-signatures li")).to_have_count(2)
    await write(colleague, "Trays for nobody yet")
    await buyer.page.reload()
    company = await buyer.page.locator("h1").inner_text()
    lines = buyer.page.locator(".time-entry").filter(has_text=name)
    await expect(lines).to_have_count(2)

    await colleague.page.click(".thread-erase summary")
    assert await violations(colleague) == []
    await colleague.page.click("#erase")
    done = words(colleague, "Your name was erased here.")
    await expect(colleague.page.locator("#erase-words")).to_have_text(done)
    own = colleague.page.locator(".time-entry").filter(has_text=name)
    await expect(own).to_have_count(1)
    await expect(colleague.page.locator("#erased-version")).to_be_visible()

    await buyer.page.reload()
    await expect(lines).to_have_count(1)
    await expect(lines).to_have_class("time-entry is-signed")
    await expect(buyer.page.locator(".time-entry").filter(has_text=company)).not_to_have_count(0)
    copy = await take(buyer.page.locator(".thread-take a[href$='.json']"), tmp_path)
    taken = json.loads(copy.read_bytes())
    by = [version["document"]["written_by"]["name"] for it in taken["offers"] for version in it["versions"]]
    assert sorted(by) == sorted(["", name])
    assert [it["answered_by"] for it in taken["calls"]] == [company]


async def write(person: Person, title: str) -> None:
    """Send a new offer of one line."""
    await person.page.click("#new-offer")
    await cell(person, 0, 0).fill(title)
    await cell(person, 0, 1).fill("40")
    await cell(person, 0, 3).fill("12.50")
    await person.page.click("#send-offer")
    await expect(person.page.locator(".sheet")).to_contain_text(title)
