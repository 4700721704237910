"""What is cut into payloads for a film is what an assembler puts together again, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from media.backlog import MediaPacket
from media.codecs import Codec, begins_keyframe
from media.h264_payloads import PAYLOAD_BYTES
from media.payloads import payloads_of
from media.recording.frames import Frame
from tests.media.recording.footage import audio_frames, frames_of, video_frames

CODECS = ("h264", "vp8", "vp9", "av1")
LARGE = (960, 540)
"""Key frames of several packets."""


def packets_of(codec: Codec, frames: Sequence[Frame]) -> list[MediaPacket]:
    packets: list[MediaPacket] = []
    for number, frame in enumerate(frames):
        payloads = payloads_of(codec, frame.data, number, is_key=frame.is_keyframe)
        for index, payload in enumerate(payloads):
            packets.append(
                MediaPacket(
                    codec, 7, len(packets), 3600 * number, index == len(payloads) - 1,
                    begins_keyframe(codec, payload), payload,
                )
            )
    return packets


@pytest.mark.parametrize("name", CODECS)
def test_pictures_come_together_again(name: str) -> None:
    frames = video_frames(name, size=LARGE)
    packets = packets_of(Codec(name), frames)
    assert len(packets) > len(frames)
    assert max(len(packet.payload) for packet in packets) <= PAYLOAD_BYTES
    again = frames_of(Codec(name), packets)
    assert [frame.data for frame in again] == [frame.data for frame in frames]
    assert [frame.is_keyframe for frame in again] == [frame.is_keyframe for frame in frames]


@pytest.mark.parametrize("name", CODECS)
def test_viewers_can_begin_at_key_frames_and_nowhere_else(name: str) -> None:
    frames = video_frames(name)
    packets = packets_of(Codec(name), frames)
    begins = {packet.timestamp // 3600 for packet in packets if packet.begins_keyframe}
    assert begins == {number for number, frame in enumerate(frames) if frame.is_keyframe}


def test_sound_is_sent_as_it_is() -> None:
    for frame in audio_frames(4):
        assert payloads_of(Codec.OPUS, frame.data, 0, is_key=True) == [frame.data]


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("frame", [b"", b"\0", b"\0\0\0\xff\x65", b"\x12\0", b"\x0a\xff\xff", b"\xff" * 40])
def test_what_is_no_frame_makes_no_large_packets(codec: Codec, frame: bytes) -> None:
    assert all(len(p) <= PAYLOAD_BYTES for p in payloads_of(codec, frame, 70_000, is_key=True))
