"""People whose every request comes two to five times at two servers, at once or long after."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from rooms.fair.policy import Actor
from showroom.load.door import Refused
from tests.showroom.nodes import Nodes, Person
from tests.web.visitor import PASSWORD, TOKEN

BUSY = ("too_many_tries", "busy", "too_many_requests")
AGAIN_SECONDS = 0.5
MOST_COPIES = 5
Send = Callable[[int], Awaitable[dict[str, Any]]]
"""Sends a request to one of the two servers; the answer has `error` where it is refused."""


@dataclass
class Browser:
    """Somebody who is signed in, at both servers, and has a page or a console open at each."""

    nodes: Nodes
    actor: Actor
    client: aiohttp.ClientSession
    token: str = ""
    open: list[Person] = field(default_factory=list)

    async def enter(self, email: str, namespace: str) -> None:
        url = self.nodes.servers[0].base_url
        form = {"email": email, "password": PASSWORD, "csrf": await self._token("/sign-in")}
        async with self.client.post(f"{url}/sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
        self.token = await self._token("/nowhere")
        self.open = [await self.nodes.enter(node, namespace, self.actor) for node in range(2)]

    async def leave(self) -> None:
        await asyncio.gather(*(person.talk.close() for person in self.open))
        await self.client.close()

    def asks(self, event: str, **message: Any) -> Send:
        """Return what asks it on the socket at a server."""
        return lambda node: self.open[node].ask(event, **message)

    def posts(self, path: str, **body: Any) -> Send:
        """Return what posts it to a server."""
        return lambda node: self._post(node, path, body)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        return await self._post(0, path, body)

    async def get(self, path: str) -> dict[str, Any]:
        async with self.client.get(self.nodes.servers[0].base_url + path) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def _post(self, node: int, path: str, body: dict[str, Any]) -> dict[str, Any]:
        url, headers = self.nodes.servers[node].base_url + path, {"X-CSRF-Token": self.token}
        async with self.client.post(url, json=body, headers=headers) as answer:
            found = await answer.json(content_type=None)
            assert answer.status < 500, (path, found)
            return dict(found) if answer.status < 300 else {"error": found}

    async def _token(self, path: str) -> str:
        async with self.client.get(self.nodes.servers[0].base_url + path) as page:
            found = TOKEN.search(await page.text())
        assert found
        return found[1]


@dataclass(frozen=True, eq=False)
class Late:
    """A copy of a request that is still on its way; `first` is what the request has made."""

    name: str
    send: Send
    made: Callable[[dict[str, Any]], object]
    first: object


@dataclass
class Repeating:
    """Sends the first copy of each request in its order, and the others whenever it comes."""

    chance: random.Random
    sent: int = 0
    refused: int = 0
    _late: list[Late] = field(default_factory=list)

    async def do(self, name: str, send: Send, made: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Do something new, beside late copies of what was done; return the answer of what was done.

        `made` names what was made: a copy that is not refused must have made the same.
        """
        copies, now = self.chance.randint(2, MOST_COPIES), self.chance.random() < 0.5
        at_once = self.chance.randrange(copies) if now else 0
        late = [self._late.pop(self.chance.randrange(len(self._late))) for _ in range(len(self._late) // 3)]
        others = asyncio.gather(*(self._again(it) for it in late))
        answers = await asyncio.gather(*(self._send(send) for _ in range(1 + at_once)))
        await others
        done = [it for it in answers if "error" not in it]
        while not done:
            codes = {it["error"]["code"] for it in answers}
            assert codes <= set(BUSY), (name, answers)
            await asyncio.sleep(AGAIN_SECONDS)
            answers = [await self._send(send)]
            done = [it for it in answers if "error" not in it]
        assert len({made(it) for it in done}) == 1, (name, done)
        self._late += [Late(name, send, made, made(done[0])) for _ in range(copies - 1 - at_once)]
        return done[0]

    async def all_late(self, *names: str) -> None:
        """Send what is left of the copies, all together and in any order."""
        late = [it for it in self._late if not names or it.name in names]
        self._late = [it for it in self._late if it not in late]
        self.chance.shuffle(late)
        await asyncio.gather(*(self._again(it) for it in late))

    async def _again(self, late: Late) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.02))
        try:
            answer = await self._send(late.send)
        except (ConnectionError, Refused):
            self.refused += 1  # the place where it was asked is closed by now
            return
        if "error" in answer:
            self.refused += 1
        else:
            assert late.made(answer) == late.first, (late.name, answer, late.first)

    async def _send(self, send: Send) -> dict[str, Any]:
        self.sent += 1
        return await send(self.chance.randrange(2))
