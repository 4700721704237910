"""Reads the picture size out of an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1)."""

from __future__ import annotations

from media.bits import Bits
from media.codecs import NAL_SPS

_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
MAX_SPS_BYTES = 256


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the first parameter set of an Annex B stream; None without one."""
    for unit in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[:16]:
        if unit and unit[0] & 31 == NAL_SPS:
            try:
                return _read(Bits(unit[1:MAX_SPS_BYTES].replace(b"\0\0\3", b"\0\0")))
            except ValueError:
                return None
    return None


def _read(bits: Bits) -> tuple[int, int]:
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    chroma = _read_high_profile(bits) if profile in _HIGH_PROFILES else 1
    bits.unsigned()
    _skip_order_count(bits)
    bits.unsigned()
    bits.read(1)
    width, height = 16 * (bits.unsigned() + 1), 16 * (bits.unsigned() + 1)
    frames_only = bits.read(1)
    height *= 2 - frames_only
    if not frames_only:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1) * (2 - frames_only)
    return width, height


def _read_high_profile(bits: Bits) -> int:
    chroma = bits.unsigned()
    if chroma == 3:
        bits.read(1)
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if bits.read(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            coded = bits.unsigned()
            following = (last + (coded + 1) // 2 * (1 if coded & 1 else -1)) & 255
        last = following or last


def _skip_order_count(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.read(1)
        bits.unsigned()
        bits.unsigned()
        for _ in range(min(255, bits.unsigned())):
            bits.unsigned()
