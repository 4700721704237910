"""A running show: players wait for what comes, each is woken once, and nobody waits in vain for ever."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import Coroutine
from itertools import pairwise

import pytest

from config.errors import Busy, Invalid, Missing
from media.hls.asking import Ask
from media.hls.live import LiveShow
from media.hls.rendered import Rendered
from media.hls.shows import LiveShows
from media.hls.tracks import Track
from media.hls.waiting import Waiting
from media.recording.facts import Container, Section, Segment, StopReason
from tests.media.hls.parsed import Playlist, parse
from tests.media.hls.rules import breaches, change_breaches
from tests.media.hls.shows import BEGAN, section, segment, segments
from tests.media.hls.stories import STORIES, Story
from tests.media.scale import scaled

every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


def show(count: int = 5, *, block_targets: float = 3.0) -> LiveShow:
    """Return a show of `count` segments that runs."""
    made = LiveShow(BEGAN, 30.0, block_targets)
    made.section_began(section())
    for one in segments(count):
        tell(made, one)
    return made


def tell(made: LiveShow, one: Segment) -> None:
    """Tell a show of a segment as the recorder does."""
    for part in one.parts:
        made.part_written(one.section, one.number, part)
    made.segment_ended(one)


def text(it: Rendered) -> str:
    assert gzip.decompress(it.zipped) == it.body
    return it.body.decode()


async def live(made: LiveShow, ask: Ask | None = None, track: Track = Track.VIDEO) -> Playlist:
    return parse(text(await made.playlist(track, ask or Ask(), whole=False)))


async def test_player_gets_each_part_when_it_is_written() -> None:
    made = show()
    (coming,) = segments(1, first=5, start=10.0)
    for number, part in enumerate(coming.parts):
        player = asyncio.ensure_future(live(made, Ask(5, number)))
        await asyncio.sleep(0)
        assert (player.done(), made.waiting) == (False, 1)
        made.part_written(0, 5, part)
        assert made.waiting == 0
        it = await player
        assert it.growing
        assert len(it.growing.parts) == number + 1
    whole = asyncio.ensure_future(live(made, Ask(5)))
    await asyncio.sleep(0)
    made.segment_ended(coming)
    assert (await whole).numbered[5].uri == "video/5.m4s"


async def test_part_beyond_the_last_is_the_first_of_the_next_entry() -> None:
    made = show()
    player = asyncio.ensure_future(live(made, Ask(4, 6)))
    await asyncio.sleep(0)
    assert made.waiting == 1
    made.part_written(0, 5, segment(5, 10.0).parts[0])
    growing = (await player).growing
    assert growing
    assert len(growing.parts) == 1


async def test_what_is_there_is_sent_at_once() -> None:
    made = show()
    for ask in (Ask(), Ask(0), Ask(4), Ask(4, 5), Ask(2, 400), Ask(0, 0)):
        assert (await live(made, ask)).numbered[4].uri == "video/4.m4s"


@pytest.mark.parametrize("ask", [Ask(7), Ask(900_000_000), Ask(5, 9), Ask(6, 12), Ask(None, 1)])
async def test_what_is_too_far_ahead_is_refused_at_once(ask: Ask) -> None:
    with pytest.raises(Invalid):
        await live(show(), ask)


async def test_player_is_told_to_come_back_when_nothing_comes() -> None:
    made = show(block_targets=0.01)
    with pytest.raises(Busy) as refused:
        await live(made, Ask(5, 0))
    assert (refused.value.code, made.waiting) == ("nothing_new", 0)


async def test_only_so_many_wait() -> None:
    waiting = Waiting(limit=3)
    there: list[int] = []
    waiters = [asyncio.ensure_future(waiting.until(lambda: bool(there), 5.0)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await waiting.until(lambda: bool(there), 5.0)
    waiting.wake()
    assert len(waiting) == 3
    there.append(1)
    waiting.wake()
    await asyncio.gather(*waiters)
    assert len(waiting) == 0


async def test_who_leaves_does_not_wait_any_more() -> None:
    made = show()
    player = asyncio.ensure_future(live(made, Ask(5, 0)))
    await asyncio.sleep(0)
    player.cancel()
    await asyncio.wait([player])
    assert made.waiting == 0


async def test_all_who_ask_share_one_text_until_the_next_part() -> None:
    made = show()
    first, second = [await made.playlist(Track.OPUS, Ask(), whole=False) for _ in range(2)]
    assert first is second
    made.part_written(0, 5, segment(5, 10.0).parts[0])
    assert (await made.playlist(Track.OPUS, Ask(), whole=False)).etag != first.etag


async def test_end_reaches_everybody_and_every_playlist() -> None:
    made = show()
    before = {whole: text(await made.playlist(Track.VIDEO, Ask(), whole=whole)) for whole in (False, True)}
    players = [asyncio.ensure_future(live(made, Ask(5, part))) for part in (0, 1, 2)]
    await asyncio.sleep(0)
    made.ended()
    assert all(it.is_ended for it in await asyncio.gather(*players))
    for whole in (False, True):
        after = text(await made.playlist(Track.VIDEO, Ask(77, 8, skip=True), whole=whole))
        assert breaches(after) + change_breaches(before[whole], after) == []
    assert text(await made.multivariant(whole=False)).count("whole/") == 4
    assert text(await made.multivariant(whole=True)).count("whole/") == 0


async def test_nothing_is_listed_before_the_first_segment_and_then_it_comes() -> None:
    made = LiveShow(BEGAN, 30.0)
    made.section_began(section())
    players = [asyncio.ensure_future(live(made)), asyncio.ensure_future(made.multivariant(whole=False))]
    (first,) = segments(1)
    made.part_written(0, 0, first.parts[0])
    await asyncio.sleep(0)
    assert made.waiting == 2
    made.segment_ended(first)
    await asyncio.gather(*players)
    empty = LiveShow(BEGAN, 30.0)
    empty.ended()
    with pytest.raises(Missing):
        await live(empty)


async def test_show_in_vp8_says_why_it_has_no_hls() -> None:
    made = LiveShow(BEGAN, 30.0)
    made.section_began(section(container=Container.WEBM, video="vp8"))
    for asked in (made.playlist(Track.VIDEO, Ask(), whole=False), made.multivariant(whole=True)):
        with pytest.raises(Missing) as refused:
            await asked
        assert (refused.value.code, "VP8" in refused.value.message) == ("no_hls", True)


async def test_player_that_waits_for_a_show_that_turns_out_to_be_vp8_is_told() -> None:
    made = LiveShow(BEGAN, 30.0)
    player = asyncio.ensure_future(made.multivariant(whole=False))
    await asyncio.sleep(0)
    assert (made.waiting, made.needs_transcode) == (1, False)
    made.section_began(section(container=Container.WEBM, video="vp8"))
    with pytest.raises(Missing):
        await player
    assert made.needs_transcode


async def test_live_playlist_leaves_out_the_gap_before_all_and_the_whole_one_does_not() -> None:
    """Players that stay some seconds behind the end would begin in it."""
    made = show(0)
    for one in segments(2, start=600.0, first=600):
        made.segment_ended(one)
    newest, whole = await live(made), parse(text(await made.playlist(Track.VIDEO, Ask(), whole=True)))
    assert [entry.has("EXT-X-GAP") for entry in newest.entries] == [False, False]
    assert newest.first == made.timeline.lead == 150
    assert len(whole.entries) == 152


async def test_hinted_part_comes_or_is_missing_once_its_segment_is_over() -> None:
    made = show()
    early, late = segment(5, 10.0), segment(6, 12.0)
    first = asyncio.ensure_future(made.part_there(5, 0))
    await asyncio.sleep(0)
    assert made.waiting == 1
    made.part_written(0, 5, early.parts[0])
    await first
    second = asyncio.ensure_future(made.part_there(5, 1))
    await asyncio.sleep(0)
    made.part_written(0, 6, late.parts[0])
    with pytest.raises(Missing):
        await second
    for segment_number, part in ((7, 1), (8, 0), (6, 2), (5, 1), (900, 0)):
        with pytest.raises(Missing):
            await made.part_there(segment_number, part)


@every_story
async def test_restored_show_has_the_playlists_of_the_one_that_ran(story: Story) -> None:
    ran, restored = LiveShow(BEGAN, 30.0), LiveShow(BEGAN, 30.0)
    for one in story.sections:
        ran.section_began(one)
    for piece in story.segments:
        tell(ran, piece)
    await restored.restore(story.sections, story.segments, is_ended=False)
    for track in ran.tracks:
        for whole in (False, True):
            both = [await made.playlist(track, Ask(), whole=whole) for made in (ran, restored)]
            assert both[0].body == both[1].body


async def test_show_that_is_over_is_one_whole_playlist_everywhere() -> None:
    made = LiveShow(BEGAN, 30.0)
    await made.restore([section()], segments(100), is_ended=True)
    for whole in (False, True):
        it = parse(text(await made.playlist(Track.VIDEO, Ask(), whole=whole)))
        assert (len(it.entries), it.is_ended, it.value("EXT-X-PLAYLIST-TYPE")) == (100, True, "VOD")


SEGMENTS = scaled(2_520, 25_200)
"""Of a show of 14 hours, all of them in `make soak`."""


async def test_long_show_takes_little_memory() -> None:
    tracemalloc.start()
    made = LiveShow(BEGAN, 30.0)
    before = tracemalloc.get_traced_memory()[0]
    await made.restore([section()], (segment(at, at * 2.0) for at in range(2_520)), is_ended=False)
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert kept < 2_520 * 320, "8 MB in 14 hours"


async def test_long_show_holds_nobody_up() -> None:
    made = LiveShow(BEGAN, 30.0)
    written = [segment(at, at * 2.0) for at in range(SEGMENTS)]
    assert await longest_turn(made.restore([section()], written, is_ended=False)) < 0.2
    assert await longest_turn(made.playlist(Track.VIDEO, Ask(), whole=True)) < 0.2
    whole = await made.playlist(Track.VIDEO, Ask(), whole=True)
    assert len(whole.zipped) * 5 < len(whole.body) < 32 * SEGMENTS
    update = await made.playlist(Track.VIDEO, Ask(skip=True), whole=True)
    assert len(update.body) < 1500


async def longest_turn(work: Coroutine[object, object, object]) -> float:
    """Return how long others waited at most while something was done; one hiccup of the machine is let go."""
    turns = [time.perf_counter()]
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0)
        turns.append(time.perf_counter())
    await task
    return sorted([0.0, 0.0, *(after - before for before, after in pairwise(turns))])[-2]


async def test_shows_hear_of_their_own_recordings_only_and_ended_ones_are_forgotten_in_turn() -> None:
    shows = LiveShows(30.0, max_ended=2)
    running = shows.begin("a", BEGAN)
    assert shows.begin("a", BEGAN) is running
    for recording in ("a", "a call"):
        shows.recording_began(recording)
        shows.section_began(recording, section())
        for one in segments(3):
            for part in one.parts:
                shows.part_written(recording, 0, one.number, part)
            shows.segment_ended(recording, one)
            shows.segment_kept(recording, one)
    assert len((await live(running)).entries) == 3
    assert shows.get("a call") is None
    for name in ("b", "c"):
        await shows.restore(name, BEGAN, [section()], segments(2), is_ended=True)
    assert shows.get("b")
    await shows.restore("d", BEGAN, [section()], segments(2), is_ended=True)
    assert [name for name in "abcd" if shows.get(name)] == ["a", "b", "d"]
    shows.recording_stopped("a", StopReason.ENDED)
    assert running.is_ended
    shows.forget("a")
    assert shows.get("a") is None


def test_section_facts_are_what_the_contract_says() -> None:
    assert Section(0, Container.MP4, "avc1.42e01f", "opus", 1280, 720, 1000) == section()
