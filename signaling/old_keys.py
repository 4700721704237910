"""Who is on the air by a stream key that was replaced is taken off it, on every node.

Keys are replaced in the records, by whoever may. Each node looks there once a second, with one question
for all sessions it has by key and none where it has none, so that nothing need be told to it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from config.errors import Missing
from signaling.bearers import Bearers
from signaling.sessions import Held, Sessions


class OldKeys:
    """Ends sessions by old keys. Records that are away, or know no key of a room, end none."""

    def __init__(self, publishers: Sessions, bearers: Bearers, end: Callable[[Held], None]) -> None:
        self._publishers = publishers
        self._bearers = bearers
        self._end = end

    async def look(self) -> None:
        """End what is sent by keys that were replaced; the show is away then, as after any loss."""
        by_key = self._publishers.by_key()
        for held in await self._bearers.replaced(by_key) if by_key else ():
            with suppress(Missing):  # it ended by itself just now
                self._end(held)
