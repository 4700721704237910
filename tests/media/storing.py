"""What tests of storage are made of: sections of random bytes, their facts, stores over a bad line."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.errors import Missing
from config.settings import StorageSettings
from media.storage.bucket import Bucket
from media.storage.hashes import PART_BYTES
from media.storage.local import LocalStore
from media.storage.mover import Mover
from media.storage.objects import ObjectStore
from tests.media.s3_server import Service

QUICK = (0.05, 0.1, 0.2)
"""Pauses between tries, short because the line is bad on purpose."""
PREFIX = "fair/recordings"


@dataclass(frozen=True, slots=True)
class Row:
    """A section that waits."""

    recording: str
    number: int
    container: str


class SectionFacts:
    """Facts about sections in an SQLite file, as the mover asks for them, also from another process."""

    def __init__(self, path: Path) -> None:
        self._sql = sqlite3.connect(path, isolation_level=None)
        self._sql.execute("CREATE TABLE IF NOT EXISTS sections (name TEXT PRIMARY KEY, place TEXT)")

    def add(self, name: str) -> None:
        """A section is whole."""
        self._sql.execute("INSERT INTO sections VALUES (?, '')", (name,))

    def forget(self, recording: str) -> None:
        """A recording is deleted."""
        self._sql.execute("DELETE FROM sections WHERE name LIKE ?", (f"{recording}/%",))

    def places(self) -> dict[str, str]:
        """Return where each section lies, empty for here."""
        return dict(self._sql.execute("SELECT name, place FROM sections"))

    async def not_moved(self, limit: int) -> list[Row]:
        """Return sections that lie here."""
        wanted = "SELECT name FROM sections WHERE place = '' ORDER BY rowid LIMIT ?"
        found = self._sql.execute(wanted, (limit,))
        return [_row(name) for (name,) in found]

    async def moved(self, recording: str, number: int, place: str) -> None:
        """A section lies there now."""
        name = f"{recording}/{number:04d}.mp4"
        done = self._sql.execute("UPDATE sections SET place = ? WHERE name = ?", (place, name))
        if not done.rowcount:
            raise Missing("There is no such section.")

    def close(self) -> None:
        """Close the file."""
        self._sql.close()


def _row(name: str) -> Row:
    recording, _, file = name.partition("/")
    return Row(recording, int(file[:4]), file[5:])


def settings_for(service: Service, endpoint: str, bucket: str) -> StorageSettings:
    """Return settings for a bucket of the service, reached at `endpoint`."""
    return StorageSettings(f"s3://{bucket}/{PREFIX}", endpoint, service.access_key, service.secret_key)


@asynccontextmanager
async def opened(settings: StorageSettings, pauses: tuple[float, ...] = QUICK) -> AsyncIterator[Bucket]:
    """Open a bucket."""
    bucket = Bucket(settings, pauses)
    await bucket.start()
    try:
        yield bucket
    finally:
        await bucket.close()


class NotingStore(LocalStore):
    """A folder that tells when a section has left it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.has_changed = asyncio.Event()

    async def delete(self, name: str) -> None:
        """Delete a section and say so."""
        await super().delete(name)
        self.has_changed.set()


@dataclass(slots=True)
class World:
    """A node's folder and facts, and its bucket: by a bad line in `store`, by a good one in `plain`."""

    folder: Path
    facts: SectionFacts
    local: NotingStore
    store: ObjectStore
    plain: Bucket
    counters: Counters
    settings: StorageSettings

    def mover(self, pauses: tuple[float, ...] = QUICK) -> Mover:
        """Return a mover between folder and bucket."""
        return Mover(self.local, self.store, self.facts, self.counters, pauses)

    def record(self, recording: str, number: int = 1, parts: float = 1.5) -> str:
        """Make a whole section of so many upload parts and return its name."""
        name = f"{recording}/{number:04d}.mp4"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(random.randbytes(int(parts * PART_BYTES)))
        self.facts.add(name)
        return name

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of the local file."""
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def counted(self, name: str) -> float:
        """Return what a counter or gauge says."""
        return self.counters.registry.get_sample_value(f"showroom_{name}") or 0.0

    async def all_moved(self, within_seconds: float = 120.0) -> None:
        """Wait until all sections have left the folder."""
        async with asyncio.timeout(within_seconds):
            while not all(self.facts.places().values()) or any(self.folder.iterdir()):
                await self.local.has_changed.wait()
                self.local.has_changed.clear()

    async def objects(self) -> dict[str, str]:
        """Return the SHA-256 of every version of every object there is, by a good line; a key twice fails."""
        listed = await self.plain.list_all("list_object_versions", "Versions", "DeleteMarkers")
        keys = [item["Key"] for item in listed]
        assert len(keys) == len(set(keys)), "an object lies there twice"
        return {key.removeprefix(f"{PREFIX}/"): await self._object_sha256(key) for key in keys}

    async def uploads(self) -> int:
        """Return how many uploads are not ended."""
        return len(await self.plain.list_all("list_multipart_uploads", "Uploads"))

    async def _object_sha256(self, key: str) -> str:
        got = await self.plain.ask(lambda client: client.get_object(Bucket=self.plain.name, Key=key))
        async with got["Body"] as body:
            return hashlib.sha256(await body.read()).hexdigest()


@asynccontextmanager
async def moving(world: World, pauses: tuple[float, ...] = QUICK) -> AsyncIterator[Mover]:
    """Let a mover work until the block ends."""
    mover = world.mover(pauses)
    mover.start()
    try:
        yield mover
    finally:
        await mover.close()


@asynccontextmanager
async def new_bucket(service: Service) -> AsyncIterator[Bucket]:
    """Make an empty bucket, and open it by a good line."""
    name = f"b{os.urandom(8).hex()}"
    async with opened(settings_for(service, service.endpoint, name)) as bucket:
        await bucket.ask(lambda client: client.create_bucket(Bucket=name))
        yield bucket


@asynccontextmanager
async def new_world(folder: Path, service: Service, endpoint: str) -> AsyncIterator[World]:
    """Make a world with an empty bucket of its own; `endpoint` is the bad line to the service."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    facts = SectionFacts(folder / "facts.sqlite3")
    async with new_bucket(service) as plain:
        settings = settings_for(service, endpoint, plain.name)
        async with opened(settings) as by_line:
            yield World(recordings, facts, NotingStore(recordings), ObjectStore(by_line), plain,
                        Counters(CollectorRegistry()), settings)
    facts.close()
