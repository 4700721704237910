"""Journeys from one network to another: addresses that worked a moment ago lead nowhere, new ones do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, Route, async_playwright

from tests.journeys.camera import READ_THE_CLOCK
from tests.journeys.conftest import FLAGS, GRANTED, WITH_WINDOWS, People
from tests.journeys.link import Link
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.journeys.test_lines import go_live
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
COMPANY = 5
BEFORE_SECONDS = 2.0
GAP_MS = 4000
UNTOLD_GAP_MS = 12_000
"""Chromium calls a connection disconnected when nothing has come for five to seven seconds."""
TELL = "dispatchEvent(new Event('online'))"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium with windows: one without gives the next studio no camera after a line was cut off."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=WITH_WINDOWS, args=[*FLAGS, *GRANTED])
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def link(fair: RunningServer) -> AsyncIterator[Link]:
    """A line that may be cut off."""
    it = Link(fair.ice_port, 0)
    yield it
    it.close()


class Doors:
    """Notes what a page asks of WHIP and WHEP about its session, not about sizes."""

    def __init__(self, person: Person) -> None:
        self.asked: list[tuple[str, str]] = []
        person.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if ("/whip/" in request.url or "/whep/" in request.url) and not request.url.endswith("/layer"):
            self.asked.append((request.method, request.url))


async def gap_around(guest: Person, seconds: float, act: Callable[[], Awaitable[None]]) -> float:
    """Return the longest pause of the guest's picture in so many seconds, in milliseconds; `act` is in it."""
    async with asyncio.timeout(seconds + 20):
        watching = asyncio.ensure_future(guest.page.evaluate(READ_THE_CLOCK, ["#picture", seconds * 1000]))
        await asyncio.sleep(BEFORE_SECONDS)
        await act()
        gaps: list[float] = (await watching)["gaps"]
    return max(gaps)


async def show_over(
    people: People, fair: RunningServer, link: Link, *, is_guests: bool
) -> tuple[Person, Person]:
    """Put a show on and watch it; one of the two comes by the link."""
    detour = link.detour(fair.ice_port)
    anchor = await go_live(people, fair, COMPANY, *(() if is_guests else (detour,)))
    guest = await people.enter()
    if is_guests:
        await guest.page.add_init_script(detour)
    await guest.go(f"/rooms/{staff_of(fair, COMPANY).room}")
    await guest.frames("#picture", 20)
    return anchor, guest


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("is_guests", [True, False], ids=["guest", "anchor"])
async def test_another_network_keeps_the_session_the_show_and_the_viewers(
    people: People, fair: RunningServer, link: Link,
    record_property: Callable[[str, object], None], is_guests: bool, is_told: bool,
) -> None:
    """The same connection and the same session URL, whether the browser tells of it or media ceases."""
    anchor, guest = await show_over(people, fair, link, is_guests=is_guests)
    mover = guest if is_guests else anchor
    doors, peers = Doors(mover), await mover.page.evaluate("window.peers.length")

    async def move() -> None:
        link.cut_off()
        if is_told:
            await mover.page.evaluate(TELL)

    gap = await gap_around(guest, 6 if is_told else 14, move)
    record_property("longest_gap_ms", round(gap))
    assert {method for method, _ in doors.asked} == {"PATCH"}
    assert len({url for _, url in doors.asked}) == 1
    assert await mover.page.evaluate("window.peers.length") == peers
    assert await mover.page.evaluate("window.peers.at(-1).connectionState") == "connected"
    assert await guest.moves("#picture")
    assert gap < (GAP_MS if is_told else UNTOLD_GAP_MS)


async def test_a_restart_that_is_refused_becomes_a_new_session(
    people: People, fair: RunningServer, link: Link
) -> None:
    """The server has forgotten the session: the page posts an offer again, and the show goes on."""
    anchor, guest = await show_over(people, fair, link, is_guests=False)
    doors = Doors(anchor)

    async def refuse(route: Route) -> None:
        await (route.fulfill(status=404) if route.request.method == "PATCH" else route.continue_())

    await anchor.page.route("**/whip/**", refuse)
    link.cut_off()
    await anchor.page.evaluate(TELL)
    async with anchor.page.expect_response(lambda answer: answer.status == 201):
        pass
    await guest.frames("#picture", 30)
    assert [method for method, _ in doors.asked] == ["PATCH", "DELETE", "POST"]
    assert await guest.page.evaluate("window.peers.length") == 1
