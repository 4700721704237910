"""T43: who withdraws, and whose call is over, is recorded no more when they are told so."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from config.errors import Busy
from config.ids import AccountId, CallId
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import RecordingState
from rooms.negotiation.calls import Call
from showroom.load.clip_file import Clip
from signaling import call_recorder, keys
from signaling.call_recorder import CallRecorder
from tests.web.conftest import OpenFair
from tests.web.on_air import until
from tests.web.recorded_calls import SELLER, agree, clip_in, has_grown, is_writing, on_disk, sending, talking

pytestmark = pytest.mark.asyncio(loop_scope="session")

FRAME_SECONDS = 0.1
"""The longest that a frame lasts whose end nobody saw."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return await clip_in(tmp_path_factory.mktemp("clip"))


@pytest.mark.threat("T43")
async def test_a_withdrawal_at_another_server_is_acknowledged_once_nothing_is_written(
    fair: OpenFair, clip: Clip
) -> None:
    call, before = await talking(fair, "distant"), on_disk(fair)
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Distant", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        refusal = room.parts.consents.answer(buyer, call, "en", is_agreed=False)
        await _elsewhere(fair).change(call, buyer.id, refusal)
        assert not await is_writing(fair, call)


@pytest.mark.threat("T43")
async def test_nothing_of_after_a_withdrawal_at_another_server_is_in_the_file(
    fair: OpenFair, clip: Clip
) -> None:
    """This one finds out within a second, and that second was in the file."""
    call = await talking(fair, "remote")
    room, buyer = fair.parts.call_room, Actor(call.buyer, Role.BUYER, "Remote", "Shop", None)
    for number in range(3):
        before = on_disk(fair)
        async with sending(fair, call, buyer, clip):
            await agree(fair, call, buyer, SELLER)
            await until(lambda: has_grown(fair, before))  # noqa: B023 - it is done by then
            withdrawn_at = fair.parts.clock()
            await room.parts.consents.answer(buyer, call, "en", is_agreed=False)
            entry = (await room.parts.recorder.recordings(call.id))[number]
            await until(lambda: _is_whole(fair, entry.recording))  # noqa: B023
        kept = await fair.parts.recordings.get(entry.recording)
        assert kept.seconds > 0
        assert kept.started_at + kept.seconds <= withdrawn_at + FRAME_SECONDS


async def _is_whole(fair: OpenFair, recording: str) -> bool:
    return (await fair.parts.recordings.get(recording)).state is RecordingState.WHOLE


@pytest.mark.threat("T43")
async def test_when_a_call_is_over_nothing_of_it_is_written(fair: OpenFair, clip: Clip) -> None:
    call, before = await talking(fair, "brief"), on_disk(fair)
    buyer = Actor(call.buyer, Role.BUYER, "Brief", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        await fair.parts.calls.hang_up(buyer, call.id)
        assert not await is_writing(fair, call)


@pytest.mark.threat("T43")
async def test_a_call_is_recorded_to_its_last_word(
    fair: OpenFair, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was held back since it was asked last whether all agree, which is for longer than usual here."""
    call, before = await talking(fair, "fond"), on_disk(fair)
    recorder, buyer = fair.parts.call_room.parts.recorder, Actor(call.buyer, Role.BUYER, "Fond", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        monkeypatch.setattr(recorder, "_follow", _nothing)
        await asyncio.sleep(2.5)
        over_at = fair.parts.clock()
        await fair.parts.calls.hang_up(buyer, call.id)
        (entry,) = await recorder.recordings(call.id)
        await until(lambda: _is_whole(fair, entry.recording))
    kept = await fair.parts.recordings.get(entry.recording)
    assert kept.started_at + kept.seconds > over_at - 1.0


async def _nothing(_call: CallId) -> bool:
    return True


async def test_who_withdraws_does_not_wait_long_for_a_server_that_is_silent(
    fair: OpenFair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_recorder, "FLAG_SECONDS", 0.2)
    call = await talking(fair, "patient")
    buyer = Actor(call.buyer, Role.BUYER, "Patient", "Shop", None)
    await fair.parts.redis.set(keys.recorded(call.id), "1")
    async with asyncio.timeout(5):
        await fair.parts.call_room.answer(buyer, call, "en", is_agreed=False)


async def test_who_is_not_let_in_holds_no_recording_up(fair: OpenFair, clip: Clip) -> None:
    """What became of the link is not known until the records are back; then they say who is in the call."""
    call, before = await talking(fair, "steady"), on_disk(fair)
    recorder, buyer = fair.parts.call_room.parts.recorder, Actor(call.buyer, Role.BUYER, "S", "Shop", None)
    async with sending(fair, call, buyer, clip):
        await agree(fair, call, buyer, SELLER)
        await until(lambda: has_grown(fair, before))
        with pytest.raises(Busy):
            await recorder.change(call, AccountId("third:late"), _away())
        assert not await is_writing(fair, call)
        await until(lambda: is_writing(fair, call))
        await fair.parts.calls.hang_up(buyer, call.id)
        await until(lambda: _is_forgotten(recorder, call))


async def _away() -> None:
    raise Busy("The records are away.")


async def _is_forgotten(recorder: CallRecorder, call: Call) -> bool:
    return call.id not in {it for it, _ in recorder._in_doubt}


def _elsewhere(fair: OpenFair) -> CallRecorder:
    """Return the recorder of another server, where nothing of the call goes through."""
    parts, room = fair.parts, fair.parts.call_room.parts
    return CallRecorder(
        parts.redis, parts.database, parts.relay, room.stage, room.recorder._archive, parts.calls,
        room.consents, room.thirds, parts.clock,
    )
