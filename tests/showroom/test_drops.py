"""A publisher who drops again and again in one show, at a real server: it stays one show, with one replay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest
from aiohttp import ClientSession

from config.ids import RoomId
from media.recording.facts import GAP_SECONDS
from rooms.fair.recording import Recording, RecordingState
from rooms.fair.recordings import Recordings
from showroom.load.clip_file import Clip, read_clip
from showroom.load.publisher import Publisher
from tests.media.hls.parsed import parse
from tests.media.hls.rules import breaches
from tests.media.recording.stream import FPS, decode
from tests.showroom.test_recording import Fair, records, running, until
from tests.web.visitor import Visitor, visitor

GRACE_SECONDS = 8
"""How long the show waits for its picture: longer than any of its returns takes."""
SLACK_SECONDS = 1.0
"""So exactly is known from outside when nothing was sent."""


@dataclass(frozen=True)
class Stage:
    """A fair, the records of it, and somebody who looks on."""

    fair: Fair
    kept: Recordings
    guest: Visitor
    clip: Clip

    async def recordings(self) -> list[Recording]:
        """Return what is recorded of the room."""
        return await self.kept.of_room(RoomId(self.fair.room))

    async def newest(self) -> float:
        """Return the moment at which the newest segment in the records begins; 0 without any."""
        pieces = [(it, await self.kept.segments(it.id)) for it in await self.recordings()]
        return max((it.started_at + piece.start for it, found in pieces for piece in found), default=0.0)

    async def is_away(self) -> bool:
        """Tell whether the hall says that the picture is away."""
        rooms = (await self.guest.get("/api/hall")).json["rooms"]
        return [room["state"] for room in rooms] == ["away"]


@asynccontextmanager
async def opened(folder: Path, clip: Path) -> AsyncIterator[Stage]:
    """Open a fair with one room."""
    async with (
        running(folder, SHOWROOM_SHOWS_GRACE_SECONDS=str(GRACE_SECONDS)) as fair,
        records(fair) as kept, visitor(fair.url) as guest,
    ):
        yield Stage(fair, kept, guest, read_clip(clip))


@pytest.mark.parametrize("drops", [3, pytest.param(10, marks=pytest.mark.long)])
async def test_a_show_whose_publisher_drops_again_and_again_is_one_replay(
    tmp_path: Path, clip: Path, drops: int
) -> None:
    async with opened(tmp_path, clip) as stage:
        pauses = await _shown_with(stage, drops)
        (recording,) = await stage.recordings()
        await until(lambda: _is_whole(stage, recording.id))
        recording = await stage.kept.get(recording.id)
        await _are_gaps_of(stage, recording, pauses)
        await _plays_whole(stage, recording, drops)


async def _is_whole(stage: Stage, recording: str) -> bool:
    return (await stage.kept.get(recording)).state is RecordingState.WHOLE


async def _shown_with(stage: Stage, drops: int) -> list[tuple[float, float]]:
    """Show something, so many times broken off; return from when until when nothing was sent.

    Every other time it falls silent as a cable that is cut does, and its goodbye comes when another is there.
    """
    ends, begins = list[float](), list[float]()
    async with ClientSession() as http, AsyncExitStack() as late:
        for number in range(drops + 1):
            publisher = await _come_on_air(stage, http)
            begins.append(time.time())
            async with _playing(publisher):
                await late.aclose()
                await _goes_on(stage, begins[-1])
            ends.append(time.time())
            late.push_async_callback(publisher.close)
            if number % 2:
                await late.aclose()
            await until(stage.is_away)
            await asyncio.sleep(2 * GAP_SECONDS)  # what is shorter than that is hardly a pause
    return [*zip(ends[:-1], begins[1:], strict=True)]


async def _come_on_air(stage: Stage, http: ClientSession) -> Publisher:
    """Publish again, with another connection and other numbers."""
    fair = stage.fair
    publisher = Publisher(http, f"{fair.url}/whip/{fair.room}", stage.clip, fair.key)
    await publisher.open()
    return publisher


@asynccontextmanager
async def _playing(publisher: Publisher) -> AsyncIterator[None]:
    """Send during the block, and nothing more behind it."""
    task = asyncio.create_task(publisher.play())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _goes_on(stage: Stage, since: float) -> None:
    """Wait until something that was shown since then is in the records."""

    async def has_more() -> bool:
        return await stage.newest() > since - GAP_SECONDS

    await until(has_more)


async def _are_gaps_of(stage: Stage, recording: Recording, pauses: list[tuple[float, float]]) -> None:
    """See that the page of the replay tells its scripts of these pauses and of no others."""
    page = await stage.guest.get(f"/rooms/{recording.room}/shows/{recording.id}")
    gaps = [(gap["from"], gap["to"]) for gap in page.data["gaps"] if gap["from"]]
    told = [recording.started_at + moment for gap in gaps for moment in gap]
    assert told == pytest.approx([moment for pause in pauses for moment in pause], abs=SLACK_SECONDS)


async def _plays_whole(stage: Stage, recording: Recording, drops: int) -> None:
    """See that a player that is not ours plays all of it, over gaps that its playlists mark."""
    base = f"/hls/{recording.id}/whole"
    assert breaches((await stage.guest.get(f"{base}/index.m3u8")).text) == []
    segments = await stage.kept.segments(recording.id)
    for track in ("video", "opus", "aac"):
        text = (await stage.guest.get(f"{base}/{track}.m3u8")).text
        assert breaches(text) == [], track
        runs = [is_gap for is_gap, _ in groupby(parse(text).entries, lambda entry: entry.has("EXT-X-GAP"))]
        assert runs == [False, *[True, False] * drops], track
        decoded = await asyncio.to_thread(decode, f"{stage.fair.url}{base}/{track}.m3u8")
        assert decoded.errors == "", track
        if track == "video":
            assert decoded.frames == pytest.approx(FPS * sum(it.duration for it in segments), rel=0.1)
