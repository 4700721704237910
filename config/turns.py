"""Work that takes longer than packets may wait, done on the loop a few milliseconds at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

TURN_SECONDS = 0.005
T = TypeVar("T")


async def in_turns(items: Iterable[T | None], clock: Callable[[], float] = time.perf_counter) -> list[T]:
    """Return items whose making is the work; after each that ends later than a turn lasts, others run.

    None is work of which no item comes.
    A thread would not do: it keeps the interpreter for as long, each time the loop has waited for a socket.
    """
    done: list[T] = []
    until = clock() + TURN_SECONDS
    for item in items:
        if item is not None:
            done.append(item)
        if clock() >= until:
            await asyncio.sleep(0)
            until = clock() + TURN_SECONDS
    return done
