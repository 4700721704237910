"""Journeys of offers that end otherwise than with two signatures: withdrawn, expired, or replaced while the
other was about to sign. Nobody reloads a page.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.conftest import People
from tests.journeys.offering import (
    all_changed,
    at_thread,
    confirm,
    counter,
    delivered,
    open_signature,
    price_break,
    send,
    sign,
    stands,
    told,
)
from tests.journeys.people import PASSWORD, Person
from tests.journeys.test_accessibility import violations
from tests.journeys.words import words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 13
VALID_SECONDS = 20
IN_SECONDS = """
(seconds) => {
  const moment = new Date(Date.now() + seconds * 1000);
  return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
"""
"""A moment to come as the field of a form has it, by the reader's clock."""
BY_WHOM = {
    "The exhibitor withdrew version %(version)s.": 2, "The buyer withdrew version %(version)s.": 3,
}
CHANGED = {
    ".sheet-breaks": ("11.90", "11.40"), ".term-incoterm": ("FOB", "CIF"), ".term-place": ("Ningbo", "Tema"),
    ".offer-total": ("11,900.00", "11,400.00"),
}
WITHDRAWN = "This version was withdrawn."
EXPIRED = "This version has expired; ask for a new one."
NOT_YOURS = "This password is not yours; nothing was changed."
NEWER = "There is a newer version; look at what has changed."


async def test_each_side_takes_back_what_it_sent(people: People, fair: RunningServer) -> None:
    """In Chinese for the buyer, who was about to sign; a counter-offer brings what was withdrawn to life."""
    stand, buyer = await at_thread(
        people, fair, COMPANY, "Lin Mei", locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    await counter(stand, "13")
    await stands(stand, buyer, state="Open", version=2, can_sign=True)
    await expect(buyer.page.locator("#withdraw-offer")).to_have_count(0)  # it is not theirs
    await open_signature(buyer)
    await stand.page.click("#withdraw-offer")
    await stands(stand, buyer, state="Withdrawn", version=2, can_sign=False)
    await confirm(buyer, PASSWORD)
    await expect(problem(buyer)).to_have_text(words(buyer, WITHDRAWN))
    await counter(buyer, "11.80")
    await stands(stand, buyer, state="Open", version=3, can_sign=True)
    await expect(stand.page.locator("#withdraw-offer")).to_have_count(0)
    await buyer.page.click("#withdraw-offer")
    await stands(stand, buyer, state="Withdrawn", version=3, can_sign=False)
    for person in (stand, buyer):
        await expect(person.page.locator("#withdraw-offer, .sheet-signatures")).to_have_count(0)
        for text, version in BY_WHOM.items():
            said = told(person, text, version=version)
            await expect(person.page.locator("#time-line")).to_contain_text(said)
        assert await violations(person) == []


async def test_an_offer_expires_before_the_eyes_of_both(people: People, fair: RunningServer) -> None:
    """In Arabic for the buyer, who has the signature open; a version without an end brings it to life."""
    stand, buyer = await at_thread(
        people, fair, COMPANY, "Noor Aziz", locale="ar-EG", timezone_id="Africa/Cairo"
    )
    await stand.page.click("#counter-offer")
    await stand.page.fill("#offer-valid", await stand.page.evaluate(IN_SECONDS, VALID_SECONDS))
    await send(stand)
    await stands(stand, buyer, state="Open", version=2, can_sign=True)
    await open_signature(buyer)
    await stands(stand, buyer, state="Expired", version=2, can_sign=False)
    await confirm(buyer, PASSWORD)
    await expect(problem(buyer)).to_have_text(words(buyer, EXPIRED))
    for person in (stand, buyer):
        said = told(person, "Version %(version)s expired.", version=2)
        await expect(person.page.locator("#time-line")).to_contain_text(said)
        await expect(person.page.locator("#withdraw-offer, .sheet-signatures")).to_have_count(0)
    assert await violations(buyer) == []
    await stand.page.click("#counter-offer")
    await expect(stand.page.locator("#offer-valid")).to_have_value("")
    await expect(stand.page.locator(".field-valid.is-changed del")).to_be_visible()
    await send(stand)
    await stands(stand, buyer, state="Open", version=3, can_sign=True)
    for person in (stand, buyer):
        await expect(person.page.locator(".term-valid_until_ms ins")).to_have_text(words(person, "None"))


async def test_a_version_that_was_replaced_is_not_signed(people: People, fair: RunningServer) -> None:
    """The buyer mistypes a password, then is too late, sees what has changed, and signs that.

    What they had typed meanwhile, for a counter-offer of their own, is there all the time.
    """
    stand, buyer = await at_thread(people, fair, COMPANY, "Ama Owusu", timezone_id="Africa/Accra")
    await stand.page.click("#counter-offer")
    await stand.page.locator(".cell-tools button").first.click()
    await price_break(stand, "500", "11.90")
    await delivered(stand, "FOB", "Ningbo")
    await send(stand)
    await stands(stand, buyer, state="Open", version=2, can_sign=True)
    await buyer.page.click("#counter-offer")
    await buyer.page.fill("#offer-payment", "60 days net")
    await leave_draft(buyer)
    await stand.page.click("#counter-offer")
    await price_break(stand, "500", "11.40")
    await sign(buyer, "not my password")
    await expect(buyer.page.locator("fair-offer-sign .field-error")).to_have_text(words(buyer, NOT_YOURS))
    await delivered(stand, "CIF", "Tema")
    await send(stand)
    await stands(buyer, state="Open", version=3, can_sign=True)
    title = words(buyer, "Sign version {number}", number=2)
    await expect(buyer.page.locator("#sign-title")).to_have_text(title)
    await confirm(buyer, PASSWORD)
    await expect(buyer.page.locator("fair-offer-sign dialog")).to_be_hidden()
    await expect(problem(buyer)).to_have_text(words(buyer, NEWER))
    for person in (stand, buyer):
        await expect(person.page.locator(".sheet-signatures")).to_have_count(0)
        await all_changed(person, CHANGED)
    assert await violations(buyer) == []
    await buyer.page.click("#counter-offer")
    await expect(buyer.page.locator("#offer-payment")).to_have_value("60 days net")
    await leave_draft(buyer)
    await sign(buyer, PASSWORD)
    await expect(problem(buyer)).to_have_count(0)
    await stands(buyer, state="One side has signed", version=3, can_sign=False)
    await stands(stand, state="One side has signed", version=3, can_sign=True)


async def leave_draft(person: Person) -> None:
    """Go back to the offer with what was typed kept for later."""
    await person.page.get_by_role("button", name=words(person, "Back"), exact=True).click()
    go_on = words(person, "Go on with your draft")
    await expect(person.page.locator("#counter-offer")).to_have_text(go_on)


def problem(person: Person) -> Locator:
    """Return what the page of a thread says of something that could not be done."""
    return person.page.locator(".offers > .field-error")
