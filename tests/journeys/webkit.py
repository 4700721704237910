"""WebKit, the engine of Safari, by WebDriver (W3C): Debian's build, with GStreamer for media."""

from __future__ import annotations

import asyncio
import os
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.ports import free_port

DRIVER, SCREEN = "WebKitWebDriver", "Xvfb"
BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), Path("MiniBrowser"))
START_SECONDS = 20.0
PLAYED = """
return [...document.querySelectorAll('video')].map((it) =>
  [it.currentSrc, it.readyState, it.networkState, it.currentTime, it.paused, it.videoWidth, it.error]);
"""
NO_DEVICE = "alsasink:0,openalsink:0,pulsesink:0,fakeaudiosink:400"
"""A test machine has no loudspeaker, and GStreamer would look for one."""


class WebKit:
    """One window."""

    def __init__(self, http: aiohttp.ClientSession, session: str) -> None:
        self._http, self._session = http, session

    async def go(self, url: str) -> None:
        await self._ask("POST", "/url", {"url": url})

    async def run(self, script: str, *given: object) -> Any:
        """Run the body of a function and return what it returns."""
        return await self._ask("POST", "/execute/sync", {"script": script, "args": list(given)})

    async def until(self, condition: str, seconds: float = 60.0) -> None:
        """Wait until an expression is true there."""
        end = time.monotonic() + seconds
        while not await self.run(f"return Boolean({condition})"):
            assert time.monotonic() < end, f"in vain: {condition}; {await self.run(PLAYED)}"
            await asyncio.sleep(0.2)

    async def close(self) -> None:
        await self._ask("DELETE", "", None)

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        async with self._http.request(method, self._session + path, json=body) as response:
            answer = (await response.json())["value"]
            assert response.status == 200, answer
            return answer


@asynccontextmanager
async def webkit(**environment: str) -> AsyncIterator[WebKit]:
    """Open a window on a screen that nobody sees."""
    display, screen = await _screen()
    own = {
        "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1",
        "GST_PLUGIN_FEATURE_RANK": NO_DEVICE, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    }
    port = free_port()
    driver = await asyncio.create_subprocess_exec(
        DRIVER, f"--port={port}", env=os.environ | own | environment, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as http:
            window = await _open(http, f"http://127.0.0.1:{port}")
            yield window
            await window.close()
    finally:
        for process in (driver, screen):
            process.kill()
            await process.wait()


async def _screen() -> tuple[str, Process]:
    """Start a screen; it says which number it took."""
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        SCREEN, "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp",
        pass_fds=(writing,), stdout=DEVNULL, stderr=DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        return (await asyncio.to_thread(numbers.readline)).strip(), process


async def _open(http: aiohttp.ClientSession, driver: str) -> WebKit:
    options = {"webkitgtk:browserOptions": {"binary": str(BROWSER), "args": ["--automation"]}}
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with http.post(
                    f"{driver}/session", json={"capabilities": {"alwaysMatch": options}}
                ) as response:
                    answer = (await response.json())["value"]
                    assert response.status == 200, answer
                    return WebKit(http, f"{driver}/session/{answer['sessionId']}")
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.1)
