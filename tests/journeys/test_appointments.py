"""Journeys round appointments: booked, moved, agreed, and both brought into the call, on two clocks."""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from config.ids import AccountId, RoomId
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.policy import Actor, Role
from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import open_studio, staff_of
from tests.showroom.server import RunningServer, StaffAccount

pytestmark = pytest.mark.asyncio(loop_scope="session")
SLOW_MS = 20_000
ALL_DAY = dict.fromkeys(range(7), ((0, 1440),))


async def work_round_the_clock(fair: RunningServer, room: str, zone: str) -> None:
    """Let a company be open at any time, so that it does not matter when the test runs."""
    database = Database(f"sqlite+aiosqlite:///{fair.data_folder / 'fair.sqlite3'}")
    actor = Actor(AccountId("test"), Role.STAFF, "Test", "", RoomId(room))
    await HoursStore(database, time.time).set(actor, RoomId(room), Hours(zone, ALL_DAY))
    await database.close()


def facts(fair: RunningServer, what: str, room: str) -> list[tuple[object, ...]]:
    """Return what the records say of the appointments of a room."""
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        return database.execute(f"SELECT {what} FROM appointments WHERE room = ?", (room,)).fetchall()


def come(fair: RunningServer, room: str, seconds: float) -> None:
    """Let the time of the appointment come so near, as waiting would."""
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        database.execute(
            "UPDATE appointments SET starts_at = ? WHERE room = ?", (time.time() + seconds, room)
        )


async def choose(person: Person, place: int) -> None:
    """Choose the time at a place of another day than the first, which may be nearly over."""
    before = person.page.url
    await person.page.click(".day:not(.day-none):not([aria-current])")
    await person.page.wait_for_url(lambda url: url != before)
    await person.page.locator(".time").nth(place).click()


async def book(buyer: Person, room: str, place: int) -> None:
    """Ask for an appointment at a time, from the room's page on."""
    await buyer.go(f"/rooms/{room}")
    await buyer.page.click(".call-instead a")  # nobody is on duty
    await buyer.page.wait_for_url("**/appointment*")
    await choose(buyer, place)
    await buyer.page.click(".book-send button")
    await buyer.page.wait_for_url("**/appointments*")


async def staff_at(people: People, staff: StaffAccount, path: str, zone: str) -> Person:
    person = await people.enter(timezone_id=zone)
    await person.sign_in(staff.email, staff.password, then=path)
    return person


async def both_have_met(fair: RunningServer, room: str, buyer: Person) -> None:
    """Wait until the records say that both were in the call."""
    for _ in range(100):
        if facts(fair, "state", room) == [("held",)]:
            return
        await buyer.page.wait_for_timeout(200)
    raise AssertionError("the two did not meet")


async def test_two_clocks_one_call_from_the_request_to_the_outcome(
    people: People, fair: RunningServer
) -> None:
    staff = staff_of(fair, 11)
    await work_round_the_clock(fair, staff.room, "Europe/Lisbon")
    buyer = await people.enter(timezone_id="Asia/Tokyo")
    await buyer.register("Aiko Tanaka")
    await book(buyer, staff.room, 3)
    line = buyer.page.locator(".appointment")
    await expect(line).to_contain_text("Waits for an answer")
    ((start, _),) = facts(fair, "starts_at, state", staff.room)
    assert isinstance(start, float)
    for zone in ("Asia/Tokyo", "Europe/Lisbon"):
        clock = datetime.fromtimestamp(start, ZoneInfo(zone)).strftime("%-I:%M")
        await expect(line.locator(".appointment-time")).to_contain_text(clock)
    colleague = await staff_at(people, staff, "/appointments", "Europe/Lisbon")
    await colleague.page.click(".appointment-actions a:has-text('Another time')")
    await choose(colleague, 6)
    await colleague.page.click(".book-send button")
    await colleague.page.wait_for_url("**/appointments*")
    await expect(line).to_contain_text("Another time suggested", timeout=SLOW_MS)
    await expect(buyer.page.locator(".notice")).to_contain_text("suggests an appointment")
    await line.locator("[data-do=accept]").click()
    await expect(line).to_contain_text("Agreed")
    await expect(colleague.page.locator(".appointment")).to_contain_text("Agreed", timeout=SLOW_MS)
    await _brought_into_the_call(fair, staff.room, buyer, colleague)
    await _note_what_came_of_it(fair, staff.room, colleague)


async def _brought_into_the_call(fair: RunningServer, room: str, buyer: Person, colleague: Person) -> None:
    await buyer.go("/")
    await colleague.go(f"/studio/{room}")
    come(fair, room, 500)
    for person in (buyer, colleague):
        notice = person.page.locator(".notice").filter(has_text="begins in")
        await expect(notice).to_be_visible(timeout=SLOW_MS)
    come(fair, room, 0)
    for person in (buyer, colleague):
        await expect(person.page.locator(".appointment-dialog")).to_contain_text("begins", timeout=SLOW_MS)
        await person.page.click(".appointment-dialog .button-primary")
        await person.page.wait_for_url("**/meeting/**")
    await both_have_met(fair, room, buyer)
    await buyer.page.click("#hang-up")


async def _note_what_came_of_it(fair: RunningServer, room: str, colleague: Person) -> None:
    await colleague.go("/appointments")
    await expect(colleague.page.locator(".appointment")).to_contain_text("Took place", timeout=SLOW_MS)
    await colleague.page.click(".appointment-outcome summary")
    await colleague.page.fill("[name=outcome]", "Wants samples")
    await colleague.page.fill("[name=next_step]", "Send them")
    await colleague.page.click(".appointment-outcome form button")
    await expect(colleague.page.locator(".appointment-note")).to_have_text(re.compile("Wants samples"))
    assert facts(fair, "state, outcome, next_step", room) == [("held", "Wants samples", "Send them")]


async def test_a_buyer_reads_arabic_on_a_phone_and_the_exhibitor_takes_it_back(
    people: People, fair: RunningServer
) -> None:
    staff = staff_of(fair, 12)
    await work_round_the_clock(fair, staff.room, "Asia/Kathmandu")
    buyer = await people.enter(
        timezone_id="Africa/Casablanca", locale="ar", viewport={"width": 390, "height": 844}
    )
    await buyer.register("Samira Idrissi")
    await book(buyer, staff.room, 5)
    await expect(buyer.page.locator("html")).to_have_attribute("dir", "rtl")
    wide = await buyer.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "nothing sticks out of a phone"
    colleague = await staff_at(people, staff, "/appointments", "Asia/Kathmandu")
    await colleague.page.click("[data-do=decline]")
    await expect(colleague.page.locator(".appointment")).to_contain_text("Declined")
    await expect(buyer.page.locator(".appointment[data-state=declined]")).to_be_visible(timeout=SLOW_MS)


async def test_who_was_missed_is_proposed_a_time_and_accepts_it(people: People, fair: RunningServer) -> None:
    staff = staff_of(fair, 13)
    await work_round_the_clock(fair, staff.room, "Europe/Lisbon")
    console = await open_studio(people, fair, 13)
    buyer = await people.enter(timezone_id="Asia/Tokyo")
    await buyer.register("Mio Sato", then=f"/rooms/{staff.room}")
    await buyer.page.click("#call-button")
    await console.page.click("#not-now")
    instead = buyer.page.locator(".call-instead a")
    await expect(instead).to_have_attribute("href", f"/rooms/{staff.room}/appointment")
    left = console.page.locator("#follow-up .left-one", has_text="Mio Sato")
    await left.locator(".propose").click()
    await expect(console.page.locator("h1")).to_have_text("Propose a time")
    await expect(console.page.locator(".book-head")).to_contain_text("Mio Sato")
    await choose(console, 4)
    await console.page.fill("#note", "I was in a call. Shall we talk then?")
    await console.page.click(".book-send button")
    await console.page.wait_for_url("**/appointments*")
    notice = buyer.page.locator(".notice").filter(has_text="suggests an appointment")
    await expect(notice).to_be_visible(timeout=SLOW_MS)
    await buyer.go("/appointments")
    line = buyer.page.locator(".appointment")
    await expect(line).to_contain_text("I was in a call.")
    await line.locator("[data-do=accept]").click()
    await expect(console.page.locator(".appointment")).to_contain_text("Agreed", timeout=SLOW_MS)
    assert facts(fair, "state, proposed_by, staff_name", staff.room) == [("accepted", "staff", staff.name)]


async def test_the_other_lines_are_drawn_anew_while_one_writes_how_it_went(
    people: People, fair: RunningServer
) -> None:
    """What is being typed, and the caret in it, stays; a refused change of who takes it is taken back."""
    staff = staff_of(fair, 21)
    await work_round_the_clock(fair, staff.room, "Europe/Lisbon")
    buyer = await people.enter(timezone_id="Europe/Lisbon")
    await buyer.register("Ana Silva")
    await book(buyer, staff.room, 3)
    _hold(fair, staff.room)
    await book(buyer, staff.room, 8)
    page = (await staff_at(people, staff, "/appointments", "Europe/Lisbon")).page
    await page.click("[data-state=held] summary")
    await page.fill("[name=outcome]", "Wants samples")
    await page.route("**/reassign", lambda it: it.fulfill(status=409, json={"detail": "They are taken."}))
    choice = page.locator("[data-do=reassign]")
    before = await choice.input_value()
    await choice.select_option(await choice.locator("option:not([selected])").first.get_attribute("value"))
    await expect(page.locator("[data-state=asked] .appointment-problem")).to_have_text("They are taken.")
    await expect(choice).to_have_value(before)
    await page.click("[data-do=accept]")
    await expect(page.locator("[data-state=accepted]")).to_contain_text("Agreed", timeout=SLOW_MS)
    await page.locator("[name=outcome]").press_sequentially(" and")
    await buyer.page.click("[data-do=cancel]")
    await expect(page.locator("[data-state=cancelled]")).to_be_visible(timeout=SLOW_MS)
    await page.keyboard.type(" a price")
    await expect(page.locator("[name=outcome]")).to_have_value("Wants samples and a price")
    await page.click(".appointment-outcome form button")
    await expect(page.locator("[data-state=held] .appointment-note")).to_contain_text("and a price")
    await expect(page.locator(".appointment")).to_have_count(2)


def _hold(fair: RunningServer, room: str) -> None:
    """Let the only appointment of a room have taken place."""
    come(fair, room, -7200)
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        database.execute("UPDATE appointments SET state = 'held' WHERE room = ?", (room,))


async def test_a_calendar_address_is_made_shown_once_and_ended(people: People, fair: RunningServer) -> None:
    buyer = await people.enter()
    await buyer.register("Otto Lind", then="/appointments")
    await buyer.page.click("#feed-renew")
    await expect(buyer.page.locator("#feed-made")).to_be_visible()
    url = await buyer.page.input_value("#feed-url")
    status = "async (url) => (await fetch(url)).status"
    assert await buyer.page.evaluate(status, url) == 200
    await buyer.page.click("#feed-revoke")
    await expect(buyer.page.locator("#feed-made")).to_be_hidden()
    assert await buyer.page.evaluate(status, url) == 404
