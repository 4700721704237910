"""Repair: each node finds what its own torn files hold, and takes no number that another node has used."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.film import Film
from media.recording.facts import section_path
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from signaling.archive_index import kept_section, kept_segment
from signaling.archive_repair import Repair
from tests.media.films import Memory, make_film
from tests.rooms.fair_facts import OAK, Clock, furnish

BEGAN = 1_700_000_000.0


@pytest.fixture
async def recordings(database: Database) -> Recordings:
    await furnish(database)
    return Recordings(database, Clock())


async def left_torn(recordings: Recordings, folder: Path, known: int) -> Film:
    """Leave a file at node-1 of which so many segments were written down, and go on at node-2."""
    memory = Memory()
    film = make_film(memory, ("h264", 0.0), ("h264", 4.0))
    path = folder / section_path("film", 0, film.sections[0].container)
    path.parent.mkdir(parents=True)
    path.write_bytes(memory.files[path.relative_to(folder).as_posix()])
    await recordings.begin("film", OAK, BEGAN, "node-1")
    await recordings.add_section("film", kept_section(film.sections[0]))
    await recordings.add_segments([kept_segment("film", it) for it in film.segments[:known]])
    return film


async def test_a_file_is_whole_once_its_node_is_back_although_the_show_went_on_elsewhere(
    recordings: Recordings, tmp_path: Path
) -> None:
    """The segments of the other node keep their numbers, and the show is the other one's to end."""
    film = await left_torn(recordings, tmp_path, known=1)
    await recordings.begin("film", OAK, BEGAN, "node-2")
    await recordings.add_section("film", kept_section(film.sections[1]))
    await Repair(recordings, tmp_path).finish("node-1", set())
    assert await recordings.unfinished("node-1") == []
    assert (await recordings.get("film")).is_running
    assert [it.is_whole for it in await recordings.sections("film")] == [True, False]
    assert [it.number for it in await recordings.segments("film")] == [0]
