"""A server with a store of its own dies or is stopped: who waits in line keeps their place."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from rooms.fair.database import Database
from tests.databases import url_for
from tests.rooms.fair_facts import OAK, buyer, furnish, staff
from tests.showroom.nodes import SECRET, Nodes, Person
from tests.showroom.server import environment, running_server

WAITING = [buyer(number) for number in range(2, 5)]
ADA = staff()
LONG = {"SHOWROOM_CALLS_SEAT_SECONDS": "300", "SHOWROOM_CALLS_RING_SECONDS": "300"}
"""A busy test machine takes long to open a server."""


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Nodes]:
    """Run the server with its own store in this folder, and let nobody in yet."""
    settings = {"SHOWROOM_SECRETS_KEY": SECRET, "SHOWROOM_RECORDING_ENABLED": "false", **LONG}
    if url := url_for(folder / "data"):
        settings["SHOWROOM_DATABASE_URL"] = url
    async with running_server(folder, "serve", **settings) as server, aiohttp.ClientSession() as http:
        nodes = Nodes([server], url, http, OAK)
        yield nodes
        await nodes.leave()


async def came_in(nodes: Nodes) -> None:
    """Let one of the staff and all buyers open their pages."""
    nodes.consoles = [await nodes.enter(0, "/booth", ADA)]
    nodes.pages = [await nodes.enter(0, "/hall", who) for who in (buyer(1), *WAITING)]
    await asyncio.gather(*(page.hears("snapshot") for page in (*nodes.consoles, *nodes.pages)))


async def ask(page: Person) -> str:
    answer = await page.ask("request_call", show_second=None, product_id=None, request_key=page.actor.id)
    assert "call" in answer, answer
    return str(answer["call"]["id"])


def stands(page: Person) -> tuple[str, str, int | None, float]:
    """Return what a page was told as it opened: its call, how that stands, since when, and its place."""
    told = page.snapshots[-1][0]
    place = told["line"]["position"] if told["line"] else None
    return told["call"]["id"], told["call"]["state"], place, told["call"]["requested_at"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
async def test_who_waits_in_line_keeps_their_place_and_is_served_in_turn(
    tmp_path: Path, how: signal.Signals
) -> None:
    await fill(tmp_path)
    async with opened(tmp_path) as nodes:
        await came_in(nodes)
        console, first, *others = (*nodes.consoles, *nodes.pages)
        talk = await ask(first)
        await console.rings(talk)
        assert "call" in await console.ask("accept_call", call=talk, request_key="talk")
        waiting = [await ask(page) for page in others]
        before = [await anew(nodes, page) for page in others]
        assert [(call, state, place) for call, state, place, _ in before] == [
            (call, "waiting", number) for number, call in enumerate(waiting, start=1)
        ]
        nodes.servers[0].process.send_signal(how)
        await nodes.servers[0].process.wait()
    async with opened(tmp_path) as nodes:
        await came_in(nodes)
        assert [stands(page) for page in nodes.pages[1:]] == before
        assert stands(nodes.pages[0])[:2] == (talk, "talking")
        await served(nodes, talk, waiting)


async def served(nodes: Nodes, talk: str, waiting: list[str]) -> None:
    """See each ring once the one before has ended, and no other, until nobody waits."""
    console = nodes.consoles[0]
    for call in waiting:
        await nodes.hang_up(0, ADA, talk)
        await console.rings(call)
        assert not [it for it in waiting[waiting.index(call) + 1 :] if console.rung.get(it)]
        answer = await console.ask("accept_call", call=call, request_key=call[-20:])
        assert "call" in answer, answer
        await nodes.pages[1 + waiting.index(call)].heard(call, "talking")
        talk = call
    await nodes.hang_up(0, ADA, talk)
    for page, call in zip(nodes.pages[1:], waiting, strict=True):
        await page.heard(call, "ended")


async def anew(nodes: Nodes, page: Person) -> tuple[str, str, int | None, float]:
    """Return what another page of somebody is told as it opens."""
    other = await nodes.enter(0, "/hall", page.actor)
    await other.hears("snapshot")
    await other.talk.close()
    return stands(other)


async def fill(folder: Path) -> None:
    """Put two companies into the records of the server to be."""
    data = Path(environment(folder)["SHOWROOM_DATA_FOLDER"])
    data.mkdir()
    database = Database(url_for(data) or f"sqlite+aiosqlite:///{data / 'fair.sqlite3'}")
    await database.migrate()
    await furnish(database)
    await database.close()
