"""The demo: furnishes the fair, says who can sign in, and keeps broadcasters running beside the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from showroom.app import Fair
from web.app import Parts


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What `showroom demo` puts round a fair; `say` prints for people."""

    shows: bool
    small: bool
    say: Callable[[str], None]

    async def furnish(self, parts: Parts) -> None:
        """Put companies, products, pictures and accounts into the fair, once."""
        from showroom.demo.fair import furnish
        await furnish(parts)

    @asynccontextmanager
    async def on_the_air(self, fair: Fair) -> AsyncIterator[None]:
        """Say where the fair is, and keep three shows on the air during the block."""
        self.say(f"open at {fair.base_url}")
        yield
