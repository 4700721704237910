"""Journey of a call from a replay: the console says which second of which show the buyer saw."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from config.ids import RoomId
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from showroom.demo.fair import BUYER, PASSWORD
from tests.journeys.conftest import People
from tests.journeys.stage import open_studio, staff_of
from tests.rooms.recorded import record
from tests.showroom.server import RunningServer
from tests.signaling.fair import Talker
from tests.web.visitor import visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = 12
AT_SECOND, SAID = 3.5, "At 0:03 of the replay of Sep 21, 2026"


async def test_the_console_names_the_replay_a_caller_saw(people: People, fair: RunningServer) -> None:
    room = RoomId(staff_of(fair, COMPANY).room)
    await _record_show(fair, room)
    console = await open_studio(people, fair, COMPANY)
    buyer = await _ask_from_replay(fair, room)
    ring = console.page.locator("#ring")
    await expect(ring).to_contain_text(SAID)
    await console.page.keyboard.press("Escape")
    await expect(ring).to_be_hidden()
    await expect(console.page.locator("#requests")).to_contain_text(SAID)
    await buyer.close()


async def _record_show(fair: RunningServer, room: RoomId) -> None:
    """Leave a recording in the facts of the running fair, as a show of the 21st of September would have."""
    database = Database(f"sqlite+aiosqlite:///{fair.data_folder / 'fair.sqlite3'}")
    await record(Recordings(database, time.time), f"show-of-{room}", room=room)
    await database.close()


async def _ask_from_replay(fair: RunningServer, room: RoomId) -> Talker:
    """Ask for a call as the page of a replay does."""
    async with visitor(fair.base_url) as browser:
        form = {"email": BUYER.email, "password": PASSWORD, "next": ""}
        assert (await browser.submit("/sign-in", form)).status == 303
        ticket = (await browser.post_json("/api/tickets", {"purpose": "hall", "room": room})).json["ticket"]
    buyer = await Talker("/hall").open(fair.base_url, {"v": 1, "ticket": ticket})
    request = {"show": f"show-of-{room}", "show_second": AT_SECOND, "product_id": None, "request_key": "k"}
    assert "call" in await buyer.ask("request_call", request)
    return buyer
