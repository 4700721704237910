"""Reads the samples out of fragments that we wrote (ISO/IEC 14496-12, section 8.8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from media.recording.boxes import Box, boxes

HAS_OFFSET, HAS_FIRST_FLAGS, HAS_DURATION = 0x1, 0x4, 0x100
HAS_SIZE, HAS_FLAGS, HAS_SHIFT = 0x200, 0x400, 0x800
MAX_SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Packet:
    """A sample with its place on the timeline and its length, both in ticks of its track's clock."""

    at: int
    duration: int
    data: bytes

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.at + self.duration


def packets(data: bytes) -> Iterator[Packet]:
    """Yield the samples of fragments of one track; raises `ValueError` for what we would not write."""
    try:
        moof: Box | None = None
        for outer in boxes(data):
            if outer.kind == b"moof":
                moof = outer
            elif outer.kind == b"mdat" and moof is not None:
                yield from _samples(data, moof)
                moof = None
    except struct.error:
        raise ValueError("a torn fragment") from None


def _samples(data: bytes, moof: Box) -> Iterator[Packet]:
    (traf,) = [box for box in boxes(data, moof.content, moof.end) if box.kind == b"traf"]
    inside = {box.kind: box for box in boxes(data, traf.content, traf.end)}
    tfdt, trun = inside[b"tfdt"], inside[b"trun"]
    is_long = data[tfdt.content] == 1
    (at,) = struct.unpack_from("!Q" if is_long else "!I", data, tfdt.content + 4)
    flags, count, offset = struct.unpack_from("!III", data, trun.content)
    wanted = HAS_OFFSET | HAS_DURATION | HAS_SIZE
    if flags & wanted != wanted or flags & HAS_FIRST_FLAGS or count > MAX_SAMPLES:
        raise ValueError("not a fragment of ours")
    step = 4 * (2 + bool(flags & HAS_FLAGS) + bool(flags & HAS_SHIFT))
    place = moof.start + offset
    for number in range(count):
        duration, size = struct.unpack_from("!II", data, trun.content + 12 + number * step)
        yield Packet(at, duration, data[place : place + size])
        at, place = at + duration, place + size
