"""Reads our own recordings back: the encoded frames of a segment, with their times and without decoding them.

MP4 fragments as ISO/IEC 14496-12 has them (`moof` with its `traf`s, `mdat`), WebM clusters (RFC 9559). Only
what our writer makes is understood; anything else is read over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from media.codecs import Codec, Kind
from media.recording.facts import Container, Section

VIDEO_TRACK, AUDIO_TRACK = 1, 2
TIMESCALES = {VIDEO_TRACK: 90_000, AUDIO_TRACK: 48_000}
KINDS = {VIDEO_TRACK: Kind.VIDEO, AUDIO_TRACK: Kind.AUDIO}
CODECS = {
    "avc1": Codec.H264, "avc3": Codec.H264, "vp09": Codec.VP9, "vp9": Codec.VP9, "vp08": Codec.VP8,
    "vp8": Codec.VP8, "av01": Codec.AV1, "opus": Codec.OPUS,
}
"""By what RFC 6381 names begin with, in lower case."""

BASE_OFFSET, DESCRIPTION, DURATION, SIZE, FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
"""Which fields a `tfhd` has."""
RUN_OFFSET, RUN_FIRST_FLAGS, RUN_DURATION, RUN_SIZE, RUN_FLAGS, RUN_COMPOSITION = (
    0x1, 0x4, 0x100, 0x200, 0x400, 0x800,
)
"""Which fields a `trun` has, the first two once, the others for each sample."""
NOT_SYNC = 0x10000
CLUSTER, TIMESTAMP, SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
UNKNOWN_SIZE = (1 << 56) - 1


class Sample(NamedTuple):
    """One encoded frame, `at` seconds on the timeline of its recording."""

    kind: Kind
    at: float
    is_key: bool
    data: bytes


class Fragment(NamedTuple):
    """What the head of a track says for all its samples."""

    track: int
    duration: int
    size: int
    flags: int


def codec_of(name: str) -> Codec | None:
    """Return the codec an RFC 6381 name means; None for none."""
    return CODECS.get(name.lower().partition(".")[0])


def parameters_of(section: Section) -> str:
    """Return how the picture of a section is encoded, as in `a=fmtp`."""
    if codec_of(section.video) is Codec.H264:
        return f"profile-level-id={section.video.partition('.')[2]};packetization-mode=1"
    return ""


def samples_of(section: Section, data: bytes) -> list[Sample]:
    """Return the frames that the bytes of a segment hold, in the order of their times."""
    read = _mp4_samples if section.container is Container.MP4 else _webm_samples
    try:
        found = list(read(data))
    except (struct.error, IndexError):
        found = []  # no fragment of ours
    return sorted(found, key=lambda sample: sample.at)


def _mp4_samples(data: bytes) -> Iterator[Sample]:
    for kind, start, body, end in _boxes(data, 0, len(data)):
        if kind == b"moof":
            for inner, _, inside, inner_end in _boxes(data, body, end):
                if inner == b"traf":
                    yield from _track_samples(data, start, inside, inner_end)


def _track_samples(data: bytes, moof: int, start: int, end: int) -> Iterator[Sample]:
    """Yield the samples of a `traf`; its offsets count from the beginning of the `moof`."""
    head, time = Fragment(0, 0, 0, 0), 0
    for kind, _, body, _ in _boxes(data, start, end):
        if kind == b"tfhd":
            head = _fragment(data, body)
        elif kind == b"tfdt":
            time = _decode_time(data, body)
        elif kind == b"trun" and head.track in KINDS:
            for duration, is_key, sample in _run(data, moof, body, head):
                yield Sample(KINDS[head.track], time / TIMESCALES[head.track], is_key, sample)
                time += duration


def _fragment(data: bytes, body: int) -> Fragment:
    flags, track = struct.unpack_from("!II", data, body)
    position = body + 8 + (8 if flags & BASE_OFFSET else 0) + (4 if flags & DESCRIPTION else 0)
    values = []
    for field in (DURATION, SIZE, FLAGS):
        values.append(struct.unpack_from("!I", data, position)[0] if flags & field else 0)
        position += 4 if flags & field else 0
    return Fragment(track, *values)


def _decode_time(data: bytes, body: int) -> int:
    return int(struct.unpack_from("!Q" if data[body] == 1 else "!I", data, body + 4)[0])


def _run(data: bytes, moof: int, body: int, head: Fragment) -> Iterator[tuple[int, bool, bytes]]:
    flags, count = struct.unpack_from("!II", data, body)
    position, place, first_flags = body + 8, moof, None
    if flags & RUN_OFFSET:
        place, position = moof + struct.unpack_from("!i", data, position)[0], position + 4
    if flags & RUN_FIRST_FLAGS:
        first_flags, position = struct.unpack_from("!I", data, position)[0], position + 4
    for index in range(count):
        values = [head.duration, head.size, head.flags if index or first_flags is None else first_flags]
        for number, field in enumerate((RUN_DURATION, RUN_SIZE, RUN_FLAGS)):
            if flags & field:
                values[number], position = struct.unpack_from("!I", data, position)[0], position + 4
        position += 4 if flags & RUN_COMPOSITION else 0
        duration, size, sample_flags = values
        yield duration, not sample_flags & NOT_SYNC, data[place : place + size]
        place += size


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield kind, beginning, body and end of each whole box between `start` and `end`."""
    while start + 8 <= end:
        size, kind = struct.unpack_from("!I4s", data, start)
        body = start + 8
        if size == 1 and body + 8 <= end:
            size, body = struct.unpack_from("!Q", data, body)[0], body + 8
        if size < body - start or start + size > end:
            return
        yield kind, start, body, start + size
        start += size


def _webm_samples(data: bytes) -> Iterator[Sample]:
    for element, body, end in _elements(data, 0, len(data)):
        if element != CLUSTER:
            continue
        base = 0
        for inner, inside, inner_end in _elements(data, body, end):
            if inner == TIMESTAMP:
                base = int.from_bytes(data[inside:inner_end], "big")
            elif inner == SIMPLE_BLOCK and data[inside] & 0x7F in KINDS:
                milliseconds = base + struct.unpack_from("!h", data, inside + 1)[0]
                kind, is_key = KINDS[data[inside] & 0x7F], bool(data[inside + 3] & 0x80)
                yield Sample(kind, milliseconds / 1000, is_key, data[inside + 4 : inner_end])


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield id, body and end of each EBML element; one of unknown size reaches to the end."""
    while start < end:
        id_bytes = 9 - data[start].bit_length()
        size_at = start + id_bytes
        if id_bytes > 4 or size_at >= end:
            return
        size_bytes = 9 - data[size_at].bit_length()
        body = size_at + size_bytes
        mask = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(data[size_at:body], "big") & mask
        stop = end if size == mask else body + size
        if size_bytes > 8 or stop > end:
            return
        yield int.from_bytes(data[start:size_at], "big"), body, stop
        start = stop
