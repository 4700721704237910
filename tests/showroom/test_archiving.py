"""The archive of a fair that records nothing any more: what was recorded is kept as it was promised."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from config.counters import Counters
from config.errors import Missing
from config.settings import Settings
from media.relay import Relay
from rooms.fair.database import Database
from rooms.fair.recording import RecordingState
from rooms.fair.recordings import Recordings
from showroom import data_folder
from showroom.archiving import open_archive
from showroom.stores import facts_in, state_in
from signaling.herald import Herald
from signaling.views import Views
from tests.rooms.fair_facts import OAK, Clock
from tests.rooms.recorded import section, segments
from tests.signaling.fair import furnish_fair

SHOW = "show-1"
WAIT_SECONDS = 30.0


@dataclass
class Off:
    """A node that was killed while it recorded, and is opened again with recording switched off."""

    recordings: Recordings
    counters: Counters
    clock: Clock
    file: Path
    jobs: dict[str, Callable[[], Awaitable[object]]]

    def counted(self, name: str) -> float:
        return self.counters.registry.get_sample_value(f"showroom_{name}") or 0.0


@asynccontextmanager
async def switched_off(redis: Redis, database: Database, settings: Settings) -> AsyncIterator[Off]:
    await furnish_fair(database)
    folder = settings.data.folder
    folder.mkdir(parents=True, exist_ok=True)
    settings = replace(settings, recording=replace(settings.recording, enabled=False))
    clock, counters = Clock(), Counters(CollectorRegistry())
    facts, state = facts_in(database, settings, clock), state_in(redis, settings, clock)
    await facts.recordings.begin(SHOW, OAK, clock(), data_folder.node_of(folder))
    await facts.recordings.add_section(SHOW, section())
    await facts.recordings.add_segments(segments(SHOW, 0, 3))
    await facts.recordings.section_whole(SHOW, 0, 5, "0" * 64)
    file = folder / data_folder.RECORDINGS / SHOW / "0000.mp4"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"movie")
    shows, duty = state.shows, state.duty
    views = Views(facts.companies, facts.products, shows, state.audience, duty, facts.stills, clock)
    async with AsyncExitStack() as stack:
        archiving = await open_archive(
            settings, Relay(settings.ice, settings.media, counters), shows, facts,
            Herald(views, duty, counters), counters, clock, stack,
        )
        assert not archiving.archive.can_record
        jobs = {job.name: job.work for job in archiving.jobs}
        yield Off(facts.recordings, counters, clock, file, jobs)


async def test_what_was_recorded_is_brought_to_its_end_and_deleted_in_its_time(
    redis: Redis, database: Database, settings: Settings
) -> None:
    async with switched_off(redis, database, settings) as fair:
        assert (await fair.recordings.get(SHOW)).state is RecordingState.WHOLE
        await fair.jobs["keep quotas"]()
        await fair.jobs["let go"]()
        assert fair.file.exists()
        fair.clock.move(settings.recording.keep_days * 86_400 + 60)
        await fair.jobs["let go"]()
        assert not fair.file.parent.exists()
        with pytest.raises(Missing):
            await fair.recordings.get(SHOW)


async def test_the_disk_is_looked_at(redis: Redis, database: Database, settings: Settings) -> None:
    async with switched_off(redis, database, settings) as fair:
        await fair.jobs["look at the disk"]()
        assert fair.counted("recording_free_bytes") > 0


async def test_what_was_recorded_goes_to_the_bucket(
    redis: Redis, database: Database, settings: Settings
) -> None:
    """This one is away, and what waits for it is counted."""
    bucket = replace(
        settings.storage, url="s3://fair/x", endpoint="http://127.0.0.1:1", access_key="a", secret_key="b"
    )
    async with switched_off(redis, database, replace(settings, storage=bucket)) as fair:
        async with asyncio.timeout(WAIT_SECONDS):
            while not fair.counted("sections_waiting"):
                await asyncio.sleep(0.02)
