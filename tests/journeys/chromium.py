"""A Chromium that may be killed, or put to sleep."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from playwright.async_api import Browser, Playwright

from tests.journeys.conftest import CHROMIUM, FLAGS, GRANTED


@dataclass(frozen=True)
class Killable:
    """A browser of one's own, with a camera and a microphone."""

    browser: Browser

    async def kill(self) -> None:
        """End all its processes at once, so that it can tell nobody."""
        await self._send(signal.SIGKILL)

    async def sleep(self) -> None:
        """Let pages do nothing at all, as phones do with those nobody looks at, until they `wake`."""
        await self._send(signal.SIGSTOP, of="renderer")

    async def wake(self) -> None:
        """Let pages go on as if no time had passed."""
        await self._send(signal.SIGCONT, of="renderer")

    async def _send(self, number: signal.Signals, of: str = "") -> None:
        session = await self.browser.new_browser_cdp_session()
        found = await session.send("SystemInfo.getProcessInfo")
        for process in found["processInfo"]:
            if of in ("", process["type"]):
                with suppress(ProcessLookupError):
                    os.kill(process["id"], number)


@asynccontextmanager
async def killable(playwright: Playwright) -> AsyncIterator[Killable]:
    """Run one until it is killed, or the block ends."""
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *GRANTED])
    yield Killable(browser)
    if browser.is_connected():
        await browser.close()
