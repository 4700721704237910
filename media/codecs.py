"""What the relay must know of a codec: its clock, and whether a payload begins a keyframe.

Payload formats: RFC 6184 (H.264), RFC 7741 (VP8), RFC 9628 (VP9), RFC 7587 (Opus), and the one of the
Alliance for Open Media (AV1, see `media.av1`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from media import av1

NAL_IDR = 5
NAL_SPS = 7
NAL_PPS = 8
NAL_STAP_A = 24
NAL_FU_A = 28


class Kind(StrEnum):
    """What a track carries."""

    AUDIO = "audio"
    VIDEO = "video"

    __hash__ = str.__hash__
    """That of enumerations is computed in Python each time, and packets look up much by their kind."""


class Codec(StrEnum):
    """The codecs we take, video in the order we prefer it; values as in `a=rtpmap`, lower case.

    There is one stream for all viewers, so what most of them can play comes first, not what is smallest.
    AV1 is last: phones and older laptops have no decoder for it in hardware, some browsers none at all, and
    encoding it live takes most of an anchor's processor. It is taken from those who offer nothing else.
    """

    kind: Kind
    """Whether it is heard or seen."""
    clock_rate: int
    """Ticks of the RTP timestamp in a second."""

    H264 = "h264"
    VP9 = "vp9"
    VP8 = "vp8"
    AV1 = "av1"
    OPUS = "opus", Kind.AUDIO, 48_000

    __hash__ = str.__hash__

    def __new__(cls, name: str, kind: Kind = Kind.VIDEO, clock_rate: int = 90_000) -> Codec:
        codec = str.__new__(cls, name)
        codec._value_ = name
        codec.kind, codec.clock_rate = kind, clock_rate
        return codec


OPUS_SILENCE = b"\xf8\xff\xfe"
"""20 ms in which nothing is heard (RFC 6716 section 3.1: fullband CELT, one frame)."""


def begins_keyframe(codec: Codec, payload: bytes) -> bool:
    """Tell whether decoding can begin with this packet (or, for H.264, with its parameter sets)."""
    return bool(payload) and _BEGINS[codec](payload)


def nal_units(payload: bytes) -> list[bytes]:
    """Return the whole NAL units of an H.264 payload that is not a fragment; a torn one is left out."""
    if payload[0] & 31 != NAL_STAP_A:
        return [payload]
    units = []
    position = 1
    while position + 2 < len(payload):
        size = int.from_bytes(payload[position : position + 2], "big")
        position += 2
        if not size or position + size > len(payload):
            break
        units.append(payload[position : position + size])
        position += size
    return units


def vp8_descriptor_bytes(payload: bytes) -> int:
    """Return the length of the VP8 payload descriptor, possibly beyond the end of a torn payload."""
    if not payload[0] & 0x80:
        return 1
    flags = payload[1] if len(payload) > 1 else 0
    size = 2
    if flags & 0x80:
        size += 2 if len(payload) > 2 and payload[2] & 0x80 else 1
    if flags & 0x40:
        size += 1
    if flags & 0x30:
        size += 1
    return size


def vp9_descriptor_bytes(payload: bytes) -> int:
    """Return the length of the VP9 payload descriptor, possibly beyond the end of a torn payload."""
    first, size = payload[0], 1
    if first & 0x80:
        size += 2 if len(payload) > 1 and payload[1] & 0x80 else 1
    if first & 0x20:
        size += 1 if first & 0x10 else 2
    if first & 0x50 == 0x50:
        for _ in range(3):
            size += 1
            if size > len(payload) or not payload[size - 1] & 1:
                break
    if first & 0x02:
        size += _vp9_structure_bytes(payload[size:])
    return size


def _vp9_structure_bytes(structure: bytes) -> int:
    if not structure:
        return 1
    size = 1 + (4 * ((structure[0] >> 5) + 1) if structure[0] & 0x10 else 0)
    if structure[0] & 0x08:
        pictures = structure[size] if size < len(structure) else 0
        size += 1
        for _ in range(pictures):
            if size >= len(structure):
                break
            size += 1 + (structure[size] >> 2 & 3)
    return size


def _h264_begins(payload: bytes) -> bool:
    kind = payload[0] & 31
    if kind == NAL_FU_A:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 31 in (NAL_IDR, NAL_SPS)
    if kind == NAL_STAP_A:
        return any(unit[0] & 31 in (NAL_IDR, NAL_SPS) for unit in nal_units(payload))
    return kind in (NAL_IDR, NAL_SPS)


def _vp8_begins(payload: bytes) -> bool:
    start = vp8_descriptor_bytes(payload)
    return payload[0] & 0x17 == 0x10 and start < len(payload) and not payload[start] & 1


def _vp9_begins(payload: bytes) -> bool:
    """A picture that refers to none before it, at its first packet and lowest layer."""
    first = payload[0]
    if first & 0x40 or not first & 0x08:
        return False
    if not first & 0x20:
        return True
    layer = 1 + ((2 if len(payload) > 1 and payload[1] & 0x80 else 1) if first & 0x80 else 0)
    return layer < len(payload) and payload[layer] >> 1 & 7 == 0


_BEGINS: dict[Codec, Callable[[bytes], bool]] = {
    Codec.H264: _h264_begins,
    Codec.VP9: _vp9_begins,
    Codec.VP8: _vp8_begins,
    Codec.AV1: av1.begins_sequence,
    Codec.OPUS: lambda _: True,
}
