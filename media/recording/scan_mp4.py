"""Reads MP4 as `mp4` writes it: which fragments are whole, and which of them are parts together."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from media.codecs import Codec, Kind
from media.recording.boxes import HEADER, Box, boxes
from media.recording.facts import Part
from media.recording.mp4 import HAS_DURATION, HAS_FLAGS, HAS_OFFSET, HAS_SHIFT, HAS_SIZE, SYNC
from media.recording.scan_file import MAX_INIT_BYTES, MAX_PIECE_BYTES, NOTHING, Found, SectionFile
from media.recording.tracks import TRACK_IDS

VIDEO, AUDIO = TRACK_IDS[Kind.VIDEO], TRACK_IDS[Kind.AUDIO]
CLOCK_RATES = {VIDEO: Codec.H264.clock_rate, AUDIO: Codec.OPUS.clock_rate}
MAX_TICKS = 1 << 53
RUN_FLAGS = HAS_OFFSET | HAS_DURATION | HAS_SIZE | HAS_FLAGS
RUN_HEAD = struct.Struct("!BxHIi")
"""Version, the lower flags, samples, and where their data begins, from `moof` on."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A whole `moof` and `mdat`; times in ticks."""

    track: int
    start: int
    duration: int
    offset: int
    size: int
    is_sync: bool

    @property
    def seconds(self) -> tuple[float, float]:
        """From when until when it lasts."""
        rate = CLOCK_RATES[self.track]
        return self.start / rate, (self.start + self.duration) / rate


@dataclass(frozen=True, slots=True)
class Run:
    """What `trun` says of its samples in all."""

    duration: int
    data_offset: int
    data_bytes: int
    is_sync: bool


def scan_mp4(file: SectionFile, known_until: int) -> Found:
    """Return what an MP4 file holds from `known_until` on."""
    init_bytes, tracks = _read_init(file)
    if not init_bytes:
        return NOTHING
    start = max(known_until, init_bytes)
    parts = list(_parts(_fragments(file, start), has_video=VIDEO in tracks))
    last = parts[-1] if parts else None
    return Found(init_bytes, parts, last.offset + last.video_bytes + last.audio_bytes if last else start)


def _read_init(file: SectionFile) -> tuple[int, set[int]]:
    """Return the length of `ftyp` and `moov` and the numbers of the tracks; 0 when they are not whole."""
    data = file.read(0, MAX_INIT_BYTES)
    try:
        first, size = _head(data, 0)
        second, more = _head(data, size)
        if (first, second) != (b"ftyp", b"moov"):
            return 0, set()
        inner = list(boxes(data, size + HEADER.size, size + more))
        tracks = {_track_id(data, part) for part in inner if part.kind == b"trak"}
    except (ValueError, struct.error):
        return 0, set()
    return (size + more, tracks) if size + more <= len(data) and tracks else (0, set())


def _head(data: bytes, position: int) -> tuple[bytes, int]:
    size, kind = HEADER.unpack_from(data, position)
    return kind, size


def _track_id(data: bytes, trak: Box) -> int:
    header = next((inner for inner in boxes(data, trak.content, trak.end) if inner.kind == b"tkhd"), None)
    if header is None:
        raise ValueError("a track without a header")
    return int.from_bytes(data[header.content + 12 : header.content + 16], "big")


def _fragments(file: SectionFile, position: int) -> Iterator[Fragment]:
    """Yield whole fragments in a row, up to the first that is not, or that goes back in time."""
    newest: dict[int, int] = {}
    while fragment := _read_fragment(file, position):
        if fragment.start < newest.get(fragment.track, 0):
            return
        yield fragment
        newest[fragment.track] = fragment.start
        position += fragment.size


def _read_fragment(file: SectionFile, position: int) -> Fragment | None:
    head = file.read(position, HEADER.size)
    if len(head) < HEADER.size or head[4:] != b"moof":
        return None
    size = int.from_bytes(head[:4], "big")
    if not HEADER.size < size <= MAX_PIECE_BYTES - HEADER.size:
        return None
    data = file.read(position, size + HEADER.size)
    try:
        track, start, run = _read_moof(data[:size])
        kind, data_bytes = _head(data, size)
    except (ValueError, struct.error):
        return None
    whole = size + data_bytes
    is_sound = kind == b"mdat" and data_bytes == HEADER.size + run.data_bytes
    if not is_sound or run.data_offset != size + HEADER.size or position + whole > file.size:
        return None
    return Fragment(track, start, run.duration, position, whole, run.is_sync)


def _read_moof(data: bytes) -> tuple[int, int, Run]:
    """Return track, start and samples; raises `ValueError` or `struct.error` when it is not ours."""
    outer = next(boxes(data))
    traf = _only(data, outer, b"traf")
    track = int.from_bytes(_content(data, _only(data, traf, b"tfhd"))[4:8], "big")
    time = _content(data, _only(data, traf, b"tfdt"))
    start = int.from_bytes(time[4:], "big")
    if track not in CLOCK_RATES or len(time) != 12 or time[0] != 1 or start > MAX_TICKS:
        raise ValueError("no place on the timeline")
    return track, start, _read_run(_content(data, _only(data, traf, b"trun")))


def _read_run(content: bytes) -> Run:
    version, flags, count, data_offset = RUN_HEAD.unpack_from(content)
    numbers = 4 if flags & HAS_SHIFT else 3
    if flags & ~HAS_SHIFT != RUN_FLAGS or version > 1 or len(content) != RUN_HEAD.size + 4 * numbers * count:
        raise ValueError("no run of samples")
    if not count:
        raise ValueError("an empty run")
    values = struct.unpack_from(f"!{numbers * count}I", content, RUN_HEAD.size)
    return Run(sum(values[::numbers]), data_offset, sum(values[1::numbers]), values[2] == SYNC)


def _only(data: bytes, outer: Box, kind: bytes) -> Box:
    found = [inner for inner in boxes(data, outer.content, outer.end) if inner.kind == kind]
    if len(found) != 1:
        raise ValueError("not one of a kind")
    return found[0]


def _content(data: bytes, inner: Box) -> bytes:
    return data[inner.content : inner.end]


def _parts(fragments: Iterator[Fragment], *, has_video: bool) -> Iterator[Part]:
    """Yield parts: a picture with the sound right behind it that overlaps it, or either alone."""
    picture: Fragment | None = None
    for fragment in fragments:
        if picture and fragment.track == AUDIO and _overlap(picture, fragment):
            yield _part(picture, fragment.size, has_video=True)
            picture = None
            continue
        if picture:
            yield _part(picture, 0, has_video=True)
        picture = fragment if fragment.track == VIDEO else None
        if fragment.track == AUDIO:
            yield _part(fragment, 0, has_video=has_video)
    if picture:
        yield _part(picture, 0, has_video=True)


def _part(first: Fragment, audio_bytes: int, *, has_video: bool) -> Part:
    """Return a part as long as its first fragment; sound alone is independent if it is all there is."""
    start, end = first.seconds
    if first.track == AUDIO:
        return Part(start, end - start, first.offset, 0, first.size, not has_video)
    return Part(start, end - start, first.offset, first.size, audio_bytes, first.is_sync)


def _overlap(one: Fragment, other: Fragment) -> bool:
    (start, end), (begins, ends) = one.seconds, other.seconds
    return begins < end and ends > start
