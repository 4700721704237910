"""Reads the uncompressed header of a VP9 keyframe ("VP9 Bitstream & Decoding Process Specification" 6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from media.bits import Bits

SYNC_CODE = 0x498342
SRGB = 7
MAX_HEADER_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeyframeHeader:
    """What a keyframe says of pictures; a subsampling is 1 where colour has half the columns or lines."""

    profile: int
    bit_depth: int
    colour_space: int
    is_full_range: bool
    subsampling_x: int
    subsampling_y: int
    width: int
    height: int


def keyframe_header(frame: bytes) -> KeyframeHeader | None:
    """Return the header of a keyframe that is shown; None of any other frame, and of a torn one."""
    if len(frame) < 10 or frame[0] & 0xC0 != 0x80:
        return None
    try:
        return _read(Bits(frame[:MAX_HEADER_BYTES]))
    except ValueError:
        return None


def _read(bits: Bits) -> KeyframeHeader | None:
    bits.read(2)
    profile = bits.read(1) | bits.read(1) << 1
    if profile == 3:
        bits.read(1)
    shows_existing, is_inter, is_shown, _ = (bits.read(1) for _ in range(4))
    if shows_existing or is_inter or not is_shown or bits.read(24) != SYNC_CODE:
        return None
    bit_depth = (12 if bits.read(1) else 10) if profile >= 2 else 8
    colour_space = bits.read(3)
    is_full_range = colour_space == SRGB or bool(bits.read(1))
    x, y = _subsampling(bits, profile, colour_space)
    width, height = bits.read(16) + 1, bits.read(16) + 1
    return KeyframeHeader(profile, bit_depth, colour_space, is_full_range, x, y, width, height)


def _subsampling(bits: Bits, profile: int, colour_space: int) -> tuple[int, int]:
    if not profile & 1:
        return (0, 0) if colour_space == SRGB else (1, 1)
    x, y = (0, 0) if colour_space == SRGB else (bits.read(1), bits.read(1))
    bits.read(1)
    return x, y
