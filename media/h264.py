"""Puts NAL units of H.264 together (RFC 6184) and reads sequence parameter sets (ITU-T H.264, 7.3.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from media.bits import Bits
from media.codecs import NAL_FU_A, NAL_SPS, nal_units

_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
MAX_SPS_BYTES = 256


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a sequence parameter set says; `chroma` is 0 for none, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4."""

    profile: int
    chroma: int
    luma_depth: int
    chroma_depth: int
    width: int
    height: int

    @property
    def is_high(self) -> bool:
        """Whether it is of a profile that says depth and chroma of its own."""
        return self.profile in _HIGH_PROFILES


def units(payloads: list[bytes]) -> list[bytes]:
    """Return the NAL units that payloads in a row hold; a fragment without its beginning is left out."""
    found: list[bytes] = []
    pieces: list[bytes] = []
    for payload in payloads:
        if payload[0] & 31 != NAL_FU_A:
            found += _joined(pieces)
            pieces = []
            found += nal_units(payload)
        elif len(payload) > 2 and payload[1] & 0x80:
            found += _joined(pieces)
            pieces = [bytes((payload[0] & 0xE0 | payload[1] & 31,)), payload[2:]]
        elif len(payload) > 2 and pieces:
            pieces.append(payload[2:])
    return found + _joined(pieces)


def _joined(pieces: list[bytes]) -> list[bytes]:
    return [b"".join(pieces)] if pieces else []


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the first parameter set of an Annex B stream; None without one."""
    for unit in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[:16]:
        if unit and unit[0] & 31 == NAL_SPS:
            parameters = read_parameters(unit)
            return (parameters.width, parameters.height) if parameters else None
    return None


def read_parameters(unit: bytes) -> Parameters | None:
    """Return what the NAL unit of a sequence parameter set says; None when it is torn."""
    try:
        return _read(Bits(unit[1:MAX_SPS_BYTES].replace(b"\0\0\3", b"\0\0")))
    except ValueError:
        return None


def _read(bits: Bits) -> Parameters:
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    chroma, luma_depth, chroma_depth = _read_high_profile(bits) if profile in _HIGH_PROFILES else (1, 8, 8)
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
    return Parameters(profile, chroma, luma_depth, chroma_depth, width, height)


def _read_high_profile(bits: Bits) -> tuple[int, int, int]:
    """Return chroma and the depths of luma and chroma."""
    chroma = bits.unsigned()
    if chroma == 3:
        bits.read(1)
    depths = 8 + bits.unsigned(), 8 + bits.unsigned()
    bits.read(1)
    if bits.read(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma, *depths


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
