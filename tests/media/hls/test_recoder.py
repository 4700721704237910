"""H.264 of VP8: a picture of each, a key frame for each segment, about as many bits, whatever comes."""

from __future__ import annotations

import random

import av
import pytest
from av.video.codeccontext import VideoCodecContext

from media.codecs import Codec
from media.hls.vp8_recoder import MAX_PIXELS, Recoder, fitted
from media.recording.frames import Frame
from media.recording.segmenter import Placed
from tests.media.recording.footage import audio_frames, video_frames
from tests.media.scale import scaled

FPS = 25
CAP = 1_000_000


def recoded(frames: list[Frame], recoder: Recoder | None = None, begin: float = 0.0) -> list[Placed]:
    """Return what becomes of pictures in VP8, one each 1/25 s."""
    recoder = recoder or Recoder(2.0, CAP)
    placed = [Placed(Codec.VP8, begin + n / FPS, frame) for n, frame in enumerate(frames)]
    return [made for one in placed for made in recoder(one)]


def decoded(made: list[Placed]) -> list[tuple[int, int]]:
    """Return the sizes of what a decoder that is not ours makes of it."""
    context = av.CodecContext.create("h264", "r")
    assert isinstance(context, VideoCodecContext)
    context.extradata = b"\1" + made[0].frame.record[1:]
    pictures = [one for placed in made for one in context.decode(av.Packet(placed.frame.data))]
    return [(one.width, one.height) for one in (*pictures, *context.decode(None))]


def test_every_picture_is_one_in_h264_at_its_place() -> None:
    frames = list(video_frames("vp8", 150, 150))
    made = recoded(frames)
    assert [placed.second for placed in made] == [n / FPS for n in range(150)]
    assert {placed.codec for placed in made} == {Codec.H264}
    assert decoded(made) == [(320, 176)] * 150


def test_there_is_a_key_frame_for_each_segment_and_all_say_the_same() -> None:
    made = recoded(list(video_frames("vp8", 150, 150)))
    keys = [placed for placed in made if placed.frame.is_keyframe]
    assert [placed.second for placed in keys] == pytest.approx([0, 1.92, 3.84, 5.76])
    assert len({placed.frame.record for placed in keys}) == 1, "another bit rate is no other section"


@pytest.mark.long
def test_the_rate_is_near_that_of_the_publisher_and_below_the_bound() -> None:
    frames = list(video_frames("vp8", 250, 50, (640, 360)))
    sent = 8 * sum(len(frame.data) for frame in frames) / 10
    made = recoded(frames, Recoder(2.0, CAP))
    taken = 8 * sum(len(placed.frame.data) for placed in made if placed.second >= 2) / 8
    assert sent > CAP
    assert taken < 1.3 * CAP


def test_sound_and_other_pictures_pass_as_they_are() -> None:
    recoder = Recoder(2.0, CAP)
    sound, picture = audio_frames(1)[0], video_frames("h264", 2)[0]
    others = [Placed(Codec.OPUS, 0.0, sound), Placed(Codec.H264, 0.0, picture)]
    assert [made for one in others for made in recoder(one)] == others


@pytest.mark.parametrize("size", [(321, 177), (16, 16), (1920, 1080)])
def test_any_size_becomes_one_that_players_take(size: tuple[int, int]) -> None:
    made = recoded(list(video_frames("vp8", 4, 4, size)))
    assert decoded(made) == [fitted(*size)] * 4


@pytest.mark.parametrize("size", [(1, 1), (1, 16383), (16383, 16383), (1281, 721), (1080, 1920)])
def test_sizes_are_even_bounded_and_of_the_same_shape(size: tuple[int, int]) -> None:
    width, height = fitted(*size)
    assert width % 2 == height % 2 == 0
    assert min(width, height) >= 2
    assert width * height <= max(MAX_PIXELS, 2 * 16384)
    if min(size) > 100:
        assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


def test_another_size_goes_on_with_another_record() -> None:
    recoder = Recoder(2.0, CAP)
    first = recoded(list(video_frames("vp8", 24, 24)), recoder)
    second = recoded(list(video_frames("vp8", 24, 24, (640, 360))), recoder, 24 / FPS)
    assert second[0].frame.is_keyframe
    assert second[0].frame.record != first[0].frame.record
    assert decoded(second) == [(640, 360)] * 24


def test_mutated_pictures_raise_nothing_and_the_next_good_ones_are_seen() -> None:
    chance, recoder = random.Random(seed := random.randrange(1 << 30)), Recoder(2.0, CAP)
    good = list(video_frames("vp8", 48, 24))
    for round_ in range(scaled(10, 300)):
        recoded([_mutated(frame, chance) for frame in good], recoder, 4.0 * round_)
        made = recoded(good, recoder, 4.0 * round_ + 2.0)
        assert len(made) == len(good), f"seed {seed}"


def _mutated(frame: Frame, chance: random.Random) -> Frame:
    kept = chance.randrange(1, len(frame.data) + 1) if chance.random() < 0.2 else len(frame.data)
    data = bytearray(frame.data[:kept])
    for _ in range(chance.randrange(6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return Frame(frame.timestamp, bytes(data), frame.is_keyframe, b"", frame.width, frame.height)
