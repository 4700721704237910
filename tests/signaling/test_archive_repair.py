"""Repair: each node finds what its own torn files hold, and puts it where it belongs in the show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from media.recording.facts import Container, Section, section_path
from media.recording.salvage import salvage
from media.recording.scan import scan_section
from rooms.fair.database import Database
from rooms.fair.recordings import Recordings
from signaling.archive_index import kept_section, kept_segment
from signaling.archive_repair import Repair
from tests.media.recording.footage import audio_frames, mp4_file, video_frames
from tests.rooms.fair_facts import OAK, Clock, furnish

BEGAN, SHOW = 1_700_000_000.0, "show-1"


@pytest.fixture
async def recordings(database: Database) -> Recordings:
    await furnish(database)
    return Recordings(database, Clock())


async def left_torn(recordings: Recordings, folder: Path) -> None:
    """Leave a file of two segments at node-1, of which the first was written down."""
    path = folder / section_path(SHOW, 0, Container.MP4)
    path.parent.mkdir(parents=True)
    path.write_bytes(mp4_file("h264", video_frames("h264"), audio_frames()))
    section = Section(0, Container.MP4, "avc1.42e01f", "opus", 320, 240, scan_section(path).init_bytes)
    first, second = salvage(path, section, section.init_bytes, 0)
    assert second.start >= first.start + first.duration - 0.01
    await recordings.begin(SHOW, OAK, BEGAN, "node-1")
    await recordings.add_section(SHOW, kept_section(section))
    await recordings.add_segments([kept_segment(SHOW, first)])


async def gone_on(recordings: Recordings, number: int | None = None) -> int:
    """Let another node write the next two seconds, and return the number of its segment."""
    kept = await recordings.begin(SHOW, OAK, BEGAN, "node-2")
    first = kept.first_segment if number is None else number
    section = Section(kept.first_section if number is None else 1, Container.MP4, init_bytes=700)
    await recordings.add_section(SHOW, kept_section(section))
    (before,) = await recordings.segments(SHOW)
    after = replace(before, number=first, section=section.number, start=before.start + 10)
    await recordings.add_segments([after])
    return first


async def test_a_file_is_whole_once_its_node_is_back_although_the_show_went_on_elsewhere(
    recordings: Recordings, tmp_path: Path
) -> None:
    """What it had not written down goes between, and the show is the other one's to end."""
    await left_torn(recordings, tmp_path)
    first = await gone_on(recordings)
    await Repair(recordings, tmp_path).finish("node-1", set())
    assert await recordings.unfinished("node-1") == []
    assert (await recordings.get(SHOW)).is_running
    assert [it.is_whole for it in await recordings.sections(SHOW)] == [True, False]
    kept = await recordings.segments(SHOW)
    assert [it.number for it in kept] == [0, 1, first]
    assert [it.start for it in kept] == sorted(it.start for it in kept)
    assert sum(it.size for it in kept if not it.section) == _media_bytes(tmp_path)


def _media_bytes(folder: Path) -> int:
    found = scan_section(folder / section_path(SHOW, 0, Container.MP4))
    return found.good_bytes - found.init_bytes


async def test_a_node_that_is_killed_again_and_again_takes_numbers_of_its_own(
    recordings: Recordings, tmp_path: Path
) -> None:
    """It had begun a file when it died, of which nothing was written down, after the show had come back."""
    await left_torn(recordings, tmp_path)
    await gone_on(recordings)
    kept = await recordings.begin(SHOW, OAK, BEGAN, "node-1")
    (section, _) = await recordings.sections(SHOW)
    await recordings.add_section(SHOW, replace(section, number=kept.first_section))
    torn = tmp_path / section_path(SHOW, kept.first_section, Container.MP4)
    torn.write_bytes((tmp_path / section_path(SHOW, 0, Container.MP4)).read_bytes())
    await Repair(recordings, tmp_path).repair(SHOW, "node-1")
    mine = [it.number for it in await recordings.segments(SHOW) if it.section == kept.first_section]
    assert mine == [kept.first_segment, kept.first_segment + 1]


async def test_no_number_is_taken_that_another_node_has_used(recordings: Recordings, tmp_path: Path) -> None:
    """As earlier versions used them, which left no room between."""
    await left_torn(recordings, tmp_path)
    await gone_on(recordings, number=1)
    before = await recordings.segments(SHOW)
    await Repair(recordings, tmp_path).finish("node-1", set())
    assert await recordings.segments(SHOW) == before
    assert [it.is_whole for it in await recordings.sections(SHOW)] == [True, False]


async def test_a_file_that_no_record_names_yet_is_found(recordings: Recordings, tmp_path: Path) -> None:
    """The server was killed between its first bytes and the commit; what is torn is no file of the show."""
    await left_torn(recordings, tmp_path)
    first = tmp_path / section_path(SHOW, 0, Container.MP4)
    first.with_name("0001.mp4").write_bytes(mp4_file("h264", video_frames("h264"), audio_frames(), start=8.0))
    torn = first.with_name("0002.mp4")
    torn.write_bytes(first.read_bytes()[:100])
    await Repair(recordings, tmp_path).finish("node-1", set())
    sections = await recordings.sections(SHOW)
    assert [(it.number, it.node, it.is_whole, it.video) for it in sections] == [
        (0, "node-1", True, "avc1.42e01f"), (1, "node-1", True, sections[1].video)]
    assert sections[1].video.startswith("avc1.")
    kept = await recordings.segments(SHOW)
    assert [(it.number, it.section) for it in kept] == [(0, 0), (1, 0), (2, 1), (3, 1)]
    assert torn.exists()
