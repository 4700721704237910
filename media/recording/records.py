"""The records with which a file sets decoders up, and the names of codecs that browsers ask for (RFC 6381).

A record is what stands in the box of its codec, behind version and flags where that has them: `avcC` (ISO/IEC
14496-15 section 5.3.3), `vpcC` ("VP Codec ISO Media File Format Binding"), `av1C` ("AV1 Codec ISO Media File
Format Binding"), `dOps` ("Encapsulation of Opus in ISO Base Media File Format"). VP8 has none.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from media import av1, h264
from media.av1_sequence import MAX_HEADER_BYTES, read_colours, read_sequence
from media.bits import Bits
from media.codecs import NAL_PPS, NAL_SPS, Codec
from media.vp9 import KeyframeHeader

PRE_SKIP = 0
"""Samples that a player drops at the start (RFC 7845 section 4.2).

None: a recording begins in the middle of a sound, not with the silence of an encoder that warms up, and what
were dropped would have to be taken off the timeline again.
"""
OPUS_RECORD = struct.pack("!BBHIhB", 0, 2, PRE_SKIP, 48000, 0, 0)
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, PRE_SKIP, 48000, 0, 0)
"""What Matroska has instead: the same, the other way round (RFC 7845 section 5.1)."""
AAC = "mp4a.40.2"
VP9_LEVELS = (
    (10, 36_864, 829_440), (11, 73_728, 2_764_800), (20, 122_880, 4_608_000), (21, 245_760, 9_216_000),
    (30, 552_960, 20_736_000), (31, 983_040, 36_864_000), (40, 2_228_224, 83_558_400),
    (50, 8_912_896, 311_951_360), (60, 35_651_584, 1_176_502_272),
)  # fmt: skip
"""Level, pixels of a picture, pixels in a second; the steps that differ by speed alone are left out."""
PICTURES_PER_SECOND = 30
"""The stream does not say how many; the level is advice."""
HIGHEST_VP9_LEVEL = 62
VP9_COLOURS = {1: (5, 6, 5), 2: (1, 1, 1), 3: (6, 6, 6), 4: (7, 7, 7), 5: (9, 14, 9), 7: (1, 13, 0)}
"""Primaries, transfer and matrix (ISO/IEC 23091-2) for a colour space of VP9; 2 stands for unknown."""


def avc_record(sets: Sequence[bytes]) -> bytes | None:
    """Return the record of H.264 for its parameter sets in order; None when they do not suffice."""
    sequences = [unit for unit in sets if unit[0] & 31 == NAL_SPS]
    pictures = [unit for unit in sets if unit[0] & 31 == NAL_PPS]
    parameters = h264.read_parameters(sequences[0]) if sequences else None
    if parameters is None or not pictures or len(sequences) > 31 or len(pictures) > 255:
        return None
    head = bytes((1, *sequences[0][1:4], 0xFF, 0xE0 | len(sequences)))
    record = b"".join((head, *map(_sized, sequences), bytes((len(pictures),)), *map(_sized, pictures)))
    if not parameters.is_high:
        return record
    depths = 0xF8 | parameters.luma_depth - 8 & 7, 0xF8 | parameters.chroma_depth - 8 & 7
    return record + bytes((0xFC | parameters.chroma & 3, *depths, 0))


def vp9_record(header: KeyframeHeader) -> bytes:
    """Return the record of VP9 for what a keyframe says."""
    sampling = _VP9_SAMPLINGS.get((header.subsampling_x, header.subsampling_y), 1)
    depth = header.bit_depth << 4 | sampling << 1 | header.is_full_range
    colours = VP9_COLOURS.get(header.colour_space, (2, 2, 2))
    return struct.pack("!6BH", header.profile, _vp9_level(header), depth, *colours, 0)


def av1_record(unit: bytes) -> bytes | None:
    """Return the record of AV1 for a temporal unit that has a sequence header; None of another."""
    for kind, start, content, end in av1.obus(unit):
        if kind == av1.SEQUENCE_HEADER and end <= len(unit):
            try:
                return _av1_head(Bits(unit[content : min(end, content + MAX_HEADER_BYTES)])) + unit[start:end]
            except ValueError:
                return None
    return None


def codec_string(codec: Codec, record: bytes) -> str:
    """Return the name of a codec as browsers want it, for one of our own records."""
    return _STRINGS[codec](record)


def _sized(unit: bytes) -> bytes:
    return len(unit).to_bytes(2, "big") + unit


def _vp9_level(header: KeyframeHeader) -> int:
    pixels = header.width * header.height
    for level, picture, second in VP9_LEVELS:
        if pixels <= picture and pixels * PICTURES_PER_SECOND <= second:
            return level
    return HIGHEST_VP9_LEVEL


def _av1_head(bits: Bits) -> bytes:
    sequence = read_sequence(bits)
    colours = read_colours(bits, sequence)
    depth = (colours.bit_depth > 8) << 6 | (colours.bit_depth > 10) << 5 | colours.is_monochrome << 4
    sampling = colours.subsampling_x << 3 | colours.subsampling_y << 2 | colours.sample_position
    return bytes((0x81, sequence.profile << 5 | sequence.level, sequence.tier << 7 | depth | sampling, 0))


def _vp9_string(record: bytes) -> str:
    return f"vp09.{record[0]:02d}.{record[1]:02d}.{record[2] >> 4:02d}"


def _av1_string(record: bytes) -> str:
    depth = 8 + 2 * (record[2] >> 6 & 1) + 2 * (record[2] >> 5 & 1)
    return f"av01.{record[1] >> 5}.{record[1] & 31:02d}{'MH'[record[2] >> 7]}.{depth:02d}"


_VP9_SAMPLINGS = {(1, 1): 1, (1, 0): 2, (0, 0): 3}
_STRINGS: dict[Codec, Callable[[bytes], str]] = {
    Codec.H264: lambda record: f"avc1.{record[1:4].hex()}",
    Codec.VP9: _vp9_string,
    Codec.AV1: _av1_string,
    Codec.VP8: lambda _: "vp8",
    Codec.OPUS: lambda _: "opus",
}
