"""Real pictures and sound as the relay hands them on, and files made of them as a writer would."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from math import pi, sin

import av
from av.audio.codeccontext import AudioCodecContext

from media.backlog import MediaPacket
from media.codecs import Codec, Kind, begins_keyframe
from media.recording import mp4, webm
from media.recording.frames import Frame, FrameAssembler
from media.recording.mp4 import Sample
from media.recording.tracks import TRACK_IDS, AudioTrack, VideoTrack
from tests.media.pictures import HEIGHT, WIDTH, Size, encode, packetize

PICTURE_TICKS, SOUND_TICKS = 3600, 960
PART = 8
"""Pictures of a part: 0.32 s."""
SOUNDS_PER_PART = 16
MANY = 1 << 40


def pictures(
    name: str, count: int = 48, every: int = 24, size: Size = (WIDTH, HEIGHT), depth: str = "yuv420p"
) -> tuple[bytes, ...]:
    """Return encoded pictures of 1/25 s, the same ones each time."""
    return _encoded(name, count, every, size, depth)


@cache
def _encoded(name: str, count: int, every: int, size: Size, depth: str) -> tuple[bytes, ...]:
    return tuple(encode(name, count, every=every, size=size, depth=depth))


@cache
def sounds(count: int = 96, encoder: str = "libopus") -> tuple[bytes, ...]:
    """Return packets of a sine of 440 Hz; of Opus they take 20 ms each."""
    packets, _ = encode_sound(count, encoder)
    return packets


def encode_sound(count: int, encoder: str) -> tuple[tuple[bytes, ...], bytes]:
    """Return packets of sound and what the encoder says of it."""
    context = av.CodecContext.create(encoder, "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout = 48000, "stereo"
    context.format = "s16" if encoder == "libopus" else "fltp"
    context.time_base = Fraction(1, 48000)
    context.open()
    size = context.frame_size or SOUND_TICKS
    packets: list[bytes] = []
    for number in range(count):
        wave = [0.3 * sin(at * 2 * pi * 440 / 48000) for at in range(number * size, (number + 1) * size)]
        frame = av.AudioFrame(context.format.name, "stereo", size)
        if encoder == "libopus":
            both = [int(32767 * value) for value in wave for _ in range(2)]
            frame.planes[0].update(array("h", both).tobytes())
        else:
            for plane in frame.planes:
                plane.update(array("f", wave).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * size, Fraction(1, 48000)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(packets[:count]), context.extradata or b""


def packets(
    name: str, encoded: Iterable[bytes], sequence: int = 1000, timestamp: int = MANY & 0xFFFFFFFF
) -> Iterator[MediaPacket]:
    """Yield the packets of pictures or sounds that follow on each other."""
    codec = Codec(name.split()[0])
    step = SOUND_TICKS if codec is Codec.OPUS else PICTURE_TICKS
    for picture in encoded:
        payloads = [picture] if codec is Codec.OPUS else packetize(name, picture)
        for payload in payloads:
            yield MediaPacket(codec, 7, sequence, timestamp, payload is payloads[-1],
                              begins_keyframe(codec, payload), payload)
            sequence += 1
        timestamp = timestamp + step & 0xFFFFFFFF


def frames_of(codec: Codec, arriving: Iterable[MediaPacket]) -> list[Frame]:
    """Return what an assembler makes of packets."""
    assembler = FrameAssembler(codec)
    return [frame for packet in arriving if (frame := assembler.take(packet))]


def video_frames(
    name: str, count: int = 48, every: int = 24, size: Size = (WIDTH, HEIGHT), depth: str = "yuv420p"
) -> tuple[Frame, ...]:
    """Return the frames of pictures that were cut into packets and put together again."""
    return tuple(frames_of(Codec(name.split()[0]), packets(name, pictures(name, count, every, size, depth))))


def audio_frames(count: int = 96) -> list[Frame]:
    """Return the frames of a sound."""
    return frames_of(Codec.OPUS, packets("opus", sounds(count)))


def video_track(name: str, frames: Sequence[Frame]) -> VideoTrack:
    """Return what the first frame says."""
    first = frames[0]
    return VideoTrack(Codec(name.split()[0]), first.record, first.width, first.height)


def samples(frames: Iterable[Frame], kind: Kind) -> list[Sample]:
    """Return the frames as samples of the usual length."""
    ticks = PICTURE_TICKS if kind is Kind.VIDEO else SOUND_TICKS
    return [Sample(frame.data, ticks, frame.is_keyframe) for frame in frames]


def mp4_parts(
    video: Sequence[Frame], audio: Sequence[Frame], start: float = 0.0, sequence: int = 1
) -> Iterator[bytes]:
    """Yield parts, each a fragment of picture and one of sound behind it, from a second on."""
    parts = max(-(-len(video) // PART), -(-len(audio) // SOUNDS_PER_PART))
    for number in range(parts):
        pieces = []
        for kind, frames, size, ticks, rate in (
            (Kind.VIDEO, video, PART, PICTURE_TICKS, 90000),
            (Kind.AUDIO, audio, SOUNDS_PER_PART, SOUND_TICKS, 48000),
        ):
            piece = frames[number * size : (number + 1) * size]
            at = round(start * rate) + number * size * ticks
            if piece:
                pieces.append(mp4.fragment(sequence, TRACK_IDS[kind], at, samples(piece, kind)))
                sequence += 1
        yield b"".join(pieces)


def mp4_file(name: str, video: Sequence[Frame], audio: Sequence[Frame], start: float = 0.0) -> bytes:
    """Return a whole section."""
    head = mp4.init(video_track(name, video) if video else None, AudioTrack() if audio else None)
    return head + b"".join(mp4_parts(video, audio, start))


def webm_clusters(video: Sequence[Frame], audio: Sequence[Frame], start_ms: int = 0) -> Iterator[bytes]:
    """Yield clusters of a part each."""
    for number in range(-(-len(video) // PART)):
        blocks = [
            webm.Block(Kind.VIDEO, start_ms + 40 * index, video[index].data, video[index].is_keyframe)
            for index in range(number * PART, min(len(video), (number + 1) * PART))
        ] + [
            webm.Block(Kind.AUDIO, start_ms + 20 * index, audio[index].data, True)
            for index in range(number * SOUNDS_PER_PART, min(len(audio), (number + 1) * SOUNDS_PER_PART))
        ]
        yield webm.cluster(start_ms + number * PART * 40, sorted(blocks, key=lambda block: block.at_ms))


def webm_file(video: Sequence[Frame], audio: Sequence[Frame], start_ms: int = 0) -> bytes:
    """Return a whole section of VP8."""
    head = webm.header(video_track("vp8", video), AudioTrack() if audio else None)
    return head + b"".join(webm_clusters(video, audio, start_ms))
