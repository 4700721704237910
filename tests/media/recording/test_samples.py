"""What our writers put into a segment is what a film reads out of it."""

from __future__ import annotations

import random

import pytest

from media.codecs import Codec, Kind
from media.recording import mp4
from media.recording.facts import Container, Section
from media.recording.records import codec_string
from media.recording.samples import codec_of, parameters_of, samples_of
from tests.media.recording.footage import audio_frames, mp4_parts, video_frames, video_track, webm_clusters

MP4 = ("h264", "vp9", "av1")


def section(video: str, audio: str = "opus") -> Section:
    container = Container.WEBM if video.startswith("vp8") else Container.MP4
    return Section(0, container, video, audio, 320, 240, 500)


def segment(name: str, start: float = 0.0) -> bytes:
    """Return the bytes of a segment that begins so many seconds after the show."""
    video, audio = video_frames(name), audio_frames()
    if name == "vp8":
        return b"".join(webm_clusters(video, audio, round(start * 1000)))
    return b"".join(mp4_parts(video, audio, start))


@pytest.mark.parametrize("name", [*MP4, "vp8"])
@pytest.mark.parametrize("start", [0.0, 7200.5])
def test_frames_are_read_with_their_times(name: str, start: float) -> None:
    found = samples_of(section(name), segment(name, start))
    pictures = [sample for sample in found if sample.kind is Kind.VIDEO]
    sounds = [sample for sample in found if sample.kind is Kind.AUDIO]
    assert [sample.data for sample in pictures] == [frame.data for frame in video_frames(name)]
    assert [sample.is_key for sample in pictures] == [frame.is_keyframe for frame in video_frames(name)]
    assert [sample.data for sample in sounds] == [frame.data for frame in audio_frames()]
    for samples, step in ((pictures, 0.04), (sounds, 0.02)):
        times = [sample.at for sample in samples]
        assert times == pytest.approx([start + number * step for number in range(len(times))], abs=0.0011)
    assert [sample.at for sample in found] == sorted(sample.at for sample in found)


@pytest.mark.parametrize("name", [*MP4, "vp8"])
def test_torn_and_foreign_bytes_do_no_harm(name: str) -> None:
    whole, dice = segment(name), random.Random(3)
    count = len(samples_of(section(name), whole))
    for _ in range(300):
        data = bytearray(whole[: dice.randrange(len(whole))])
        for _ in range(dice.randrange(4)):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
        assert len(samples_of(section(name), bytes(data))) <= count * 300
    assert samples_of(section(name), random.Random(5).randbytes(5000)) == []


def test_a_fragment_that_names_no_track_of_ours_is_read_over() -> None:
    frame = mp4.Sample(b"data", 960, True)
    assert samples_of(section("h264"), mp4.fragment(1, 9, 0, [frame])) == []


def test_codecs_are_known_by_their_names() -> None:
    for name in ("h264", "vp9", "av1", "vp8"):
        track = video_track(name, video_frames(name))
        assert codec_of(codec_string(track.codec, track.record)) is Codec(name)
    assert codec_of("opus") is codec_of("Opus") is Codec.OPUS
    assert codec_of("") is codec_of("mp4a.40.2") is None


def test_viewers_are_told_the_profile_of_h264() -> None:
    assert parameters_of(section("avc1.42e01f")) == "profile-level-id=42e01f;packetization-mode=1"
    assert parameters_of(section("vp09.00.31.08")) == ""
