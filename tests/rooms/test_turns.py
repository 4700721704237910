"""Long work on the loop leaves others their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from config.turns import TURN_SECONDS, in_turns


async def test_others_run_whenever_a_turn_is_over() -> None:
    ran, now = 0, 0.0

    async def run() -> None:
        nonlocal ran
        while True:
            ran += 1
            await asyncio.sleep(0)

    def work() -> Iterator[int | None]:
        nonlocal now
        for number in range(100):
            now += TURN_SECONDS / 3.5
            yield number if number % 2 else None

    other = asyncio.create_task(run())
    await asyncio.sleep(0)
    before = ran
    assert await in_turns(work(), lambda: now) == list(range(1, 100, 2))
    assert ran - before == 25
    other.cancel()
    await asyncio.wait({other})


async def test_short_work_is_done_in_one_go() -> None:
    assert await in_turns(iter("abc"), lambda: 0.0) == ["a", "b", "c"]
