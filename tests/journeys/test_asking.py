"""Journeys of asking: the line, the call-back, the promise of an empty desk, and the invitation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from rooms.negotiation.rules import WIDEN_SECONDS
from tests.journeys.conftest import RING_SECONDS, People
from tests.journeys.people import Person
from tests.journeys.stage import asked_at, buyer_in, go_live, open_studio, staff_of
from tests.journeys.words import pattern, words
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
LINE = "You are number {n} in line"
AGAIN = "You asked here a moment ago. Ask again in {seconds} s."
MANY = "You have three requests open already. Cancel one, or wait for an answer."
BLOCKED = "This exhibitor takes nothing from you. You can go on watching and reading."
STAY = re.compile("Stay in the show|请继续观看")

DAYS = range(7)
TEN = 10
"""So late it is at the stand of the promise, whenever the test runs."""
OWN_HOURS = {"zh": 14, "en": 12}
"""From which hour on somebody is there who speaks the language."""


@pytest.mark.long
async def test_two_wait_in_line_see_where_they_stand_and_move_up(
    people: People, fair: RunningServer
) -> None:
    """One rings, the others wait in the show and know their place; who went to the hall hears it there."""
    console = await go_live(people, fair, 19)
    first, second, third = [await buyer_in(people, staff_of(fair, 19), f"Buyer{n} Line") for n in range(3)]
    await first.page.click("#call-button")
    await expect(console.page.locator("#ring-name")).to_have_text("Buyer0 Line")
    for person, place in ((second, 2), (third, 3)):
        await person.page.click("#call-button")
        await expect(person.page.locator("#call-state")).to_contain_text(words(person, LINE, n=place))
    await expect(second.page.locator("#call-state")).to_contain_text(STAY)
    await second.frames("#picture", 5)
    await first.page.click("#cancel-call")
    await expect(console.page.locator("#ring-name")).to_have_text("Buyer1 Line")
    await expect(second.page.locator("#call-state")).to_contain_text(words(second, "Ringing"))
    await expect(third.page.locator("#call-state")).to_contain_text(words(third, LINE, n=2))
    await third.go("/")
    await second.page.click("#cancel-call")
    await expect(console.page.locator("#ring-name")).to_have_text("Buyer2 Line")
    await console.page.click("#accept")
    summons = third.page.locator(".summons")
    await expect(summons).to_contain_text(staff_of(fair, 19).name)
    await summons.get_by_text(words(third, "Go to the meeting")).click()
    await third.page.wait_for_url("**/meeting/*")


@pytest.mark.long
async def test_it_rings_first_where_the_buyers_language_is_spoken_and_then_everywhere(
    people: People, fair: RunningServer
) -> None:
    """The one who speaks no Chinese is not disturbed at once, and takes it when the other cannot."""
    first, second = await open_studio(people, fair, 20), await open_studio(people, fair, 20, 1)
    await speak(first, "zh")
    await speak(second, "de")
    buyer = await people.enter(locale="zh-CN", timezone_id="Asia/Shanghai")
    await buyer.register("Wu Jing", then=f"/rooms/{staff_of(fair, 20).room}")
    await buyer.page.click("#call-button")
    await expect(first.page.locator("#ring-name")).to_have_text("Wu Jing")
    await expect(second.page.locator("#ring")).to_be_hidden()
    name, patience = second.page.locator("#ring-name"), WIDEN_SECONDS + 5
    await expect(name).to_have_text("Wu Jing", timeout=1000 * patience)
    await expect(first.page.locator("#ring")).to_be_visible()
    await first.page.click("#pass")
    await expect(first.page.locator("#ring")).to_be_hidden()
    await second.page.click("#accept")
    for person in (second, buyer):
        await person.page.wait_for_url("**/meeting/*")
    await expect(buyer.page.locator("#other-name")).to_contain_text(staff_of(fair, 20, 1).name)


async def test_who_was_missed_is_called_back_wherever_they_are(
    people: People, hurried: RunningServer
) -> None:
    console, buyer = await asked_at(people, hurried, "Missed Caller")
    left = console.page.locator("#follow-up .left-one", has_text="Missed Caller")  # others may be left, too
    await expect(left).to_be_visible(timeout=2000 * RING_SECONDS)
    await buyer.go("/")
    await left.locator(".call-back").click()
    summons = buyer.page.locator('.summons[data-kind="call_back"]')
    await expect(summons).to_contain_text(hurried.staff(0).name)
    await summons.locator(".button-primary").click()
    for person in (buyer, console):
        await person.page.wait_for_url("**/meeting/*")
    await buyer.frames("#other-video", 5)


async def test_an_empty_desk_says_when_the_next_who_speaks_your_language_comes(
    people: People, fair: RunningServer
) -> None:
    """The stand is open by its own clock; each buyer reads on theirs when who speaks their language comes."""
    room = staff_of(fair, 16).room
    desks = [await open_studio(people, fair, 16, member) for member in (0, 1)]
    hours_ahead = (TEN - datetime.now(UTC).hour + 12) % 24 - 12
    await keep_hours(desks[0], hours_ahead)
    for desk, (language, begin) in zip(desks, OWN_HOURS.items(), strict=True):
        await keep_own_hours(desk, language, begin)
    chen = await people.enter(locale="zh-CN", timezone_id="Asia/Tokyo")
    rosa = await people.enter(timezone_id="America/Lima", viewport={"width": 390, "height": 844})
    for buyer, name in ((chen, "Chen Li"), (rosa, "Rosa Quispe")):
        await buyer.register(name, then=f"/rooms/{room}")
        await expect(buyer.page.locator("#call-button")).to_be_enabled()
    for desk in desks:
        await desk.page.locator("#on-duty").click()
    for buyer in (chen, rosa):
        await expect(buyer.page.locator("#call-button")).to_have_count(0)
        await expect(buyer.page.locator("#write-message")).to_be_visible()
        await expect(buyer.page.locator(".call-instead a[href$='/appointment']")).to_be_visible()
    in_tokyo, in_lima = there(hours_ahead, "zh", "Asia/Tokyo"), there(hours_ahead, "en", "America/Lima")
    promise = chen.page.locator("#call-state")
    await expect(promise).to_contain_text("中文")
    await expect(promise).to_contain_text(re.compile(rf"\b0?{in_tokyo.hour}:00"))
    await expect(promise).not_to_contain_text(staff_of(fair, 16).name)
    is_today = in_lima.date() == datetime.now(in_lima.tzinfo).date()
    await expect(rosa.page.locator("#call-state")).to_have_text(
        f"Next person who speaks English: {'today' if is_today else 'tomorrow'},"
        f" {in_lima.strftime('%-I:%M %p')} your time."
    )


async def test_who_lets_the_staff_see_them_may_be_invited_once_and_a_refusal_is_remembered(
    people: People, fair: RunningServer
) -> None:
    console = await open_studio(people, fair, 17)
    buyer = await buyer_in(people, staff_of(fair, 17), "Vera Visible")
    visitors = console.page.locator("#visitors")
    await expect(visitors.locator(".visitor")).to_have_count(0)
    await expect(buyer.page.locator("#visibility-now")).to_have_text(words(buyer, "Who may see you?"))
    await expect(buyer.page.locator("#visibility input:checked")).to_have_count(0)
    await buyer.page.check("#visibility input[value=here]")
    seen = words(buyer, "You are visible to this exhibitor")
    await expect(buyer.page.locator("#visibility-now")).to_have_text(seen)
    visitor = visitors.locator(".visitor").filter(has_text="Vera Visible")
    await expect(visitor).to_be_attached()
    await visitor.locator(".invite").dispatch_event("click")
    summons = buyer.page.locator('.summons[data-kind="invitation"]')
    await expect(summons).to_contain_text(staff_of(fair, 17).name)
    await summons.get_by_text(words(buyer, "No, thank you")).click()
    await expect(summons).to_have_count(0)
    await expect(visitor).to_contain_text("Wants no invitations")
    await buyer.page.reload()
    await expect(visitor).to_contain_text("Wants no invitations")
    await expect(buyer.page.locator("#visibility-now")).to_have_text(seen)
    await expect(buyer.page.locator("#visibility")).to_be_hidden()
    await visitor.locator(".block").dispatch_event("click")
    await expect(console.page.locator("#blocks")).to_contain_text("Vera Visible")
    await buyer.page.click(".visibility summary")
    await buyer.page.check("#visibility input[value=hidden]")
    await expect(visitors.locator(".visitor")).to_have_count(0)


@pytest.mark.long
async def test_a_buyer_asks_at_three_stands_at_once_and_no_more_and_may_be_blocked(
    people: People, fair: RunningServer
) -> None:
    """Each refusal is a sentence under the button; who was blocked asks again once they are let."""
    desks = [await open_studio(people, fair, company) for company in (0, 1, 2, 3)]
    buyer = await buyer_in(people, staff_of(fair, 0), "Kirsi Laine")
    state, ask = buyer.page.locator("#call-state"), buyer.page.locator("#call-button")
    for company in (0, 1, 2, 3):
        await buyer.go(f"/rooms/{staff_of(fair, company).room}")
        await ask.click()
        if company < 3:
            await expect(desks[company].page.locator("#ring-name")).to_have_text("Kirsi Laine")
    await expect(state).to_contain_text(words(buyer, MANY))
    await desks[2].page.keyboard.press("n")
    left = desks[2].page.locator("#follow-up .left-one").filter(has_text="Kirsi Laine")
    await left.locator(".block").dispatch_event("click")
    await buyer.go(f"/rooms/{staff_of(fair, 2).room}")
    await ask.click()
    await expect(state).to_contain_text(words(buyer, BLOCKED))
    await desks[2].page.locator("#blocks button").dispatch_event("click")
    await ask.click()
    await expect(state).to_contain_text(pattern(buyer, AGAIN))
    for desk in desks[:2]:  # nothing may ring on in the next journey
        await desk.page.keyboard.press("n")
        await expect(desk.page.locator("#ring")).to_be_hidden()


async def speak(console: Person, languages: str) -> None:
    """Say at the desk what the person speaks."""
    page = console.page
    await page.locator("summary").filter(has_text="Desk: languages").click()
    await page.fill("#roster-languages", languages)
    await save(page, "roster")


async def save(page: Page, form: str) -> None:
    """Press the button of a form, and read that it is saved."""
    async with page.expect_response(lambda it: it.url.endswith(f"/{form}")) as answer:
        await page.click(f"#{form}-form button.button:not([type=button])")
    assert (await answer.value).ok
    await expect(page.locator(".notice").filter(has_text="Saved.").last).to_be_visible()


async def test_hours_after_a_break_are_added_kept_and_taken_out_again(
    people: People, fair: RunningServer
) -> None:
    """With a third span as a program may set it: the desk drops nothing that it was not told to."""
    page = (await open_studio(people, fair, 18)).page
    desk = page.locator("summary").filter(has_text="Desk: languages")
    await desk.click()
    week = page.locator("#hours-form")
    begins, ends = week.locator("[name=from-0]"), week.locator("[name=until-0]")
    await week.locator("[name=open-0]").set_checked(True)
    await begins.fill("08:00")
    for begin, end in (("13:00", "17:00"), ("18:00", "00:00")):
        await week.locator(".hours-day").first.locator("[data-do=more]").click()
        await begins.last.fill(begin)
        await ends.last.fill(end)
    await ends.first.fill("12:00")
    await save(page, "hours")
    await page.reload()
    await expect(begins).to_have_count(3)
    assert [await it.input_value() for it in await begins.all()] == ["08:00", "13:00", "18:00"]
    await desk.click()
    await week.locator(".hours-span [data-do=less]").filter(visible=True).first.click()
    await save(page, "hours")
    await page.reload()
    await expect(begins).to_have_count(2)
    await expect(begins.last).to_have_value("18:00")


async def keep_hours(console: Person, hours_ahead: int) -> None:
    """Say at the desk that the stand is open from 8 to 20 there."""
    page = console.page
    await page.locator("summary").filter(has_text="Desk: languages").click()
    zone = f"Etc/GMT{-hours_ahead:+d}" if hours_ahead else "Etc/GMT"  # whose sign is that of the way home
    await page.fill("#hours-zone", zone)
    await fill_week(page, "hours", "08:00", "20:00")
    await save(page, "hours")
    await page.reload()


async def keep_own_hours(console: Person, language: str, begin: int) -> None:
    """Say at the desk what the person speaks, and that they are there for two hours of each day."""
    page = console.page
    await page.locator("summary").filter(has_text="Desk: languages").click()
    await page.fill("#roster-languages", language)
    await page.locator("summary").filter(has_text="Your own hours").click()
    await fill_week(page, "roster", f"{begin:02}:00", f"{begin + 2:02}:00")
    await save(page, "roster")


async def fill_week(page: Page, form: str, begin: str, end: str) -> None:
    """Say the same for each day of the week."""
    week = page.locator(f"#{form}-form")
    for day in DAYS:
        await week.locator(f"[name=open-{day}]").set_checked(True)
        await week.locator(f"[name=from-{day}]").fill(begin)
        await week.locator(f"[name=until-{day}]").fill(end)


def there(hours_ahead: int, language: str, zone: str) -> datetime:
    """Return when who speaks the language is there next, on the clock of `zone`."""
    at_the_stand = datetime.now(timezone(timedelta(hours=hours_ahead)))
    begins = at_the_stand.replace(hour=OWN_HOURS[language], minute=0, second=0, microsecond=0)
    return begins.astimezone(ZoneInfo(zone))
