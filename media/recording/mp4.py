"""Writes fragmented MP4 (ISO/IEC 14496-12): an initialisation, then fragments of one track each.

Fragments know their place on the timeline (`tfdt`) and lean on nothing before them, so that they can be
strung together, left out and served alone.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from media.codecs import Kind
from media.recording.boxes import Box, box, boxes, full_box
from media.recording.mp4_tracks import MATRIX, track_box
from media.recording.tracks import TRACK_IDS, AudioTrack, VideoTrack

__all__ = ["AudioTrack", "Sample", "VideoTrack", "fragment", "init", "init_of", "with_duration"]

TIMESCALE = 1000
"""Of the whole; tracks have their own."""
SYNC, NOT_SYNC = 0x02000000, 0x01010000
"""Depends on no other sample; depends on others and is no place to begin (8.8.3.1)."""
DEFAULT_BASE_IS_MOOF = 0x020000
HAS_OFFSET, HAS_DURATION, HAS_SIZE, HAS_FLAGS, HAS_SHIFT = 0x1, 0x100, 0x200, 0x400, 0x800
BEFORE_TRUN_BYTES = 8 + 16 + 8 + 16 + 20
"""`moof`, `mfhd`, `traf`, `tfhd` and `tfdt`, as `fragment` writes them."""
TRUN_BYTES, MDAT_HEADER_BYTES = 20, 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame. `duration` and `shift` (from decoding to showing) are in ticks of the track's clock."""

    data: bytes
    duration: int
    is_keyframe: bool
    shift: int = 0


def init(video: VideoTrack | None, audio: AudioTrack | None) -> bytes:
    """Return `ftyp` and `moov` for a picture, a sound or both."""
    tracks = {kind: track for kind, track in ((Kind.VIDEO, video), (Kind.AUDIO, audio)) if track}
    ids = [TRACK_IDS[kind] for kind in tracks]
    brands = box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41")
    extends = box(b"mvex", *(full_box(b"trex", 0, 0, struct.pack("!5I", i, 1, 0, 0, 0)) for i in ids))
    return brands + box(b"moov", _movie_header(), *map(track_box, tracks.values()), extends)


def fragment(sequence: int, track_id: int, start_ticks: int, samples: Sequence[Sample]) -> bytes:
    """Return `moof` and `mdat` of samples that follow on each other from `start_ticks` on."""
    has_shift = any(sample.shift for sample in samples)
    run = _run(samples, has_shift=has_shift)
    size = BEFORE_TRUN_BYTES + TRUN_BYTES + len(run)
    flags = HAS_OFFSET | HAS_DURATION | HAS_SIZE | HAS_FLAGS | (HAS_SHIFT if has_shift else 0)
    place = struct.pack("!II", len(samples), size + MDAT_HEADER_BYTES)
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, sequence.to_bytes(4, "big")),
        box(
            b"traf",
            full_box(b"tfhd", 0, DEFAULT_BASE_IS_MOOF, track_id.to_bytes(4, "big")),
            full_box(b"tfdt", 1, 0, start_ticks.to_bytes(8, "big")),
            full_box(b"trun", int(has_shift), flags, place, run),
        ),
    )
    return moof + box(b"mdat", *[sample.data for sample in samples])


def init_of(init: bytes, kind: Kind) -> bytes:
    """Return an initialisation with the track of that kind alone; raises `ValueError` when it is none."""
    kept = []
    for outer in boxes(init):
        if outer.kind != b"moov":
            kept.append(init[outer.start : outer.end])
            continue
        inner = [_of_track(init, part, TRACK_IDS[kind]) for part in boxes(init, outer.content, outer.end)]
        kept.append(box(b"moov", *inner))
    return b"".join(kept)


def with_duration(init: bytes, seconds: float) -> bytes:
    """Return an initialisation that says how long all fragments last, for a file to which nothing is added.

    Raises `ValueError` when it is no initialisation.
    """
    extends = full_box(b"mehd", 0, 0, round(seconds * TIMESCALE).to_bytes(4, "big"))
    kept = []
    for outer in boxes(init):
        content = init[outer.content : outer.end]
        if outer.kind == b"moov":
            inner = boxes(init, outer.content, outer.end)
            content = b"".join([_extended(init, part, extends) for part in inner])
        kept.append(box(outer.kind, content))
    return b"".join(kept)


def _extended(init: bytes, part: Box, extends: bytes) -> bytes:
    content = init[part.content : part.end]
    return box(part.kind, extends if part.kind == b"mvex" else b"", content)


def _run(samples: Sequence[Sample], *, has_shift: bool) -> bytes:
    """Return duration, size, flags and, where it is needed, the shift of each sample (8.8.8)."""
    numbers: list[int] = []
    for sample in samples:
        numbers += (sample.duration, len(sample.data), SYNC if sample.is_keyframe else NOT_SYNC)
        if has_shift:
            numbers.append(sample.shift)
    return struct.pack("!" + ("IIIi" if has_shift else "III") * len(samples), *numbers)


def _of_track(init: bytes, part: Box, track_id: int) -> bytes:
    """Return what is left of a box of `moov`: nothing of another track, and `mvex` without the other."""
    if part.kind == b"trak":
        headers = [inner for inner in boxes(init, part.content, part.end) if inner.kind == b"tkhd"]
        is_mine = any(_number(init, header.content + 12) == track_id for header in headers)
        return init[part.start : part.end] if is_mine else b""
    if part.kind != b"mvex":
        return init[part.start : part.end]
    extends = list(boxes(init, part.content, part.end))
    mine = [b for b in extends if b.kind != b"trex" or _number(init, b.content + 4) == track_id]
    return box(b"mvex", *[init[b.start : b.end] for b in mine])


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _movie_header() -> bytes:
    """Return `mvhd`: how long it takes is for the fragments to say (8.2.2)."""
    times = struct.pack("!4I", 0, 0, TIMESCALE, 0)
    rate_and_volume = struct.pack("!IH10x", 0x10000, 0x100)
    return full_box(b"mvhd", 0, 0, times, rate_and_volume, MATRIX, bytes(24), struct.pack("!I", 3))
