"""A film flows through the relay as its show once did: the same frames, in their time, without gaps."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from config.errors import Busy, Conflict, FairError, Missing
from media.backlog import MediaPacket
from media.codecs import Codec, Kind, begins_keyframe
from media.film import Film, FilmFeeder, timetable_of
from media.publication import Publication
from media.recording.facts import Section
from tests.media.films import Memory, make_film
from tests.media.recording.footage import audio_frames, frames_of, video_frames
from tests.media.world import World, world

PICTURE_TICKS = 3600


class Reel:
    """A sink that keeps what comes, and when."""

    def __init__(self) -> None:
        self.packets: list[MediaPacket] = []
        self.clocks: list[tuple[Kind, int, float]] = []
        self.times: list[float] = []
        self._more = asyncio.Event()

    def take(self, packet: MediaPacket) -> None:
        self.packets.append(packet)
        self.times.append(asyncio.get_running_loop().time())
        self._more.set()

    def take_clock(self, kind: Kind, timestamp: int, seconds: float) -> None:
        self.clocks.append((kind, timestamp, seconds))

    def of(self, codec: Codec) -> list[MediaPacket]:
        return [packet for packet in self.packets if packet.codec is codec]

    async def until(self, codec: Codec, count: int, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while len(self.of(codec)) < count:
                self._more.clear()
                await self._more.wait()


def screen(w: World, film: Film, memory: Memory) -> tuple[FilmFeeder, Publication, Reel]:
    """Let a film into the relay, with a reel that runs along."""
    feeder = FilmFeeder(film, memory, asyncio.get_running_loop())
    publication, reel = w.relay.feed("room", feeder), Reel()
    publication.sinks.append(reel)
    return feeder, publication, reel


@pytest.mark.parametrize("name", ["h264", "vp9", "av1", "vp8"])
async def test_a_film_is_its_show_again_in_real_time(name: str) -> None:
    memory = Memory()
    film = make_film(memory, (name, 0.0))
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        await feeder.play(publication, again=False)
        await w.events.until("live", "room")
    frames = frames_of(Codec(name), reel.of(Codec(name)))
    assert [frame.data for frame in frames] == [frame.data for frame in video_frames(name)]
    steps = {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(frames)}
    assert all(abs(step - PICTURE_TICKS) <= 91 for step in steps)
    assert [packet.payload for packet in reel.of(Codec.OPUS)] == [frame.data for frame in audio_frames()]
    assert 47 * 0.04 - 0.3 < reel.times[-1] - reel.times[0] < 2 * 47 * 0.04  # late where the machine is
    assert [packet.sequence for packet in reel.of(Codec(name))] == list(
        range(reel.of(Codec(name))[0].sequence, reel.of(Codec(name))[-1].sequence + 1)
    )


async def test_a_viewer_sees_a_film_and_joins_late_at_a_key_frame() -> None:
    memory = Memory()
    film = make_film(memory, ("vp9", 0.0), count=96)
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        playing = asyncio.create_task(feeder.play(publication, again=True))
        await reel.until(Codec.VP9, 100)
        viewer = await w.viewer(video="VP9/90000")
        await viewer.until(lambda: len(viewer.video()) > 100)
        assert begins_keyframe(Codec.VP9, viewer.video()[0].payload)
        w.relay.end_publication("room")
        await asyncio.wait_for(playing, 5)
        await viewer.until(lambda: viewer.is_closed)


async def test_sound_and_picture_share_a_clock() -> None:
    memory = Memory()
    film = make_film(memory, ("h264", 100.0))
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        await feeder.play(publication, again=False)
    by_kind = {kind: (stamp, seconds) for kind, stamp, seconds in reel.clocks}
    shown = []
    for kind, codec in ((Kind.VIDEO, Codec.H264), (Kind.AUDIO, Codec.OPUS)):
        stamp, seconds = by_kind[kind]
        first = reel.of(codec)[0].timestamp
        shown.append(seconds - ((stamp - first + 2**31) % 2**32 - 2**31) / codec.clock_rate)
    assert shown[0] == pytest.approx(shown[1], abs=0.01)


async def test_a_gap_is_cut_down_to_a_moment() -> None:
    memory = Memory()
    film = make_film(memory, ("h264", 0.0), ("h264", 600.0), count=24)
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        async with asyncio.timeout(15):
            await feeder.play(publication, again=False)
        assert ("away", "room") not in w.events.seen
    stamps = sorted({packet.timestamp for packet in reel.of(Codec.H264)})
    assert len(stamps) == 48
    longest = max(b - a for a, b in pairwise(stamps))
    assert 90_000 * 0.2 <= longest <= 90_000 * 0.3


async def test_the_timetable_is_what_is_sent() -> None:
    """Of a recording that began late, paused twice and once for no longer than is kept; then anew."""
    memory = Memory()
    starts = (0.5, 600.0, 601.06, 700.0)
    film = make_film(memory, *(("h264", start) for start in starts), count=24)
    pieces, seconds = timetable_of(film.segments)
    assert pieces == ((0.0, 0.5), (1.16, 600.0), (3.38, 700.0))
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        playing = asyncio.create_task(feeder.play(publication, again=True))
        while len(stamps := sorted({packet.timestamp for packet in reel.of(Codec.H264)})) <= 4 * 24:
            await reel.until(Codec.H264, len(reel.of(Codec.H264)) + 1)
        w.relay.end_publication("room")
        await playing
    begins = [stamps[24 * number] - stamps[0] for number in (0, 1, 3, 4)]
    assert begins == pytest.approx([90_000 * at for at in (*(at for at, _ in pieces), seconds)], abs=100)


async def test_a_film_of_two_codecs_goes_on_with_the_other() -> None:
    memory = Memory()
    film = make_film(memory, ("vp9", 0.0), ("h264", 0.96), count=24)
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        assert publication.video_codec is Codec.VP9
        await feeder.play(publication, again=False)
    for name in ("vp9", "h264"):
        frames = frames_of(Codec(name), reel.of(Codec(name)))
        assert [frame.data for frame in frames] == [frame.data for frame in video_frames(name, 24)]


async def test_a_loop_goes_on_until_it_is_ended() -> None:
    memory = Memory()
    film = make_film(memory, ("h264", 5.0), count=24)
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        playing = asyncio.create_task(feeder.play(publication, again=True))
        await reel.until(Codec.H264, 100)
        w.relay.end_publication("room")
        await asyncio.wait_for(playing, 5)
        count = len(reel.packets)
        await asyncio.sleep(0.2)
        assert len(reel.packets) == count
    stamps = [packet.timestamp for packet in reel.of(Codec.H264)]
    assert stamps == sorted(stamps)
    assert ("away", "room") not in w.events.seen


@pytest.mark.parametrize(("error", "seconds"), [(Missing, 0.24), (Busy, 1.08)])
async def test_what_is_gone_is_a_gap_and_what_is_away_keeps_its_time(
    error: type[FairError], seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Torn(error, number=1)
    film = make_film(memory, ("h264", 0.0), ("h264", 1.0), ("h264", 2.0), count=24)
    async with world() as w:
        feeder, publication, reel = screen(w, film, memory)
        with caplog.at_level(logging.WARNING):
            await feeder.play(publication, again=False)
    assert len(frames_of(Codec.H264, reel.of(Codec.H264))) == 48
    assert [record.message for record in caplog.records] == ["a piece of a film cannot be read"]
    stamps = sorted({packet.timestamp for packet in reel.of(Codec.H264)})
    assert max(b - a for a, b in pairwise(stamps)) == pytest.approx(90_000 * seconds, abs=4_000)


class Torn(Memory):
    """Files of which one cannot be read."""

    def __init__(self, error: type[FairError], number: int) -> None:
        super().__init__()
        self.error, self.number = error, number

    async def read(self, recording: str, section: Section, offset: int, size: int) -> bytes:
        if section.number == self.number:
            raise self.error("It cannot be read.")
        return await super().read(recording, section, offset, size)


@pytest.mark.parametrize("again", [False, True])
async def test_a_film_that_is_gone_is_over(again: bool, caplog: pytest.LogCaptureFixture) -> None:
    """It stayed dark for as long as it was, round after round."""
    memory = Memory()
    film = make_film(memory, ("h264", 0.0), count=24)
    film = replace(film, segments=film.segments * 600)
    memory.files.clear()
    async with world() as w:
        feeder, publication, _ = screen(w, film, memory)
        async with asyncio.timeout(60):
            await feeder.play(publication, again=again)
    assert len(caplog.records) == 1


async def test_a_room_has_a_film_or_a_publisher() -> None:
    memory = Memory()
    film = make_film(memory, ("h264", 0.0))
    async with world() as w:
        feeder, _, _ = screen(w, film, memory)
        for replace in (False, True):
            with pytest.raises(Conflict):
                await w.publisher(replace=replace)
        with pytest.raises(Conflict):
            w.relay.feed("room", feeder)
        await w.publisher("other")
        with pytest.raises(Conflict):
            w.relay.feed("other", feeder)


async def test_a_film_costs_little_of_a_processor() -> None:
    """Nothing is decoded or encoded: what ten films take, reading and packing, stays far below one core."""
    memory = Memory()
    film = make_film(memory, ("h264", 0.0), count=96)
    async with world() as w:
        loop = asyncio.get_running_loop()
        feeders = [FilmFeeder(film, memory, loop) for _ in range(10)]
        rooms = [w.relay.feed(f"room-{number}", feeder) for number, feeder in enumerate(feeders)]
        used, began = time.process_time(), loop.time()
        async with asyncio.TaskGroup() as group:
            for feeder, room in zip(feeders, rooms, strict=True):
                group.create_task(feeder.play(room, again=False))
        assert (time.process_time() - used) / (loop.time() - began) < 0.4
