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
from media.recording.facts import Container, Part, StopReason, section_path
from media.recording.scan import scan_section
from rooms.fair.database import Database
from rooms.fair.recording import KeptSegment, RecordingState
from signaling.archive_index import segment_of
from signaling.archive_turns import DOUBTS
from signaling.recording_news import RecordingState as NewsState
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
        await hall.until(lambda: self.has(hall))
        await hall.goes_on(seconds)
        await hall.on_air.stop()
        hall.archive.away(OAK)

    async def has(self, hall: Hall) -> bool:
        """Tell whether a node has the show, by the records."""
        with suppress(Missing):
            return (await hall.recordings.get(hall.show.id)).node == hall.node
        return False

    async def end(self) -> list[KeptSegment]:
        """End the show at both, and return what the records have of it."""
        for hall in (self.one, self.other):
            hall.archive.end(hall.show.id)
        await self.one.until(self.is_written)
        return await self.one.recordings.segments(self.one.show.id)

    async def is_written(self) -> bool:
        """Tell whether the records have the end of the show, and of all of its files."""
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
        two.one.archive.went_on(two.one.show.id, has_picture=False)
        await two.one.until(lambda: _is_idle(two.one))
    await two.show_at(two.one, is_slow=not is_told)
    segments = await two.end()
    assert follows_on(segments)
    assert len({(it.section, it.offset) for it in segments}) == len(segments)
    await two.all_is_indexed(segments)
    sections = await two.one.recordings.sections(two.one.show.id)
    assert [it.node for it in sections] == ["node-1", "node-2", "node-1"]
    assert {it.section for it in segments} == {it.number for it in sections}
    if not is_told:
        assert min(abs(it.start - two.came_at) for it in segments) < 0.3


async def _is_idle(hall: Hall) -> bool:
    return not hall.archive.running()


async def test_what_a_node_writes_down_late_goes_where_it_belongs(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The show is at another node already when the first one can say what it has seen last."""
    await two.show_at(two.one)
    with monkeypatch.context() as away:
        away.setattr(two.one.index, "flush", _nothing)
        await two.show_at(two.one, seconds=0.0)
        await two.one.until(lambda: _waits(two.one))
        await two.show_at(two.other)
    segments = await two.end()
    assert follows_on(segments)
    await two.all_is_indexed(segments)


async def _nothing() -> None:
    """Write nothing down."""


async def _waits(hall: Hall) -> bool:
    return hall.index.has(hall.show.id)


async def test_a_show_is_taken_back_from_a_node_that_took_it_by_mistake(two: Two) -> None:
    """It wanted to write it down, was slow, and the picture had come back to the first one before it had."""
    show = two.one.show
    two.one.on_air.start()
    two.one.archive.begin(show)
    await two.one.has(3)
    await two.other.recordings.begin(show.id, show.room, show.started_at, two.other.node)
    await two.one.until(lambda: two.has(two.one))
    await two.one.goes_on(3)
    await two.one.on_air.stop()
    segments = await two.end()
    assert follows_on(segments)
    await two.all_is_indexed(segments)


async def test_what_comes_back_is_written_although_the_stage_cannot_say_so(two: Two) -> None:
    """The store of the shows is away as the picture returns, and the records say where the show is."""
    await two.show_at(two.one)
    two.one.on_air.start()
    await two.one.goes_on(6)
    await two.one.on_air.stop()
    segments = await two.end()
    assert follows_on(segments)
    await two.all_is_indexed(segments)


async def test_who_has_used_all_the_room_there_is_records_no_more_at_another_node_either(two: Two) -> None:
    """Each node let the show have ten seconds more, until it looked; its console is told why."""
    await two.show_at(two.one)
    two.one.archive.drop(two.one.show.id, StopReason.QUOTA)
    await two.one.until(two.is_written)
    before = await two.one.recordings.get(two.one.show.id)
    two.other.on_air.start()
    two.other.archive.begin(two.other.show)
    await two.other.until(lambda: _is_stopped(two.other))
    assert two.other.archive.news(OAK).reason == "quota"
    assert two.other.archive.running() == []
    assert await two.one.recordings.get(two.one.show.id) == before


async def _is_stopped(hall: Hall) -> bool:
    return hall.archive.news(OAK).state is NewsState.STOPPED


async def test_two_nodes_that_both_have_a_picture_do_not_take_the_show_from_each_other(two: Two) -> None:
    """It is at the one that its picture came to last, and goes back to the other once that one has none."""
    show = two.one.show
    for hall in (two.one, two.other):
        hall.on_air.start()
        hall.archive.begin(show)
        await hall.until(lambda: two.has(hall))  # noqa: B023 - it is done by then
    at = await two.one.recordings.get(show.id)
    for _ in range(2 * DOUBTS):
        two.one.archive.went_on(show.id, has_picture=True)  # as the stage does, each second
        await asyncio.sleep(1.0)
    kept = await two.one.recordings.get(show.id)
    assert (kept.node, kept.first_section) == (two.other.node, at.first_section)
    await two.other.on_air.stop()
    two.other.archive.away(OAK)
    two.one.archive.begin(show)
    await two.one.until(lambda: two.has(two.one))
    await two.one.goes_on(3)
    await two.one.on_air.stop()
    segments = await two.end()
    assert len({(it.section, it.offset) for it in segments}) == len(segments)
    await two.all_is_indexed(segments)
