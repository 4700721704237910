"""Writes WebM (RFC 9559) of VP8 and Opus: a beginning, then clusters with a place on the timeline each."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from media.codecs import Kind
from media.recording.ebml import UNKNOWN_SIZE, element, identifier, number, real, size_of
from media.recording.records import OPUS_HEAD, PRE_SKIP
from media.recording.tracks import TRACK_IDS, AudioTrack, VideoTrack

EBML, SEGMENT, INFO, TRACKS = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B
CUES, CLUSTER = 0x1C53BB6B, 0x1F43B675
TIMESTAMP_SCALE, DURATION, MUXING_APP, WRITING_APP = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
TIMESTAMP, SIMPLE_BLOCK = 0xE7, 0xA3
NANOSECONDS_IN_TICK = 1_000_000
SIMPLE_BLOCK_HEAD = struct.Struct("!BhB")
"""Track, which is a size of one byte, milliseconds since the cluster began, flags."""
KEYFRAME = 0x80
MAX_MS = 0x7FFF
"""How far a block may be from the beginning of its cluster."""
PRE_ROLL_NANOSECONDS = 80_000_000
"""What a decoder of Opus must hear before the sound is right (RFC 7845 section 4.6)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A frame of a cluster, `at_ms` on the timeline."""

    kind: Kind
    at_ms: int
    data: bytes
    is_keyframe: bool


def header(video: VideoTrack | None, audio: AudioTrack | None) -> bytes:
    """Return what stands before the first cluster; the segment ends where the file does."""
    return ebml_header() + identifier(SEGMENT) + UNKNOWN_SIZE + info(None) + tracks(video, audio)


def cluster(start_ms: int, blocks: Sequence[Block]) -> bytes:
    """Return a cluster of blocks in the order of decoding.

    Raises `ValueError` when a block is further than half a minute from the start.
    """
    pieces: list[bytes] = []
    for block in blocks:
        at = block.at_ms - start_ms
        if not -MAX_MS <= at <= MAX_MS:
            raise ValueError("a block that does not fit its cluster")
        pieces += (
            b"\xa3" + size_of(SIMPLE_BLOCK_HEAD.size + len(block.data)),
            SIMPLE_BLOCK_HEAD.pack(0x80 | TRACK_IDS[block.kind], at, KEYFRAME if block.is_keyframe else 0),
            block.data,
        )
    return element(CLUSTER, number(TIMESTAMP, start_ms), *pieces)


def ebml_header() -> bytes:
    """Return the very beginning of a file."""
    return element(
        EBML,
        number(0x4286, 1), number(0x42F7, 1), number(0x42F2, 4), number(0x42F3, 8),
        element(0x4282, b"webm"), number(0x4287, 4), number(0x4285, 2),
    )  # fmt: skip


def info(duration_ms: float | None) -> bytes:
    """Return what is said of the whole, which is in milliseconds; without a duration while it grows."""
    length = b"" if duration_ms is None else real(DURATION, duration_ms)
    apps = element(MUXING_APP, b"showroom") + element(WRITING_APP, b"showroom")
    return element(INFO, number(TIMESTAMP_SCALE, NANOSECONDS_IN_TICK), length, apps)


def tracks(video: VideoTrack | None, audio: AudioTrack | None) -> bytes:
    """Return the descriptions of the tracks."""
    return element(TRACKS, _picture(video) if video else b"", _sound() if audio else b"")


def _picture(track: VideoTrack) -> bytes:
    size = element(0xE0, number(0xB0, track.width), number(0xBA, track.height))
    return _entry(Kind.VIDEO, 1, b"V_VP8", size)


def _sound() -> bytes:
    delay = number(0x56AA, PRE_SKIP * 1_000_000_000 // 48000) + number(0x56BB, PRE_ROLL_NANOSECONDS)
    form = element(0xE1, real(0xB5, 48000.0), number(0x9F, 2))
    return _entry(Kind.AUDIO, 2, b"A_OPUS", delay, form, element(0x63A2, OPUS_HEAD))


def _entry(kind: Kind, form: int, codec: bytes, *more: bytes) -> bytes:
    """Return a track: number, identifier, kind, no lacing, language, codec (RFC 9559 section 5.1.4.1)."""
    track = TRACK_IDS[kind]
    return element(
        0xAE,
        number(0xD7, track), number(0x73C5, track), number(0x83, form), number(0x9C, 0),
        element(0x22B59C, b"und"), element(0x86, codec), *more,
    )  # fmt: skip
