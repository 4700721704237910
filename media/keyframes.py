"""Makes decoder input of a keyframe's packets, and reads its size without decoding it."""

from __future__ import annotations

from dataclasses import dataclass

from media import av1, codecs
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec
from media.h264 import picture_size as h264_size

MAX_KEYFRAME_PACKETS = 2048
MAX_SIDE = 1 << 16
"""Pixels; no codec here has more, whatever a parameter set claims."""
START_CODE = b"\0\0\0\1"


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One whole keyframe as a decoder takes it: Annex B for H.264, a temporal unit for AV1, else bare."""

    codec: str
    data: bytes


def assemble(backlog: Backlog, start: int) -> Keyframe | None:
    """Return the keyframe that begins at `start`; None while it has holes or its end has not come."""
    packets: list[MediaPacket] = []
    for sequence in range(start, min(backlog.newest + 1, start + MAX_KEYFRAME_PACKETS)):
        packet = backlog.get(sequence)
        if packet is None or packet.timestamp != (packets or [packet])[0].timestamp:
            return None
        packets.append(packet)
        if packet.marker:
            data = _join(packet.codec, [p.payload for p in packets if p.payload])
            return Keyframe(str(packet.codec), data) if data else None
    return None


def picture_size(frame: Keyframe) -> tuple[int, int] | None:
    """Return width and height, 1 to 65,536 pixels; None when the frame does not say it where we look."""
    size = _said_size(frame)
    return size if size and min(size) > 0 and max(size) <= MAX_SIDE else None


def _said_size(frame: Keyframe) -> tuple[int, int] | None:
    data = frame.data
    if frame.codec == Codec.H264:
        return h264_size(data)
    if frame.codec == Codec.VP8 and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    if frame.codec == Codec.VP9 and len(data) >= 10:
        return _vp9_size(data)
    return av1.picture_size(data) if frame.codec == Codec.AV1 else None


def _join(codec: Codec, payloads: list[bytes]) -> bytes:
    if codec is Codec.H264:
        return _join_h264(payloads)
    if codec is Codec.AV1:
        return av1.join(payloads)
    descriptor = codecs.vp8_descriptor_bytes if codec is Codec.VP8 else codecs.vp9_descriptor_bytes
    return b"".join(payload[descriptor(payload) :] for payload in payloads)


def _join_h264(payloads: list[bytes]) -> bytes:
    out = bytearray()
    for payload in payloads:
        if payload[0] & 31 != codecs.NAL_FU_A:
            for unit in codecs.nal_units(payload):
                out += START_CODE + unit
        elif len(payload) > 2:
            if payload[1] & 0x80:
                out += START_CODE + bytes([payload[0] & 0xE0 | payload[1] & 31])
            out += payload[2:]
    return bytes(out)


def _vp9_size(data: bytes) -> tuple[int, int] | None:
    """Read the uncompressed header of a profile 0 keyframe (VP9 specification 6.2)."""
    bits = int.from_bytes(data[:16].ljust(16, b"\0"), "big")

    def read(position: int, count: int) -> int:
        return bits >> (128 - position - count) & ((1 << count) - 1)

    # frame marker 2, profile 0, keyframe, shown, error resilience; sync code; colour space and range
    if read(0, 2) != 2 or read(2, 2) or read(4, 2) or read(8, 24) != 0x498342 or read(32, 3) == 7:
        return None
    return read(36, 16) + 1, read(52, 16) + 1
