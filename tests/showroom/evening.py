"""A fair in full swing at two real servers: a show with its audience, a call, and who notices gaps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from rooms.fair.database import Database
from rooms.fair.policy import Actor
from rooms.negotiation.outcomes import Outcomes
from rooms.negotiation.states import CallState
from showroom.load.door import knock
from signaling.tickets import Purpose, Tickets
from tests.media.peer import Peer
from tests.media.scale import scaled
from tests.rooms.fair_facts import LAMP, OAK, furnish, staff
from tests.showroom.failing_over import Line, Lone
from tests.showroom.nodes import SECRET, Nodes, Person, records, two_nodes
from tests.signaling.fair import on_air

CALLS, AUDIENCE = scaled(1, 2), scaled(3, 20)
STAFF, BUYERS = 6, scaled(8, 24)
PATIENCE_SECONDS = 15.0
"""The goals are two and three seconds, which a machine of one's own keeps."""
AGAIN_SECONDS = 0.1
PRESS_SECONDS = 0.1
CONSENT_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """What came of a question, and how soon."""

    what: str
    code: str
    seconds: float
    retry_after: str = ""


@dataclass
class Evening:
    """The show and the calls are at the first server; the second has a line of its own to the store."""

    nodes: Nodes
    store: Lone
    line: Line
    calls: list[str] = field(default_factory=list)
    talkers: list[Person] = field(default_factory=list)
    senders: list[Peer] = field(default_factory=list)
    viewers: list[Peer] = field(default_factory=list)
    started_at: float = 0.0
    _numbers: Iterator[int] = field(default_factory=count)
    _taken: list[tuple[Person, str]] = field(default_factory=list)

    def url(self, node: int = 0) -> str:
        return self.nodes.servers[node].base_url

    @property
    def pages(self) -> list[Person]:
        """The pages of those who are in no call."""
        return self.nodes.pages[CALLS:]

    @property
    def consoles(self) -> list[Person]:
        return self.nodes.consoles[CALLS:]

    async def begin(self, stack: AsyncExitStack) -> None:
        for number in range(STAFF):
            await self.nodes.staff(number)
        for number in range(BUYERS):
            await self.nodes.buyer(number)
        ticket = Tickets(SECRET, time.time).mint(staff(), Purpose.PUBLISH, room=OAK, ttl=3600)
        await self._send(stack, f"/whip/{OAK}", ticket)
        await soon(self.lists_show, time.perf_counter())
        self.started_at = (await self.show_in_hall())["started_at"]
        for _ in range(AUDIENCE):
            self.viewers.append(await self.watch(f"/whep/{OAK}"))
        for number in range(CALLS):
            await self._talk(stack, self.nodes.pages[number], self.nodes.consoles[number])

    async def watch(self, path: str, bearer: str = "") -> Peer:
        """Come in by WHEP, and see something."""
        peer = Peer("recvonly")
        await peer.connect((await knock(self.nodes.http, self.url() + path, peer.offer(), bearer)).answer)
        await peer.until(lambda: bool(peer.video()), PATIENCE_SECONDS)
        return peer

    async def consent(self) -> None:
        """Go on wanting to be sent something, as browsers do, for ever."""
        while True:
            for peer in (*self.senders, *self.viewers):
                peer.check()
            await asyncio.sleep(CONSENT_SECONDS)

    async def show_in_hall(self, node: int = 1) -> dict[str, Any]:
        """Return the show as the hall of a node lists it; empty when it does not."""
        async with self.nodes.http.get(f"{self.url(node)}/api/hall") as response:
            rooms = (await response.json())["rooms"] if response.status == 200 else []
        return next((room for room in rooms if room["room"] == OAK), {})

    async def lists_show(self) -> bool:
        return (await self.show_in_hall()).get("state") == "live"

    async def ask_for_call(self, page: Person) -> dict[str, Any]:
        key = f"ask-{next(self._numbers)}"
        return await page.ask("request_call", show_second=None, product_id=None, request_key=key)

    async def accept(self, console: Person, call: str) -> dict[str, Any]:
        return await console.ask("accept_call", call=call, request_key=f"{console.actor.id}-{call}")

    async def takes_calls(self) -> bool:
        """Tell whether a request is taken, and then the call; each time others try."""
        number = next(self._numbers)
        answer = await self.ask_for_call(self.pages[number % len(self.pages)])
        if answer.get("call", {}).get("state") != "ringing":
            return False
        call, console = str(answer["call"]["id"]), self.consoles[number % len(self.consoles)]
        if "call" not in await self.accept(console, call):
            return False
        self._taken.append((console, call))
        return True

    async def press(self, seconds: float, ringing: str) -> list[Answer]:
        """Ask for this and that, ten times a second, without waiting for one another."""
        pages, consoles, answers = cycle(self.pages), cycle(self.consoles), list[Answer]()
        offer, ends = Peer("sendonly").offer(), time.perf_counter() + seconds
        asks: Iterator[Callable[[], Awaitable[Answer]]] = cycle((
            lambda: _told("request", self.ask_for_call(next(pages))),
            lambda: _told("accept", self.accept(next(consoles), ringing)),
            lambda: self._answered("GET", "/api/hall"),
            lambda: self._answered("POST", f"/whip/{LAMP}", offer),
        ))

        async def note(ask: Callable[[], Awaitable[Answer]]) -> None:
            answers.append(await ask())

        async with asyncio.TaskGroup() as group:
            while time.perf_counter() < ends:
                group.create_task(note(next(asks)))
                await asyncio.sleep(PRESS_SECONDS)
        return answers

    async def words_pass(self) -> None:
        """See what one browser of a call has to say reach the other."""
        for one, other in zip(self.talkers[::2], self.talkers[1::2], strict=True):
            other.events.clear()
            assert await one.ask("signal", description={"type": "offer", "sdp": "v=0"}) == {"ok": True}
            await other.hears("signal")

    async def goes_on(self) -> None:
        """See that the show is the one it was, and that the calls talk, in the records too."""
        await soon(self.lists_show, time.perf_counter())
        assert (await self.show_in_hall())["started_at"] == self.started_at
        assert not [talker.actor.id for talker in self.talkers if "ended" in talker.events]
        database = Database(self.nodes.database_url)
        outcomes = {str(it.id): it.outcome for it in await Outcomes(database).since(0)}
        await database.close()
        assert {outcomes[call] for call in self.calls} == {CallState.TALKING}
        assert not any(viewer.is_closed for viewer in self.viewers)
        assert all(server.process.returncode is None for server in self.nodes.servers)
        await self.words_pass()

    async def clear(self) -> None:
        """End what was tried, and decline whatever rings or waits, also what the fair took unsaid."""
        while self._taken:
            taker, taken = self._taken.pop()
            await self.nodes.hang_up(0, taker.actor, taken)
        console = await self.nodes.enter(0, "/booth", self.consoles[0].actor)
        await console.hears("snapshot")
        for call in console.snapshots[-1][0]["calls"]:
            if call["state"] in ("ringing", "waiting"):
                await console.ask("decline_call", call=call["id"])
        await console.talk.close()

    async def measured(self, name: str, node: int = 0) -> dict[str, float]:
        """Return the samples of a metric, by what their one label says."""
        async with self.nodes.http.get(f"{self.url(node)}/metrics") as response:
            families = text_string_to_metric_families(await response.text())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return {next(iter(sample.labels.values()), ""): sample.value for sample in samples}

    async def _send(self, stack: AsyncExitStack, path: str, bearer: str) -> None:
        peer = Peer("sendonly")
        await peer.connect((await knock(self.nodes.http, self.url() + path, peer.offer(), bearer)).answer)
        self.senders.append(peer)
        await stack.enter_async_context(on_air(peer))

    async def _talk(self, stack: AsyncExitStack, page: Person, console: Person) -> None:
        """Bring two into a call whose pictures go through the relay."""
        call = str((await self.ask_for_call(page))["call"]["id"])
        await console.rings(call)
        assert "call" in await self.accept(console, call)
        buyer, member = await asyncio.gather(*(self._sit_down(it.actor, call) for it in (page, console)))
        self.calls.append(call)
        self.talkers += [buyer, member]
        await self._send(stack, f"/whip/calls/{call}", buyer.snapshots[-1][0]["media_ticket"])
        ticket = member.snapshots[-1][0]["media_ticket"]
        self.viewers.append(await self.watch(f"/whep/calls/{call}/buyer", ticket))

    async def _sit_down(self, actor: Actor, call: str) -> Person:
        person = await self.nodes.enter(0, "/meeting", actor, call)
        await person.hears("snapshot")
        return person

    async def _answered(self, method: str, path: str, offer: str = "") -> Answer:
        bearer = Tickets(SECRET, time.time).mint(staff(1, LAMP), Purpose.PUBLISH, room=LAMP)
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/sdp"} if offer else {}
        since = time.perf_counter()
        request = self.nodes.http.request(method, self.url() + path, data=offer.encode(), headers=headers)
        async with request as response:
            code = (await response.json())["code"] if response.status == 503 else str(response.status)
            seconds = time.perf_counter() - since
            return Answer(f"{method} {path}", code, seconds, response.headers.get("Retry-After", ""))


async def _told(what: str, ask: Awaitable[dict[str, Any]]) -> Answer:
    since = time.perf_counter()
    answer = await ask
    code = answer["error"]["code"] if "error" in answer else "ok"
    return Answer(what, code, time.perf_counter() - since)


async def soon(ask: Callable[[], Awaitable[bool]], since: float) -> float:
    """Ask again and again until it is so; return how long after `since` that was."""
    while not await ask():
        assert time.perf_counter() - since < PATIENCE_SECONDS, ask
        await asyncio.sleep(AGAIN_SECONDS)
    return time.perf_counter() - since


@asynccontextmanager
async def evening(folder: Path, **settings: str) -> AsyncIterator[Evening]:
    """Open the fair on a store of its own, and close it."""
    store, line = Lone(folder), Line()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(records(folder))
        database = Database(url)
        await furnish(database)
        await database.close()
        await store.open()
        stack.push_async_callback(store.die)
        await line.open(store.store.port)
        stack.push_async_callback(line.close)
        urls = (store.url, f"redis://127.0.0.1:{line.port}/0")
        nodes = await stack.enter_async_context(two_nodes(folder, urls, url, OAK, settings))
        fair = Evening(nodes, store, line)
        await fair.begin(stack)
        consenting = asyncio.create_task(fair.consent())
        yield fair
        consenting.cancel()
        for person in fair.talkers:
            await person.talk.close()
        for peer in (*fair.senders, *fair.viewers):
            peer.close()
