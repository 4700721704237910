"""A keyframe becomes a picture in a child, and nonsense becomes none."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import AsyncIterator
from fractions import Fraction

import av
import pytest
from av.video.codeccontext import VideoCodecContext
from PIL import Image

from media.keyframes import Keyframe, picture_size
from media.thumbnails import Thumbnailer
from tests.media.pictures import own_priority

ENCODERS = {"h264": "libx264", "vp8": "libvpx", "vp9": "libvpx-vp9", "av1": "libsvtav1"}


@pytest.fixture
async def thumbnailer() -> AsyncIterator[Thumbnailer]:
    it = Thumbnailer()
    yield it
    await it.close()


def encode(codec: str, width: int = 320, height: int = 176) -> Keyframe:
    context = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    picture = av.VideoFrame.from_image(Image.new("RGB", (width, height), (200, 30, 30)))  # type: ignore[no-untyped-call]  # PyAV leaves it so
    with own_priority():
        packets = [*context.encode(picture.reformat(format="yuv420p")), *context.encode(None)]
    return Keyframe(codec, bytes(packets[0]))


@pytest.mark.parametrize("codec", ENCODERS)
async def test_keyframe_becomes_a_picture_of_the_width_asked(thumbnailer: Thumbnailer, codec: str) -> None:
    frame = encode(codec)
    assert picture_size(frame) == (320, 176)
    jpeg = await thumbnailer.jpeg(frame, 160)
    assert jpeg
    image = Image.open(io.BytesIO(jpeg))
    assert image.size == (160, 88)
    red, green, blue = image.convert("RGB").getpixel((80, 44))  # type: ignore[misc]
    assert red > 150 > 80 > max(green, blue)


async def test_nonsense_becomes_no_picture_and_the_next_frame_still_does(thumbnailer: Thumbnailer) -> None:
    for data in (b"", b"\0\0\0\1" + bytes(500), b"\x9d\x01\x2a" * 100):
        for codec in (*ENCODERS, "none"):
            assert await thumbnailer.jpeg(Keyframe(codec, data)) is None
    assert await thumbnailer.jpeg(encode("h264"))


async def test_a_child_that_died_is_replaced(thumbnailer: Thumbnailer) -> None:
    frame = encode("vp8")
    assert await thumbnailer.jpeg(frame)
    assert thumbnailer.pid
    os.kill(thumbnailer.pid, signal.SIGKILL)
    await thumbnailer.jpeg(frame)  # may be what the dead one was to answer
    assert await thumbnailer.jpeg(frame)


async def test_a_frame_beyond_all_measure_is_refused(thumbnailer: Thumbnailer) -> None:
    assert await thumbnailer.jpeg(Keyframe("h264", bytes(5 << 20))) is None
