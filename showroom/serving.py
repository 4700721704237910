"""Serving: open the fair, wait for the signal to end, close it; for the demo, furnish it and put on shows."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from config.settings import Settings
from showroom.app import Fair, open_fair
from web.app import Parts

log = logging.getLogger(__name__)


class Programme(Protocol):
    """What goes on around a fair that is served; the demo."""

    async def furnish(self, parts: Parts) -> None:
        """Put things in place before the doors open."""

    def on_the_air(self, fair: Fair) -> AbstractAsyncContextManager[None]:
        """Run beside the open fair."""


async def serve(settings: Settings, ending: asyncio.Event, programme: Programme | None = None) -> int:
    """Serve until `ending` is set and return the exit code; what could not be opened raises a `FairError`."""
    async with open_fair(settings, programme.furnish if programme else None) as fair:
        log.info("the fair is open", extra={"url": fair.base_url, "ice_port": fair.ice_port})
        if programme:
            async with programme.on_the_air(fair):
                await ending.wait()
        else:
            await ending.wait()
    log.info("the fair is closed")
    return 0
