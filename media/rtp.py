"""RTP packets (RFC 3550 section 5.1): read strictly, written plain.

Header extensions, contributing sources and padding are read over and never passed on: what leaves us
is a bare twelve-byte header with the payload, and padding of our own where it helps.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

HEADER_BYTES = 12
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


def later(new: int, old: int, bits: int = 16) -> int:
    """Return how far `new` is ahead of `old` on a counter of `bits` that wraps; negative when behind."""
    half = 1 << (bits - 1)
    return ((new - old + half) & ((1 << bits) - 1)) - half
