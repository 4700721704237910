"""Makes decoder input of a keyframe's packets, and reads its size without decoding it."""

from __future__ import annotations

from dataclasses import dataclass

from media import av1, codecs, h264
from media.backlog import Backlog, MediaPacket
from media.codecs import Codec
from media.vp9 import keyframe_header

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


def first_size(codec: Codec, payload: bytes) -> tuple[int, int] | None:
    """Return width and height as the first packet of a keyframe tells them; None where it does not."""
    data = _join(codec, [payload])
    return picture_size(Keyframe(str(codec), data)) if data else None


def picture_size(frame: Keyframe) -> tuple[int, int] | None:
    """Return width and height, 1 to 65,536 pixels; None when the frame does not say it where we look."""
    size = _said_size(frame)
    return size if size and min(size) > 0 and max(size) <= MAX_SIDE else None


def _said_size(frame: Keyframe) -> tuple[int, int] | None:
    data = frame.data
    if frame.codec == Codec.H264:
        return h264.picture_size(data)
    if frame.codec == Codec.VP8:
        return vp8_size(data)
    if frame.codec == Codec.VP9:
        header = keyframe_header(data)
        return (header.width, header.height) if header else None
    return av1.picture_size(data) if frame.codec == Codec.AV1 else None


def vp8_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height, up to 16,383, of a VP8 keyframe (RFC 6386 section 9.1); None of another."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        return None
    return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF


def _join(codec: Codec, payloads: list[bytes]) -> bytes:
    if codec is Codec.H264:
        return b"".join(START_CODE + unit for unit in h264.units(payloads))
    if codec is Codec.AV1:
        return av1.join(payloads)
    descriptor = codecs.vp8_descriptor_bytes if codec is Codec.VP8 else codecs.vp9_descriptor_bytes
    return b"".join(payload[descriptor(payload) :] for payload in payloads)
