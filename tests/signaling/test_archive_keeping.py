"""What was deleted is gone from every node, whichever node deleted it, and nothing else ever is."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings
from media.recording.facts import StopReason
from media.storage.local import LocalStore
from media.storage.places import Places
from media.storage.store import Store
from rooms.fair.database import Database
from rooms.fair.recording import Place
from rooms.fair.recordings import Recordings
from signaling.archive_keeping import Keeping
from tests.rooms.fair_facts import OAK, Clock, furnish, staff
from tests.rooms.recorded import STARTED_AT, record, section

SHOW = "show-1"


class Idle:
    """A node that records nothing now."""

    def running(self) -> list[str]:
        return []

    def drop(self, recording: str, reason: StopReason) -> None:
        raise AssertionError("nothing runs")


class Machine:
    """A node with its own folder, of those that share the records."""

    def __init__(
        self, name: str, recordings: Recordings, settings: Settings, folder: Path, bucket: Store | None = None
    ) -> None:
        self.name, self.folder = name, folder / name
        places = Places(LocalStore(self.folder), bucket)
        self.keeping = Keeping(Idle(), recordings, places, settings.recording, name, Clock())

    def put(self, path: str) -> Path:
        """Leave a file in the folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a hundred pictures of the show")
        return file


@pytest.fixture
async def recordings(database: Database) -> Recordings:
    await furnish(database)
    return Recordings(database, Clock())


async def test_sections_are_deleted_at_every_node_the_show_was_at(
    recordings: Recordings, settings: Settings, tmp_path: Path
) -> None:
    """Its publisher went on at another node, which is the one that wrote last."""
    machines = [Machine(name, recordings, settings, tmp_path) for name in ("node-1", "node-2")]
    files = [machine.put(f"{SHOW}/{number:04}.mp4") for number, machine in enumerate(machines)]
    for number, machine in enumerate(machines):
        await recordings.begin(SHOW, OAK, STARTED_AT, machine.name)
        await recordings.add_section(SHOW, section(number))
    await recordings.end(SHOW, "ended")
    await recordings.delete(staff(), SHOW)
    for machine in reversed(machines):
        await machine.keeping.let_go()
    assert not any(file.parent.exists() for file in files)
    assert await recordings.files_to_delete() == []


async def test_pictures_stay_behind_nowhere_when_another_node_deletes_what_is_in_the_bucket(
    recordings: Recordings, settings: Settings, tmp_path: Path
) -> None:
    bucket = LocalStore(tmp_path / "bucket")
    one, other = (Machine(name, recordings, settings, tmp_path, bucket) for name in ("node-1", "node-2"))
    await record(recordings)
    await recordings.moved(SHOW, 0, Place.S3)
    sheet = one.put(f"{SHOW}/sprite-0.jpg")
    await recordings.delete(staff(), SHOW)
    await other.keeping.let_go()
    await one.keeping.let_go()
    assert not sheet.parent.exists()


async def test_only_folders_of_deleted_recordings_are_ever_deleted(
    recordings: Recordings, settings: Settings, tmp_path: Path
) -> None:
    """What runs, what is whole, what another fair left there and what is not the fair's at all stays."""
    machine = Machine("node-1", recordings, settings, tmp_path)
    for name, reason in (("running", ""), ("failed", "failed"), ("whole", "ended"), ("deleted", "ended")):
        await record(recordings, name, reason=reason, started_at=Clock().now)
    await recordings.delete(staff(), "deleted")
    names = ("running", "failed", "whole", "unknown", "Deleted", "deleted-1", "deleted.old", "lost+found")
    kept = [machine.put(f"{name}/0000.mp4") for name in names]
    kept.append(machine.put("deleted.txt"))
    gone = machine.put("deleted/0000.mp4")
    await recordings.files_deleted("deleted")
    await machine.keeping.let_go()
    assert not gone.parent.exists()
    assert [file for file in kept if not file.exists()] == []


async def test_more_folders_than_one_question_names_are_looked_at(
    recordings: Recordings, settings: Settings, tmp_path: Path
) -> None:
    machine = Machine("node-1", recordings, settings, tmp_path)
    await record(recordings, "zebra")
    kept = [machine.put(f"other-{number}/0000.mp4") for number in range(600)]
    gone = machine.put("zebra/sprite.json")
    await recordings.delete(staff(), "zebra")
    await recordings.files_deleted("zebra")
    await machine.keeping.let_go()
    assert not gone.exists()
    assert all(file.exists() for file in kept)
