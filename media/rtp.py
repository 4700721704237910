"""RTP packets (RFC 3550 section 5.1): read strictly, written plain.

Header extensions, contributing sources and padding are read over and never passed on: what leaves us
is a bare twelve-byte header with the payload, and padding of our own where it helps.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

HEADER_BYTES = 12
ONE_BYTE_FORM, TWO_BYTE_FORM = 0xBEDE, 0x100
_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")


class RtpError(ValueError):
    """Bytes that are no RTP packet."""


class RtpPacket(NamedTuple):
    """What a received packet says; a payload may be empty (padding sent to probe the path)."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(data: bytes) -> RtpPacket:
    """Read one packet; raises `RtpError` and nothing else."""
    size = len(data)
    if size < HEADER_BYTES:
        raise RtpError("too short")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise RtpError("not version 2")
    start = HEADER_BYTES + 4 * (first & 15)
    if first & 0x10:
        if start + 4 > size:
            raise RtpError("a torn extension")
        start += 4 + 4 * _EXTENSION.unpack_from(data, start)[1]
    end = size - data[-1] if first & 0x20 else size
    if start > end or (first & 0x20 and end == size):
        raise RtpError("header and padding overlap")
    return RtpPacket(second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, data[start:end])


def extension_element(data: bytes, number: int) -> bytes | None:
    """Return what a packet's header extension holds under a number (RFC 8285); None where that is nothing."""
    if len(data) < HEADER_BYTES or not data[0] & 0x10:
        return None
    start = HEADER_BYTES + 4 * (data[0] & 15)
    if start + 4 > len(data):
        return None
    form, words = _EXTENSION.unpack_from(data, start)
    elements = data[start + 4 : start + 4 + 4 * words]
    if form == ONE_BYTE_FORM:
        return _find_element(elements, number, is_short=True)
    return _find_element(elements, number, is_short=False) if form >> 4 == TWO_BYTE_FORM else None


def _find_element(elements: bytes, number: int, *, is_short: bool) -> bytes | None:
    position, header = 0, 1 if is_short else 2
    while position + header <= len(elements):
        first = elements[position]
        if not first:  # padding
            position += 1
            continue
        found, size = (first >> 4, (first & 15) + 1) if is_short else (first, elements[position + 1])
        start, position = position + header, position + header + size
        if found == number:
            return elements[start:position] if position <= len(elements) else None
    return None


def unwrap_retransmission(packet: RtpPacket, payload_type: int, ssrc: int) -> RtpPacket:
    """Return the original of a retransmission (RFC 4588 section 4); raises `RtpError` if there is none."""
    if len(packet.payload) < 2:
        raise RtpError("an empty retransmission")
    sequence = int.from_bytes(packet.payload[:2], "big")
    return RtpPacket(payload_type, packet.marker, sequence, packet.timestamp, ssrc, packet.payload[2:])


def wrap_retransmission(payload: bytes, sequence: int) -> bytes:
    """Return the payload of a retransmission of a packet: its number in front (RFC 4588 section 4)."""
    return (sequence & 0xFFFF).to_bytes(2, "big") + payload


def build(
    payload_type: int, marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes,
    padding: int = 0,
) -> bytes:
    """Return the packet as bytes, with `padding` of 0 to 255; sequence and timestamp wrap by themselves."""
    second = payload_type | 0x80 if marker else payload_type
    if not padding:
        return _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload
    header = _HEADER.pack(0xA0, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + payload + bytes(padding - 1) + bytes((padding,))


def renumbered(packet: bytes, sequence: int, timestamp_shift: int) -> bytes:
    """Return a packet under another number and with its timestamp moved; both wrap by themselves."""
    first, second, _, timestamp, ssrc = _HEADER.unpack_from(packet)
    timestamp = timestamp + timestamp_shift & 0xFFFFFFFF
    return _HEADER.pack(first, second, sequence & 0xFFFF, timestamp, ssrc) + packet[HEADER_BYTES:]


def later(new: int, old: int, bits: int = 16) -> int:
    """Return how far `new` is ahead of `old` on a counter of `bits` that wraps; negative when behind."""
    half = 1 << (bits - 1)
    return ((new - old + half) & ((1 << bits) - 1)) - half
