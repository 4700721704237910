"""Packets become the frames that were sent; holes cost what cannot be decoded, and no payload raises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.backlog import MediaPacket
from media.codecs import Codec, begins_keyframe
from media.recording import mp4
from media.recording.frames import Frame, FrameAssembler
from media.recording.mp4 import Sample, VideoTrack
from tests.media.pictures import HEIGHT, WIDTH, decode, nal_units
from tests.media.recording.footage import frames_of, packets, pictures, sounds, video_frames
from tests.media.scale import scaled

NAMES = ("h264", "h264 high", "vp8", "vp9", "av1")
PERIOD, COUNT = 24, 48
SPS, PPS = bytes.fromhex("6742c00cda0505e840000003004000000ca3c50aa8"), bytes.fromhex("68ce039c80")
IDR, SECOND_SLICE, SLICE = b"\x65\x88idr", b"\x65\x40more", b"\x41\x9aslice"
SEI, AUD = b"\x06sei", b"\x09\xf0"


def codec_of(name: str) -> Codec:
    return Codec(name.split()[0])


def arriving(*payloads: bytes, first: int = 0, timestamp: int = 0, marked: bool = True) -> list[MediaPacket]:
    """Return the packets of one H.264 frame."""
    return [
        MediaPacket(Codec.H264, 1, first + n, timestamp, marked and n == len(payloads) - 1,
                    begins_keyframe(Codec.H264, payload), payload)
        for n, payload in enumerate(payloads)
    ]  # fmt: skip


def feed(assembler: FrameAssembler, packets: Iterable[MediaPacket]) -> list[Frame]:
    return [frame for packet in packets if (frame := assembler.take(packet))]


def sized(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_come_out_as_they_were_encoded(name: str) -> None:
    frames, sent = video_frames(name), pictures(name)
    assert len(frames) == len(sent) == COUNT
    assert [f.is_keyframe for f in frames] == [n % PERIOD == 0 for n in range(COUNT)]
    assert {(f.width, f.height) for f in frames} == {(WIDTH, HEIGHT), (0, 0)}
    assert {bool(f.record) for f in frames if f.is_keyframe} == {name != "vp8"}
    assert not any(f.record for f in frames if not f.is_keyframe)
    assert [f.timestamp for f in frames] == [n * 3600 for n in range(COUNT)]
    if name.startswith("h264"):
        assert [f.data for f in frames] == [sized(*nal_units(picture)) for picture in sent]
    elif name == "av1":
        assert decode("av1", [b"\x12\0" + f.data for f in frames]) == COUNT
        assert not any(f.data.startswith(b"\x12\0") for f in frames)
    else:
        assert [f.data for f in frames] == list(sent)


def test_every_packet_of_sound_is_a_frame() -> None:
    frames = frames_of(Codec.OPUS, packets("opus", sounds(10), timestamp=5))
    assert frames == [Frame(5 + n * 960, data, True, b"", 0, 0) for n, data in enumerate(sounds(10))]


def test_sound_loses_no_more_than_did_not_come() -> None:
    assembler = FrameAssembler(Codec.OPUS)
    came = [packet for n, packet in enumerate(packets("opus", sounds(10))) if n not in (3, 4, 8)]
    assert len(feed(assembler, came)) == 7
    assert assembler.lost_frames == 3
    assert not assembler.needs_keyframe


@pytest.mark.parametrize("name", NAMES)
def test_a_hole_costs_all_up_to_the_next_keyframe(name: str) -> None:
    whole = list(packets(name, pictures(name)))
    before = [len([p for p in whole if p.timestamp < n * 3600]) for n in (10, PERIOD)]
    for lost in (0, 1, 5, before[0], before[1] - 1):
        assembler = FrameAssembler(codec_of(name))
        frames = feed(assembler, whole[:lost] + whole[lost + 1 :])
        in_frame = whole[lost].timestamp // 3600
        if in_frame == 0:
            assert [f.timestamp // 3600 for f in frames] == list(range(PERIOD, COUNT))
        else:
            assert [f.timestamp // 3600 for f in frames] == [*range(in_frame), *range(PERIOD, COUNT)]
        assert assembler.lost_frames >= PERIOD - in_frame - 1
        assert frames[-1] == video_frames(name)[-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_hole_of_whole_frames_before_a_keyframe_does_not_cost_it(name: str) -> None:
    whole = list(packets(name, pictures(name)))
    kept = [p for p in whole if not 20 <= p.timestamp // 3600 < PERIOD]
    frames = frames_of(codec_of(name), kept)
    assert [f.timestamp // 3600 for f in frames] == [*range(20), *range(PERIOD, COUNT)]


@pytest.mark.parametrize("name", NAMES)
def test_who_joins_in_the_middle_begins_at_a_keyframe(name: str) -> None:
    whole = list(packets(name, pictures(name)))
    assembler = FrameAssembler(codec_of(name))
    assert assembler.needs_keyframe
    frames = feed(assembler, whole[7:])
    assert frames == list(video_frames(name)[PERIOD:])
    assert not assembler.needs_keyframe


def test_what_the_caller_lost_is_like_a_hole() -> None:
    whole = list(packets("vp8", pictures("vp8")))
    assembler = FrameAssembler(Codec.VP8)
    half = next(n for n, p in enumerate(whole) if p.timestamp == 30 * 3600) + 1
    assert len(feed(assembler, whole[:half])) == 30
    assembler.lose()
    assert assembler.needs_keyframe
    again = [replace(p, sequence=p.sequence + 5000) for p in whole]
    assert len(feed(assembler, again)) == COUNT
    assert assembler.lost_frames == 1


def test_late_and_doubled_packets_change_nothing() -> None:
    whole = list(packets("vp9", pictures("vp9")))
    doubled = [packet for pair in zip(whole, [whole[0], *whole], strict=False) for packet in pair]
    assert frames_of(Codec.VP9, doubled) == list(video_frames("vp9"))


@pytest.mark.parametrize("name", NAMES)
def test_frames_without_marker_end_where_the_next_begins(name: str) -> None:
    assembler = FrameAssembler(codec_of(name))
    frames = feed(assembler, (replace(p, marker=False) for p in packets(name, pictures(name))))
    assert frames == list(video_frames(name)[:-1])
    assert assembler.flush() == video_frames(name)[-1]
    assert assembler.flush() is None


def test_a_whole_frame_behind_one_without_marker_is_not_lost() -> None:
    assembler = FrameAssembler(Codec.H264)
    came = [
        *arriving(SPS, PPS, IDR, marked=False),
        *arriving(SLICE, first=3, timestamp=1),
        *arriving(SLICE, first=4, timestamp=2),
        *arriving(SLICE[:3], SLICE, first=5, timestamp=3),
    ]
    assert [f.timestamp for f in feed(assembler, came)] == [0, 1, 2, 3]


def test_padding_is_no_hole_and_no_frame() -> None:
    whole = list(packets("vp8", pictures("vp8")))
    padded: list[MediaPacket] = []
    for packet in whole:
        padded.append(replace(packet, sequence=len(padded)))
        padded.append(replace(packet, sequence=len(padded), payload=b"", marker=False, begins_keyframe=False))
    assert frames_of(Codec.VP8, padded) == list(video_frames("vp8"))


def test_parameter_sets_are_remembered_kept_in_band_and_replaced() -> None:
    assembler = FrameAssembler(Codec.H264)
    alone = arriving(SPS, PPS)
    assert feed(assembler, alone) == []
    first = feed(assembler, arriving(AUD, SEI, IDR, first=2, timestamp=1))
    assert [f.data for f in first] == [sized(SPS, PPS, SEI, IDR)]
    assert (first[0].width, first[0].height) == (320, 176)
    again = feed(assembler, arriving(IDR, first=5, timestamp=2))
    assert [f.record for f in again] == [first[0].record]
    other = SPS[:3] + b"\x0d" + SPS[4:]
    new = feed(assembler, arriving(other, PPS, IDR, first=6, timestamp=3))
    assert new[0].data == sized(other, PPS, IDR)
    assert new[0].record == b"\x01" + other[1:4] + b"\xff\xe1\0\x15" + other + b"\x01\0\x05" + PPS


def test_a_keyframe_without_its_parameter_sets_is_none() -> None:
    assembler = FrameAssembler(Codec.H264)
    assert feed(assembler, arriving(PPS, IDR)) == []
    assert feed(assembler, arriving(SPS[:3], PPS, IDR, first=2, timestamp=1)) == []
    assert assembler.needs_keyframe
    assert feed(assembler, arriving(SPS, PPS, SLICE, first=5, timestamp=2)) == []
    assert len(feed(assembler, arriving(SPS, PPS, IDR, first=8, timestamp=3))) == 1


def test_a_keyframe_whose_first_slice_is_lost_is_torn() -> None:
    """The slices behind it claim to begin a key frame as well."""
    assembler = FrameAssembler(Codec.H264)
    feed(assembler, [*arriving(SPS, PPS, IDR), *arriving(SLICE, first=3, timestamp=1)])
    assert feed(assembler, arriving(SECOND_SLICE, SECOND_SLICE, first=5, timestamp=2)) == []
    assert assembler.needs_keyframe
    assert len(feed(assembler, arriving(IDR, SECOND_SLICE, first=7, timestamp=3))) == 1


def test_layers_of_vp9_become_a_superframe() -> None:
    key = pictures("vp9")[0]
    payloads = [b"\x88\x01" + key[:500], b"\x80\x01" + key[500:], b"\x88\x01second", b"\x84\x01layer"]
    came = [
        MediaPacket(Codec.VP9, 1, n, 0, n == 3, begins_keyframe(Codec.VP9, p), p)
        for n, p in enumerate(payloads)
    ]
    sizes = len(key).to_bytes(4, "little") + (11).to_bytes(4, "little")
    assert frames_of(Codec.VP9, came)[0].data == key + b"secondlayer" + b"\xd9" + sizes + b"\xd9"


def test_a_frame_without_end_is_dropped_and_not_kept() -> None:
    assembler = FrameAssembler(Codec.VP8)
    endless = (MediaPacket(Codec.VP8, 1, n, 0, False, n == 0, b"\x10" + bytes(99)) for n in range(5000))
    assert feed(assembler, endless) == []
    assert len(assembler._payloads) <= 2048
    assert feed(assembler, packets("vp8", pictures("vp8"), 5000, 1)) != []


BEGINNINGS = (
    b"\x67", b"\x68", b"\x65", b"\x78", b"\x7c\x87", b"\x10\x10\0\0\x9d\x01\x2a", b"\x88\x01\x82I\x83B",
    b"\x18\x0a", b"\x28\x0a\x0b", b"\x0c\x82I\x83B",
)  # fmt: skip
WHOLE = (SPS, PPS, IDR, SLICE, b"\x78\0\x15" + SPS + b"\0\x05" + PPS, b"\x7c\x85\x88a", b"\x7c\x45b")
PAYLOADS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(WHOLE),
    st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=40)),
)
PACKETS = st.lists(st.tuples(PAYLOADS, st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans()))


@pytest.mark.threat("T38")
@settings(max_examples=scaled(400, 20_000), deadline=None)
@given(codec=st.sampled_from(Codec), steps=PACKETS, loses_at=st.integers(0, 20))
def test_hostile_payloads_never_raise_and_what_they_make_can_be_written(
    codec: Codec, steps: list[tuple[bytes, int, int, bool, bool]], loses_at: int
) -> None:
    assembler = FrameAssembler(codec)
    sequence = timestamp = given_bytes = 0
    frames: list[Frame] = []
    for number, (payload, jump, later, marker, claims) in enumerate(steps):
        sequence, timestamp = sequence + 1 + jump // 2, timestamp + later
        if number == loses_at:
            assembler.lose()
        begins = claims or begins_keyframe(codec, payload)
        given_bytes += len(payload)
        packet = MediaPacket(codec, 1, sequence, timestamp, marker, begins, payload)
        frames += [frame for frame in (assembler.take(packet),) if frame]
    frames += [frame for frame in (assembler.flush(),) if frame]
    assert all(frame.data for frame in frames)
    assert sum(len(frame.data) for frame in frames) <= 5 * given_bytes + len(frames) * 16 * 5000
    if codec.kind == "video" and frames:
        first = frames[0]
        assert first.is_keyframe
        assert first.width > 0 < first.height
        if codec is not Codec.VP8:
            assert mp4.init(VideoTrack(codec, first.record, first.width, first.height), None)
    assert mp4.fragment(1, 1, 0, [Sample(frame.data, 1, frame.is_keyframe) for frame in frames])
