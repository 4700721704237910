"""An archive with all that belongs to it and one show, which a clip comes into in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.errors import Missing
from config.ids import RoomId, ShowId
from config.settings import Settings
from media.backlog import MediaPacket
from media.codecs import Kind
from media.hls.shows import LiveShows
from media.layer import PacketSink
from media.recording.recorder import Recorder
from media.storage.local import LocalStore
from media.storage.places import Places
from media.storage.room import Room
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from rooms.live.shows import Show, ShowState
from signaling.archive import Archive
from signaling.archive_allowance import Allowance
from signaling.archive_index import ArchiveIndex
from signaling.archive_keeping import Keeping
from signaling.archive_repair import Repair
from signaling.recording_news import RecordingNews
from tests.media.recording.stream import EPOCH, Stream, clip_of
from tests.rooms.fair_facts import OAK
from tests.signaling.fair import furnish_fair

NODE = "this-node"
WAIT_SECONDS = 30.0


class OnAir:
    """A publication that a clip comes into in real time."""

    def __init__(self, clips: Path) -> None:
        self.kinds = frozenset(Kind)
        self.sinks: list[PacketSink] = []
        self._clip = clip_of(clips)
        self._next = 1000
        self._began_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    def recent(self) -> Iterator[tuple[MediaPacket, float]]:
        return iter(())

    def request_keyframe(self) -> None:
        """The clip has one each two seconds."""

    def start(self) -> None:
        """Send from a key frame on; another time the numbers and the clock go on, as the relay has it."""
        self._task = asyncio.create_task(self._play())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _play(self) -> None:
        began = time.monotonic()
        self._began_at = self._began_at or began
        gone_on = began - self._began_at
        for fed in Stream(self._clip, first_sequence=self._next).packets(600, delay=0.0):
            await asyncio.sleep(max(0.0, began + fed.arrived_at - EPOCH - time.monotonic()))
            timestamp = fed.timestamp + int(gone_on * fed.codec.clock_rate) & 0xFFFFFFFF
            packet = MediaPacket(fed.codec, 1, fed.sequence, timestamp, fed.marker, fed.begins_keyframe,
                                 fed.payload)
            self._next = max(self._next, fed.sequence + 1)
            for sink in list(self.sinks):
                sink.take(packet)


class Relay:
    """Knows the one publication there is."""

    def __init__(self, on_air: OnAir) -> None:
        self._on_air = on_air

    def publication(self, name: str) -> OnAir | None:
        return self._on_air if name == OAK else None


class DiskLeft:
    """A disk that has so much room as is said; the writer looks at the real one."""

    def __init__(self) -> None:
        self.free_mb = 1000

    def look(self) -> Room:
        return Room(1000 << 20, self.free_mb << 20, 100 << 20)


class Hall:
    """An archive with all that belongs to it, and the one show there is."""

    def __init__(
        self, database: Database, settings: Settings, clips: Path, folder: Path,
        playlists: LiveShows | None = None, *, has_hls: bool = True, node: str = NODE,
    ) -> None:
        self.node = node
        counters = self._counters = Counters(CollectorRegistry())
        self.folder, self.told = folder, list[RecordingNews]()
        self.on_news: Callable[[], None] = lambda: None
        self.database, self.now = database, time.time()
        self.recordings = Recordings(database, lambda: self.now)
        self.playlists = playlists or LiveShows(30.0)
        self.index = ArchiveIndex(self.recordings, counters)
        self.on_air = OnAir(clips)
        self.recorder = Recorder(folder, settings.recording, counters)
        self.disk = DiskLeft()
        self.allowance = Allowance(self.recordings, self.disk, settings.recording.quota_gb, counters)
        self.archive = Archive(
            Relay(self.on_air), self.recorder, self.recordings, self.playlists, self.index,
            Repair(self.recordings, folder), lambda: self.now, self._hear, self.allowance,
            has_hls=has_hls,
        )
        self.keeping = Keeping(
            self.archive, self.recordings, Places(LocalStore(folder)), settings.recording, node,
            lambda: self.now,
        )
        self.show = Show(ShowId("show-1"), OAK, ShowState.LIVE, "Ada", time.time(), None, None, 1)

    async def _hear(self, room: RoomId, news: RecordingNews) -> None:
        self.told.append(news)
        self.on_news()

    def counted(self, name: str, **labels: str) -> float:
        return self._counters.registry.get_sample_value(f"showroom_{name}", labels) or 0.0

    async def until(self, look: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while not await look():
                await asyncio.sleep(0.05)

    async def has(self, seconds: float) -> None:
        """Wait until so much of the show is in the records."""

        async def look() -> bool:
            with suppress(Missing):
                return (await self.recordings.get(self.show.id)).seconds >= seconds
            return False

        await self.until(look)

    async def goes_on(self, seconds: float = 3.0) -> None:
        """Wait until so much more of the show is in the records."""
        await self.has((await self.recordings.get(self.show.id)).seconds + seconds)


@asynccontextmanager
async def hall(
    database: Database, settings: Settings, clips: Path, tmp_path: Path, quota_gb: float = 1.0,
    min_free_mb: int = 1, *, has_hls: bool = True,
) -> AsyncIterator[Hall]:
    """Open an archive whose show is on the air."""
    await furnish_fair(database)
    bounds = replace(settings.recording, min_free_mb=min_free_mb, quota_gb=quota_gb)
    settings = replace(settings, recording=bounds)
    opened = Hall(database, settings, clips, tmp_path / "recordings", has_hls=has_hls)
    await opened.archive.start(NODE, set())
    opened.on_air.start()
    opened.archive.begin(opened.show)
    try:
        yield opened
    finally:
        await opened.on_air.stop()
        await opened.archive.close()
