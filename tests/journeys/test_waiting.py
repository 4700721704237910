"""Journeys of waiting: for how long, as it changes meanwhile; and until one may ask again."""

from __future__ import annotations

import asyncio
import re
import time

import pytest
from playwright.async_api import expect
from sqlalchemy import insert

from rooms.fair.database import Database
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.negotiation.line import RECENT_CALLS
from tests.journeys.conftest import AGAIN_SECONDS, People
from tests.journeys.people import Person
from tests.journeys.stage import asked_at, buyer_in, open_studio, staff_of
from tests.journeys.words import pattern, words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
COMPANY = 18
MINUTES = 6
"""What a call took here lately."""
AGAIN = "You asked here a moment ago. Ask again in {seconds} s."
Standing = tuple[str, dict[str, int]]
NEXT: Standing = ("You are next in line", {})
SECOND: Standing = ("You are number {n} in line", {"n": 2})
ABOUT = {"en": "About {n} minutes", "zh": "大约 {n} 分钟"}


@pytest.mark.long
async def test_those_in_line_read_how_long_it_will_be_and_read_it_anew_as_it_changes(
    people: People, fair: RunningServer
) -> None:
    """One waits in Shanghai and one in Lima: it is half as long with a colleague there, or nobody ahead."""
    await talked_before(fair, staff_of(fair, COMPANY).room)
    staff = await open_studio(people, fair, COMPANY, timezone_id="Europe/Lisbon")
    talker, one, other = [
        await buyer_in(people, staff_of(fair, COMPANY), name, **where)
        for name, where in (
            ("Ana Rojas", {}), ("Wu Jing", {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}),
            ("Luz Quispe", {"timezone_id": "America/Lima"}),
        )
    ]
    await talker.page.click("#call-button")
    await staff.page.click("#accept")
    await asyncio.gather(*(it.page.wait_for_url("**/meeting/*") for it in (talker, staff)))
    await one.page.click("#call-button")
    await reads(one, NEXT, MINUTES)
    await other.page.click("#call-button")
    await reads(other, SECOND, 2 * MINUTES)
    colleague = await open_studio(people, fair, COMPANY, 1)
    await expect(one.page.locator("#call-state")).to_contain_text(words(one, "Ringing"))
    await reads(other, SECOND, MINUTES)
    await expect(colleague.page.locator("#ring-name")).to_have_text("Wu Jing")
    await colleague.page.keyboard.press("Escape")
    await colleague.page.click("#on-duty")
    await reads(one, NEXT, MINUTES)
    await reads(other, SECOND, 2 * MINUTES)
    await one.page.click("#cancel-call")
    await reads(other, NEXT, MINUTES)
    await other.page.reload()
    await reads(other, NEXT, MINUTES)
    await talker.page.click("#hang-up")
    await staff.page.click("#back-to-show")
    await expect(staff.page.locator("#ring-name")).to_have_text("Luz Quispe")


async def reads(buyer: Person, place: Standing, minutes: int) -> None:
    """Wait until somebody reads where they stand, and for about how long."""
    state = buyer.page.locator("#call-state")
    await expect(state).to_contain_text(words(buyer, place[0], **place[1]))
    await expect(state).to_contain_text(ABOUT[buyer.language].format(n=minutes))


async def talked_before(fair: RunningServer, room: str) -> None:
    """Leave calls of so many minutes in the facts of the running fair."""
    now = time.time()
    asked = [now - 3600 + number for number in range(RECENT_CALLS)]
    requests = [
        {
            "id": f"{room}.before-{number}", "room": room, "buyer": "before", "buyer_name": "Before",
            "buyer_company": "", "buyer_country": "", "buyer_language": "en", "requested_at": at,
            "rings_until": at, "outcome": "ended", "ended_at": at + 60 * MINUTES, "epoch": 9,
        }
        for number, at in enumerate(asked)
    ]
    answers = [
        {
            "call": it["id"], "account": "before", "name": "Before", "answered_at": it["requested_at"],
            "buyer_came_at": it["requested_at"], "staff_came_at": it["requested_at"],
        }
        for it in requests
    ]
    database = Database(f"sqlite+aiosqlite:///{fair.data_folder / 'fair.sqlite3'}")
    async with database.session() as session:
        await session.execute(insert(CallRequestRow), requests)
        await session.execute(insert(CallAnswerRow), answers)
    await database.close()


async def test_who_asks_again_too_soon_reads_in_how_many_seconds_and_then_may(
    people: People, hurried: RunningServer
) -> None:
    """The seconds run down under the button, and are gone when they are over."""
    console, buyer = await asked_at(people, hurried, "Twice Caller")
    await expect(console.page.locator("#ring-name")).to_have_text("Twice Caller")
    await buyer.page.click("#cancel-call")
    await buyer.page.click("#call-button")
    state = buyer.page.locator("#call-state")
    await expect(state).to_contain_text(pattern(buyer, AGAIN))
    first = await seconds(buyer)
    assert 0 < first <= AGAIN_SECONDS
    await expect(state.locator(".call-again")).not_to_contain_text(re.compile(rf"\b{first}\b"))
    assert await seconds(buyer) < first
    await expect(state).not_to_contain_text(pattern(buyer, AGAIN))
    await buyer.page.click("#call-button")
    await expect(console.page.locator("#ring-name")).to_have_text("Twice Caller")


async def seconds(buyer: Person) -> int:
    """Return in how many seconds somebody may ask again, as they see it."""
    shown = await buyer.page.locator("#call-state .call-again").inner_text()
    found = re.search(r"\d+", shown)
    assert found, shown
    return int(found[0])
