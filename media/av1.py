"""Puts the OBUs of AV1 packets together for a decoder, and finds OBUs and the picture size in them.

"RTP Payload Format For AV1" of the Alliance for Open Media (there is no RFC), below by its sections, and
"AV1 Bitstream & Decoding Process Specification". A payload is an aggregation header and elements: whole OBUs,
or parts of one that goes on in the next packet.
"""

from __future__ import annotations

from collections.abc import Iterator

from media.av1_sequence import MAX_HEADER_BYTES, read_sequence
from media.bits import Bits

CONTINUES, GOES_ON, BEGINS_SEQUENCE = 0x80, 0x40, 0x08
"""Z, Y and N of the aggregation header (section 4.4)."""
SEQUENCE_HEADER, TEMPORAL_DELIMITER, TILE_LIST = 1, 2, 8
FORBIDDEN, HAS_EXTENSION, HAS_SIZE = 0x80, 0x04, 0x02
DELIMITER_BYTES = 2
"""Of the temporal delimiter at the start of a unit that was joined."""
MAX_LEB128_BYTES = 8


def begins_sequence(payload: bytes) -> bool:
    """Tell whether a coded video sequence begins with this packet, which a keyframe does (section 4.4)."""
    return payload[0] & (BEGINS_SEQUENCE | CONTINUES) == BEGINS_SEQUENCE


def join(payloads: list[bytes]) -> bytes:
    """Return the temporal unit that the payloads hold, each OBU with its size; empty when there is none.

    What is torn, and what the packets should not carry (section 5), is left out.
    """
    obus: list[bytearray] = []
    is_open = False
    for payload in payloads:
        parts = _elements(payload)
        rest = parts.pop(0) if parts and payload[0] & CONTINUES else None
        if is_open and rest is not None:
            obus[-1] += rest
        elif is_open:
            obus.pop()  # its rest never came
            is_open = False
        obus.extend(map(bytearray, parts))
        is_open = bool(payload[0] & GOES_ON) and (is_open or bool(parts))
    sized = b"".join(_with_size(bytes(obu)) for obu in (obus[:-1] if is_open else obus))
    return bytes([TEMPORAL_DELIMITER << 3 | HAS_SIZE, 0]) + sized if sized else b""


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of the largest picture of a unit's sequence; None without its header."""
    for kind, _, content, end in obus(data):
        if kind == SEQUENCE_HEADER:
            try:
                sequence = read_sequence(Bits(data[content : min(end, content + MAX_HEADER_BYTES)]))
            except ValueError:
                return None
            return sequence.width, sequence.height
    return None


def obus(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield the kind of each OBU of a unit, where it begins, where its content does, and where it ends.

    It is the end that the OBU claims, possibly beyond the data; nothing follows then.
    """
    position = 0
    while position < len(data):
        header = data[position]
        size, content = _leb128(data, position + (2 if header & HAS_EXTENSION else 1))
        if size is None:
            return
        yield header >> 3 & 15, position, content, content + size
        position = content + size


def _elements(payload: bytes) -> list[bytes]:
    """Return the elements of a payload; the last of a known number (W) comes without its length."""
    count = payload[0] >> 4 & 3
    found: list[bytes] = []
    position = 1
    while position < len(payload):
        size: int | None = len(payload) - position
        if not count or len(found) < count - 1:
            size, position = _leb128(payload, position)
        if size is None or position + size > len(payload):
            break
        found.append(payload[position : position + size])
        position += size
    return found


def _with_size(obu: bytes) -> bytes:
    """Return an OBU as streams have it, which tells its size (5.3.1 of the specification)."""
    if not obu or obu[0] & FORBIDDEN or obu[0] >> 3 & 15 in (TEMPORAL_DELIMITER, TILE_LIST):
        return b""
    if obu[0] & HAS_SIZE:
        return obu
    start = 2 if obu[0] & HAS_EXTENSION else 1
    return bytes([obu[0] | HAS_SIZE]) + obu[1:start] + _as_leb128(max(0, len(obu) - start)) + obu[start:]


def _leb128(data: bytes, position: int) -> tuple[int | None, int]:
    """Return a number and where it ends (4.10.5 of the specification); None for a torn one."""
    value = 0
    for index, byte in enumerate(data[position : position + MAX_LEB128_BYTES]):
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, position + index + 1
    return None, position


def _as_leb128(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
