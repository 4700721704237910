"""Makes what a file holds of the payloads of one frame. Whatever they are, nothing raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from media import av1, codecs, h264
from media.codecs import NAL_IDR, NAL_PPS, NAL_SPS, Codec
from media.keyframes import MAX_SIDE, vp8_size
from media.recording.records import av1_record, avc_record, vp9_record
from media.vp9 import keyframe_header

NAL_SEI = 6
MAX_SETS, MAX_SET_BYTES = 16, 4096
"""Parameter sets of H.264 that are remembered, and the bytes of one; what is above is left out."""
OBU_FRAME_HEADER, OBU_FRAME = 3, 6
SHOWN_KEYFRAME = 0x10
"""The first four bits of an AV1 frame header: no frame shown again, a key frame, which is shown (5.9.2)."""
SUPERFRAME = 0xC0
MAX_LAYERS = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame as files hold it. Record and size only at a key frame; VP8 has a size alone."""

    data: bytes
    is_keyframe: bool = False
    record: bytes = b""
    width: int = 0
    height: int = 0


Joiner = Callable[[list[bytes]], Picture | None]
"""Takes all payloads of a frame, none of them empty, and returns the picture, if they hold one."""


class H264Joiner:
    """Joins access units; keeps the parameter sets that came since the last key frame, or with it."""

    def __init__(self) -> None:
        self._sets: list[bytes] = []
        self._are_used = False

    def __call__(self, payloads: list[bytes]) -> Picture | None:
        """Return pictures and what is said of them, each behind its length, at keyframes the sets too."""
        kept: list[bytes] = []
        is_keyframe = has_picture = False
        for unit in h264.units(payloads):
            kind = unit[0] & 31
            if kind in (NAL_SPS, NAL_PPS):
                self._remember(unit)
            elif 0 < kind <= NAL_SEI:
                kept += (len(unit).to_bytes(4, "big"), unit)
                has_picture |= kind < NAL_SEI
                is_keyframe |= kind == NAL_IDR
        if not has_picture:
            return None
        return self._keyframe(kept) if is_keyframe else Picture(b"".join(kept))

    def _remember(self, unit: bytes) -> None:
        """Keep a set; a sequence's own replaces all that the last key frame used."""
        if self._are_used and unit[0] & 31 == NAL_SPS:
            self._sets, self._are_used = [], False
        if unit not in self._sets and len(self._sets) < MAX_SETS and len(unit) <= MAX_SET_BYTES:
            self._sets.append(unit)

    def _keyframe(self, kept: list[bytes]) -> Picture | None:
        record = avc_record(self._sets)
        sequences = [unit for unit in self._sets if unit[0] & 31 == NAL_SPS]
        parameters = h264.read_parameters(sequences[0]) if sequences else None
        self._are_used = True
        if record is None or parameters is None or not _is_size(parameters.width, parameters.height):
            return Picture(b"".join(kept))
        sets = [part for unit in self._sets for part in (len(unit).to_bytes(4, "big"), unit)]
        return Picture(b"".join(sets + kept), True, record, parameters.width, parameters.height)


def join_vp8(payloads: list[bytes]) -> Picture | None:
    """Return a frame without its descriptors (RFC 7741)."""
    data = b"".join([payload[codecs.vp8_descriptor_bytes(payload) :] for payload in payloads])
    size = vp8_size(data)
    if size and _is_size(*size):
        return Picture(data, True, b"", *size)
    return Picture(data) if data else None


def join_vp9(payloads: list[bytes]) -> Picture | None:
    """Return a frame without its descriptors (RFC 9628); layers become a superframe."""
    pieces = [payload[codecs.vp9_descriptor_bytes(payload) :] for payload in payloads]
    data = b"".join(pieces)
    header = keyframe_header(data)
    if sum(payload[0] >> 3 & 1 for payload in payloads) > 1:
        data += _superframe_index(payloads, pieces)
    if header and _is_size(header.width, header.height):
        return Picture(data, True, vp9_record(header), header.width, header.height)
    return Picture(data) if data else None


def join_av1(payloads: list[bytes]) -> Picture | None:
    """Return a temporal unit without its delimiter, as MP4 wants it."""
    data = av1.join(payloads)[av1.DELIMITER_BYTES :]
    record = av1_record(data) if data and _is_av1_keyframe(data) else None
    size = av1.picture_size(data) if record else None
    if record and size and _is_size(*size):
        return Picture(data, True, record, *size)
    return Picture(data) if data else None


def _is_size(width: int, height: int) -> bool:
    return min(width, height) > 0 and max(width, height) <= MAX_SIDE


def _superframe_index(payloads: list[bytes], pieces: list[bytes]) -> bytes:
    """Return what tells a decoder the sizes of the layers before it (annex B of the VP9 specification)."""
    sizes: list[int] = []
    for payload, piece in zip(payloads, pieces, strict=True):
        if payload[0] & 0x08 or not sizes:
            sizes.append(0)
        sizes[-1] += len(piece)
    if len(sizes) > MAX_LAYERS or 0 in sizes:
        return b""
    marker = bytes((SUPERFRAME | 3 << 3 | len(sizes) - 1,))
    return marker + b"".join(size.to_bytes(4, "little") for size in sizes) + marker


def _is_av1_keyframe(unit: bytes) -> bool:
    """Tell whether the first frame of a unit with a sequence header is a key frame that is shown."""
    kinds = set()
    for kind, _, content, _ in av1.obus(unit):
        kinds.add(kind)
        if kind in (OBU_FRAME_HEADER, OBU_FRAME) and content < len(unit):
            return av1.SEQUENCE_HEADER in kinds and unit[content] & 0xF0 == SHOWN_KEYFRAME
    return False


JOINERS: dict[Codec, Callable[[], Joiner]] = {
    Codec.H264: H264Joiner,
    Codec.VP8: lambda: join_vp8,
    Codec.VP9: lambda: join_vp9,
    Codec.AV1: lambda: join_av1,
}
"""What makes a joiner for a codec."""
