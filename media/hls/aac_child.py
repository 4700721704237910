"""The child of `media.hls.aac`: reads Opus packets on its input, writes AAC frames on its output.

It keeps nothing between two requests, and ends when its input does, so it never outlives the server.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import BinaryIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext
from av.error import FFmpegError

from media.confinement import confine
from media.hls.aac_wire import (
    DELAY,
    HEADER,
    LEAD,
    MAX_PACKETS,
    MAX_SAMPLES,
    PACKET,
    REPLY,
    SIZE,
    Wish,
)
from media.hls.fragments import Packet
from media.hls.tracks import AAC_BITRATE, AAC_FRAME, SAMPLE_RATE

CHANNELS = 2
CODER = "fast"
BYTES = 4
"""Of one sample of one channel, a 32-bit float."""


def main() -> None:
    """Serve requests until the input ends."""
    _warm_up()
    confine()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while wish := _read(source):
        sink.write(_reply(wish))
        sink.flush()


def _warm_up() -> None:
    """Load now what could not be opened later."""
    _decoder()
    list(_encode(_silence(3 * AAC_FRAME), 0))


def _read(source: BinaryIO) -> Wish | None:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    start, end, count = HEADER.unpack(header)
    if count > MAX_PACKETS or not 0 < end - start <= MAX_SAMPLES:
        return None
    packets = []
    for _ in range(count):
        at, duration, size = PACKET.unpack(source.read(PACKET.size))
        packets.append(Packet(at, duration, source.read(size)))
    return Wish(start, end, tuple(packets))


def _reply(wish: Wish) -> bytes:
    """Return the frames of the grid that begin in what is wished for; of broken sound they are silent."""
    first = -(-wish.start // AAC_FRAME) * AAC_FRAME
    begin = max(0, first - LEAD)
    channels = _silence(-(-(wish.end + DELAY - begin) // AAC_FRAME) * AAC_FRAME)
    for at, sound in _decoded(wish.packets):
        for channel, part in zip(channels, sound, strict=True):
            _lay(channel, (at - begin) * BYTES, part)
    frames = [data for at, data in _encode(channels, begin) if first <= at < wish.end]
    return REPLY.pack(first, len(frames)) + b"".join(SIZE.pack(len(data)) + data for data in frames)


def _silence(samples: int) -> tuple[bytearray, ...]:
    return tuple(bytearray(samples * BYTES) for _ in range(CHANNELS))


def _lay(channel: bytearray, at: int, part: bytes) -> None:
    """Put a part at its place; what lies outside is left out."""
    begin, end = max(0, at), min(len(channel), at + len(part))
    if begin < end:
        channel[begin:end] = part[begin - at : end - at]


def _decoder() -> AudioCodecContext:
    context = CodecContext.create("libopus", "r")
    if not isinstance(context, AudioCodecContext):
        raise TypeError("no decoder of sound")
    context.sample_rate, context.layout = SAMPLE_RATE, "stereo"
    context.options = {"request_sample_fmt": "flt"}
    context.open()
    return context


def _decoded(packets: Iterable[Packet]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Yield the sound of each packet, a float a sample and channel; a packet that is none leaves silence."""
    decoder = _decoder()
    for packet in packets:
        try:
            frames = decoder.decode(av.Packet(packet.data)) if packet.data else []
        except (FFmpegError, ValueError):
            continue
        at = packet.at
        for frame in frames:
            yield at, _channels(frame)
            at += frame.samples


def _channels(frame: AudioFrame) -> tuple[bytes, ...]:
    """Return what the decoder gives, samples of both channels by turns, as samples of each."""
    both = array("f", bytes(frame.planes[0])[: frame.samples * CHANNELS * BYTES])
    return tuple(both[channel::CHANNELS].tobytes() for channel in range(CHANNELS))


def _encode(channels: tuple[bytearray, ...], begin: int) -> Iterator[tuple[int, bytes]]:
    """Yield AAC frames with the sample each begins at, all that the encoder has by the end of the sound."""
    encoder = CodecContext.create("aac", "w")
    if not isinstance(encoder, AudioCodecContext):
        raise TypeError("no encoder of sound")
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, "stereo", "fltp"
    encoder.bit_rate, encoder.time_base = AAC_BITRATE, Fraction(1, SAMPLE_RATE)
    encoder.options = {"aac_coder": CODER}
    for at in range(0, len(channels[0]) // BYTES, AAC_FRAME):
        frame = AudioFrame("fltp", "stereo", AAC_FRAME)
        for plane, channel in zip(frame.planes, channels, strict=True):
            plane.update(bytes(channel[at * BYTES : (at + AAC_FRAME) * BYTES]))
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), begin + at
        for packet in encoder.encode(frame):
            yield packet.pts or 0, bytes(packet)


if __name__ == "__main__":
    main()
