"""Readings that are held up, so that something may happen while they are under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(slots=True)
class Held:
    """The first reading of something, which has been made and does not come back until it `may_go_on`."""

    was_made: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)


Hold = Callable[[Any, str], Held]


def holding(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Return what holds up the first reading of something; those after it come back at once."""

    def hold(thing: Any, name: str) -> Held:
        read: Callable[..., Awaitable[Any]] = getattr(thing, name)
        held = Held()

        async def slowly(*args: Any, **more: Any) -> Any:
            found = await read(*args, **more)
            if not held.was_made.is_set():
                held.was_made.set()
                await held.may_go_on.wait()
            return found

        monkeypatch.setattr(thing, name, slowly)
        return held

    return hold
