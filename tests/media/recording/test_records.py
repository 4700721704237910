"""What we say of a codec is what FFmpeg says of the same pictures, and what browsers understand."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import av1, h264
from media.codecs import Codec
from media.recording.records import OPUS_HEAD, OPUS_RECORD, av1_record, avc_record, codec_string, vp9_record
from media.vp9 import KeyframeHeader, keyframe_header
from tests.media.pictures import HEIGHT, WIDTH, Size
from tests.media.recording.footage import frames_of, packets, pictures, video_frames
from tests.media.recording.readers import encoded_by_ffmpeg, record_of_ffmpeg

SMALL = (WIDTH, HEIGHT)
CASES = [
    ("h264", SMALL, "yuv420p", "avc1.42c00c"),
    ("h264 high", SMALL, "yuv420p", "avc1.64000c"),
    ("h264 high422", SMALL, "yuv422p10le", "avc1.7a000c"),
    ("h264", (1280, 720), "yuv420p", "avc1.42c01f"),
    ("vp9", SMALL, "yuv420p", "vp09.00.11.08"),
    ("vp9", SMALL, "yuv444p", "vp09.01.11.08"),
    ("vp9", (1280, 720), "yuv420p", "vp09.00.31.08"),
    ("av1", SMALL, "yuv420p", "av01.0.00M.08"),
    ("av1", SMALL, "yuv420p10le", "av01.0.00M.10"),
    ("av1", (1280, 720), "yuv420p", "av01.0.05M.08"),
]
RARE = [
    ("libvpx-vp9", "yuv422p", "vp09.01.11.08"),
    ("libvpx-vp9", "yuv420p10le", "vp09.02.11.10"),
    ("libvpx-vp9", "yuv422p12le", "vp09.03.11.12"),
    ("libaom-av1", "yuv444p", "av01.1.00M.08"),
    ("libaom-av1", "yuv422p10le", "av01.2.00M.10"),
    ("libaom-av1", "yuv420p12le", "av01.2.00M.12"),
    ("libaom-av1", "gray", "av01.0.00M.08"),
    ("libaom-av1", "gbrp", "av01.1.00M.08"),
]
BOXES = {Codec.H264: b"avcC", Codec.VP9: b"vpcC", Codec.AV1: b"av1C"}


@pytest.mark.parametrize(("name", "size", "depth", "string"), CASES)
def test_records_are_those_of_ffmpeg(tmp_path: Path, name: str, size: Size, depth: str, string: str) -> None:
    codec = Codec(name.split()[0])
    first = video_frames(name, 2, 2, size, depth)[0]
    assert (first.width, first.height) == size
    assert codec_string(codec, first.record) == string
    theirs = record_of_ffmpeg(tmp_path, codec, pictures(name, 2, 2, size, depth), BOXES[codec])
    assert first.record == theirs[4 if codec is Codec.VP9 else 0 :], "VP9 has version and flags before it"


@pytest.mark.parametrize(("encoder", "depth", "string"), RARE)
def test_records_of_rare_forms_are_those_of_ffmpeg(
    tmp_path: Path, encoder: str, depth: str, string: str
) -> None:
    codec = Codec(encoder[-3:])
    encoded = encoded_by_ffmpeg(encoder, depth, SMALL)
    first = frames_of(codec, packets(codec, encoded))[0]
    assert (first.width, first.height) == SMALL
    assert codec_string(codec, first.record) == string
    theirs = record_of_ffmpeg(tmp_path, codec, encoded, BOXES[codec])
    assert first.record == theirs[4 if codec is Codec.VP9 else 0 :]


def test_codecs_without_record_have_a_name_all_the_same() -> None:
    assert codec_string(Codec.VP8, b"") == "vp8"
    assert codec_string(Codec.OPUS, b"") == "opus"


def test_opus_says_the_same_in_both_containers() -> None:
    assert OPUS_HEAD[:8] == b"OpusHead"
    assert struct.unpack("<BBHIhB", OPUS_HEAD[8:])[1:] == struct.unpack("!BBHIhB", OPUS_RECORD)[1:]
    assert struct.unpack("!BBHIhB", OPUS_RECORD) == (0, 2, 0, 48000, 0, 0)


LEVELS = [
    ((192, 144), 10), ((256, 192), 11), ((480, 256), 20), ((640, 384), 21), ((1080, 512), 30),
    ((1280, 720), 31), ((1920, 1080), 40), ((4096, 2176), 50), ((8192, 4352), 60), ((16384, 8704), 62),
]  # fmt: skip


@pytest.mark.parametrize(("size", "level"), LEVELS)
def test_the_level_of_vp9_is_that_of_its_size(size: Size, level: int) -> None:
    record = vp9_record(KeyframeHeader(0, 8, 2, False, 1, 1, *size))
    assert record == bytes([0, level, 0x82, 1, 1, 1, 0, 0])


def test_rgb_in_vp9_is_said_to_be_that() -> None:
    """FFmpeg leaves the primaries unknown; the specification of VP9 says sRGB."""
    first = frames_of(Codec.VP9, packets("vp9", encoded_by_ffmpeg("libvpx-vp9", "gbrp", SMALL)))[0]
    assert first.record == bytes([1, 11, 8 << 4 | 3 << 1 | 1, 1, 13, 0, 0, 0])


def test_torn_headers_have_no_record() -> None:
    sequence = next(data for kind, _, data in obus_of(video_frames("av1")[0].data) if kind == 1)
    for end in range(len(sequence) - 2):
        assert av1_record(sequence[:end]) is None
    key = pictures("vp9")[0]
    for end in range(10):
        assert keyframe_header(key[:end]) is None
    assert keyframe_header(pictures("vp9")[1]) is None
    sets = video_frames("h264")[0].record
    assert avc_record([sets[8:12], b"\x68x"]) is None
    assert avc_record([b"\x68x"]) is None


def obus_of(unit: bytes) -> list[tuple[int, int, bytes]]:
    return [(kind, start, unit[start:end]) for kind, start, _, end in av1.obus(unit)]


@given(st.binary(max_size=80))
def test_headers_of_anything_never_raise(data: bytes) -> None:
    h264.read_parameters(b"\x67" + data)
    avc_record([b"\x67" + data, b"\x68" + data])
    av1_record(b"\x0a" + bytes([len(data)]) + data)
    av1_record(data)
    keyframe_header(b"\x82\x49\x83\x42" + data)
    keyframe_header(b"\xb1\x24\xc1\xa1" + data)
    keyframe_header(data)
