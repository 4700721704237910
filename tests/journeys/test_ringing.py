"""A room full of people: a request is on the screen of the staff at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from config.ids import AccountId, RoomId
from rooms.fair.policy import Actor, Role
from showroom.data_folder import SECRET
from showroom.load.delay import percentile
from showroom.load.talk import Talk
from signaling.tickets import Purpose, Tickets
from tests.journeys.conftest import People
from tests.journeys.stage import open_studio, staff_of
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

COMPANY = 20
PEOPLE, REQUESTS, AT_ONCE = 500, 40, 16
HALF_SECONDS, MOST_SECONDS = 0.3, 1.0
"""The goal of 150 ms is for 19 of 20; a machine that runs other tests beside this one has some slack."""
WATCH = """
() => {
  window.shown = {};
  const look = () => {
    const ring = document.querySelector("#ring");
    const name = ring?.open && ring.querySelector("#ring-name")?.textContent.trim();
    if (name && !(name in window.shown)) {
      window.shown[name] = 0;
      requestAnimationFrame(() => { window.shown[name] = performance.timeOrigin + performance.now(); });
    }
    requestAnimationFrame(look);
  };
  look();
}
"""
"""Notes when each caller's name was in a frame: the one after that in which it was found."""
HIDDEN = "() => !document.querySelector('#ring').open"


async def test_a_request_is_on_the_screen_at_once_in_a_full_room(
    people: People, fair: RunningServer, record_property: Callable[[str, object], None]
) -> None:
    page = (await open_studio(people, fair, COMPANY)).page
    await page.evaluate(WATCH)
    seconds = []
    async with full_room(fair, RoomId(staff_of(fair, COMPANY).room)) as buyers:
        for number, buyer in enumerate(buyers[:REQUESTS]):
            asked_at = time.time()
            wish = {"show_second": None, "product_id": None, "request_key": f"full-{number}"}
            call = (await buyer.ask("request_call", wish))["call"]
            shown = await page.wait_for_function("name => window.shown[name]", arg=call["buyer"]["name"])
            seconds.append((await shown.json_value()) / 1000 - asked_at)
            await buyer.ask("cancel_call", {"call": call["id"]})
            await page.wait_for_function(HIDDEN)
    shares = [percentile(seconds, share) for share in (0.5, 0.95)]
    record_property("request_to_screen_ms_p50_p95", [round(1000 * share) for share in shares])
    assert shares[0] <= HALF_SECONDS
    assert shares[1] <= MOST_SECONDS


@asynccontextmanager
async def full_room(fair: RunningServer, room: RoomId) -> AsyncIterator[list[Talk]]:
    """Fill a room with buyers on real sockets until the block ends."""
    tickets = Tickets((fair.data_folder / SECRET.name).read_text("ascii").strip(), time.time)
    limit = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

        async def come(number: int) -> Talk:
            account = AccountId(f"full-{number}")
            actor = Actor(account, Role.BUYER, f"Guest {number}", "Trade", None, "FI", "en")
            async with limit:
                ticket = tickets.mint(actor, Purpose.HALL, room=room)
                talk = await Talk.begin(http, fair.base_url, "/hall", ticket, ignore)
            stack.push_async_callback(talk.close)
            return talk

        yield list(await asyncio.gather(*(come(number) for number in range(PEOPLE))))


def ignore(_event: str, _message: Any, _at: float) -> None:
    """Hear what everybody in the room hears."""
