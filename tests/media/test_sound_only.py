"""Who wants sound alone is sent no picture, and one stream goes on when they want it again."""

from __future__ import annotations

import asyncio
import random

import pytest

from media import layer, rtcp
from media.sizes import bound, choose, show, sizes_of
from tests.media.layered import delta, key
from tests.media.peer import AUDIO, DELTA, KEY, VIDEO, Peer
from tests.media.test_layers import FRAME, payloads, shown
from tests.media.world import numbers, streaming, until, world


def sounds(viewer: Peer) -> int:
    return sum(packet.payload_type == AUDIO for packet in viewer.packets)


async def test_sound_goes_on_and_the_picture_returns_at_a_key_frame() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        seat = w.relay.viewer(w.sessions[viewer])
        show(seat, is_on=False)
        assert sizes_of(seat).is_without
        for number in range(1, 30):
            publisher.send(VIDEO, number, KEY if number == 10 else DELTA)
            publisher.send(AUDIO, number, b"sound")
        await viewer.until(lambda: sounds(viewer) == 29)
        assert len(viewer.video()) == 1
        show(seat, is_on=True)
        publisher.send(VIDEO, 30, DELTA)
        publisher.send(VIDEO, 31, KEY)
        publisher.send(VIDEO, 32, DELTA)
        await viewer.until(lambda: len(viewer.video()) == 3)
        assert payloads(viewer) == [KEY, KEY, DELTA]
        assert numbers(viewer) == [0, 1, 2]


async def test_after_a_long_while_the_numbers_have_not_jumped() -> None:
    """A jump of more than half of all numbers looks like one back, and SRTP would be lost for good."""
    async with world() as w:
        publisher, viewer = await streaming(w)
        seat = w.relay.viewer(w.sessions[viewer])
        show(seat, is_on=False)
        publication = w.relay.publication("room")
        assert publication
        for number in range(1, 70_000, 2500):
            publisher.send(VIDEO, number & 0xFFFF, DELTA, timestamp=number * 3000 & 0xFFFFFFFF)
            await asyncio.sleep(0.001)
        await until(lambda: publication.video.backlog.newest > 67_000)
        show(seat, is_on=True)
        publisher.send(VIDEO, 70_000 & 0xFFFF, KEY, timestamp=70_000 * 3000 & 0xFFFFFFFF)
        publisher.send(VIDEO, 70_001 & 0xFFFF, DELTA, timestamp=70_001 * 3000 & 0xFFFFFFFF)
        await viewer.until(lambda: len(viewer.video()) == 3)
        assert numbers(viewer) == [0, 1, 2]


async def test_nobody_asks_for_key_frames_in_vain() -> None:
    async with world() as w:
        publisher, viewer = await streaming(w)
        show(w.relay.viewer(w.sessions[viewer]), is_on=False)
        publication = w.relay.publication("room")
        assert publication
        for _ in range(5):
            viewer.send_rtcp(rtcp.picture_loss(1, publication.video.ssrc))
        publisher.send(AUDIO, 1, b"sound")
        await viewer.until(lambda: sounds(viewer) == 1)
        assert not [part for part in publisher.parts if isinstance(part, rtcp.KeyframeRequest)]


async def test_whatever_is_wanted_when_a_viewer_sees_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "SILENCE_SECONDS", 60.0)
    rng = random.Random(11)
    async with world() as w:
        source, viewer, seat = await shown(w)
        for step in range(2, 150):
            if rng.random() < 0.4:
                show(seat, is_on=rng.random() < 0.6)
            if rng.random() < 0.3:
                choose(seat, rng.choice(["q", "h", "f", None]))
            if rng.random() < 0.2:
                bound(seat, rng.choice([None, 100, 300]))
            source.send_all(step * FRAME, is_key=rng.random() < 0.4)
            await asyncio.sleep(0.004)
        show(seat, is_on=True)
        choose(seat, "q")
        await asyncio.sleep(0.05)
        source.send_all(200 * FRAME, is_key=True)
        source.send_all(201 * FRAME)
        await viewer.until(lambda: payloads(viewer)[-1] == delta("q", b"603000"))
        assert payloads(viewer)[-2] == key("q", b"600000")
        assert numbers(viewer) == list(range(len(numbers(viewer))))
        assert viewer.replays == 0
