"""A viewer's tab falls asleep, as phones let those in the background, and wakes up after a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.chromium import killable
from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import go_live, staff_of
from tests.media.scale import scaled
from tests.showroom.server import RunningServer

ASLEEP_SECONDS = scaled(60, 120)
OUT_SECONDS, BACK_SECONDS = 50.0, 3.0
SLACK_SECONDS = 5.0
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.long
@pytest.mark.threat("F16")
async def test_who_sleeps_is_not_counted_and_wakes_up_to_the_show_as_it_is(
    people: People, fair: RunningServer, record_property: Callable[[str, object], None]
) -> None:
    anchor, room = await go_live(people, fair, 0), staff_of(fair, 0).room
    counted = anchor.page.locator("#viewers")
    async with async_playwright() as playwright, killable(playwright) as phone:
        guest = await Person.enter(phone.browser, fair.base_url)
        await guest.go(f"/rooms/{room}")
        await guest.frames("#picture", 10)
        await expect(counted).to_contain_text("1")
        fell = time.monotonic()
        await phone.sleep()
        await expect(counted).to_contain_text("0", timeout=(OUT_SECONDS + SLACK_SECONDS) * 1000)
        out = time.monotonic() - fell
        await anchor.page.locator(".pin").first.click()
        await asyncio.sleep(ASLEEP_SECONDS - out)
        woke = time.monotonic()
        await phone.wake()
        await expect(guest.page.locator("#pinned img")).to_be_visible()
        true = time.monotonic() - woke
        await guest.frames("#picture", 3)
        moving = time.monotonic() - woke
        await expect(counted).to_contain_text("1")
        assert guest.complaints == []
    record_property("out_true_moving_s", [round(it, 1) for it in (out, true, moving)])
    assert max(true, moving) < BACK_SECONDS + SLACK_SECONDS
