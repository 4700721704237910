"""A whole server with a bucket: what was shown goes there, plays from there, and is deleted there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from config.ids import RoomId
from config.settings import StorageSettings
from media.recording.facts import Container
from media.storage.bucket import Bucket
from rooms.fair.accounts import Accounts
from rooms.fair.database import Database
from rooms.fair.policy import Role
from rooms.fair.recording import Recording, RecordingState
from showroom.data_folder import RECORDINGS, SQLITE_FILE
from tests.media.hls.rules import breaches
from tests.media.recording.stream import FPS, decode
from tests.media.s3_line import Line, bad_line
from tests.media.s3_server import s3_service
from tests.media.storing import new_bucket, settings_for
from tests.showroom.test_recording import Fair, on_air, recorded, records, running, until
from tests.web.visitor import PASSWORD, Visitor, visitor

OWNER = "owner@bench.example"
SHOWN_SECONDS = 4.0
MOST_OF = 0.9
"""Of the pictures that the records promise, at least so many are decoded."""


@dataclass(frozen=True)
class World:
    """A fair, the line by which it reaches its bucket, and another way to look into that."""

    fair: Fair
    line: Line
    bucket: Bucket

    async def fetched(self, recording: Recording) -> int:
        """Return how often the fair has asked the bucket for a piece of a recording."""
        async with records(self.fair) as kept:
            sections = await kept.sections(recording.id)
        names = [f"{recording.id}/{it.number:04d}.{it.container}" for it in sections]
        return sum(self.line.fetched(name) for name in names)

    async def objects(self) -> list[str]:
        """Return the keys of all objects, old versions of them, and uploads that are not ended."""
        objects = await self.bucket.list_all("list_object_versions", "Versions", "DeleteMarkers")
        uploads = await self.bucket.list_all("list_multipart_uploads", "Uploads")
        return [item["Key"] for item in (*objects, *uploads)]


@asynccontextmanager
async def fair_with_a_bucket(folder: Path) -> AsyncIterator[World]:
    """Run a service and a server that keeps its recordings there."""
    with s3_service() as service:
        async with bad_line(service.port) as line, new_bucket(service) as bucket:
            settings = environment_of(settings_for(service, line.endpoint, bucket.name))
            async with running(folder, SHOWROOM_SHOWS_GRACE_SECONDS="1", **settings) as fair:
                yield World(fair, line, bucket)


def environment_of(storage: StorageSettings) -> dict[str, str]:
    """Return how an operator sets this."""
    return {
        "SHOWROOM_STORAGE_URL": storage.url, "SHOWROOM_STORAGE_ENDPOINT": storage.endpoint,
        "SHOWROOM_STORAGE_ACCESS_KEY": storage.access_key, "SHOWROOM_STORAGE_SECRET_KEY": storage.secret_key,
    }


@asynccontextmanager
async def owner_of(fair: Fair) -> AsyncIterator[Visitor]:
    """Sign in somebody who works in the room."""
    database = Database(f"sqlite+aiosqlite:///{fair.folder / SQLITE_FILE}")
    accounts = Accounts(database, time.time, session_hours=1)
    await accounts.add(OWNER, PASSWORD, "Owner", Role.STAFF, RoomId(fair.room))
    await database.close()
    async with visitor(fair.url) as owner:
        assert (await owner.sign_in(OWNER)).status == 303
        yield owner


async def test_a_show_goes_to_the_bucket_plays_from_there_and_is_deleted_there(
    tmp_path: Path, clip: Path
) -> None:
    async with fair_with_a_bucket(tmp_path / "fair") as world, owner_of(world.fair) as owner:
        recording = await _shown_and_moved(world, clip)
        promised = MOST_OF * FPS * recording.seconds
        await _plays_from_the_bucket(world, recording, promised)
        await _is_downloaded(owner, recording, tmp_path / "download.mp4", promised)
        assert await _deleted(owner, recording) == 200
        assert await world.objects() == []
        assert _files_of(world.fair) == []
        assert (await owner.get(f"/recordings/{recording.id}/download")).status == 404
        await until(lambda: _is_gone(owner, f"/hls/{recording.id}/whole/video.m3u8"))


async def _shown_and_moved(world: World, clip: Path) -> Recording:
    """Show something; return its recording once all of it has left this machine."""
    fair = world.fair
    async with on_air(fair, clip):
        recording = await recorded(fair, SHOWN_SECONDS)
        assert _media_of(fair)
        assert await world.objects() == []
    async with records(fair) as kept:

        async def has_moved() -> bool:
            is_whole = (await kept.get(recording.id)).state is RecordingState.WHOLE
            return is_whole and not _media_of(fair) and await _waiting(fair) == 0

        await until(has_moved)
        sections = await kept.sections(recording.id)
        assert len(await world.objects()) == len(sections) > 0
        return await kept.get(recording.id)


def _media_of(fair: Fair) -> list[Path]:
    """Return the files of recordings that lie here; the small pictures of their timelines stay."""
    return [path for path in _files_of(fair) if path.suffix.removeprefix(".") in {*Container}]


def _files_of(fair: Fair) -> list[Path]:
    return [path for path in (fair.folder / RECORDINGS).rglob("*") if path.is_file()]


async def _waiting(fair: Fair) -> float:
    """Return how many sections wait for the bucket, as operators see it."""
    async with visitor(fair.url) as guest:
        metrics = text_string_to_metric_families((await guest.get("/metrics")).text)
    (waiting,) = [it.value for family in metrics for it in family.samples
                  if it.name == "showroom_sections_waiting"]
    return waiting


async def _plays_from_the_bucket(world: World, recording: Recording, promised: float) -> None:
    """A player that is not ours plays all of it: by the playlist of playlists, and each track by its own."""
    base, before = f"{world.fair.url}/hls/{recording.id}/whole", await world.fetched(recording)
    async with visitor(base) as guest:
        for name in ("index", "video", "opus", "aac"):
            assert breaches((await guest.get(f"/{name}.m3u8")).text) == [], name
            decoded = await asyncio.to_thread(decode, f"{base}/{name}.m3u8")
            assert decoded.errors == "", name
            assert decoded.frames >= promised or name in ("opus", "aac"), name
    assert await world.fetched(recording) > before


async def _is_downloaded(owner: Visitor, recording: Recording, file: Path, promised: float) -> None:
    answer = await owner.get(f"/recordings/{recording.id}/download")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "video/mp4")
    file.write_bytes(answer.body)
    decoded = await asyncio.to_thread(decode, file)
    assert decoded.errors == ""
    assert decoded.frames >= promised


async def _deleted(owner: Visitor, recording: Recording) -> int:
    """Delete it as the studio does, and return the status of the answer."""
    headers = {"X-CSRF-Token": (await owner.get("/nowhere")).token}
    answer = await owner.ask("DELETE", f"/api/recordings/{recording.id}", headers=headers)
    return answer.status


async def _is_gone(guest: Visitor, path: str) -> bool:
    """Tell whether nothing is there any more; playlists are known for some seconds yet."""
    return (await guest.get(path)).status == 404
