"""Every page in every language is checked by axe: no finding is accepted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.showroom.server import RunningServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = Path("node_modules/axe-core/axe.min.js")
AT_REST = """
() => Promise.allSettled(document.getAnimations()
  .filter(animation => animation.effect.getComputedTiming().endTime < Infinity)
  .map(animation => animation.finished))
"""
"""Colours on their way from one to the other are nobody's contrast."""
MOVE_SECONDS = 0.5
OPEN_DESK = """
for (const it of document.querySelectorAll('#desk-settings, #desk-settings details')) it.open = true;
"""
CHECK = """
async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  found => `${found.id}: ${found.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | ')}`)
"""


@pytest.mark.parametrize("locale", ["en-GB", pytest.param("zh-CN", marks=pytest.mark.long), "ar-EG"])
async def test_axe_finds_nothing_for_a_visitor(people: People, fair: RunningServer, locale: str) -> None:
    visitor = await people.enter(locale=locale)
    found = {}
    for path in ("/", f"/rooms/{staff_of(fair, 22).room}", "/sign-in", "/register", "/rooms/no-such-room"):
        await visitor.go(path)
        found[path] = await violations(visitor)
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert await visitor.page.evaluate("document.documentElement.dir") == (
        "rtl" if locale == "ar-EG" else "ltr"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_studio(people: People, fair: RunningServer, scheme: Any) -> None:
    staff = staff_of(fair, 23)
    person = await people.enter(color_scheme=scheme)
    await person.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await person.page.wait_for_selector(".pin")
    await expect(person.page.locator("#go-live")).to_be_enabled()
    await person.page.evaluate(OPEN_DESK)
    assert await violations(person) == []


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("ar-EG", "dark")])
async def test_axe_finds_nothing_for_a_buyer(
    people: People, fair: RunningServer, locale: str, scheme: Any
) -> None:
    """Nor does anything stick out of a phone."""
    buyer = await people.enter(locale=locale, color_scheme=scheme, viewport={"width": 390, "height": 844})
    await buyer.register("Mina Salem")
    found: dict[str, object] = {}
    for path in ("/appointments", f"/rooms/{staff_of(fair, 22).room}/appointment", "/threads", "/api/docs"):
        await buyer.go(path)
        await buyer.page.wait_for_load_state()  # styles may still be on their way
        wide = await buyer.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = [*await violations(buyer), *([f"{wide} px too wide"] if wide > 0 else [])]
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("locale", "scheme"), [("ar-EG", "light"), ("en-GB", "dark")])
async def test_axe_finds_nothing_for_those_who_keep_exhibitors_and_their_shelves(
    people: People, fair: RunningServer, locale: str, scheme: Any
) -> None:
    staff, phone = staff_of(fair, 22), {"width": 390, "height": 844}
    shelf = f"/studio/{staff.room}/shelf"
    walks = {
        "organiser@fair.example": (
            "/organiser", "/organiser/exhibitors", "/organiser/new-exhibitor",
            f"/organiser/exhibitors/{staff.room}",
        ),
        staff.email: (shelf, f"{shelf}?product={staff.room}-1"),
    }
    found: dict[str, object] = {}
    for email, paths in walks.items():
        person = await people.enter(locale=locale, color_scheme=scheme, viewport=phone)
        await person.sign_in(email, staff.password, then=paths[0])
        for path in paths:
            await person.go(path)
            wide = await person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[path] = [*await violations(person), *([f"{wide} px too wide"] if wide > 0 else [])]
    assert {path: faults for path, faults in found.items() if faults} == {}


async def violations(person: Person) -> list[str]:
    """Return what axe finds, twice in a row, on the page a person has open."""
    await person.page.wait_for_load_state("load")
    await person.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = []
    for _ in range(2):  # a colour may have set out on its way while axe was looking
        await person.page.evaluate(AT_REST)
        found = await person.page.evaluate(CHECK)
        if not found:
            break
        await asyncio.sleep(MOVE_SECONDS)
    return found
