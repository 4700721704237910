"""Real pictures for tests: something small that moves, encoded, and cut into payloads by the book."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from PIL import Image

from media.h264_payloads import packetise

Size = tuple[int, int]
WIDTH, HEIGHT = 320, 176
ENCODERS = {
    "av1": ("libsvtav1", {"preset": "10", "crf": "50", "svtav1-params": "pred-struct=1:lookahead=0"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "50", "lag-in-frames": "0"}),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "crf": "50", "lag-in-frames": "0"}),
    "h264": ("libx264", {"preset": "ultrafast", "profile": "baseline", "tune": "zerolatency", "crf": "40"}),
    "h264 high": ("libx264", {"preset": "veryfast", "profile": "high", "tune": "zerolatency", "crf": "40",
                              "sc_threshold": "0"}),
    "h264 high422": ("libx264", {"preset": "veryfast", "tune": "zerolatency", "crf": "40"}),
}
MTU = 300
"""Small, so that every picture takes many packets."""
SEQUENCE_HEADER, TEMPORAL_DELIMITER = 1, 2


def encode(
    codec: str, count: int, *, every: int = 10, size: Size = (WIDTH, HEIGHT), depth: str = "yuv420p"
) -> list[bytes]:
    """Return `count` encoded pictures, a keyframe `every` so many."""
    name, options = ENCODERS[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = *size, depth
    context.time_base, context.framerate, context.gop_size = Fraction(1, 25), Fraction(25), every
    context.bit_rate, context.options = 0, options
    pictures = [_picture(number, size, depth) for number in range(count)]
    with own_priority():
        packets = [packet for picture in pictures for packet in context.encode(picture)]
        return [bytes(packet) for packet in (*packets, *context.encode(None))]


@contextmanager
def own_priority() -> Iterator[None]:
    """Keep the priority of this process.

    SVT-AV1 gives a superuser's thread that encodes the highest there is, real time, and every process that is
    started from it later has it too: then a busy one stops the rest of the machine.
    """
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, priority)


def decode(codec: str, pictures: list[bytes]) -> int:
    """Return how many of the pictures a decoder that we did not write makes something of."""
    context = av.CodecContext.create({"av1": "libdav1d"}.get(codec, codec), "r")
    assert isinstance(context, VideoCodecContext)
    frames = [frame for data in pictures for frame in context.decode(av.Packet(data))]
    return len([*frames, *context.decode(None)])


def packetize(codec: str, picture: bytes, *, counted: bool = True) -> list[bytes]:
    """Return the payloads of one picture; `counted` AV1 says how many OBUs a packet has, up to three."""
    if codec == "av1":
        return _packetize_av1(picture, counted=counted)
    if codec.startswith("h264"):
        return packetise(nal_units(picture), MTU)
    return _packetize_vp9(picture) if codec == "vp9" else _packetize_vp8(picture)


def nal_units(picture: bytes) -> list[bytes]:
    """Return the NAL units between the start codes of an access unit."""
    return [unit for unit in picture.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]


def _packetize_vp8(frame: bytes) -> list[bytes]:
    """RFC 7741 section 4.2, in its simplest form: S at the first packet, no picture id."""
    parts = [frame[at : at + MTU] for at in range(0, len(frame), MTU)]
    return [bytes([0 if n else 0x10]) + part for n, part in enumerate(parts)]


def _packetize_vp9(frame: bytes) -> list[bytes]:
    """RFC 9628 section 4.2, in its simplest form: I, P, B and E, and a picture id of seven bits."""
    parts = [frame[at : at + MTU] for at in range(0, len(frame), MTU)]
    is_key = not frame[0] & 0x04  # frame marker 2, profile 2, shown before, not a keyframe
    flags = 0x80 | (0 if is_key else 0x40)
    last = len(parts) - 1
    return [bytes([flags | 8 * (n == 0) | 4 * (n == last), 1]) + part for n, part in enumerate(parts)]


def _packetize_av1(unit: bytes, *, counted: bool) -> list[bytes]:
    obus = [(kind, obu) for kind, obu in _obus(unit) if kind != TEMPORAL_DELIMITER]
    begins = any(kind == SEQUENCE_HEADER for kind, _ in obus)
    packets: list[tuple[bool, list[bytes], bool]] = []
    elements: list[bytes] = []
    room, continues = MTU, False
    for _, obu in obus:
        left = obu
        while len(left) > room:
            packets.append((continues, [*elements, left[:room]], True))
            left, elements, room, continues = left[room:], [], MTU, True
        elements.append(left)
        room -= len(left) + 2
        if room < 20:
            packets.append((continues, elements, False))
            elements, room, continues = [], MTU, False
    if elements:
        packets.append((continues, elements, False))
    return [_payload(z, parts, y, n=begins and index == 0, counted=counted)
            for index, (z, parts, y) in enumerate(packets)]


def _payload(z: bool, elements: list[bytes], y: bool, *, n: bool, counted: bool) -> bytes:
    count = len(elements) if counted and len(elements) <= 3 else 0
    header = z << 7 | y << 6 | count << 4 | n << 3
    lengths = [b"" if count and index == count - 1 else _leb128(len(e)) for index, e in enumerate(elements)]
    return bytes([header]) + b"".join(size + e for size, e in zip(lengths, elements, strict=True))


def _obus(unit: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the kind of each OBU, and the OBU without its size."""
    position = 0
    while position < len(unit):
        header = unit[position]
        assert header & 2, "the encoder writes sizes"
        start = position + (2 if header & 4 else 1)
        prefix = bytes([header & ~2]) + unit[position + 1 : start]
        size = shift = 0
        while True:
            byte = unit[start]
            size, shift, start = size | (byte & 127) << shift, shift + 7, start + 1
            if byte < 128:
                break
        yield header >> 3 & 15, prefix + unit[start : start + size]
        position = start + size


def _leb128(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128, value >> 7])


def _picture(number: int, size: Size, depth: str) -> av.VideoFrame:
    image = Image.effect_noise(size, 60).convert("RGB")
    image.paste((200, 30, 30), (number * 9 % size[0], 40, number * 9 % size[0] + 80, 120))
    whole: av.VideoFrame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]  # PyAV leaves it so
    frame = whole.reformat(format=depth)
    frame.pts = number
    return frame
