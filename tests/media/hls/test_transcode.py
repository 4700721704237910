"""A show in VP8 is encoded while somebody watches, by a child whose end is nobody else's."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.errors import Busy, Missing
from media.hls.aac import AacMaker
from media.hls.form import Bounds, Form
from media.hls.pieces import PieceId
from media.hls.serving import HlsMedia
from media.hls.tracks import Track
from media.hls.transcodes import Transcodes
from media.recording.facts import Part, section_path
from media.recording.sink import Recordable
from tests.media.hls.sending import Sending, sending
from tests.media.recording.stream import decode

BOUNDS = Bounds(
    2.0, 30.0, 4 << 20, 0, 3600.0, idle_seconds=8.0, ready_seconds=60.0, gone_seconds=0.2,
    again_seconds=0.1,
)
WAIT_SECONDS = 60.0


@dataclass(slots=True)
class Recorder:
    """Knows what is recorded; None when the show is over."""

    sent: Sending | None

    def publication(self, recording: str) -> Recordable | None:
        return self.sent if recording == "show" else None


@dataclass(slots=True)
class World:
    """What tests touch."""

    folder: Path
    sent: Sending
    recorder: Recorder
    transcodes: Transcodes
    counters: Counters
    began: float

    def watch(self) -> Form:
        found = self.transcodes.watch("show", self.began)
        assert found is not None
        return found

    def restarts(self) -> float:
        return self.counters.registry.get_sample_value("showroom_transcode_restarts_total") or 0.0


@asynccontextmanager
async def world(folder: Path, bounds: Bounds = BOUNDS, limit: int = 2) -> AsyncIterator[World]:
    """Send a show that began 100 seconds ago."""
    counters = Counters(CollectorRegistry())
    async with sending() as sent:
        recorder = Recorder(sent)
        transcodes = Transcodes(folder / "passing", recorder, bounds, counters, limit, 2000)
        try:
            yield World(folder / "passing", sent, recorder, transcodes, counters, time.time() - 100)
        finally:
            await transcodes.forms.close()
        assert sent.sinks == []
        assert not (folder / "passing").exists()


async def until(claim: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait until the claim holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not claim():
            meanwhile()
            await asyncio.sleep(0.05)


def parts_of(transcode: Form) -> list[Part]:
    return list(transcode.live.timeline.pieces.all)


def is_steady(show: Form) -> bool:
    """Whether the newest two segments with a picture last as long as they should.

    A child that begins late cuts what has waited for it into shorter ones, the first with sound alone.
    """
    newest = [entry.duration for entry in show.live.timeline.closed if entry.video_bytes][-2:]
    return len(newest) == 2 and all(1.8 <= duration <= 2.2 for duration in newest)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_parts_come_with_low_latency_from_the_second_somebody_asks(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        show = here.watch()
        await show.ready()
        parts = parts_of(show)
        assert parts[0].start == pytest.approx(time.time() - here.began, abs=20.0)
        await until(lambda: is_steady(show), here.watch)
        assert all(part.duration <= 0.36 for part in parts_of(show))
        section = show.live.timeline.sections[max(show.live.timeline.sections)]
        assert (section.video[:5], section.audio, section.width) == ("avc1.", "opus", 320)
        last = parts_of(show)[-1]
        written = here.folder / section_path(show.name, section.number, section.container)
        until_now = tmp_path / "until-now.mp4"
        until_now.write_bytes(written.read_bytes()[: last.offset + last.video_bytes + last.audio_bytes])
        seen = await asyncio.to_thread(decode, until_now)
        assert (seen.errors, seen.frames >= 50) == ("", True)


async def test_many_viewers_share_one_child_which_ends_when_nobody_asks(tmp_path: Path) -> None:
    """Who asks again later gets what is sent then, behind a gap, and what there was stays there."""
    async with world(tmp_path, replace(BOUNDS, idle_seconds=2.0)) as here:
        shows = [here.watch() for _ in range(50)]
        await shows[0].ready()
        assert {id(show) for show in shows} == {id(shows[0])}
        pid = shows[0].pid
        assert pid
        await until(lambda: not is_alive(pid) and not here.sent.sinks)
        assert here.restarts() == 0
        before = parts_of(shows[0])
        await until(lambda: time.time() - here.began > before[-1].end + 1.0)  # the show goes on meanwhile
        again = here.watch()
        await again.ready()
        after = parts_of(again)[len(before) :]
        assert again is shows[0]
        assert again.pid != pid
        assert after[0].start > before[-1].end + 0.5
        assert not again.live.is_ended


@pytest.mark.long
async def test_a_child_that_is_killed_or_hangs_is_replaced(tmp_path: Path) -> None:
    async with world(tmp_path, replace(BOUNDS, hang_seconds=3.0)) as here:
        show = here.watch()
        await show.ready()
        await _outlives(here, show, signal.SIGKILL)
        await _outlives(here, show, signal.SIGSTOP)
        assert here.restarts() >= 2
        pieces = show.live.timeline.pieces
        sections = [pieces.section(number) or 0 for number in range(pieces.newest + 1)]
        assert sections == sorted(sections)


async def _outlives(here: World, show: Form, deed: signal.Signals) -> None:
    pid, known = show.pid, len(parts_of(show))
    assert pid
    os.kill(pid, deed)
    await until(lambda: show.pid != pid and len(parts_of(show)) > known + 3, here.watch)
    assert not is_alive(pid)


@pytest.mark.long
async def test_mutated_pictures_are_nobodys_trouble(tmp_path: Path) -> None:
    """Whatever a publisher sends, the sound goes on, and so does the picture after it."""
    chance = random.Random(seed := random.randrange(1 << 30))

    def harm(payload: bytes) -> list[bytes]:
        changed = bytearray(payload)
        for _ in range(chance.randrange(4)):
            changed[chance.randrange(1, len(changed))] = chance.randrange(256)
        return [bytes(changed)] if chance.random() > 0.02 else []

    async with world(tmp_path) as here:
        show = here.watch()
        await show.ready()
        here.sent.harm = harm
        heard = parts_of(show)[-1].end
        await until(lambda: parts_of(show)[-1].end > heard + 10, here.watch)
        here.sent.harm = lambda payload: (payload,)
        healed = time.time() - here.began
        await until(lambda: any(p.start > healed and p.video_bytes for p in parts_of(show)), here.watch)
        assert not show.live.is_ended, f"seed {seed}"


async def test_a_show_that_is_over_ends_for_players_and_is_deleted(tmp_path: Path) -> None:
    async with world(tmp_path, replace(BOUNDS, gone_seconds=2.0)) as here:
        show = here.watch()
        await show.ready()
        await until(lambda: any(entry.video_bytes for entry in show.live.timeline.closed), here.watch)
        here.recorder.sent = None
        await until(lambda: show.live.is_ended)
        pieces = show.live.timeline.pieces
        media = HlsMedia(here.transcodes.forms, AacMaker())
        sections = show.live.timeline.sections  # on a busy machine the last has sound alone
        numbers = range(pieces.newest, -1, -1)
        last = next(PieceId(it) for it in numbers if sections[pieces.section(it) or 0].video)
        assert await media.piece(show.name, show.live, Track.VIDEO, last)
        await until(lambda: not here.transcodes.forms.has(show.name))
        assert not (here.folder / show.name).exists()
        with pytest.raises(Missing):
            await media.piece(show.name, show.live, Track.VIDEO, last)
        assert here.transcodes.watch("show", here.began) is None


async def test_only_so_many_are_encoded_at_once(tmp_path: Path) -> None:
    async with world(tmp_path, limit=0) as here:
        with pytest.raises(Busy):
            here.transcodes.watch("show", here.began)
        assert here.transcodes.watch("another", here.began) is None
