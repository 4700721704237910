"""What viewers ask for costs nobody else anything: repeats have a budget, bad lines a rest."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

import pytest

from media import audience, rtcp, subscription
from media.nack import ResendBudget
from tests.media.peer import AUDIO, DELTA, KEY, VIDEO, Peer
from tests.media.scale import IS_FULL, scaled
from tests.media.test_loss import asked
from tests.media.world import numbers, streaming, until, world


@pytest.mark.threat("T6", "D6")
async def test_a_storm_of_requests_is_answered_within_the_budget(
    record_property: Callable[[str, object], None],
) -> None:
    """T6: a hundred requests a second for all there is get a quarter of the stream at most, and no more back
    than came in."""
    async with world() as w:
        publisher, viewer = await streaming(w)
        track = w.relay._shows["room"].publication.video
        for number in range(1, 120):
            publisher.send(VIDEO, number, DELTA + bytes(1000))
            await asyncio.sleep(0.001)
        await viewer.until(lambda: len(viewer.video()) >= 120)
        newest = track.backlog.newest
        # 290 entries that cover 4,930 numbers: as much as fits a datagram of 1,172 bytes
        entries = b"".join(struct.pack("!HH", (newest - 17 * n) & 0xFFFF, 0xFFFF) for n in range(290))
        request = struct.pack("!BBHII", 0x81, 205, 292, 1, track.ssrc) + entries
        storm = rtcp.receiver_report(1, [], "x") + request
        loop, lags, received = asyncio.get_running_loop(), [], []

        def weigh(data: bytes) -> bool:
            received.append(len(data))
            return False

        viewer.lose_in = weigh
        seconds = scaled(1, 10)
        for number in range(100 * seconds):
            due = loop.time() + 0.01
            viewer.send_rtcp(storm)
            publisher.send(VIDEO, 120 + number, DELTA + bytes(1000))
            await asyncio.sleep(0.01)
            lags.append(loop.time() - due)
        await asyncio.sleep(0.1)
        stream = 100 * seconds * (12 + len(DELTA) + 1000 + 16)
        came_back = sum(received) - stream
        record_property("bytes_back_for_each_byte", round(came_back / (len(storm) * 100 * seconds), 3))
        record_property("loop_lag_ms_p99", round(sorted(lags)[int(len(lags) * 0.99)] * 1000, 1))
        before = 120 * stream / (100 * seconds)  # it counts for the rate of which a quarter may come back
        assert 0 < came_back <= 0.25 * (stream + before) + ResendBudget.BURST_BYTES + 5_000  # and reports
        assert came_back < len(storm) * 100 * seconds
        assert sorted(lags)[int(len(lags) * (0.99 if IS_FULL else 0.5))] < 0.02


@pytest.mark.threat("T7")
async def test_keyframe_requests_of_many_viewers_reach_the_encoder_as_one() -> None:
    """T7: however many ask, an encoder makes one keyframe a second."""
    async with world(max_pending_per_address=1000) as w:
        publisher, _ = await streaming(w)
        viewers = [await w.viewer() for _ in range(scaled(20, 500))]
        ssrc = w.relay._shows["room"].publication.video.ssrc
        publisher.parts.clear()
        start = asyncio.get_running_loop().time()
        for _ in range(30):
            for viewer in viewers:
                viewer.send_rtcp(rtcp.picture_loss(1, ssrc))
            await asyncio.sleep(0.1)
        seconds = asyncio.get_running_loop().time() - start
        assert 2 <= len(asked(publisher)) <= 1.1 * seconds + 1


async def test_a_line_that_loses_most_rests_and_begins_again_at_a_keyframe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sound goes on, nobody else notices, and the rest is counted."""
    monkeypatch.setattr(audience, "REST_SECONDS", 0.3)
    monkeypatch.setattr(subscription, "JUDGED_SECONDS", 0.01)
    async with world() as w:
        publisher, slow = await streaming(w)
        other = await w.viewer()
        await other.until(lambda: bool(other.video()))
        track = w.relay._shows["room"].publication.video
        hall = w.relay._shows["room"].audience
        seats = hall._seats
        for lost, highest in ((0, 1000), (25, 1100), (50, 1200)):  # a quarter is not too much yet
            await report(slow, rtcp.ReportBlock(track.ssrc, 255, lost, highest, 0, 0, 0))
        assert not any(seat.is_resting for seat in seats.values())
        await report(slow, rtcp.ReportBlock(track.ssrc, 0, 90, 1300, 0, 0, 0))
        await until(lambda: hall.pauses + w.counted("picture_pauses_total") == 1)
        publisher.send(AUDIO, 0, b"sound")
        for number in range(1, 20):
            publisher.send(VIDEO, number, DELTA)
        await other.until(lambda: len(other.video()) == 20)
        await slow.until(lambda: any(p.payload_type == AUDIO for p in slow.packets))
        assert len(slow.video()) == 1
        publisher.send(VIDEO, 20, KEY)
        await slow.until(lambda: len(slow.video()) > 1)
        publisher.send(VIDEO, 21, DELTA)
        await slow.until(lambda: len(slow.video()) == 3)
        assert [p.payload for p in slow.video()] == [KEY, KEY, DELTA]
        assert numbers(slow) == [0, 1, 2], "a jump would be reported as loss, and be a reason to rest again"
        await other.until(lambda: len(other.video()) == 22)
        await until(lambda: w.counted("picture_pauses_total") == 1)


@pytest.mark.threat("T7")
async def test_keyframe_requests_are_one_a_second_and_the_last_is_never_lost() -> None:
    async with world(keyframe_seconds=0.3) as w:
        publisher, viewer = await streaming(w)
        ssrc = w.relay._shows["room"].publication.video.ssrc
        started = asyncio.get_running_loop().time()
        for _ in range(100):
            viewer.send_rtcp(rtcp.picture_loss(1, ssrc))
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        spent = asyncio.get_running_loop().time() - started
        requests = [p for p in publisher.parts if isinstance(p, rtcp.KeyframeRequest)]
        assert requests[0].media_ssrc == publisher.ssrcs[VIDEO]
        assert 3 <= len(requests) <= spent / 0.3 + 1
        publisher.parts.clear()
        viewer.send_rtcp(rtcp.picture_loss(1, ssrc))
        await publisher.until(lambda: len(asked(publisher)) >= 1)  # the last of those may be just gone
        viewer.send_rtcp(rtcp.picture_loss(1, ssrc))
        await publisher.until(lambda: len(asked(publisher)) >= 2)


async def report(viewer: Peer, block: rtcp.ReportBlock) -> None:
    """Tell the relay how the picture arrives, long enough after the last time."""
    viewer.send_rtcp(rtcp.receiver_report(1, [block], "slow"))
    await asyncio.sleep(0.05)
