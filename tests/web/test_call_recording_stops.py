"""A recording of a call that stops by itself: what its parties are told, and what there is of it."""

from __future__ import annotations

import time

import pytest
import pytest_asyncio

from media.recording.facts import StopReason
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import KeptSegment, RecordingState
from rooms.negotiation.calls import Call
from showroom.load.clip_file import Clip
from signaling import call_recorder
from signaling.archive import Archive
from signaling.archive_allowance import GB
from tests.web.conftest import LUMEN, OpenFair
from tests.web.on_air import until
from tests.web.recorded_calls import SELLER, agree, clip_in, has_grown, is_writing, on_disk, sending, talking

FULL = "full-of-it"

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return await clip_in(tmp_path_factory.mktemp("clip"))


async def test_a_call_whose_recording_has_stopped_is_not_said_to_be_recorded(
    fair: OpenFair, clip: Clip
) -> None:
    """Who has used all the room there is gets no more in this call, and no empty recordings either."""
    call, before = await talking(fair, "frugal"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Frugal", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        await _drop(fair, call, StopReason.QUOTA)
        await until(lambda: _is_unrecorded(fair, call))
        consent = (await room.gathering(call))["consent"]
        assert (consent["is_recording"], consent["stopped"]) == (False, "quota")
        await room.answer(SELLER, call, "en", is_agreed=False)
        assert not (await room.gathering(call))["consent"]["stopped"], "nobody expects one now"
        await agree(fair, call, SELLER, buyer)
        for _ in range(3):
            await room.parts.recorder.sweep()
            assert await _is_unrecorded(fair, call)
            assert not await is_writing(fair, call)
        assert (await room.gathering(call))["consent"]["stopped"] == "quota"
    assert len(await room.parts.recorder.recordings(call.id)) == 1


async def test_a_call_whose_recording_has_failed_is_recorded_again_in_its_time(
    fair: OpenFair, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_recorder, "REST_SECONDS", 0.0)
    call, before = await talking(fair, "unlucky"), on_disk(fair)
    recorder, buyer = fair.parts.call_room.parts.recorder, Actor(call.buyer, Role.BUYER, "U", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        await _drop(fair, call, StopReason.FAILED)

        async def is_begun_again() -> bool:
            return len(await recorder.recordings(call.id)) == 2 and await is_writing(fair, call)

        await until(is_begun_again)
        failed, _ = await recorder.recordings(call.id)
        await until(lambda: _is_cut_short(fair, failed.recording))
        assert await recorder.is_recorded(call.id)
        assert not (await fair.parts.call_room.gathering(call))["consent"]["stopped"]


async def test_no_call_of_who_has_used_all_the_room_there_is_begins_to_be_recorded(
    fair: OpenFair, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those in it are told why; it is recorded once there is room."""
    monkeypatch.setattr(call_recorder, "REST_SECONDS", 0.0)
    call, before = await talking(fair, "thrifty"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Thrifty", "Shop", None)
    await _use_all(fair)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        assert (await room.gathering(call))["consent"]["stopped"] == "quota"
        for _ in range(3):
            await room.parts.recorder.sweep()
            assert await _is_unrecorded(fair, call)
            assert not await is_writing(fair, call)
        assert await room.parts.recorder.recordings(call.id) == []
        assert on_disk(fair) == before
        await fair.parts.recordings.expire(FULL)
        await until(lambda: has_grown(fair, before))
        assert not (await room.gathering(call))["consent"]["stopped"]
    assert len(await room.parts.recorder.recordings(call.id)) == 1


async def _use_all(fair: OpenFair) -> None:
    """Leave a show behind that takes all the room of its exhibitor."""
    size = int(fair.parts.settings.recording.quota_gb * GB)
    await fair.parts.recordings.begin(FULL, LUMEN, time.time(), "elsewhere")
    await fair.parts.recordings.add_segments([KeptSegment(FULL, 0, 0, 0.0, 2.0, 0, size, "[]")])
    await fair.parts.recordings.end(FULL, "ended")


async def _drop(fair: OpenFair, call: Call, reason: StopReason) -> None:
    """End the recording of a call as its archive does."""
    recorder = fair.parts.call_room.parts.recorder
    archive = recorder._archive
    assert isinstance(archive, Archive)
    (entry,) = await recorder.recordings(call.id)
    archive.drop(entry.recording, reason)


async def _is_unrecorded(fair: OpenFair, call: Call) -> bool:
    return not await fair.parts.call_room.parts.recorder.is_recorded(call.id)


async def _is_cut_short(fair: OpenFair, recording: str) -> bool:
    """Tell whether what there is of a recording that failed can be watched, and says so."""
    kept = await fair.parts.recordings.get(recording)
    return (kept.state, kept.stop_reason) == (RecordingState.WHOLE, "failed") and kept.seconds > 0
