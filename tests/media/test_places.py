"""Sections are read wherever they lie, and many who watch the same cost the object store one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.errors import Busy, Missing
from media.recording.facts import Container, Section
from media.storage.blocks import BLOCK_BYTES
from media.storage.places import Places
from tests.media.s3_line import Line
from tests.media.storing import World

SECTION = Section(1, Container.MP4, "avc1.42e01f", "opus", 640, 360, 700)


@pytest_asyncio.fixture
async def places(world: World) -> AsyncIterator[Places]:
    """Folder and bucket, and room for three blocks in memory."""
    places = Places(world.local, world.store, 3 * BLOCK_BYTES)
    yield places
    await places.close()


async def moved(world: World) -> bytes:
    """Make a section of five and a half blocks that lies in the bucket only, and return its bytes."""
    name = world.record("show", parts=5.5 / 8)
    data = (world.folder / name).read_bytes()
    await world.store.put(world.folder / name, name)
    await world.local.delete(name)
    return data


async def test_range_over_several_blocks_is_put_together(world: World, places: Places) -> None:
    """Whatever blocks it begins and ends in, up to the end of the section."""
    data = await moved(world)
    end = len(data)
    for offset, size in ((0, 10), (BLOCK_BYTES - 5, 10), (100, 3 * BLOCK_BYTES), (end - 10, 100), (end, 5)):
        assert await places.read("show", SECTION, offset, size) == data[offset : offset + size]
    assert await places.size("show", SECTION) == len(data)


async def test_many_readers_of_a_range_cost_one_request(world: World, places: Places, line: Line) -> None:
    """All who come while it is on its way, and all who come later."""
    data = await moved(world)
    line.delay_seconds = 0.2
    readers = (places.read("show", SECTION, 1000 * number, 900) for number in range(200))
    found = await asyncio.gather(*readers)
    assert found == [data[1000 * number : 1000 * number + 900] for number in range(200)]
    assert await places.read("show", SECTION, 5, 5) == data[5:10]
    assert line.fetched("0001.mp4") == 1


async def test_memory_is_bounded_and_what_was_used_last_stays(
    world: World, places: Places, line: Line,
) -> None:
    """Three blocks: the fourth sends away the one nobody asked for longest."""
    await moved(world)
    for block in (0, 1, 2, 0, 3):
        await places.read("show", SECTION, block * BLOCK_BYTES, 10)
    asked = line.fetched("0001.mp4")
    await places.read("show", SECTION, 0, 10)
    assert line.fetched("0001.mp4") == asked == 4
    await places.read("show", SECTION, BLOCK_BYTES, 10)
    assert line.fetched("0001.mp4") == 5


async def test_reader_who_leaves_takes_nothing_from_the_others(
    world: World, places: Places, line: Line,
) -> None:
    """The request goes on for those who stay."""
    data = await moved(world)
    line.delay_seconds = 0.3
    first, second = (asyncio.create_task(places.read("show", SECTION, 0, 10)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == data[:10]
    assert line.fetched("0001.mp4") == 1


async def test_store_that_is_away_is_busy_and_asked_again_later(
    world: World, places: Places, line: Line,
) -> None:
    """A failure is not kept; what lies here is read all the same."""
    data = await moved(world)
    here = world.record("here", parts=0.1)
    line.is_down = True
    with pytest.raises(Busy):
        await places.read("show", SECTION, 0, 10)
    assert await places.read("here", SECTION, 0, 10) == (world.folder / here).read_bytes()[:10]
    line.is_down = False
    assert await places.read("show", SECTION, 0, 10) == data[:10]


async def test_deleted_recording_is_missing_everywhere(world: World, places: Places) -> None:
    """Also in memory."""
    await moved(world)
    world.record("show", 2, parts=0.1)
    await places.read("show", SECTION, 0, 10)
    await places.delete("show")
    for section in (SECTION, Section(2, Container.MP4, "", "opus", 0, 0, 500)):
        with pytest.raises(Missing):
            await places.read("show", section, 0, 10)
    assert await world.objects() == {}


async def test_without_an_object_store_what_is_not_here_is_missing(world: World) -> None:
    """Nobody else is asked."""
    places = Places(world.local)
    name = world.record("show", parts=0.1)
    assert await places.read("show", SECTION, 0, 10) == (world.folder / name).read_bytes()[:10]
    await places.delete("show")
    for work in (places.read("show", SECTION, 0, 10), places.size("show", SECTION)):
        with pytest.raises(Missing):
            await work
    await places.close()
