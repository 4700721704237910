"""Journeys of the private call: asking, ringing, answering, talking, and going back to the show."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import RING_SECONDS, People
from tests.journeys.people import Person, fill_registration
from tests.journeys.stage import asked_at, buyer_in, go_live, in_meeting, open_studio, staff_of
from tests.journeys.words import pattern, words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
DECLINED = "Nobody could take your call just now. Write in the chat, or ask again in a while."
MISSED = "Nobody answered in time. Ask again, or write in the chat so that they can come back to you."
AGAIN = "You asked here a moment ago. Ask again in {seconds} s."


async def test_from_the_show_to_the_meeting_and_back(people: People, fair: RunningServer) -> None:
    """Ask, ring, accept, see and hear each other, talk, hang up, back to the show, which never stopped."""
    anchor = await go_live(people, fair, 6)
    colleague = await open_studio(people, fair, 6, 1)
    await colleague.page.locator(".pin").first.click()
    buyer = await buyer_in(people, staff_of(fair, 6), "Ama Owusu")
    await buyer.frames("#picture", 5)
    await buyer.page.click("#call-button")
    ring = colleague.page.locator("#ring")
    await expect(ring).to_contain_text("Ama Owusu")
    await expect(ring).to_contain_text("Ama Owusu Trading")
    await colleague.page.click("#accept")
    await expect(anchor.page.locator("#ring")).to_be_hidden()
    await _both_in_meeting(buyer, colleague)
    before = await buyer.sound()
    await buyer.frames("#other-video", 40)
    assert (await buyer.sound())["packets"] > before["packets"]
    await expect(buyer.page.locator("#table img")).to_be_visible()
    await buyer.page.fill("#chat-input", "Could you do 500 by March?")
    await buyer.page.press("#chat-input", "Enter")
    await expect(colleague.page.get_by_text("Could you do 500 by March?")).to_be_visible()
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, 6).room}")
    await guest.frames("#picture", 20)
    await buyer.page.click("#hang-up")
    await expect(colleague.page.locator("#back-to-show")).to_be_visible()
    await buyer.page.locator("#back-to-show").click()
    await buyer.page.wait_for_url("**/rooms/*")
    await buyer.frames("#picture", 5)


@pytest.mark.long
async def test_devices_can_be_switched_during_the_meeting(people: People, fair: RunningServer) -> None:
    colleague, buyer = await in_meeting(people, fair, 7, "Lin Mei")
    await _both_in_meeting(buyer, colleague)
    await expect(buyer.page.locator("#quality")).to_contain_text(words(buyer, "Good connection"))
    await buyer.page.click("#mute")
    assert (
        await buyer.page.evaluate(
            "window.peers.at(-1).getSenders().find(s => s.track?.kind === 'audio')?.track.enabled ?? false"
        )
        is False
    )
    await buyer.page.click("#camera-off")
    await expect(colleague.page.get_by_text("camera is off", exact=False).first).to_be_visible()
    await buyer.page.click("#camera-off")
    await colleague.frames("#other-video", 10)
    await buyer.page.reload()
    await _both_in_meeting(buyer, colleague)
    await colleague.page.click("#hang-up")
    await expect(buyer.page.locator("#back-to-show")).to_be_visible()


@pytest.mark.long
async def test_a_screen_is_shared_and_the_camera_comes_back(people: People, fair: RunningServer) -> None:
    """The picture is the screen, whole and not mirrored, until it is stopped; the call goes on meanwhile."""
    colleague, buyer = await in_meeting(people, fair, 11, "Aino Salo")
    await _both_in_meeting(buyer, colleague)
    camera = await buyer.page.evaluate(OTHER_SIZE)
    await colleague.page.click("#share-screen")
    await expect(colleague.page.locator("#share-screen")).to_have_attribute("aria-pressed", "true")
    await buyer.page.wait_for_function(f"before => ({OTHER_SIZE})() !== before", arg=camera)
    await buyer.frames("#other-video", 3)
    await colleague.page.click("#share-screen")
    await expect(colleague.page.locator("#share-screen")).to_have_attribute("aria-pressed", "false")
    await buyer.page.wait_for_function(f"before => ({OTHER_SIZE})() === before", arg=camera)
    await buyer.frames("#other-video", 10)


OTHER_SIZE = """
() => {
  const {videoWidth, videoHeight} = document.querySelector('#other-video');
  return `${videoWidth}x${videoHeight}`;
}
"""


@pytest.mark.long
async def test_a_request_survives_a_reload_of_the_buyers_page(people: People, fair: RunningServer) -> None:
    colleague = await open_studio(people, fair, 8)
    buyer = await buyer_in(people, staff_of(fair, 8), "Jonas Weber")
    await buyer.page.click("#call-button")
    await expect(colleague.page.locator("#ring")).to_be_visible()
    await buyer.page.reload()
    await expect(buyer.page.locator("#cancel-call")).to_be_visible()
    await expect(colleague.page.locator("#ring")).to_be_visible()
    await colleague.page.click("#accept")
    await _both_in_meeting(buyer, colleague)


@pytest.mark.long
async def test_two_accept_together_and_the_loser_is_told_who_took_it(
    people: People, fair: RunningServer
) -> None:
    first, second = await open_studio(people, fair, 9), await open_studio(people, fair, 9, 1)
    buyer = await buyer_in(people, staff_of(fair, 9), "Nour Haddad")
    await buyer.page.click("#call-button")
    await asyncio.gather(
        first.page.wait_for_selector("#accept:visible"), second.page.wait_for_selector("#accept:visible")
    )
    press = "document.querySelector('#accept').click()"
    await asyncio.gather(first.page.evaluate(press), second.page.evaluate(press))
    await buyer.page.wait_for_url("**/meeting/*")
    await asyncio.wait(
        [asyncio.create_task(p.page.wait_for_url("**/meeting/*")) for p in (first, second)],
        return_when=asyncio.FIRST_COMPLETED,
    )
    meetings = ["/meeting/" in p.page.url for p in (first, second)]
    assert sorted(meetings) == [False, True]
    loser, winner = (first, 1) if meetings[1] else (second, 0)
    await expect(loser.page.locator("#ring")).to_be_hidden()
    names = {"name": staff_of(fair, 9, winner).name, "caller": "Nour Haddad"}
    told = words(loser, "{name} took the call from {caller}.", **names)
    await expect(loser.page.locator("fair-notices")).to_contain_text(told)


@pytest.mark.long
async def test_owner_cancels_and_staff_decline(people: People, fair: RunningServer) -> None:
    colleague = await open_studio(people, fair, 10)
    buyer = await buyer_in(people, staff_of(fair, 10), "Ivo Petrov")
    await buyer.page.click("#call-button")
    await expect(colleague.page.locator("#ring")).to_be_visible()
    await buyer.page.click("#cancel-call")
    await expect(colleague.page.locator("#ring")).to_be_hidden()
    await expect(buyer.page.locator("#call-button")).to_be_enabled()
    await buyer.page.click("#call-button")
    await expect(buyer.page.locator("#call-state")).to_contain_text(pattern(buyer, AGAIN))
    other = await buyer_in(people, staff_of(fair, 10), "Ana Petrova")
    await other.page.click("#call-button")
    await expect(colleague.page.locator("#ring")).to_be_visible()
    await colleague.page.keyboard.press("n")
    await expect(colleague.page.locator("#ring")).to_be_hidden()
    await expect(other.page.locator("#cancel-call")).to_be_hidden()
    await expect(other.page.locator("#call-state")).to_contain_text(words(other, DECLINED))
    await expect(colleague.page.locator("#follow-up .left-one")).to_have_count(1)


async def test_a_guest_is_asked_to_register_and_the_request_goes_on(
    people: People, fair: RunningServer
) -> None:
    colleague = await open_studio(people, fair, 11)
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, 11).room}")
    await expect(guest.page.locator("#call-button")).to_be_enabled()
    await guest.page.click("#call-button")
    await guest.page.wait_for_url(lambda url: "/sign-in" in url or "/register" in url)
    if "/sign-in" in guest.page.url:
        await guest.page.locator("main a[href*='/register']").first.click()
        await guest.page.wait_for_url(lambda url: "/register" in url)
    await fill_registration(guest.page, "Sofia Marin")
    await guest.page.wait_for_url("**/rooms/*")
    await expect(colleague.page.locator("#ring")).to_contain_text("Sofia Marin")


async def test_nobody_on_duty_means_no_call_button(people: People, fair: RunningServer) -> None:
    colleague = await open_studio(people, fair, 12)
    buyer = await buyer_in(people, staff_of(fair, 12), "Kofi Mensah")
    await expect(buyer.page.locator("#call-button")).to_be_enabled()
    await colleague.page.locator("#on-duty").click()
    await expect(buyer.page.locator("#call-button")).to_have_count(0)
    await expect(buyer.page.locator("#write-message")).to_be_visible()


@pytest.mark.long
async def test_an_unanswered_request_is_missed_and_both_are_told(
    people: People, hurried: RunningServer
) -> None:
    colleague, buyer = await asked_at(people, hurried, "Late Caller")
    await expect(colleague.page.locator("#ring")).to_be_visible()
    await expect(colleague.page.locator("#ring")).to_be_hidden(timeout=2000 * RING_SECONDS)
    await expect(buyer.page.locator("#cancel-call")).to_be_hidden()
    await expect(buyer.page.locator("#call-state")).to_contain_text(words(buyer, MISSED))
    missed = words(colleague, "Nobody answered {caller} in time.", caller="Late Caller")
    await expect(colleague.page.locator("fair-notices")).to_contain_text(missed)


async def _both_in_meeting(*both: Person) -> None:
    await asyncio.gather(*(p.page.wait_for_url("**/meeting/*") for p in both))
    await asyncio.gather(*(p.frames("#other-video", 15) for p in both))
