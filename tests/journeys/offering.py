"""What journeys of offers do again and again: come to a thread, type a sheet, counter it, sign it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, expect

from tests.journeys.conftest import People
from tests.journeys.later import LIMIT_MS
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.journeys.words import words
from tests.showroom.server import RunningServer

INTENT = re.compile("order of intent|采购意向书|خطاب نية")
ENGLISH: Mapping[str, Any] = {"locale": "en-GB"}
ME = "JSON.parse(document.getElementById('page-data').textContent).me.id"


async def at_thread(
    people: People, fair: RunningServer, company: int, name: str, *, stand: Mapping[str, Any] = ENGLISH,
    **options: Any
) -> tuple[Person, Person]:
    """Let a buyer begin a thread with one line, and staff open its page; return staff and buyer."""
    account = staff_of(fair, company)
    buyer = await people.enter(**people.buyers | options)
    await buyer.register(name, then="/threads")
    path = f"/threads/{account.room}/{await buyer.page.evaluate(ME)}"
    await buyer.go(path)
    await buyer.page.click("#new-offer")
    await type_line(buyer, 0, "Lacquered trays", "1000", "12.50")
    await send(buyer)
    colleague = await people.enter(**stand)
    await colleague.sign_in(account.email, account.password, then=path)
    await expect(colleague.page.locator(".sheet")).to_be_visible()
    return colleague, buyer


async def thread_path(person: Person) -> str:
    """Return the address of the thread that a call belongs to, from the page of the call."""
    data = "JSON.parse(document.getElementById('page-data').textContent)"
    path: str = await person.page.evaluate(f"`/threads/${{{data}.room}}/${{{data}.buyer}}`")
    return path


def cell(person: Person, place: int, column: int) -> Locator:
    """Return a cell of the sheet that somebody types into: title, quantity, unit, price."""
    return person.page.locator(f"fair-offer-form [data-place='{place}'][data-column='{column}']")


async def type_line(person: Person, place: int, title: str, quantity: str, price: str) -> None:
    """Fill in a line that is there."""
    for column, text in ((0, title), (1, quantity), (3, price)):
        await cell(person, place, column).fill(text)


async def counter(person: Person, price: str) -> None:
    """Send a further version with another price of the first line."""
    await person.page.click("#counter-offer")
    await cell(person, 0, 3).fill(price)
    await send(person)


async def price_break(person: Person, start: str, price: str) -> None:
    """Type the first price break of a line whose price breaks are shown."""
    fields = person.page.locator(".offer-break").first.locator("input")
    await fields.nth(0).fill(start)
    await fields.nth(1).fill(price)


async def delivered(person: Person, incoterm: str, place: str) -> None:
    """Type how and where the goods are handed over."""
    await person.page.select_option("#offer-incoterm", incoterm)
    await person.page.fill("#offer-place", place)


async def all_changed(person: Person, places: Mapping[str, tuple[str, str]]) -> None:
    """Wait until places of the sheet are marked: what stood there, and what stands there now."""
    for place, (before, after) in places.items():
        marked = person.page.locator(".sheet").locator(place)
        await expect(marked.locator("del")).to_contain_text(before)
        await expect(marked.locator("ins")).to_contain_text(after)


async def send(person: Person) -> None:
    """Send what was typed, and see it as it was sent."""
    await person.page.click("#send-offer")
    await expect(person.page.locator("fair-offer-form")).to_have_count(0)


async def stands(*both: Person, state: str, version: int, can_sign: bool) -> None:
    """Wait until both screens say how the offer stands, in their own language, and whether it can be signed.

    No page is reloaded for it.
    """
    for person in both:
        await expect(person.page.locator("#offer-state")).to_have_text(words(person, state))
        title = person.page.locator(".offer-title h3")
        await expect(title).to_contain_text(words(person, "Version {number}", number=version))
        await expect(person.page.locator("#sign-offer")).to_have_count(int(can_sign))


async def open_signature(person: Person) -> None:
    """Open the words that somebody consents to by signing."""
    await person.page.click("#sign-offer")
    await expect(person.page.locator("#sign-consent")).to_contain_text(INTENT)


async def confirm(person: Person, password: str) -> None:
    """Sign what the open dialog shows."""
    await person.page.fill("#sign-password", password)
    await person.page.click("fair-offer-sign .button-primary")


async def sign(person: Person, password: str) -> None:
    """Read, and sign."""
    await open_signature(person)
    await confirm(person, password)


async def take(link: Locator, folder: Path) -> Path:
    """Download what a link gives, as a person does, under the name that it comes with."""
    async with link.page.expect_download(timeout=LIMIT_MS) as waiting:
        await link.click()
    file = folder / (await waiting.value).suggested_filename
    await (await waiting.value).save_as(file)
    return file


def told(person: Person, text: str, **values: object) -> str:
    """Return a sentence of the time line as this reader sees it; names keep their own direction in it."""
    return words(person, text) % {name: f"\u2068{value}\u2069" for name, value in values.items()}
