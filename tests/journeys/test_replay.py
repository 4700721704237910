"""Journeys after the show: the dark room, the replay with its chapters and chat, and keeping it."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import People
from tests.journeys.later import LIMIT_MS, end_show, on_the_way, plays, seek_by_key
from tests.journeys.people import Person, fill_registration
from tests.journeys.stage import go_live, staff_of
from tests.journeys.test_codecs import OFFER_ONLY
from tests.journeys.test_lines import go_live as go_live_with
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECOND = "document.querySelector('#picture').currentTime"
QUESTION = "Is the foot of solid brass?"


async def put_on(
    people: People, fair: RunningServer, company: int, *scripts: str
) -> tuple[Person, set[str]]:
    """Give a show of some seconds with a question in it, and a product on the table half way.

    Return the anchor and the replays that were there before.
    """
    before = await replays(await people.enter(), fair, company)
    if scripts:
        anchor = await go_live_with(people, fair, company, *scripts)
    else:
        anchor = await go_live(people, fair, company)
    await expect(anchor.page.locator("#tape")).to_contain_text("Recording since", timeout=LIMIT_MS)
    await anchor.page.fill("#chat-input", QUESTION)
    await anchor.page.press("#chat-input", "Enter")
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, company).room}")
    await guest.frames("#picture", 90, limit_seconds=60)
    await anchor.page.locator(".pin").first.click()
    await guest.frames("#picture", 90, limit_seconds=60)
    await end_show(anchor)
    await guest.page.goto("about:blank")
    return anchor, before


async def replays(person: Person, fair: RunningServer, company: int) -> set[str]:
    """Return the addresses of the replays in the list of a room."""
    page = await person.context.request.get(f"{fair.base_url}/rooms/{staff_of(fair, company).room}")
    return set(re.findall(r'href="(/rooms/[\w-]+/shows/[\w-]+)"', await page.text()))


async def open_replay(person: Person, fair: RunningServer, company: int, before: set[str]) -> Page:
    """Go to the newest replay of a room by its list, where it stands as soon as its recording is whole."""
    async with asyncio.timeout(LIMIT_MS / 1000):
        while not (new := await replays(person, fair, company) - before):
            await asyncio.sleep(0.5)
    await person.go(f"/rooms/{staff_of(fair, company).room}")
    await expect(person.page.locator("#stage")).to_have_attribute("data-way", "film", timeout=LIMIT_MS)
    await person.page.click("#tab-shows")
    await person.page.click(f".show-row[href='{new.pop()}']")
    await person.page.wait_for_url("**/shows/**")
    await expect(person.page.locator("#stage")).to_have_attribute("data-state", "playing", timeout=LIMIT_MS)
    return person.page


@pytest.mark.long
async def test_a_dark_room_plays_its_last_show_and_the_next_one_takes_over(
    people: People, fair: RunningServer
) -> None:
    anchor, _ = await put_on(people, fair, 6)
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, 6).room}")
    await on_the_way(guest, "film", "later")
    await expect(guest.page.locator(".film-badge")).to_contain_text("Recording of")
    await expect(guest.page.locator("#live-badge")).to_be_hidden()
    assert await guest.page.evaluate("document.querySelector('video[data-layer=later]').muted")
    await anchor.page.click("#go-live")
    await on_the_way(guest, "direct", "direct")
    await guest.frames("#picture", 10)
    await end_show(anchor)


@pytest.mark.long
async def test_chapters_products_and_chat_follow_the_picture(people: People, fair: RunningServer) -> None:
    """What was said and shown comes at its second; a click on either leads there; a link keeps the second."""
    _, before = await put_on(people, fair, 7)
    guest = await people.enter()
    page = await open_replay(guest, fair, 7, before)
    await expect(page.locator(".recording-badge")).to_contain_text("RECORDING")
    await expect(page.get_by_text(QUESTION)).to_be_visible(timeout=LIMIT_MS)
    chapter = page.locator(".chapter").last
    await chapter.click()
    await expect(chapter).to_have_attribute("aria-current", "true")
    await expect(page.locator("#pinned .product")).to_be_visible()
    at = float(await chapter.get_attribute("data-second") or 0)
    assert at <= await plays(guest, "#picture") < at + 8
    await seek_by_key(guest, "Home")
    await expect(page.get_by_text(QUESTION)).to_be_hidden()
    await page.goto(page.url.partition("?")[0] + f"?t={at:.0f}")
    await expect(page.locator("#stage")).to_have_attribute("data-state", "playing", timeout=LIMIT_MS)
    assert await page.evaluate(SECOND) >= at - 1


@pytest.mark.long
async def test_a_replay_begins_on_slow_machines_too(people: People, fair: RunningServer) -> None:
    """A sixth of a processor: playlists and segments come in every order."""
    _, before = await put_on(people, fair, 11)
    replay = (await open_replay(await people.enter(), fair, 11, before)).url.removeprefix(fair.base_url)
    for _ in range(3):
        guest = await people.enter()
        tools = await guest.context.new_cdp_session(guest.page)
        await tools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        await guest.go(replay)
        stage = guest.page.locator("#stage")
        await expect(stage).to_have_attribute("data-state", "playing", timeout=LIMIT_MS)
        await guest.leave()


@pytest.mark.long
async def test_a_guest_asks_for_a_call_from_the_replay_and_the_studio_sees_the_second(
    people: People, fair: RunningServer
) -> None:
    """Over signing up, in one tab, without pressing twice."""
    anchor, before = await put_on(people, fair, 8)
    guest = await people.enter()
    page = await open_replay(guest, fair, 8, before)
    await page.locator(".chapter").last.click()
    await page.click("#call-button")
    await page.wait_for_url("**/sign-in**")
    await page.click("a[href*='/register']")
    await fill_registration(page, "Ines Prado")
    await page.wait_for_url("**/shows/**")
    await expect(page.locator("#call-state")).to_be_visible()
    request = anchor.page.locator("#requests")
    await expect(request).to_contain_text("of the replay of", timeout=LIMIT_MS)
    await page.locator("#call button").click()


@pytest.mark.long
async def test_a_recording_in_webm_is_played_and_sought(people: People, fair: RunningServer) -> None:
    _, before = await put_on(people, fair, 9, OFFER_ONLY.replace("NAME", "VP8"))
    guest = await people.enter()
    page = await open_replay(guest, fair, 9, before)
    await plays(guest, "#picture")
    await seek_by_key(guest, "Home")
    assert await plays(guest, "#picture") < 6
    assert await page.evaluate("document.querySelector('#picture').currentSrc.endsWith('.webm')")


async def test_staff_name_close_and_delete_a_recording(people: People, fair: RunningServer) -> None:
    """A title for the list, an account for who watches, and at last a page that says that it is gone."""
    anchor, _ = await put_on(people, fair, 10)
    row = anchor.page.locator(".recording").first
    await row.get_by_role("button", name=re.compile("^Edit")).click(timeout=LIMIT_MS)
    await row.get_by_label("Title").fill("Lamps for the hall")
    await row.get_by_label("Signed-in visitors").check()
    await row.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("Lamps for the hall")
    address = await row.locator(".recording-title a").get_attribute("href") or ""
    guest = await people.enter()
    await guest.go(address)
    await expect(guest.page.locator("h1")).to_contain_text("signed-in visitors")
    await row.get_by_role("button", name=re.compile("^Delete")).click()
    await expect(anchor.page.locator("#delete-words")).to_contain_text("Lamps for the hall")
    await anchor.page.click("#delete-really")
    await expect(anchor.page.get_by_text("Lamps for the hall").first).to_be_hidden()
    await guest.page.reload()
    await expect(guest.page.locator("h1")).to_contain_text("gone")
