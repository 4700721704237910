"""Sections that no record names: what can be read of them is written down, the rest goes, nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from media.storage.local import LocalStore
from rooms.fair.database import Database
from rooms.fair.recording import Place
from rooms.fair.recordings import Recordings
from signaling.archive_repair import Repair
from signaling.archive_sweeping import LeftSections
from signaling.sweeping import SWEEP_SECONDS, Sweeping
from tests.media.recording.footage import audio_frames, mp4_file, video_frames
from tests.media.s3_server import s3_service
from tests.media.storing import World, new_world
from tests.rooms.fair_facts import Clock, furnish, staff
from tests.rooms.recorded import record

NODE = "node-1"


@pytest.fixture
async def recordings(database: Database) -> Recordings:
    await furnish(database)
    return Recordings(database, Clock())


class Machine:
    """A node's folder of recordings, and its errand."""

    def __init__(self, folder: Path, recordings: Recordings) -> None:
        self.folder, self.opened = folder, set[str]()
        self._counters = Counters(CollectorRegistry())
        repair = Repair(recordings, folder)
        left = LeftSections(
            "section", LocalStore(folder), recordings, lambda it: repair.repair(it, NODE),
            self.opened.__contains__)
        self._sweeping = Sweeping((left,), self._counters, time.time)

    def put(self, name: str, content: bytes = b"torn", *, is_old: bool = True) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        then = time.time() - (SWEEP_SECONDS + 60 if is_old else 60)
        os.utime(path, (then, then))
        return path

    async def sweep(self) -> float:
        """Sweep twice, as much later as it is due; return how many files went."""
        for _ in range(2):
            await self._sweeping.sweep()
        counted = self._counters.registry.get_sample_value
        return counted("showroom_swept_files_total", {"kind": "section"}) or 0.0


@pytest.fixture
def machine(tmp_path: Path, recordings: Recordings) -> Machine:
    return Machine(tmp_path / "recordings", recordings)


async def test_what_a_crash_left_torn_goes_and_all_that_is_named_stays(
    machine: Machine, recordings: Recordings
) -> None:
    await record(recordings, "show-1")
    kept = [machine.put(f"show-1/{name}") for name in ("0000.mp4", "sprite-0.jpg", "notes.txt")]
    kept.append(machine.put("show-1/0002.mp4", is_old=False))
    gone = machine.put("show-1/0001.mp4")
    assert await machine.sweep() == 1
    assert not gone.exists()
    assert [path for path in kept if not path.exists()] == []


async def test_what_can_be_read_is_written_down_and_stays(machine: Machine, recordings: Recordings) -> None:
    """The server was killed before the commit, and its show went on at another node."""
    before = await record(recordings, "show-1")
    found = machine.put("show-1/0001.mp4", mp4_file("h264", video_frames("h264"), audio_frames(), start=60.0))
    assert await machine.sweep() == 0
    assert found.exists()
    assert [(it.number, it.is_whole) for it in await recordings.sections("show-1")][1] == (1, True)
    assert (await recordings.get("show-1")).seconds > before.seconds + 50


async def test_nothing_goes_of_what_may_go_on_or_is_written_or_unknown(
    machine: Machine, recordings: Recordings
) -> None:
    """A show whose disk was full may go on; a folder that the records do not know is another fair's."""
    for name, reason in (("running", ""), ("failed", "failed"), ("open", "ended")):
        await record(recordings, name, reason=reason)
    machine.opened.add("open")
    kept = [machine.put(f"{name}/0001.mp4") for name in ("running", "failed", "open", "unknown")]
    assert await machine.sweep() == 0
    assert [path for path in kept if not path.exists()] == []


@pytest.fixture
async def bucket(tmp_path: Path) -> AsyncIterator[World]:
    with s3_service() as service:
        async with new_world(tmp_path / "s3", service, service.endpoint) as world:
            yield world


async def test_objects_that_no_record_names_go(
    bucket: World, recordings: Recordings, tmp_path: Path
) -> None:
    """A server died after the last part, and what it sent was deleted meanwhile."""
    for name, reason in (("whole", "ended"), ("running", ""), ("deleted", "ended"), ("leaving", "ended")):
        await record(recordings, name, reason=reason)
    await recordings.moved("whole", 0, Place.S3)
    for name in ("deleted", "leaving"):
        await recordings.delete(staff(), name)
    await recordings.files_deleted("deleted")
    source = tmp_path / "source.mp4"
    source.write_bytes(b"a section")
    named = ["whole/0000.mp4", "running/0000.mp4", "running/0001.mp4", "leaving/0000.mp4", "unknown/0000.mp4"]
    unnamed = ["whole/0001.mp4", "deleted/0000.mp4"]
    for name in (*named, *unnamed):
        await bucket.store.put(source, name)
    counters, hours = Counters(CollectorRegistry()), [0.0]
    left = LeftSections("object", bucket.store, recordings)
    sweeping = Sweeping((left,), counters, lambda: time.time() + hours[0] * 3600)
    for _ in range(2):
        await sweeping.sweep()
    assert sorted(await bucket.objects()) == sorted((*named, *unnamed)), "they are young"
    hours[0] = 1.5
    for _ in range(2):
        await sweeping.sweep()
    assert sorted(await bucket.objects()) == sorted(named)
    assert counters.registry.get_sample_value("showroom_swept_files_total", {"kind": "object"}) == 2
