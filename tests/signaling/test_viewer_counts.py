"""How many watch is right on all screens, also after a node died with those who watched there."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from config.ids import RoomId
from rooms.live.audience import STALE_SECONDS, Audience
from signaling.viewer_counts import ViewerCounts
from tests.rooms.fair_facts import OAK, Clock


class Screens:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[int] = []

    async def viewers_changed(self, room: RoomId, viewers: int) -> None:
        assert room == OAK
        self.told.append(viewers)


class Machine:
    """A node that tells its viewers."""

    def __init__(self, name: str, audience: Audience) -> None:
        self.screens = Screens()
        self.counts = ViewerCounts(audience, self.screens)
        self.counts.node = name


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audience(redis: Redis, clock: Clock) -> Audience:
    return Audience(redis, clock)


async def go_on(clock: Clock, machine: Machine, seconds: int) -> None:
    for _ in range(seconds):
        clock.move(1)
        await machine.counts.tell()


async def test_viewers_of_a_node_that_died_are_counted_no_more_and_the_others_still(
    audience: Audience, clock: Clock
) -> None:
    here, lost = Machine("here", audience), Machine("lost", audience)
    here.counts.note(OAK, 3)
    lost.counts.note(OAK, 40)
    await lost.counts.tell()
    await go_on(clock, here, int(STALE_SECONDS) - 1)
    assert await audience.viewers(OAK) == 43
    await go_on(clock, here, 6)
    assert await audience.viewers(OAK) == 3
    await go_on(clock, here, 100)
    assert await audience.viewers(OAK) == 3
    assert here.screens.told == [43, 3], "and no screen is told what it knows"


async def test_a_store_that_forgot_hears_of_the_viewers_again(
    audience: Audience, redis: Redis, clock: Clock
) -> None:
    here = Machine("here", audience)
    here.counts.note(OAK, 3)
    await here.counts.tell()
    await redis.flushall()
    await go_on(clock, here, 5)
    assert await audience.viewers(OAK) == 3


async def test_a_room_nobody_watches_any_more_is_not_told_again(
    audience: Audience, redis: Redis, clock: Clock
) -> None:
    here = Machine("here", audience)
    here.counts.note(OAK, 3)
    await here.counts.tell()
    here.counts.note(OAK, 0)
    await go_on(clock, here, 10)
    assert await audience.viewers(OAK) == 0
    assert here.screens.told == [3, 0]
