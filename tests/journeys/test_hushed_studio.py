"""While somebody on camera talks privately the show does not hear them, however the call came about."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import buyer_in, go_live, staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
HEARD = """
(wanted) => {
  const tracks = peers
    .filter((peer) => peer.connectionState === "connected")
    .flatMap((peer) => peer.getSenders())
    .map((sender) => sender.track)
    .filter((track) => track?.kind === "audio");
  return tracks.length > 0 && tracks.every((track) => track.enabled === wanted);
}
"""
"""Whether what the studio sends is sound, or silence."""


async def hears(studio: Person, *, is_heard: bool) -> None:
    """Wait until the show hears the studio, or does not."""
    await studio.page.wait_for_function(HEARD, arg=is_heard)
    pressed = str(not is_heard).lower()
    await expect(studio.page.locator("#show-mute")).to_have_attribute("aria-pressed", pressed)


async def invite(studio: Person, buyer: Person, name: str) -> None:
    """Ask a buyer who lets themselves be seen for a call, which they take."""
    await buyer.page.check("#visibility input[value=here]")
    visitor = studio.page.locator("#visitors .visitor").filter(has_text=name)
    await visitor.locator(".invite").dispatch_event("click")
    await buyer.page.locator('.summons[data-kind="invitation"] .button-primary').click()
    await buyer.page.wait_for_url("**/meeting/*")


async def test_a_call_that_the_staff_begin_is_not_heard_in_the_show(
    people: People, fair: RunningServer
) -> None:
    """But whoever presses the button during it is, also when the page is loaded again."""
    studio = await go_live(people, fair, 14)
    await hears(studio, is_heard=True)
    await invite(studio, await buyer_in(people, staff_of(fair, 14), "Vera Visible"), "Vera Visible")
    await expect(studio.page.locator("#show-muted")).to_be_visible()
    await hears(studio, is_heard=False)
    await studio.page.click("#show-unmute")
    await hears(studio, is_heard=True)
    await studio.page.reload()
    await hears(studio, is_heard=True)
    await expect(studio.page.locator("#show-muted")).to_be_hidden()


@pytest.mark.long
async def test_a_studio_that_is_reloaded_while_its_person_talks_stays_muted(
    people: People, fair: RunningServer
) -> None:
    """And after the call, until they press the button."""
    studio = await go_live(people, fair, 22)
    buyer = await buyer_in(people, staff_of(fair, 22), "Rolf Reload")
    await buyer.page.click("#call-button")
    async with studio.context.expect_page() as opened:
        await studio.page.click("#accept")
    meeting = await opened.value
    await meeting.wait_for_url("**/meeting/*")
    await hears(studio, is_heard=False)
    await studio.page.reload()
    await hears(studio, is_heard=False)
    await meeting.click("#hang-up")
    await expect(meeting.locator("#back-to-show")).to_be_visible()
    await expect(studio.page.locator("#show-muted")).to_be_visible()
    await studio.page.click("#show-unmute")
    await hears(studio, is_heard=True)


async def test_an_account_that_takes_a_call_elsewhere_is_not_heard_in_the_show(
    people: People, fair: RunningServer
) -> None:
    studio, staff = await go_live(people, fair, 4), staff_of(fair, 4)
    elsewhere = await people.enter()
    await elsewhere.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    buyer = await buyer_in(people, staff, "Elsa Elsewhere")
    await buyer.page.click("#call-button")
    await elsewhere.page.click("#accept")
    await elsewhere.page.wait_for_url("**/meeting/*")
    await hears(studio, is_heard=False)
