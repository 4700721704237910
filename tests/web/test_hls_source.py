"""Which shows HLS serves: what is known of one is what the records have, whichever nodes wrote it."""

from __future__ import annotations

import pytest

from config.errors import Busy, Missing
from config.ids import RoomId, ShowId
from media.hls.asking import Ask
from media.hls.live import LiveShow
from media.hls.multivariant import Captions
from media.hls.shows import LiveShows
from media.hls.tracks import Track
from rooms.fair.database import Database
from rooms.fair.recording import Access
from rooms.fair.recordings import Recordings
from signaling.archive_index import kept_section, kept_segment
from tests.media.hls.shows import section, segments
from tests.rooms.fair_facts import OAK, Clock, furnish, staff
from web.hls import HlsShow
from web.hls_source import RecordedShows

BEGAN = 1_790_000_000.0
SHOW = ShowId("show-1")


class World:
    """The records of a show, and a node that serves it."""

    def __init__(self, database: Database) -> None:
        self.clock, self.playlists = Clock(), LiveShows(30.0)
        self.recordings = Recordings(database, self.clock)
        self.shown: str | None = None
        self.running: ShowId | None = SHOW
        self.asked = 0
        self._shows = RecordedShows(
            self.recordings, self.playlists, self._no_words, self.clock, self._is_shown, self._is_on_air)

    async def write(self, node: str, first: int, last: int, number: int) -> None:
        """Have a node write a section of it down."""
        await self.recordings.begin(SHOW, OAK, BEGAN, node)
        await self.recordings.add_section(SHOW, kept_section(section(number)))
        some = [kept_segment(SHOW, one) for one in segments(last, section=number)[first:]]
        await self.recordings.add_segments(some)

    async def seen(self) -> LiveShow:
        """Return the show as this node knows it now."""
        return (await self.found()).live

    async def found(self) -> HlsShow:
        """Return it with who may see it."""
        self.clock.move(3600)
        found = await self._shows.show(SHOW)
        assert found is not None
        return found

    async def _is_shown(self, room: RoomId, recording: str) -> bool:
        if self.shown is None:
            raise Busy("The store is away.", code="store_away")
        return (room, recording) == (OAK, self.shown)

    async def _is_on_air(self, room: RoomId, recording: str) -> bool:
        self.asked += 1
        if self.running is None:
            raise Busy("The store is away.", code="store_away")
        return (room, recording) == (OAK, self.running)

    async def _no_words(self, _show: str) -> tuple[Captions, ...]:
        return ()


@pytest.fixture
async def world(database: Database) -> World:
    await furnish(database)
    return World(database)


async def test_a_show_that_runs_at_another_node_goes_on_here_and_is_over_when_it_is(world: World) -> None:
    await world.write("another", 0, 3, 0)
    live = await world.seen()
    assert (live.is_ended, live.timeline.pieces.newest) == (False, 2)
    await world.write("another", 3, 5, 0)
    assert (await world.seen()) is live
    assert live.timeline.pieces.newest == 4
    await world.recordings.end(SHOW, "ended")
    over = await world.seen()
    assert (over.is_ended, over.timeline.pieces.newest) == (True, 4)
    assert "#EXT-X-ENDLIST" in (await over.playlist(Track.VIDEO, Ask(), whole=True)).body.decode()


async def test_what_another_node_wrote_after_this_one_is_in_the_replay(world: World) -> None:
    """This node ended what it had itself when it heard that the show was over."""
    await world.write("here", 0, 3, 0)
    here = await world.playlists.restore(SHOW, BEGAN, [section()], segments(3), is_ended=False)
    here.section_began(section())
    await world.write("another", 3, 5, 1)
    assert (await world.seen()) is here
    assert here.timeline.pieces.newest == 2, "what is written here knows more than the records"
    here.ended()
    await world.recordings.end(SHOW, "ended")
    over = await world.seen()
    assert (over.is_ended, over.timeline.pieces.newest, sorted(over.timeline.sections)) == (True, 4, [0, 1])
    assert (await world.seen()) is over


async def test_what_a_node_wrote_down_late_is_in_the_replay(world: World) -> None:
    """It lies between what was known; the show is over, and what was known of it is no more all of it."""
    await world.write("another", 0, 3, 0)
    await world.write("here", 503, 506, 20)
    await world.recordings.end(SHOW, "ended")
    assert _seen(await world.seen()) == [0, 1, 2, 503, 504, 505]
    late = [kept_segment(SHOW, one) for one in segments(5)[3:]]
    await world.recordings.add_segments(late)
    over = await world.seen()
    assert _seen(over) == [0, 1, 2, 3, 4, 503, 504, 505]
    assert (await world.seen()) is over


def _seen(live: LiveShow) -> list[int]:
    """Return the segments that players are told of, without the pieces of gaps."""
    return [entry.segment for entry in live.timeline.closed if not entry.is_gap]


async def test_a_show_that_is_recorded_again_after_it_had_stopped_goes_on(world: World) -> None:
    """Its disk was full, and its picture came back when there was room again."""
    await world.write("another", 0, 3, 0)
    await world.recordings.end(SHOW, "disk_full")
    assert (await world.seen()).is_ended
    await world.write("another", 3, 5, 1)
    live = await world.seen()
    assert (live.is_ended, live.timeline.pieces.newest) == (False, 4)
    assert (await world.seen()) is live


@pytest.mark.parametrize("reason", ["quota", "limit", "disk_full", "failed"])
async def test_a_show_whose_recording_was_cut_at_another_node_has_nothing_live_here_either(
    world: World, reason: str
) -> None:
    """As the node has it that it is at; where the store is away, what was known holds."""
    await world.write("another", 0, 3, 0)
    await world.seen()
    await world.recordings.end(SHOW, reason)
    for world.running in (SHOW, None):
        live = await world.seen()
        assert (live.is_ended, live.is_cut) == (True, True)
        with pytest.raises(Missing) as refusal:
            await live.multivariant(whole=False)
        assert refusal.value.code == "no_hls"
        assert "video.m3u8" in (await live.multivariant(whole=True)).body.decode()
    world.running = ShowId("the-next-one")
    live = await world.seen()
    assert (live.is_ended, live.is_cut) == (True, False)
    assert "whole/" in (await live.multivariant(whole=False)).body.decode()


async def test_a_show_that_has_ended_as_it_should_asks_no_store(world: World) -> None:
    await world.write("another", 0, 3, 0)
    await world.recordings.end(SHOW, "ended")
    world.running = None
    assert not (await world.seen()).is_cut
    assert world.asked == 0


async def test_a_recording_for_few_is_for_all_while_it_runs_as_a_show(world: World) -> None:
    """Whoever has a key to it keeps that, also while the store is away."""
    await world.write("here", 0, 3, 0)
    await world.recordings.end(SHOW, "ended")
    await world.recordings.set_access(staff(), SHOW, Access.SIGNED_IN)
    before = await world.found()
    assert not before.is_public
    for shown, is_public in ((SHOW, True), ("another", False)):
        world.shown = shown
        found = await world.found()
        assert (found.is_public, found.circle) == (is_public, before.circle)
