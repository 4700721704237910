"""What lies on the page of a call that is over."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.people import Person


async def delete_first_recording(person: Person, other: Person) -> None:
    """Delete the first of two recordings on the page of a call; it is gone for the other as well."""
    parts = person.page.locator("fair-gathering details").filter(has_text="Recordings")
    lines = parts.locator(".gathering-files > li")
    await expect(lines).to_have_count(2)
    await lines.first.locator("button").click()
    await expect(person.page.locator("#delete-words")).to_contain_text("for both of you")
    await person.page.click("#delete-really")
    await expect(lines.first.locator("[role=status]")).to_have_text("The recording is deleted.")
    await expect(lines.first.locator("a, button")).to_have_count(0)
    await expect(lines.last.locator("a[download]")).to_be_visible()
    await other.page.goto(person.page.url)
    await expect(other.page.locator("fair-gathering a[href^='/recordings/']")).to_have_count(1)
