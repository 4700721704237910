"""Journeys of a call by a relay: each way to it, and over a line that loses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.conftest import People
from tests.journeys.link import Link
from tests.journeys.people import Person
from tests.journeys.test_call_room import meet
from tests.journeys.turn import Turn
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
COMPANY = 13
LOSS = 0.2
"""On the way to the relay and again on the way from it: more than a third in all."""
GONE_SECONDS = 10
LINE = "window.peers.filter(p => p.connectionState === 'connected').at(-1)"
CREDENTIALS = f"{LINE}.getConfiguration().iceServers[0]"
PATH = f"""
async () => {{
  const stats = await {LINE}.getStats();
  for (const [, report] of stats) {{
    if (report.type !== 'transport') continue;
    const pair = stats.get(report.selectedCandidatePairId);
    const {{candidateType, relayProtocol, port}} = stats.get(pair.localCandidateId);
    return {{kind: candidateType, leg: relayProtocol, port}};
  }}
}}
"""
"""The way of a call's media: what its address is, how the relay is reached, and the port there."""
OWN_NAME = f"() => /a=ice-ufrag:(.+)/.exec((window.line ??= {LINE}).localDescription.sdp)[1]"
"""Under which this page is looked for; another one after each restart of ICE (RFC 8445 section 2.4)."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def call(browser: Browser, fair: RunningServer) -> AsyncIterator[tuple[Person, Person]]:
    """One call for all tests of this file."""
    people = People(browser, fair.base_url, have_modest_cameras=False)
    yield await meet(people, fair, COMPANY)
    assert await people.close() == []


async def come_by(leg: str, *both: Person) -> list[dict[str, Any]]:
    """Let both come into the call again by one way to the relay alone; return the way of their media."""
    await asyncio.gather(*(p.page.goto(f"{p.page.url.split('?')[0]}?relay={leg}") for p in both))
    await asyncio.gather(*(p.frames("#other-video", 20) for p in both))
    return [await person.page.evaluate(PATH) for person in both]


async def let_go(turn: Turn, ports: list[int]) -> None:
    """Wait until the relay holds no allocation at these ports."""
    async with asyncio.timeout(GONE_SECONDS):
        while any(turn.relays(port) for port in ports):
            await asyncio.sleep(0.05)


async def test_the_relay_carries_a_call_over_udp_tcp_and_tls(
    call: tuple[Person, Person], turn: Turn
) -> None:
    """Nothing but the relay may be used; each who joins has credentials minted then."""
    names: set[str] = set()
    ports: list[int] = []
    for leg in ("udp", "tcp", "tls"):
        ways = await come_by(leg, *call)
        await let_go(turn, ports)
        ports = [way["port"] for way in ways]
        assert [(way["kind"], way["leg"]) for way in ways] == 2 * [("relay", leg)]
        assert all(turn.relays(port) for port in ports)
        for person in call:
            before = await person.sound()
            await person.frames("#other-video", 5)
            assert (await person.sound())["packets"] > before["packets"]
            names.add((await person.page.evaluate(CREDENTIALS))["username"])
    assert len(names) == 6


async def test_who_comes_onto_another_network_looks_for_another_way_at_once(
    call: tuple[Person, Person],
) -> None:
    """The browser tells of it; nobody waits until the old way is given up, and the call goes on."""
    page = call[0].page
    await asyncio.gather(*(p.page.goto(p.page.url.split("?")[0]) for p in call))
    await asyncio.gather(*(p.frames("#other-video", 20) for p in call))
    before = await page.evaluate(OWN_NAME)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.wait_for_function(f"(before) => ({OWN_NAME})() !== before", arg=before, timeout=5000)
    await asyncio.gather(*(p.frames("#other-video", 20) for p in call))
    assert await page.evaluate(f"{LINE} === window.line")


async def test_a_weak_line_keeps_the_sound_and_the_picture_comes_back(
    call: tuple[Person, Person], turn: Turn, turn_line: Link, record_property: Callable[[str, object], None]
) -> None:
    """More than a third is lost both ways: both read so in plain words, and go on hearing each other."""
    ways = await come_by("udp", *call)
    turn_line.loss, began = LOSS, time.monotonic()
    for person in call:
        await expect(person.page.locator("#sound-alone")).to_be_visible(timeout=20_000)
        await expect(person.page.locator("#quality")).to_contain_text("Poor")
    record_property("sound_alone_after_s", round(time.monotonic() - began, 1))
    await asyncio.gather(*(hears(person, 20) for person in call))
    turn_line.loss, healed = 0, time.monotonic()
    for person in call:
        await expect(person.page.locator("#sound-alone")).to_be_hidden(timeout=25_000)
        await expect(person.page.locator("#quality")).to_contain_text("Good")
        await person.frames("#other-video", 10)
    record_property("picture_again_after_s", round(time.monotonic() - healed, 1))
    await call[0].page.click("#hang-up")
    await expect(call[1].page.locator("#back-to-show")).to_be_visible()
    await let_go(turn, [way["port"] for way in ways])


async def hears(person: Person, packets: int) -> None:
    """Wait, for two seconds at most, until so many more packets of sound have come."""
    before = (await person.sound())["packets"]
    async with asyncio.timeout(2):
        while (await person.sound())["packets"] < before + packets:
            await asyncio.sleep(0.05)
