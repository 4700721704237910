"""Drives a headless Firefox over WebDriver BiDi: start, open a page, run a function, stop."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import websockets

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = (
    'user_pref("media.autoplay.default", 0);\nuser_pref("network.captive-portal-service.enabled", false);\n'
)


class Firefox:
    """One BiDi session with one tab."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._tab = ""

    async def command(self, method: str, **params: Any) -> Any:
        """Send one command and return its result; events that come between are passed over."""
        number = next(self._ids)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            reply = json.loads(await self._socket.recv())
            if reply.get("id") == number:
                if reply["type"] == "error":
                    raise RuntimeError(f"{method}: {reply['message']}")
                return reply["result"]

    async def open(self, url: str) -> None:
        """Load a page in the tab."""
        tree = await self.command("browsingContext.getTree")
        self._tab = tree["contexts"][0]["context"]
        await self.command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    async def run(self, function: str) -> Any:
        """Run an async function in the page; it returns JSON text, which comes back parsed."""
        answer = await self.command(
            "script.callFunction",
            functionDeclaration=function,
            awaitPromise=True,
            target={"context": self._tab},
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """Start Firefox with a fresh profile; it ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text(PREFERENCES)
        process = await asyncio.create_subprocess_exec(
            *("firefox-esr", "--headless", "--no-remote"), *("--profile", profile),
            *("--remote-debugging-port", "0"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            address = await asyncio.wait_for(_address(process), 30)
            async with websockets.connect(f"{address}/session", max_size=None) as socket:
                session = Firefox(socket)
                await session.command("session.new", capabilities={})
                yield session
        finally:
            process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode(errors="replace"):
        if found := LISTENING.search(line):
            return found[1]
    raise RuntimeError("Firefox ended before it listened")
