"""An encoder that gives its largest size up and takes it back: one recording on one timeline."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from media import layer
from media.recording.feed import FrameReader, What, read_packet
from media.recording.sink import RecordingSink
from tests.media.layered import Layered, simulcast
from tests.media.pictures import encode, packetize
from tests.media.recording.readers import complaints, seen
from tests.media.recording.stream import EPOCH
from tests.media.recording.test_sink import Pipe
from tests.media.recording.test_tape import Written
from tests.media.world import World, world

SIZES = {"h": (320, 180), "f": (640, 360)}
FRAMES, EVERY = 100, 25
FRAME_SECONDS = 0.04
GIVEN_UP = range(40, 75)
"""Frames of which only the smaller size is sent."""


class Clock(Pipe):
    """A pipe that has the loop's time, and so many seconds."""

    def now(self) -> float:
        return EPOCH + asyncio.get_running_loop().time() - self.began

    def __init__(self) -> None:
        super().__init__()
        self.began = asyncio.get_running_loop().time()


async def open_show(w: World) -> Layered:
    peer = w.peer("sendonly")
    offer = peer.offer(
        extra=simulcast(("h", "f")) + "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n",
        video="H264/90000", ssrcs=False)
    answered = await w.relay.publish("room", offer, "192.0.2.1")
    return Layered(await peer.connect(answered.sdp))


async def send_all(w: World, source: Layered, clips: dict[str, list[bytes]], pipe: Pipe) -> None:
    """Send both sizes in real time, the larger with a break."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(FRAMES):
        for rid, clip in clips.items():
            if rid == "f" and number in GIVEN_UP:
                continue
            payloads = packetize("h264", clip[number])
            for place, payload in enumerate(payloads):
                is_end = place == len(payloads) - 1
                source.send(rid, payload, moment=number * 3600, is_end=is_end)
        if not number:
            await w.events.until("live", "room")
            publication = w.relay.publication("room")
            assert publication
            while not publication.smaller:
                await asyncio.sleep(0.01)  # the larger may be heard a turn later
            RecordingSink(1, pipe, publication, 60.0).attach(pipe.now() - loop.time())
        await asyncio.sleep(max(0.0, began + (number + 1) * FRAME_SECONDS - loop.time()))


async def test_a_size_given_up_and_taken_back_is_one_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "SILENCE_SECONDS", 0.3)
    clips = {rid: encode("h264", FRAMES, every=EVERY, size=size) for rid, size in SIZES.items()}
    async with world() as w:
        source, pipe = await open_show(w), Clock()
        await send_all(w, source, clips, pipe)
        await asyncio.sleep(0.1)
    frames = FrameReader().take(b"".join(pipe.frames))
    show = Written(tmp_path / "recordings").feed(
        read_packet(body) for what, _, body in frames if what is What.PACKET).stop()
    sections = [facts["section"] for facts in show.of("section")]
    assert [(one["width"], one["height"]) for one in sections] == [SIZES["f"], SIZES["h"], SIZES["f"]]
    for number, size in enumerate((SIZES["f"], SIZES["h"], SIZES["f"])):
        assert complaints(show.path(number)) == ""
        assert seen(show.path(number), "video").sizes == (size,)
    # From the silence to the next key frame of the smaller size nothing can be shown; nothing else is gone.
    gaps = [after.start - before.end for before, after in pairwise(show.parts)]
    assert all(-0.001 < gap < 0.02 for gap in gaps if gap < 0.2), gaps
    assert sum(gap >= 0.2 for gap in gaps) <= 1
    assert show.parts[-1].end - show.parts[0].start == pytest.approx(FRAMES * FRAME_SECONDS, abs=0.15)
