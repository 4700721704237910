"""What an earlier life left in the object store is tidied up, also by a server that runs for months."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from media.storage import mover
from media.storage.mover import Mover
from tests.media.storing import World


async def test_uploads_of_nobody_are_looked_for_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mover, "TIDY_SECONDS", 0.0)
    monkeypatch.setattr(mover, "IDLE_SECONDS", 0.05)
    later = datetime.now(UTC) + timedelta(days=3)
    moving = Mover(world.local, world.store, world.facts, world.counters, clock=lambda: later)
    moving.start()
    for number in range(2):
        key = f"{world.plain.prefix}/elsewhere/{number:04d}.mp4"
        await world.plain.ask(
            lambda client: client.create_multipart_upload(Bucket=world.plain.name, Key=key))  # noqa: B023
        async with asyncio.timeout(60):
            while await world.uploads():
                await asyncio.sleep(0.05)
    await moving.close()
