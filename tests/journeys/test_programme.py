"""Journeys round announced shows: buyers are reminded in time, staff rehearse unseen."""

from __future__ import annotations

import re
import sqlite3
import time

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.journeys.conftest import People
from tests.journeys.later import WITHOUT_WEBRTC, end_show, on_the_way, plays
from tests.journeys.people import Person, fill_registration
from tests.journeys.stage import open_studio, staff_of
from tests.showroom.server import RunningServer

SLOW_MS = 20_000
"""Pages fetch what was announced within three seconds, on a machine that does other things too."""
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def announce(studio: Person, title: str) -> None:
    """Announce a show for the next hour by the dialog."""
    page = studio.page
    await page.click("#announce")
    await page.fill("#show-title", title)
    await page.fill("#show-about", "What is new,\nand what it costs.")
    await page.select_option("#show-product", index=1)
    await page.click("#announce-really")
    await expect(page.locator("#announce-dialog")).to_be_hidden()
    await expect(page.locator(".announced-title").filter(has_text=title)).to_be_visible()


def move(fair: RunningServer, title: str, starts_at: float) -> None:
    """Let the time of a show come near, as waiting would."""
    with sqlite3.connect(fair.data_folder / "fair.sqlite3", timeout=10) as database:
        database.execute("UPDATE announced_shows SET starts_at = ? WHERE title = ?", (starts_at, title))


async def test_a_guest_reserves_signs_in_and_is_reminded_wherever_they_walk(
    people: People, fair: RunningServer
) -> None:
    room, title = staff_of(fair, 23).room, "The quiet machines"
    studio = await open_studio(people, fair, 23)
    buyer = await people.enter(timezone_id="Asia/Tokyo")
    await buyer.go("/")
    await announce(studio, title)
    card = buyer.page.locator(".coming-card").filter(has_text=title)
    await expect(card.locator("time")).to_have_text(re.compile("your time"), timeout=SLOW_MS)
    await card.locator(".coming-title a").click()
    await buyer.page.wait_for_url(f"**/rooms/{room}")
    await expect(buyer.page.locator("#next-title")).to_have_text(title)
    await buyer.page.click(".next-show .remind-button")
    await buyer.page.wait_for_url("**/sign-in**")
    await buyer.page.click(".form-other a")
    await fill_registration(buyer.page, "Aiko Mori")
    await buyer.page.wait_for_url(f"**/rooms/{room}*")
    await expect(buyer.page.locator(".next-show .remind-button")).to_have_text("Reminder set")
    await expect(buyer.page.locator(".next-show .remind-count")).to_have_text("1 reservation")
    await buyer.go("/")
    await expect(card.locator(".remind-button")).to_have_text("Reminder set")
    await expect(buyer.page.locator(".notice")).to_have_count(0)
    move(fair, title, time.time() + 590)
    notice = buyer.page.locator(".notice").filter(has_text=title)
    await expect(notice).to_contain_text("in 10 minutes")
    await buyer.page.reload()
    await expect(buyer.page.locator(".coming-card").first).to_be_visible()
    move(fair, title, time.time() + 55)
    await expect(notice).to_contain_text("in 1 minute")
    await studio.page.click("#go-live")
    begun = buyer.page.locator(".notice").filter(has_text="has begun")
    await expect(begun).to_be_visible()
    assert await begun.locator("a").get_attribute("href") == f"/rooms/{room}"
    await buyer.go(f"/rooms/{room}")
    await buyer.frames("#picture", 5)
    await expect(buyer.page.locator("#next-title")).to_have_text(title)
    await expect(buyer.page.locator(".next-label")).to_have_text("On air now")
    await expect(buyer.page.locator(".notice")).to_have_count(0)


@pytest.mark.long
async def test_staff_change_and_cancel_what_they_announced(people: People, fair: RunningServer) -> None:
    room = staff_of(fair, 7).room
    studio = await open_studio(people, fair, 7)
    await announce(studio, "First title")
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await expect(guest.page.locator("#next-title")).to_have_text("First title")
    await studio.page.click(".announced-change")
    assert await studio.page.input_value("#show-about") == "What is new,\nand what it costs."
    await studio.page.fill("#show-title", "Second title")
    await studio.page.click("#announce-really")
    await expect(guest.page.locator("#next-title")).to_have_text("Second title", timeout=SLOW_MS)
    await announce_over(studio, "Third title")
    await studio.page.click(".announced-cancel")
    await studio.page.click("#cancel-really")
    await expect(guest.page.locator("#next-title")).to_have_count(0, timeout=SLOW_MS)
    await expect(studio.page.locator(".announced")).to_have_count(0)


async def announce_over(studio: Person, title: str) -> None:
    """Try to announce a second show for the same time, and be told why not."""
    await studio.page.click("#announce")
    await studio.page.fill("#show-title", title)
    await studio.page.click("#announce-really")
    await expect(studio.page.locator("#announce-problem")).to_contain_text("Another show of this room")
    await studio.page.click("#announce-not")


@pytest.mark.long
async def test_a_rehearsal_is_unseen_until_it_goes_live(people: People, fair: RunningServer) -> None:
    room, before = staff_of(fair, 8).room, recordings(fair)
    studio = await open_studio(people, fair, 8)
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await studio.page.click("#rehearse")
    await expect(studio.page.locator("#air-words")).to_have_text("Rehearsing")
    await studio.frames("#rehearsal-picture", 10)
    assert await studio.moves("#rehearsal-picture")
    other = await people.enter()
    await other.go("/")
    await expect(other.page.locator(f".room-card[data-room={room}]")).to_be_visible()
    await expect(other.page.locator(f".room-card-live[data-room={room}]")).to_have_count(0)
    status = await guest.page.evaluate(
        "async (room) => (await fetch(`/thumbnails/${room}.jpg`)).status", room
    )
    assert status == 404
    await expect(guest.page.locator("#live-badge")).to_be_hidden()
    await expect(guest.page.locator("#stage")).to_have_attribute("data-state", re.compile("off|film"))
    assert not recordings(fair) - before, "a rehearsal is not recorded"
    sent = await studio.page.evaluate("window.peers.length")
    await studio.page.click("#rehearsal-live")
    await expect(studio.page.locator("#air-words")).to_have_text("On air")
    await expect(studio.page.locator("#rehearsal")).to_be_hidden()
    await guest.frames("#picture", 10)
    assert await studio.page.evaluate("window.peers.length") == sent, "no new connection was made"
    await expect(studio.page.locator("#viewers")).to_contain_text("1")
    await end_show(studio)


@pytest.mark.long
async def test_a_show_runs_again_as_a_film(people: People, fair: RunningServer) -> None:
    """Recorded, run again with somebody on duty, marked for viewers, and not recorded a second time."""
    room = staff_of(fair, 10).room
    studio = await open_studio(people, fair, 10)
    await studio.page.click("#go-live")
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await guest.frames("#picture", 150, limit_seconds=40)
    await studio.page.click("#end-show")
    await studio.page.click("#end-really")
    await expect(studio.page.locator("#air-words")).to_have_text("Off air")
    await _reload_until_there_is_a_film(studio)
    before = recordings(fair)
    await studio.page.check("#film-again")
    await studio.page.click("#play-film")
    await expect(studio.page.locator("#air-words")).to_have_text("On air")
    await expect(guest.page.locator("#live-badge")).to_have_text("RECORDED")
    await guest.page.reload()
    await guest.frames("#picture", 10)
    assert await guest.moves("#picture")
    assert (await guest.sound())["packets"] > 10
    other = await people.enter()
    await other.context.add_init_script(WITHOUT_WEBRTC)
    await other.go(f"/rooms/{room}")
    await on_the_way(other, "hls", "later")
    await plays(other)
    await studio.page.click("#end-show")
    await studio.page.click("#end-really")
    await expect(studio.page.locator("#air-words")).to_have_text("Off air")
    assert recordings(fair) == before


async def _reload_until_there_is_a_film(studio: Person) -> None:
    """Wait until the recording is whole, as somebody does who presses reload."""
    for _ in range(20):
        await studio.page.reload()
        await expect(studio.page.locator("#announce")).to_be_visible()
        if await studio.page.locator("#play-film").count():
            return
        await studio.page.wait_for_timeout(500)
    raise AssertionError("there is no film")


def recordings(fair: RunningServer) -> set[str]:
    """Return the folders of what was recorded."""
    return {path.name for path in (fair.data_folder / "recordings").glob("*") if path.is_dir()}


async def test_a_rehearsal_that_was_ended_elsewhere_does_not_come_back_as_a_show(
    people: People, fair: RunningServer
) -> None:
    """Its page has not heard so: its conversation is broken."""
    room, colleague = staff_of(fair, 11).room, await open_studio(people, fair, 11, 1)
    studio = await people.enter()
    sockets = await breakable(studio)
    staff = staff_of(fair, 11)
    await studio.sign_in(staff.email, staff.password, then=f"/studio/{room}")
    await studio.frames("#preview", 3)
    await studio.page.click("#rehearse")
    await studio.frames("#rehearsal-picture", 5)
    await sockets.cut()
    await colleague.page.click("#rehearsal-end")
    await expect(studio.page.locator("#air-advice")).to_have_text(
        "The rehearsal has ended meanwhile. Nothing is sent."
    )
    hall = await (await colleague.context.request.get(f"{fair.base_url}/api/hall")).json()
    assert room not in [one["room"] for one in hall["rooms"]]


class Sockets:
    """The sockets of a page, until they are cut; none opens after that."""

    def __init__(self) -> None:
        self._is_cut = False
        self._open: list[WebSocketRoute] = []

    async def take(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            await socket.close()
        else:
            socket.connect_to_server()
            self._open.append(socket)

    async def cut(self) -> None:
        self._is_cut = True
        for socket in self._open:
            await socket.close()


async def breakable(person: Person) -> Sockets:
    """Return the sockets that the pages of somebody will have."""
    sockets = Sockets()
    await person.page.route_web_socket("**/socket.io/**", sockets.take)
    return sockets


async def test_a_rehearsal_survives_a_reload_and_stops(people: People, fair: RunningServer) -> None:
    studio = await open_studio(people, fair, 9)
    await studio.page.click("#rehearse")
    await studio.frames("#rehearsal-picture", 5)
    await studio.page.reload()
    await studio.frames("#rehearsal-picture", 5)
    await expect(studio.page.locator("#air-words")).to_have_text("Rehearsing")
    await studio.page.click("#rehearsal-end")
    await expect(studio.page.locator("#rehearsal")).to_be_hidden()
    await expect(studio.page.locator("#air-words")).to_have_text("Off air")
    await expect(studio.page.locator("#go-live")).to_be_enabled()
