"""Eight hours of a show, and all that is said in them: whoever asks holds nobody up."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable

import pytest
import pytest_asyncio

from config.ids import AccountId, ShowId, new_id
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access, KeptSection, KeptSegment
from rooms.fair.webvtt import MOST_CUES, Cue, write
from signaling.library import RecordedFilms
from tests.media.recording.stream import EPOCH
from tests.web.conftest import LUMEN, OpenFair
from tests.web.recorded import record
from tests.web.test_recorded_files import vp8_show
from tests.web.visitor import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("garbage_passed_over")]
KEEPER = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", LUMEN)
SEGMENTS = 8 * 1800
WORST_SECONDS = 0.25
"""Of this process's own time between two turns of the loop: some hundredths are usual, it was half a one."""


async def long_show(fair: OpenFair, container: str) -> str:
    """A show in segments of two seconds and six parts, as the recorder writes them."""
    show, recordings = new_id(), fair.parts.recordings
    short = await record(fair.parts, LUMEN, vp8_show())
    (one,) = await recordings.sections(short)
    folder = fair.parts.settings.data.folder / "recordings"
    (folder / show).mkdir()
    (folder / show / f"0000.{container}").write_bytes((folder / short / "0000.webm").read_bytes())
    video = "vp8" if container == "webm" else "avc1.42c00d"
    await recordings.begin(show, LUMEN, EPOCH, "elsewhere")
    await recordings.add_section(show, KeptSection(0, container, video, "opus", 320, 240, one.init_bytes))
    await recordings.add_segments([segment(show, number, container) for number in range(SEGMENTS)])
    await recordings.end(show, "ended")
    return show


def segment(show: str, number: int, container: str) -> KeptSegment:
    sound = 4_000 if container == "mp4" else 0
    parts = [[number * 2 + n / 3, 1 / 3, 40_000, sound, n == 0] for n in range(6)]
    return KeptSegment(show, number, 0, number * 2.0, 2.0, number * 264_000, 264_000, json.dumps(parts))


async def longest_turn(work: Awaitable[object]) -> float:
    """Return the most of its own time that this process took between two turns while something was done."""
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        while True:
            began = time.process_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.process_time() - began)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    await work
    looking.cancel()
    await asyncio.wait({looking})
    return longest


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def said(fair: OpenFair) -> AsyncIterator[ShowId]:
    """A show with as many captions as one may have."""
    show = ShowId(await record(fair.parts, LUMEN, vp8_show()))
    cues = [Cue("", n * 2.0, n * 2.0 + 1.9, f"Number {n} of what is said") for n in range(MOST_CUES)]
    await fair.parts.captions.put(KEEPER, show, LUMEN, "en", "", cues)
    yield show


async def test_a_stretch_of_a_long_webm_file_holds_nobody_up(fair: OpenFair, guest: Visitor) -> None:
    show = await long_show(fair, "webm")
    first = guest.get(f"/recordings/{show}.webm", headers={"Range": "bytes=0-0"})
    assert await longest_turn(first) < WORST_SECONDS


async def test_a_long_recording_is_listed_and_becomes_a_film_without_holding_anybody_up(
    fair: OpenFair, guest: Visitor
) -> None:
    show = await long_show(fair, "mp4")
    assert await longest_turn(guest.get(f"/hls/{show}/whole/video.m3u8")) < WORST_SECONDS
    films = RecordedFilms(fair.parts.recordings)
    assert await longest_turn(films.film(LUMEN, ShowId(show))) < WORST_SECONDS


@pytest.mark.parametrize("form", ["json", "vtt"])
async def test_all_that_was_said_in_a_long_show_is_sent_without_holding_anybody_up(
    said: ShowId, guest: Visitor, form: str
) -> None:
    assert await longest_turn(guest.get(f"/shows/{said}/captions/en.{form}")) < WORST_SECONDS
    answer = await guest.get(f"/shows/{said}/captions/en.{form}")
    assert answer.text.count("of what is said") == MOST_CUES


async def test_a_file_of_all_that_is_said_is_kept_without_holding_anybody_up(
    fair: OpenFair, said: ShowId
) -> None:
    data = write(Cue("", float(n), n + 0.9, f"{n} <b>a</b> & b") for n in range(MOST_CUES)).encode()
    keeping = fair.parts.captions.put_file(KEEPER, said, LUMEN, "de", "", data)
    assert await longest_turn(keeping) < WORST_SECONDS
    assert len(await fair.parts.captions.cues(said, "de")) == MOST_CUES


async def test_a_file_is_made_once_and_opened_to_those_who_may_watch(
    fair: OpenFair, guest: Visitor, staff: Visitor
) -> None:
    show = await record(fair.parts, LUMEN, vp8_show())
    whole = await guest.get(f"/recordings/{show}.webm")
    await fair.parts.recordings.set_access(KEEPER, show, Access.INVITED)
    assert (await guest.get(f"/recordings/{show}.webm")).status != 200
    assert (await staff.get(f"/recordings/{show}.webm")).body == whole.body


async def test_what_is_said_meanwhile_is_in_the_next_answer(
    fair: OpenFair, said: ShowId, guest: Visitor
) -> None:
    captions = fair.parts.captions
    for text in ("first", "second"):
        await captions.add_live(said, LUMEN, "fr", [Cue(text, 1.0, 2.0, text)])
        assert text in (await guest.get(f"/shows/{said}/captions/fr.vtt")).text
    await captions.delete(KEEPER, said, LUMEN, "fr")
    assert (await guest.get(f"/shows/{said}/captions/fr.vtt")).status == 404
