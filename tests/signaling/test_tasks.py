"""Tasks end when they shall, also those that a library keeps from hearing it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from signaling.tasks import end


@pytest.mark.threat("D19")
async def test_a_task_that_swallows_a_cancellation_ends_too() -> None:
    """As redis-py may on Python 3.11, when its answer comes together with the cancellation."""
    deaf, begun = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        deaf.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    async with asyncio.timeout(5):
        await end(task)
    assert deaf.is_set()
    assert task.cancelled()


async def test_there_may_be_nothing_to_end() -> None:
    """Closing what was never started is no error."""
    await end()
