"""Journeys of an appointment that changes: handed over, moved, taken back, given up, and missed."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.journeys.test_appointments import (
    SLOW_MS,
    book,
    choose,
    come,
    facts,
    staff_at,
    work_round_the_clock,
)
from tests.journeys.words import words
from tests.showroom.server import RunningServer
from tests.web.mail_server import Inbox, part

pytestmark = pytest.mark.asyncio(loop_scope="session")
SHANGHAI, LISBON, CAIRO = "Asia/Shanghai", "Europe/Lisbon", "Africa/Cairo"
LINE = ".appointment"
HANDED_OVER = "Somebody else takes your appointment with %(other)s"
CANCELLED = "Your appointment with %(other)s is cancelled"
TAKEN_BACK = "The appointment was taken back, and its time is free again."
MISSED = "Your appointment with %(other)s did not take place"


async def test_an_appointment_is_handed_to_a_colleague_and_the_buyer_takes_it_back(
    people: People, fair: RunningServer, inbox: Inbox
) -> None:
    """In Arabic, on Cairo's clock: the buyer reads the other name without doing anything."""
    staff, colleague = staff_of(fair, 14), staff_of(fair, 14, 1)
    await work_round_the_clock(fair, staff.room, LISBON)
    buyer = await people.enter(locale="ar", timezone_id=CAIRO)
    await buyer.register("Yusuf Amrani")
    await book(buyer, staff.room, 3)
    line = buyer.page.locator(LINE)
    first = str(facts(fair, "staff_name", staff.room)[0][0])
    second = colleague if first == staff.name else staff
    await expect(line).to_contain_text(first)
    console = await staff_at(people, staff, "/appointments", LISBON)
    await console.page.locator(LINE).locator("[data-do=accept]").click()
    await expect(line).to_contain_text(words(buyer, "Agreed"), timeout=SLOW_MS)
    await console.page.locator("[data-do=reassign]").select_option(label=second.name)
    await expect(line).to_contain_text(second.name, timeout=SLOW_MS)
    await expect(line).not_to_contain_text(first)
    new = await staff_at(people, second, "/appointments", LISBON)
    await expect(new.page.locator("[data-do=reassign] option:checked")).to_have_text(second.name)
    await mail_to(inbox, "Yusuf Amrani", words(buyer, HANDED_OVER), second.name)
    await buyer.page.click("[data-do=cancel]")
    await expect(line).to_contain_text(words(buyer, "Cancelled"))
    for person in (console, new):
        await expect(person.page.locator(LINE)).to_contain_text("Cancelled", timeout=SLOW_MS)
        await expect(person.page.locator(f"{LINE} [data-do]")).to_have_count(0)
    for who, other in ((second.email, "Yusuf Amrani"), ("Yusuf Amrani", second.name)):
        reader = buyer if who == "Yusuf Amrani" else new
        mail = await mail_to(inbox, who, words(reader, CANCELLED), other)
        assert "METHOD:CANCEL" in part(mail, "text/calendar")


async def test_two_suggest_times_in_turn_and_read_both_clocks_until_the_staff_call_it_off(
    people: People, fair: RunningServer, inbox: Inbox
) -> None:
    """In Chinese in Shanghai, in English in Lisbon; each reads their own hour, and the other's beside it."""
    staff = staff_of(fair, 15)
    await work_round_the_clock(fair, staff.room, LISBON)
    buyer = await people.enter(locale="zh-CN", timezone_id=SHANGHAI)
    await buyer.register("Wu Jing")
    await book(buyer, staff.room, 3)
    console = await staff_at(people, staff, "/appointments", LISBON)
    for number, person in enumerate((console, buyer, console)):
        other = console if person is buyer else buyer
        await suggest_another(person, 5 + number)
        line = other.page.locator(LINE)
        await expect(line).to_contain_text(words(other, "Another time suggested"), timeout=SLOW_MS)
        await both_read_the_hour(fair, staff.room, buyer, console)
    await buyer.page.click("[data-do=accept]")
    for person in (buyer, console):
        await expect(person.page.locator(LINE)).to_contain_text(words(person, "Agreed"), timeout=SLOW_MS)
    await console.page.click("[data-do=cancel]")
    await expect(buyer.page.locator(LINE)).to_contain_text(words(buyer, "Cancelled"), timeout=SLOW_MS)
    mail = await mail_to(inbox, "Wu Jing", words(buyer, CANCELLED), holder(fair, staff.room))
    assert words(buyer, TAKEN_BACK) in part(mail, "text/plain")


async def suggest_another(person: Person, place: int) -> None:
    """Suggest another time for the one appointment of the list."""
    await person.page.locator(f'{LINE} a[href*="instead"]').click()
    await choose(person, place)
    await person.page.click(".book-send button")
    await person.page.wait_for_url("**/appointments*")


async def both_read_the_hour(fair: RunningServer, room: str, buyer: Person, console: Person) -> None:
    """Wait until both lists show the hour that is suggested now, on the reader's clock and the other's."""
    ((start,),) = facts(fair, "starts_at", room)
    assert isinstance(start, float)
    hours = {zone: datetime.fromtimestamp(start, ZoneInfo(zone)) for zone in (SHANGHAI, LISBON)}
    for person, own, other in ((buyer, SHANGHAI, LISBON), (console, LISBON, SHANGHAI)):
        line = person.page.locator(f"{LINE}-time")
        form = "%H:%M" if person is buyer else "%-I:%M"
        await expect(line.locator(f"{LINE}-hour")).to_contain_text(hours[own].strftime(form), timeout=SLOW_MS)
        await expect(line.locator(".small")).to_contain_text(hours[other].strftime(form))


async def test_a_time_nobody_answered_for_is_offered_to_the_next_who_looks(
    people: People, fair: RunningServer
) -> None:
    """Both of the staff were asked for the same hour; one answer does not come."""
    staff = staff_of(fair, 16)
    await work_round_the_clock(fair, staff.room, LISBON)
    first, second, third = [await people.enter(timezone_id=LISBON) for _ in range(3)]
    for name, person in (("Ines Duarte", first), ("Rui Pinto", second), ("Eva Costa", third)):
        await person.register(name)
    await book(first, staff.room, 3)
    ((start,),) = facts(fair, "starts_at", staff.room)
    wanted = f'input[name=start][value="{start:.0f}"]'
    await book_at(second, staff.room, wanted)
    await at_the_day(third, staff.room)
    await expect(third.page.locator("input[name=start]").first).to_be_attached()
    await expect(third.page.locator(wanted)).to_have_count(0)
    hold_ends(fair, staff.room, "Ines Duarte")
    line = first.page.locator(LINE)
    await expect(line).to_contain_text("Nobody answered in time", timeout=SLOW_MS)
    await expect(line.locator("[data-do]")).to_have_count(0)
    await book_at(third, staff.room, wanted)
    assert sorted(facts(fair, "buyer_name, state", staff.room)) == [
        ("Eva Costa", "asked"), ("Ines Duarte", "expired"), ("Rui Pinto", "asked"),
    ]


async def at_the_day(buyer: Person, room: str) -> None:
    """Look at the times of the day after the first."""
    await buyer.go(f"/rooms/{room}/appointment")
    before = buyer.page.url
    await buyer.page.click(".day:not(.day-none):not([aria-current])")
    await buyer.page.wait_for_url(lambda url: url != before)


async def book_at(buyer: Person, room: str, wanted: str) -> None:
    """Ask for one certain time of that day."""
    await at_the_day(buyer, room)
    await buyer.page.locator(".time", has=buyer.page.locator(wanted)).click()
    await buyer.page.click(".book-send button")
    await buyer.page.wait_for_url("**/appointments*")


def hold_ends(fair: RunningServer, room: str, name: str) -> None:
    """Let nobody have answered somebody for as long as a time is held."""
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        given = (time.time() - 1, room, name)
        database.execute("UPDATE appointments SET hold_until = ? WHERE room = ? AND buyer_name = ?", given)


async def test_who_came_alone_reads_that_the_other_did_not_and_both_are_written_to(
    people: People, fair: RunningServer, inbox: Inbox
) -> None:
    """The buyer goes in at the hour; after the minutes of grace it was missed, by the staff."""
    staff = staff_of(fair, 17)
    await work_round_the_clock(fair, staff.room, LISBON)
    buyer = await people.enter(locale="zh-CN", timezone_id=SHANGHAI)
    await buyer.register("Wu Jing")
    await book(buyer, staff.room, 4)
    name = holder(fair, staff.room)
    who = next(it for it in (staff, staff_of(fair, 17, 1)) if it.name == name)
    console = await staff_at(people, who, "/appointments", LISBON)
    await console.page.click("[data-do=accept]")
    await expect(buyer.page.locator(LINE)).to_contain_text(words(buyer, "Agreed"), timeout=SLOW_MS)
    come(fair, staff.room, 0)
    await buyer.page.locator(".appointment-dialog .button-primary").click(timeout=SLOW_MS)
    await buyer.page.wait_for_url("**/meeting/**")
    expected = buyer.page.locator('.meeting-message[data-says="expected"]')
    await expect(expected).to_contain_text(name)
    await nobody_else_comes(fair, staff.room)
    await expect(buyer.page.locator('.meeting-message[data-says="ended"]')).to_be_visible(timeout=SLOW_MS)
    await buyer.go("/appointments")
    await expect(buyer.page.locator(LINE)).to_contain_text(words(buyer, "Missed"))
    await missed_by_the_staff(console.page.locator(LINE))
    waited = words(buyer, "%(other)s did not come. You can ask for another time.") % {"other": name}
    assert waited in part(await mail_to(inbox, "Wu Jing", words(buyer, MISSED), name), "text/plain")
    mail = await mail_to(inbox, who.email, MISSED, "Wu Jing")
    assert "Wu Jing waited for you." in part(mail, "text/plain")


async def nobody_else_comes(fair: RunningServer, room: str) -> None:
    """Let the minutes pass after which an appointment is missed, once it is known that the buyer came."""
    async with asyncio.timeout(20):
        while facts(fair, "came", room) != [("buyer",)]:
            await asyncio.sleep(0.2)
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        database.execute("UPDATE appointments SET begun_at = begun_at - 600 WHERE room = ?", (room,))


async def missed_by_the_staff(line: Locator) -> None:
    """See that the list of the staff says so, and who did not come."""
    await expect(line).to_contain_text("Missed", timeout=SLOW_MS)
    await line.locator("summary").click()
    await expect(line.locator("[name=absent] option:checked")).to_have_text("We did not come")


def holder(fair: RunningServer, room: str) -> str:
    """Return who of the staff has the one appointment of a room."""
    ((name,),) = facts(fair, "staff_name", room)
    return str(name)


async def mail_to(inbox: Inbox, who: str, subject: str, other: str) -> EmailMessage:
    """Wait for a mail to somebody about an appointment with somebody."""
    wanted = subject % {"other": other}
    async with asyncio.timeout(30):
        while True:
            for mail in inbox.mails:
                if who in str(mail["To"]) and str(mail["Subject"]) == wanted:
                    return mail
            await asyncio.sleep(0.2)
