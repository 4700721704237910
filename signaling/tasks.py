"""Ends tasks for certain."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_SECONDS = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and wait until all have ended.

    They are cancelled again until they do: before Python 3.12 `asyncio.wait_for` forgets a cancellation that
    comes together with its result (gh-86296), and redis-py sends every command through it.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
