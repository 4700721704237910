"""Journeys about moments of a show: a still taken and checked; captions sent, read and edited."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from playwright.async_api import FilePayload, expect

from tests.journeys.conftest import People
from tests.journeys.later import LIMIT_MS, end_show, on_the_way
from tests.journeys.people import Person
from tests.journeys.stage import go_live, staff_of
from tests.journeys.test_accessibility import violations
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

VTT = b"""WEBVTT

00:00:01.000 --> 00:00:03.000
Hello

00:00:04.000 --> 00:00:06.000
<b>Porcelain</b> & glass
"""
FILE = FilePayload(name="a.vtt", mimeType="text/vtt", buffer=VTT)


async def test_a_buyer_takes_a_still_checks_its_file_and_it_goes_with_the_call(
    people: People, fair: RunningServer
) -> None:
    anchor = await go_live(people, fair, 6)
    room = staff_of(fair, 6).room
    buyer = await people.enter()
    await buyer.register("Ines Prado", then=f"/rooms/{room}")
    await buyer.frames("#picture", 5)
    await buyer.page.click("#take-still")
    link = buyer.page.locator("fair-notices a")
    await expect(link).to_be_visible()
    still = await _opened(buyer, await link.get_attribute("href") or "")
    await _check_files(buyer, still)
    await buyer.page.click("#call-button")
    request = anchor.page.locator(".request-ringing")
    await expect(request.locator(".call-stills a")).to_have_attribute("href", still)
    assert await violations(anchor) == []
    assert await request.locator("img").first.evaluate("image => image.decode().then(() => true)")


@pytest.mark.long
async def test_live_captions_are_read_by_who_turns_them_on(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 7)
    room = staff_of(fair, 7).room
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await guest.frames("#picture", 5)
    await expect(guest.page.locator("#captions-button")).to_be_hidden()
    key = await _caption_key(anchor)
    await _say(fair, room, key, {"id": "1", "text": "Good mor", "duration": 60})
    await guest.page.click("#captions-button")
    captions = guest.page.locator("fair-captions")
    await _say(fair, room, key, {"id": "2", "text": "Good morning, <b>all</b>", "duration": 60})
    await expect(captions).to_contain_text("Good morning, <b>all</b>")
    await _say(fair, room, key, {"id": "2", "text": "Good morning, all of you", "duration": 60})
    await expect(captions).to_contain_text("all of you")
    assert await violations(guest) == []
    await guest.page.click("#captions-button")
    await expect(captions).to_be_hidden()
    await guest.page.click("#captions-button")
    await _kept(guest, room)
    await guest.page.reload()
    await expect(guest.page.locator("#captions-button")).to_have_attribute("aria-pressed", "true")


async def test_staff_upload_captions_and_edit_them_by_keyboard(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 8)
    await expect(anchor.page.locator("#take-still")).to_be_visible()
    await expect(anchor.page.locator("#tape")).to_contain_text("Recording since", timeout=LIMIT_MS)
    await anchor.page.reload()  # the list of shows is as old as the page
    await anchor.page.locator("details", has_text="Captions").locator("summary").click()
    await anchor.page.locator(".last-shows a").first.click()
    page = anchor.page
    await page.fill("#upload-language", "en")
    await page.set_input_files("#upload-file", FILE)
    await page.click("#upload button")
    await expect(page.locator(".cue-text")).to_have_count(2)
    await expect(page.locator(".cue-text").nth(1)).to_have_value("<b>Porcelain</b> & glass")
    assert await violations(anchor) == []
    await page.locator(".cue-text").nth(1).press("Enter")
    await expect(page.locator(".cue-text").nth(2)).to_be_focused()
    await page.keyboard.type("Thank you")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".cues-state")).to_have_text("Saved.")
    show = page.url.split("/shows/")[1].split("/")[0]
    got = await anchor.context.request.get(f"{fair.base_url}/shows/{show}/captions/en.vtt")
    assert (await got.text()).endswith("00:00:06.000 --> 00:00:10.000\nThank you\n")


@pytest.mark.long
async def test_captions_are_read_in_the_replay_at_their_second(people: People, fair: RunningServer) -> None:
    anchor = await go_live(people, fair, 21)
    room = staff_of(fair, 21).room
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await guest.frames("#picture", 120, limit_seconds=60)
    await anchor.page.click("#end-show")
    await anchor.page.click("#end-really")
    await expect(anchor.page.locator("#air-words")).to_have_text("Off air")
    await anchor.page.reload()
    await anchor.page.locator("details", has_text="Captions").locator("summary").click()
    address = await anchor.page.locator(".last-shows a").first.get_attribute("href") or ""
    await anchor.go(address)
    await anchor.page.fill("#upload-language", "en")
    await anchor.page.set_input_files("#upload-file", FILE)
    await anchor.page.click("#upload button")
    await expect(anchor.page.locator(".cue-text")).to_have_count(2)
    show = address.split("/shows/")[1].split("/")[0]
    await guest.go(f"/rooms/{room}/shows/{show}")
    await guest.page.click("#captions-button")
    await expect(guest.page.locator("fair-captions")).to_have_text("Hello", timeout=30_000)
    assert await violations(guest) == []


@pytest.mark.long
async def test_captions_are_read_in_the_loop_and_the_film_of_a_show(
    people: People, fair: RunningServer
) -> None:
    """By somebody who is there all the time: the show's end brings the loop, and no page is reloaded."""
    anchor = await go_live(people, fair, 21)
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, 21).room}")
    await guest.frames("#picture", 150, limit_seconds=60)
    await end_show(anchor)
    await on_the_way(guest, "film", "later")
    await expect(guest.page.locator(".film-link")).to_be_visible()
    await expect(guest.page.locator("#panel-shows .show-row")).not_to_have_count(0)
    await expect(guest.page.locator("#captions-button")).to_be_hidden()
    await anchor.page.locator("fair-recordings a[href$='/captions']").first.click()
    await anchor.page.fill("#upload-language", "en")
    await anchor.page.set_input_files("#upload-file", FILE)
    await anchor.page.click("#upload button")
    await expect(anchor.page.locator(".cue-text")).to_have_count(2)
    await anchor.go(f"/studio/{staff_of(fair, 21).room}")
    await anchor.page.check("#film-again")
    await anchor.page.click("#play-film")
    await expect(guest.page.locator("#live-badge")).to_have_text("RECORDED")
    await on_the_way(guest, "direct", "direct")
    await expect(guest.page.locator("#captions-button")).to_be_visible(timeout=LIMIT_MS)
    await guest.page.mouse.move(300, 300)  # the buttons have faded meanwhile
    await guest.page.mouse.move(320, 320)
    await guest.page.click("#captions-button")
    captions = guest.page.locator("fair-captions")
    await expect(captions).to_have_text("Hello", timeout=LIMIT_MS)
    await anchor.page.click("#end-show")
    await anchor.page.click("#end-really")
    await on_the_way(guest, "film", "later")
    await expect(captions).to_be_hidden(timeout=LIMIT_MS)
    await expect(captions).to_have_text("Hello", timeout=LIMIT_MS)
    assert await violations(guest) == []


async def _opened(buyer: Person, address: str) -> str:
    """Look at the page of a still in another tab and return its address."""
    page = await buyer.context.new_page()
    await page.goto(buyer.base_url + address)
    await expect(page.locator("#genuine")).to_be_visible()
    assert await page.locator("#still-picture").evaluate("image => image.naturalWidth >= 320")
    assert await violations(Person(buyer.context, page, buyer.base_url, [])) == []
    await page.close()
    return address


async def _check_files(buyer: Person, address: str) -> None:
    """Drop the file itself on its page, then one with a changed bit."""
    picture = await (await buyer.context.request.get(f"{buyer.base_url}{address}.jpg")).body()
    page = await buyer.context.new_page()
    await page.goto(buyer.base_url + address)
    for content, words in ((picture, "unchanged"), (picture[:-9] + b"\0" + picture[-8:], "not this still")):
        file = {"name": "still.jpg", "mimeType": "image/jpeg", "buffer": content}
        await page.set_input_files("#check-file", file)  # type: ignore[arg-type]  # a literal of FilePayload
        await expect(page.locator("#check-result")).to_contain_text(words)
    await page.close()


async def _kept(guest: Person, room: str) -> None:
    """Wait until what was said is kept for those who come later."""
    reader = await guest.context.new_page()
    async with asyncio.timeout(15):
        while True:
            await reader.goto(f"{guest.base_url}/rooms/{room}", wait_until="domcontentloaded")
            data = await reader.locator("#page-data").text_content()
            if json.loads(data or "{}")["captions"]:
                break
    await reader.close()


async def _caption_key(anchor: Person) -> str:
    await anchor.page.locator("details", has_text="Captions").locator("summary").click()
    await anchor.page.click("#rotate-caption-key")
    await expect(anchor.page.locator("#caption-key")).to_be_visible()
    return await anchor.page.input_value("#caption-key")


async def _say(fair: RunningServer, room: str, key: str, cue: dict[str, object]) -> None:
    async with aiohttp.ClientSession() as http:
        body = {"language": "en", "cues": [cue]}
        bearer = {"Authorization": f"Bearer {key}"}
        async with http.post(f"{fair.base_url}/captions/{room}", json=body, headers=bearer) as answer:
            assert answer.status == 200, await answer.text()
