"""The fair's clock: the store's time, whatever the machine's own clock says, and no leap of it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from redis.asyncio import Redis

from rooms.live.fair_clock import LATEST_SECONDS, SLEW, STEP_SECONDS, FairClock


class Store:
    """A store whose clock can be set, and whose answers take a while of `machine`'s time."""

    def __init__(self, at: float) -> None:
        self.ahead, self.takes, self.ticks = at, 0.0, 0.0

    def now(self) -> float:
        return self.ticks

    async def time(self) -> tuple[int, int]:
        self.ticks += self.takes / 2
        at = self.ahead + self.ticks
        self.ticks += self.takes / 2
        return int(at), round(at % 1 * 1e6)


async def looked(store: Any) -> FairClock:
    clock = FairClock(lambda: 0.0, store.now)
    await clock.look(store)
    return clock


@pytest.mark.parametrize("skew", [-300.0, 0.0, 300.0, 86_400.0])
async def test_two_machines_agree_whatever_their_own_clocks_say(redis: Redis, skew: float) -> None:
    clocks = [FairClock(), FairClock(lambda: time.time() + skew)]
    for clock in clocks:
        for _ in range(5):
            await redis.ping()
        await clock.look(redis)
    assert abs(clocks[0]() - clocks[1]()) < 2 * LATEST_SECONDS


async def test_a_step_of_the_machines_clock_is_not_seen() -> None:
    store: Any = Store(1000.0)
    wall = [500.0]
    clock = FairClock(lambda: wall[0], store.now)
    await clock.look(store)
    wall[0] += 60
    store.ticks += 2
    assert clock() == pytest.approx(1002)


async def test_a_step_of_the_stores_clock_is_followed_slowly_and_all_the_way() -> None:
    store: Any = Store(1000.0)
    clock, before = await looked(store), 1000.0
    store.ahead += 60
    for _ in range(round(60 / SLEW) + 1):
        store.ticks += 1
        await clock.look(store)
        assert 1 - SLEW <= clock() - before <= 1 + SLEW + 1e-6
        before = clock()
    assert clock() == pytest.approx(store.ahead + store.ticks)


async def test_a_clock_that_was_quite_wrong_is_set_at_once() -> None:
    store: Any = Store(1000.0)
    clock = await looked(store)
    store.ahead += 2 * STEP_SECONDS
    store.ticks += 1
    await clock.look(store)
    assert clock() == pytest.approx(store.ahead + store.ticks)


async def test_an_answer_that_was_long_on_its_way_is_taken_for_want_of_another_only() -> None:
    store: Any = Store(1000.0)
    store.takes = 2.0
    clock = await looked(store)
    assert clock() == pytest.approx(store.ahead + store.ticks), "half of the way there, half back"
    store.ahead += 1
    await clock.look(store)
    assert clock() == pytest.approx(store.ahead - 1 + store.ticks)
