"""Where one viewer is between the tracks that its picture comes from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from media.fan import Fan


@dataclass(slots=True)
class Seat:
    """Where a viewer is: the fan its picture comes from, and what it still has to be sent."""

    fan: Fan
    awaited: Fan | None = None
    """Where it waits for a keyframe; until then its picture goes on, if it has one."""
    cursor: int | None = None
    """The next packet of the backlog, until it is caught up."""
    is_resting: bool = False
    timer: asyncio.TimerHandle | None = None

    def stop_timer(self) -> None:
        """Let nothing happen by time."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
