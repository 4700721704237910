"""What journeys do again and again on the exhibitor's side."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.people import Person
from tests.showroom.server import RunningServer, StaffAccount


def staff_of(fair: RunningServer, company: int, member: int = 0) -> StaffAccount:
    """Return a staff account; each journey takes a company of its own so that they do not meet."""
    return fair.staff(company, member)


async def open_studio(
    people: People, fair: RunningServer, company: int, member: int = 0, **options: Any
) -> Person:
    """Sign in as staff and open the console."""
    staff = staff_of(fair, company, member)
    person = await people.enter(**options)
    await person.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await person.frames("#preview", 3)
    return person


async def go_live(people: People, fair: RunningServer, company: int) -> Person:
    """Open the console and put the room on the air."""
    person = await open_studio(people, fair, company)
    await person.page.click("#go-live")
    await expect(person.page.locator("#end-show")).to_be_visible()
    return person


async def in_meeting(
    people: People, fair: RunningServer, company: int, name: str, **options: Any
) -> tuple[Person, Person]:
    """Let a buyer ask for a call and staff take it; return staff and buyer."""
    colleague = await open_studio(people, fair, company)
    buyer = await buyer_in(people, staff_of(fair, company), name, **options)
    await buyer.page.click("#call-button")
    await colleague.page.click("#accept")
    await asyncio.gather(*(person.page.wait_for_url("**/meeting/*") for person in (buyer, colleague)))
    return colleague, buyer


async def buyer_in(people: People, staff: StaffAccount, name: str, **options: Any) -> Person:
    """Register a buyer, who comes into the room of that company."""
    buyer = await people.enter(**people.buyers | options)
    await buyer.register(name, then=f"/rooms/{staff.room}")
    return buyer


async def asked_at(people: People, server: RunningServer, name: str) -> tuple[Person, Person]:
    """Open the console of the first company of a fair of its own, and let a buyer ask there; return both."""
    staff = server.staff(0)
    console, buyer = await people.enter(), await people.enter(**people.buyers)
    console.base_url = buyer.base_url = server.base_url
    await console.sign_in(staff.email, staff.password, then=f"/studio/{staff.room}")
    await buyer.register(name, then=f"/rooms/{staff.room}")
    await buyer.page.click("#call-button")
    return console, buyer
