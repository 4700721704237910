"""A node that only moves sections, as a process to be killed: it takes the folder and the settings."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.settings import StorageSettings
from media.storage.mover import Mover
from media.storage.objects import ObjectStore
from tests.media.storing import QUICK, NotingStore, SectionFacts, opened


async def move_all(folder: Path, settings: StorageSettings) -> None:
    """Move what the facts list, and end."""
    facts, local = SectionFacts(folder / "facts.sqlite3"), NotingStore(folder / "recordings")
    async with opened(settings) as bucket:
        mover = Mover(local, ObjectStore(bucket), facts, Counters(CollectorRegistry()), QUICK)
        mover.start()
        while not all(facts.places().values()):
            await local.has_changed.wait()
            local.has_changed.clear()
        await mover.close()
    facts.close()


if __name__ == "__main__":
    asyncio.run(move_all(Path(sys.argv[1]), StorageSettings(*sys.argv[2:6])))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
