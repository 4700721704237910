"""A show whose publisher goes from node to node, and back: one timeline, all of it indexed, nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from config.errors import Missing
from config.settings import Settings
from media.recording.facts import Container, Part, section_path
from media.recording.scan import scan_section
from rooms.fair.database import Database
from rooms.fair.recording import KeptSegment, RecordingState
from signaling.archive_index import segment_of
from tests.media.recording.stream import decode
from tests.rooms.fair_facts import OAK
from tests.signaling.archive_hall import Hall
from tests.signaling.fair import furnish_fair


class Two:
    """Two nodes on one database, each with a folder of its own, and the one show there is."""

    def __init__(self, one: Hall, other: Hall) -> None:
        self.one, self.other = one, other
        self.came_at = 0.0
        """The second of the show at which its picture came to a node last."""

    async def show_at(self, hall: Hall, seconds: float = 3.0, *, is_slow: bool = False) -> None:
        """Let the picture come to a node until so much more is in the records, and go away again.

        Where `is_slow` the stage says only later that it has come.
        """
        self.came_at = time.time() - hall.show.started_at
        hall.on_air.start()
        if is_slow:
            await asyncio.sleep(0.5)
        hall.archive.begin(hall.show)
        await hall.until(lambda: self._has(hall))
        await hall.goes_on(seconds)
        await hall.on_air.stop()
        hall.archive.away(OAK)

    async def _has(self, hall: Hall) -> bool:
        with suppress(Missing):
            return (await hall.recordings.get(hall.show.id)).node == hall.node
        return False

    async def end(self) -> list[KeptSegment]:
        """End the show at both, and return what the records have of it."""
        for hall in (self.one, self.other):
            hall.archive.end(hall.show.id)
        await self.one.until(self._is_written)
        return await self.one.recordings.segments(self.one.show.id)

    async def _is_written(self) -> bool:
        kept = await self.one.recordings.get(self.one.show.id)
        sections = await self.one.recordings.sections(self.one.show.id)
        return kept.state is RecordingState.WHOLE and all(section.is_whole for section in sections)

    async def all_is_indexed(self, segments: list[KeptSegment]) -> None:
        """Compare the records with the files: each file and each part is named, once."""
        halls, show = {hall.node: hall for hall in (self.one, self.other)}, self.one.show.id
        sections = await self.one.recordings.sections(show)
        named = {halls[it.node].folder / section_path(show, it.number, Container.MP4): it for it in sections}
        files = {path for hall in halls.values() for path in hall.folder.glob("*/*.mp4")}
        assert files == set(named)
        for path, section in named.items():
            mine = [segment_of(it) for it in segments if it.section == section.number]
            assert _places(scan_section(path).parts) == _places(part for it in mine for part in it.parts)
            assert decode(path).errors == ""


@pytest.fixture
async def two(
    database: Database, settings: Settings, clips: Path, tmp_path: Path
) -> AsyncIterator[Two]:
    await furnish_fair(database)
    async with AsyncExitStack() as stack:
        halls = [await stack.enter_async_context(_opened(database, settings, clips, tmp_path / node, node))
                 for node in ("node-1", "node-2")]
        halls[1].show = halls[0].show
        yield Two(*halls)


@asynccontextmanager
async def _opened(
    database: Database, settings: Settings, clips: Path, folder: Path, node: str
) -> AsyncIterator[Hall]:
    settings = replace(settings, recording=replace(settings.recording, min_free_mb=1))
    hall = Hall(database, settings, clips, folder, node=node)
    await hall.archive.start(node, set())
    try:
        yield hall
    finally:
        await hall.on_air.stop()
        await hall.archive.close()


def _places(parts: Iterable[Part]) -> list[tuple[int, int, int]]:
    return [(part.offset, part.video_bytes, part.audio_bytes) for part in parts]


def follows_on(segments: list[KeptSegment]) -> bool:
    """Tell whether segments lie one behind the other in the order of their numbers, give or take a frame."""
    return all(after.start > before.start + before.duration - 0.1 for before, after in pairwise(segments))


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_show_that_comes_back_is_one_timeline_of_which_nothing_is_lost(
    two: Two, is_told: bool
) -> None:
    """Also where the first node has not heard yet that the show was at another one meanwhile."""
    await two.show_at(two.one)
    await two.show_at(two.other)
    if is_told:
        two.one.archive.went_on(two.one.show.id)
        await two.one.until(lambda: _is_idle(two.one))
    await two.show_at(two.one, is_slow=not is_told)
    segments = await two.end()
    assert follows_on(segments)
    assert len({(it.section, it.offset) for it in segments}) == len(segments)
    await two.all_is_indexed(segments)
    assert sum(it.duration for it in segments) > 9.0
    if not is_told:
        assert min(abs(it.start - two.came_at) for it in segments) < 0.3


async def _is_idle(hall: Hall) -> bool:
    return not hall.archive.running()
