"""Reads an AV1 sequence header ("AV1 Bitstream & Decoding Process Specification" 5.5)."""

from __future__ import annotations

from dataclasses import dataclass

from media.bits import Bits

MAX_HEADER_BYTES = 128
"""Of a sequence header, the part that is read."""
MAX_DEPTH_PROFILE = 2
BT_709, SRGB, IDENTITY = 1, 13, 0
FIRST_TIER_LEVEL = 7
"""Levels above it have two tiers."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """The first part of a header, as far as the size of the largest picture."""

    profile: int
    is_single_picture: bool
    level: int
    tier: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Colours:
    """The last part: how colours are stored; a subsampling is 1 for half the columns or lines."""

    bit_depth: int
    is_monochrome: bool
    subsampling_x: int
    subsampling_y: int
    sample_position: int


def read_sequence(bits: Bits) -> Sequence:
    """Read a header as far as the size (5.5.1); raises `ValueError` when it is torn."""
    profile, _, is_single_picture = bits.read(3), bits.read(1), bool(bits.read(1))
    level, tier = (bits.read(5), 0) if is_single_picture else _read_operating_points(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    width, height = bits.read(width_bits) + 1, bits.read(height_bits) + 1
    return Sequence(profile, is_single_picture, level, tier, width, height)


def read_colours(bits: Bits, sequence: Sequence) -> Colours:
    """Read on behind the size; raises `ValueError` when the header is torn."""
    if not sequence.is_single_picture and bits.read(1):
        bits.read(4 + 3)
    bits.read(3)
    if not sequence.is_single_picture:
        _skip_tools(bits)
    bits.read(3)
    return _read_colours(bits, sequence.profile)


def _read_operating_points(bits: Bits) -> tuple[int, int]:
    """Return level and tier of the first one, which is the whole stream."""
    delay_bits = _skip_timing(bits) if bits.read(1) else 0
    has_display_delay = bits.read(1)
    points: list[tuple[int, int]] = []
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        level = bits.read(5)
        points.append((level, bits.read(1) if level > FIRST_TIER_LEVEL else 0))
        if delay_bits and bits.read(1):
            bits.read(2 * delay_bits + 1)
        if has_display_delay and bits.read(1):
            bits.read(4)
    return points[0]


def _skip_timing(bits: Bits) -> int:
    """Return how many bits the delays of a decoder's buffer have; 0 without a model of one."""
    bits.read(64)
    if bits.read(1):
        bits.unsigned()
    if not bits.read(1):
        return 0
    delay_bits = bits.read(5) + 1
    bits.read(32 + 5 + 5)
    return delay_bits


def _skip_tools(bits: Bits) -> None:
    """Skip what says which tools of coding are in use."""
    bits.read(4)
    has_order_hint = bits.read(1)
    if has_order_hint:
        bits.read(2)
    screen_tools = 2 if bits.read(1) else bits.read(1)
    if screen_tools and not bits.read(1):
        bits.read(1)
    if has_order_hint:
        bits.read(3)


def _read_colours(bits: Bits, profile: int) -> Colours:
    """Read `color_config` (5.5.2)."""
    is_high = bits.read(1)
    is_twelve = profile == MAX_DEPTH_PROFILE and is_high and bits.read(1)
    depth = 12 if is_twelve else 10 if is_high else 8
    is_monochrome = profile != 1 and bool(bits.read(1))
    described = (bits.read(8), bits.read(8), bits.read(8)) if bits.read(1) else (2, 2, 2)
    if is_monochrome:
        return Colours(depth, True, 1, 1, 0)
    if described == (BT_709, SRGB, IDENTITY):
        return Colours(depth, False, 0, 0, 0)
    bits.read(1)
    x, y = _subsampling(bits, profile, depth)
    return Colours(depth, False, x, y, bits.read(2) if x and y else 0)


def _subsampling(bits: Bits, profile: int, depth: int) -> tuple[int, int]:
    if profile != MAX_DEPTH_PROFILE:
        return (1, 1) if profile == 0 else (0, 0)
    if depth < 12:
        return 1, 0
    x = bits.read(1)
    return x, bits.read(1) if x else 0
