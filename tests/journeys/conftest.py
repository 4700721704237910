"""One fair for all journeys: the real server as a process, real Chromium, a real TURN server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.journeys.link import Link
from tests.journeys.people import Person
from tests.journeys.turn import SECRET, Turn, coturn
from tests.showroom.server import RunningServer, running_server
from tests.web.mail_server import Inbox, open_inbox

expect.set_options(timeout=30_000)
"""Far above what a page needs, because a busy test machine is no fault."""
CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Chromium without windows: with them, each person costs two seconds of processor time for toolbars."""
WITH_WINDOWS = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=document-user-activation-required",
]
TTL_SECONDS, SEAT_SECONDS, RING_SECONDS, AGAIN_SECONDS = 10, 15, 12, 6
"""At the hurried fair: of TURN credentials (else 600), of the seat of who is gone (30), of a ring (45),
between two requests of a buyer at one stand (60)."""
ABROAD: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Tokyo"}
"""Buyers who read another language on another clock than the exhibitor."""
GRANTED = ["--use-fake-device-for-media-stream=fps=30", "--use-fake-ui-for-media-stream"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def turn(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Turn]:
    async with coturn(tmp_path_factory.mktemp("turn")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def turn_line(turn: Turn) -> AsyncIterator[Link]:
    """The line by which browsers at the fair reach the TURN server over UDP; it may be told to lose."""
    link = Link(turn.port, 0)
    yield link
    link.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mail() -> AsyncIterator[tuple[Inbox, int]]:
    """Where the mails of the fair arrive, and its port."""
    async with open_inbox() as inbox:
        yield inbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inbox(mail: tuple[Inbox, int]) -> Inbox:
    """All mails the fair has sent."""
    return mail[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fair(
    tmp_path_factory: pytest.TempPathFactory, turn: Turn, turn_line: Link, mail: tuple[Inbox, int]
) -> AsyncIterator[RunningServer]:
    """The demo fair without shows of its own: each journey puts on what it needs."""
    async with running_server(
        tmp_path_factory.mktemp("fair"), "demo", "--no-shows",
        SHOWROOM_TURN_URLS=turn.urls(turn_line.port), SHOWROOM_TURN_SECRET=SECRET,
        SHOWROOM_ACCOUNTS_SIGN_INS_PER_MINUTE="600", SHOWROOM_MAIL_HOST="127.0.0.1",
        SHOWROOM_MAIL_PORT=str(mail[1]), SHOWROOM_MAIL_TLS="none", SHOWROOM_MAIL_SENDER="fair@fair.example",
    ) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hurried(tmp_path_factory: pytest.TempPathFactory, turn: Turn) -> AsyncIterator[RunningServer]:
    """A small fair whose calls wait for seconds where others wait for minutes."""
    async with running_server(
        tmp_path_factory.mktemp("hurried"), SHOWROOM_TURN_URLS=turn.urls(), SHOWROOM_TURN_SECRET=SECRET,
        SHOWROOM_TURN_TTL_SECONDS=str(TTL_SECONDS), SHOWROOM_CALLS_SEAT_SECONDS=str(SEAT_SECONDS),
        SHOWROOM_CALLS_RING_SECONDS=str(RING_SECONDS), SHOWROOM_CALLS_AGAIN_SECONDS=str(AGAIN_SECONDS),
    ) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(turn: Turn) -> AsyncIterator[Browser]:
    """Chromium with a fake camera and microphone that are granted, and trust in our TURN server."""
    args = [*FLAGS, *GRANTED, f"--ignore-certificate-errors-spki-list={turn.key_hash}"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser_without_devices() -> AsyncIterator[Browser]:
    """Chromium that refuses camera and microphone, as a person may."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


class People:
    """Let people into the fair and see them out; nobody may leave with a complaint."""

    def __init__(self, browser: Browser, base_url: str, *, have_modest_cameras: bool = True) -> None:
        self._browser, self._base_url = browser, base_url
        self._options = {"has_modest_camera": have_modest_cameras}
        self._inside: list[Person] = []
        self.buyers = ABROAD if "JOURNEYS_ABROAD" in os.environ else {}
        """What is special about the browsers of buyers."""

    async def enter(self, *, browser: Browser | None = None, **options: Any) -> Person:
        person = await Person.enter(browser or self._browser, self._base_url, **self._options | options)
        self._inside.append(person)
        return person

    async def close(self) -> list[str]:
        for person in self._inside:
            await person.leave()
        return [complaint for person in self._inside for complaint in person.complaints]

    async def photograph(self, folder: Path, name: str) -> None:
        """Keep what every screen showed, for whoever reads the failure."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, person in enumerate(self._inside):
            await person.page.screenshot(path=folder / f"{name}-{number}.png", timeout=5000)


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, fair: RunningServer, request: pytest.FixtureRequest
) -> AsyncIterator[People]:
    crowd = People(browser, fair.base_url)
    yield crowd
    outcome = getattr(request.node, "outcome", None)
    if outcome == "failed":
        await crowd.photograph(Path("build/failures"), request.node.name)
    complaints = await crowd.close()
    assert not complaints, complaints


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = (yield).get_result()
    if report.when == "call":
        item.outcome = report.outcome  # type: ignore[attr-defined]  # read by the fixture above
