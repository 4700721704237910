"""A show whose publisher goes from node to node: it is at the one that its picture came to last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from config.ids import RoomId, ShowId
from config.settings import Settings
from rooms.fair.database import Database
from rooms.live.shows import ShowState
from signaling.no_archive import NoArchive
from tests.media.peer import KEY, VIDEO, Peer
from tests.rooms.fair_facts import OAK, guest, staff
from tests.signaling.fair import LASTING, PATIENCE_SECONDS, Node, on_air, open_node, quick
from tests.signaling.test_stage import live


class Heard(NoArchive):
    """Remembers what it is told of pictures that go."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def away(self, room: RoomId) -> None:
        self.told.append(f"away {room}")

    def went_on(self, show: ShowId, *, has_picture: bool) -> None:
        self.told.append(f"went on {show}{' and is here' if has_picture else ''}")


@pytest.fixture
async def other(valkey_url: str, database: Database, settings: Settings) -> AsyncIterator[Node]:
    """Another node of the same fair."""
    async with open_node(quick(settings, **LASTING), valkey_url, database) as node:
        yield node


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not claim():
            await asyncio.sleep(0.02)


async def _is_at(fair: Node, node: Node, state: ShowState) -> bool:
    show = await fair.parts.shows.get(OAK)
    return show is not None and show.node == f"node-{node.relay.port}" and show.state is state


async def comes_to(fair: Node, node: Node, state: ShowState = ShowState.LIVE) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _is_at(fair, node, state):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_who_writes_is_told_at_once_that_the_picture_is_gone_and_then_that_it_is_elsewhere(
    fair: Node, other: Node
) -> None:
    """The first before any store is asked: what comes back may belong into another file."""
    archive = fair.stage._archive = Heard()
    page = await other.talk("/hall", guest(), OAK)
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        show = (await page.hear("show", live))["show"]
    await until(lambda: archive.told == [f"away {OAK}"])
    peer, _ = await other.go_live(other.publish_ticket(staff()))
    async with on_air(peer):
        await until(lambda: f"went on {show['id']}" in archive.told)
        assert await _is_at(fair, other, ShowState.LIVE)
    archive.told.clear()
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await comes_to(fair, fair)
        await asyncio.sleep(1.5)  # whoever looks each second has seen it
        archive.told.clear()
        await asyncio.sleep(1.5)
        assert archive.told == []


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_node_that_notices_late_does_not_take_the_show_off_the_air_of_another(
    fair: Node, other: Node
) -> None:
    """The publisher is at the other before this one has missed a packet; the show ended a minute later."""
    archive = fair.stage._archive = Heard()
    first, _ = await fair.go_live(fair.publish_ticket(staff()))
    second, _ = await other.go_live(other.publish_ticket(staff()))
    async with on_air(first):
        await comes_to(fair, fair)
        task = asyncio.create_task(_stay_on_air(second))
        await comes_to(fair, other)
        await until(lambda: any(told.endswith("and is here") for told in archive.told))
    await until(lambda: not fair.relay.is_live(OAK))
    await asyncio.sleep(1.0)
    assert await _is_at(fair, other, ShowState.LIVE)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.threat("F11")
@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_picture_that_resumes_where_the_show_has_left_takes_nothing_back(
    fair: Node, other: Node
) -> None:
    """As at a server that slept: what it has of before was overtaken, and it lets go of the old session."""
    first, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(first):
        await comes_to(fair, fair)
    await until(lambda: not fair.relay.is_live(OAK))
    second, _ = await other.go_live(other.publish_ticket(staff()))
    task = asyncio.create_task(_stay_on_air(second))
    await comes_to(fair, other)
    for number in range(20_000, 20_200):
        first.send(VIDEO, number, KEY)
        await asyncio.sleep(0.01)
        if fair.relay.publication(OAK) is None:
            break
    assert fair.relay.publication(OAK) is None
    assert await _is_at(fair, other, ShowState.LIVE)
    task.cancel()
    await asyncio.wait([task])


async def _stay_on_air(peer: Peer) -> None:
    async with on_air(peer):
        await asyncio.sleep(PATIENCE_SECONDS)


@pytest.mark.parametrize("fair", [LASTING], indirect=True)
async def test_a_show_that_is_taken_for_away_is_live_again_where_its_picture_is(
    fair: Node
) -> None:
    """As by a node that starts, and takes for left behind whatever has no picture there."""
    peer, _ = await fair.go_live(fair.publish_ticket(staff()))
    async with on_air(peer):
        await comes_to(fair, fair)
        assert await fair.parts.shows.away(OAK) is not None
        await comes_to(fair, fair)
