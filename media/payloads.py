"""Cuts encoded pictures and sound into RTP payloads, as encoders do, for what was recorded.

RFC 6184 for H.264, RFC 7741 for VP8, RFC 9628 for VP9, "RTP Payload Format For AV1" of the Alliance for Open
Media; RFC 7587 for Opus, whose packets are payloads as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from media.codecs import Codec
from media.h264_payloads import PAYLOAD_BYTES, packetise

VP8_FIRST, VP8_EXTENDED, VP8_HAS_ID = 0x10, 0x80, 0x80
VP9_HAS_ID, VP9_PREDICTED, VP9_BEGIN, VP9_END = 0x80, 0x40, 0x08, 0x04
LONG_ID = 0x80
AV1_CONTINUES, AV1_GOES_ON, AV1_ONE_ELEMENT, AV1_NEW_SEQUENCE = 0x80, 0x40, 0x10, 0x08
AV1_DELIMITER, AV1_TILE_LIST, AV1_HAS_SIZE, AV1_HAS_EXTENSION = 2, 8, 0x02, 0x04
NAL_DELIMITER = 9


def payloads_of(codec: Codec, frame: bytes, picture: int, *, is_key: bool) -> list[bytes]:
    """Return the payloads that carry one frame, in order; the last is the one to mark.

    H.264 comes as NAL units with their length in four bytes before each, the others as in their files.
    `picture` counts the frames of a stream. A frame that holds nothing to send gives an empty list.
    """
    return _CUT[codec](frame, picture, is_key) if frame else []


def nal_units(frame: bytes) -> list[bytes]:
    """Return the NAL units of a frame that has the length of each before it; a torn end is left out."""
    units, position = [], 0
    while position + 4 <= len(frame):
        size = int.from_bytes(frame[position : position + 4], "big")
        position += 4
        if not size or position + size > len(frame):
            break
        units.append(frame[position : position + size])
        position += size
    return units


def _h264(frame: bytes, _picture: int, _is_key: bool) -> list[bytes]:
    return packetise([unit for unit in nal_units(frame) if unit[0] & 31 != NAL_DELIMITER])


def _vp8(frame: bytes, picture: int, _is_key: bool) -> list[bytes]:
    """A descriptor of four bytes: extended, with a picture number of 15 bits (RFC 7741, section 4.2)."""
    number = bytes([VP8_HAS_ID, LONG_ID | picture >> 8 & 0x7F, picture & 0xFF])
    return [
        bytes([VP8_EXTENDED | (0 if index else VP8_FIRST)]) + number + piece
        for index, piece in enumerate(_pieces(frame, PAYLOAD_BYTES - 4))
    ]


def _vp9(frame: bytes, picture: int, is_key: bool) -> list[bytes]:
    """A descriptor of three bytes: non-flexible mode, one layer (RFC 9628, section 4.2)."""
    pieces = list(_pieces(frame, PAYLOAD_BYTES - 3))
    number = bytes([LONG_ID | picture >> 8 & 0x7F, picture & 0xFF])
    common = VP9_HAS_ID | (0 if is_key else VP9_PREDICTED)
    last = len(pieces) - 1
    return [
        bytes([common | (0 if index else VP9_BEGIN) | (VP9_END if index == last else 0)]) + number + piece
        for index, piece in enumerate(pieces)
    ]


def _av1(frame: bytes, _picture: int, is_key: bool) -> list[bytes]:
    """One OBU in a packet, or a part of one (section 4.4); the receiver puts the parts together."""
    payloads: list[bytes] = []
    for obu in _obus(frame):
        pieces = list(_pieces(obu, PAYLOAD_BYTES - 1))
        last = len(pieces) - 1
        for index, piece in enumerate(pieces):
            header = AV1_ONE_ELEMENT | (AV1_CONTINUES if index else 0)
            header |= AV1_GOES_ON if index < last else 0
            header |= AV1_NEW_SEQUENCE if is_key and not payloads else 0
            payloads.append(bytes([header]) + piece)
    return payloads


def _obus(unit: bytes) -> Iterator[bytes]:
    """Yield the OBUs of a temporal unit without their sizes; some kinds packets do not carry (section 5)."""
    position = 0
    while position < len(unit):
        header = unit[position]
        start = position + (2 if header & AV1_HAS_EXTENSION else 1)
        size = len(unit) - start
        if header & AV1_HAS_SIZE:
            size, body = _leb128(unit, start)
        else:
            body = start
        if body + size > len(unit):
            return
        if header >> 3 & 15 not in (AV1_DELIMITER, AV1_TILE_LIST):
            yield bytes([header & ~AV1_HAS_SIZE]) + unit[position + 1 : start] + unit[body : body + size]
        position = body + size


def _leb128(data: bytes, position: int) -> tuple[int, int]:
    """Return a number and where it ends; beyond the end of the data for a torn one."""
    value = 0
    for index, byte in enumerate(data[position : position + 8]):
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, position + index + 1
    return 0, len(data) + 1


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Yield pieces of nearly one size, none above `size`: they leave together (`media.segments`)."""
    count = -(-len(data) // size)
    even = -(-len(data) // count)
    for start in range(0, len(data), even):
        yield data[start : start + even]


_CUT: dict[Codec, Callable[[bytes, int, bool], list[bytes]]] = {
    Codec.H264: _h264,
    Codec.VP8: _vp8,
    Codec.VP9: _vp9,
    Codec.AV1: _av1,
    Codec.OPUS: lambda packet, _picture, _is_key: [packet],
}
