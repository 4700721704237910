"""Journeys that end at a closed door, and what the door says."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.conftest import People
from tests.journeys.stage import go_live, open_studio, staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_guest_cannot_open_a_studio(people: People, fair: RunningServer) -> None:
    guest = await people.enter()
    await guest.go(f"/studio/{staff_of(fair, 14).room}")
    assert "/sign-in" in guest.page.url


async def test_staff_cannot_open_the_studio_of_another_company(people: People, fair: RunningServer) -> None:
    staff, other = staff_of(fair, 14), staff_of(fair, 15)
    person = await people.enter()
    await person.sign_in(staff.email, staff.password)
    answer = await person.page.goto(f"{fair.base_url}/studio/{other.room}")
    assert answer is not None
    assert answer.status == 403
    await expect(person.page.locator("h1")).not_to_be_empty()


async def test_a_refused_camera_says_what_to_do_and_leaves_the_console_working(
    people: People, fair: RunningServer, browser_without_devices: Browser
) -> None:
    staff = staff_of(fair, 16)
    person = await people.enter(browser=browser_without_devices)
    await person.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await expect(person.page.locator("#device-problem")).to_be_visible()
    await expect(person.page.locator("#device-problem")).to_contain_text("camera", ignore_case=True)
    await person.page.locator(".pin").first.click()
    await expect(person.page.locator(".pin").first).to_have_attribute("aria-pressed", "true")


@pytest.mark.long
async def test_a_second_person_on_camera_is_refused_while_the_first_sends(
    people: People, fair: RunningServer
) -> None:
    await go_live(people, fair, 17)
    staff = staff_of(fair, 17, 1)
    second = await people.enter()
    await second.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await expect(second.page.get_by_text(staff_of(fair, 17).name, exact=False).first).to_be_visible()
    button = second.page.locator("#go-live")
    if await button.is_visible() and await button.is_enabled():
        await button.click()
    await expect(second.page.locator("#end-show")).to_be_visible()
    guest = await people.enter()
    await guest.go(f"/rooms/{staff.room}")
    await guest.frames("#picture", 10)


async def test_an_unknown_room_says_where_to_go(people: People, fair: RunningServer) -> None:
    guest = await people.enter()
    answer = await guest.page.goto(f"{fair.base_url}/rooms/no-such-company")
    assert answer is not None
    assert answer.status == 404
    await expect(guest.page.locator("main a[href='/']").first).to_be_visible()


async def test_the_call_button_stays_under_the_thumb_on_a_phone(people: People, fair: RunningServer) -> None:
    await open_studio(people, fair, 0)
    guest = await people.enter(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await guest.go(f"/rooms/{staff_of(fair, 0).room}")
    await expect(guest.page.locator("#call-button")).to_be_visible()
    await guest.page.mouse.wheel(0, 600)
    box = await guest.page.evaluate("document.querySelector('#call-button').getBoundingClientRect().toJSON()")
    assert box["height"] >= 44
    assert 0 <= box["y"] <= 844 - box["height"]


async def test_who_signs_out_in_another_tab_is_off_the_air_and_reads_why(
    people: People, fair: RunningServer
) -> None:
    anchor = await go_live(people, fair, 23)
    guest = await people.enter()
    await guest.go(f"/rooms/{staff_of(fair, 23).room}")
    await guest.frames("#picture", 10)
    tab = await anchor.context.new_page()
    await tab.goto(fair.base_url)
    await tab.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    await expect(anchor.page.locator("#shut-out")).to_be_visible()
    await expect(anchor.page.get_by_text("You are signed out", exact=False).first).to_be_visible()
    await expect(guest.page.get_by_text("Back in a moment").first).to_be_visible()
    sending = "window.peers.filter(p => p.getSenders().some(s => s.track) && p.connectionState !== 'closed')"
    assert await anchor.page.evaluate(f"{sending}.length") == 0
