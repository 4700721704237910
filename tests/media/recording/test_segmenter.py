"""Parts are a third of a second, segments begin at key frames, and where the picture stops the sound goes on.
"""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from media.codecs import Codec, Kind
from media.recording.clock import CLOCK_RATES
from media.recording.frames import Frame
from media.recording.lanes import SILENCE, SoundLane, opus_seconds
from media.recording.mp4 import Sample
from media.recording.segmenter import PART_SECONDS, Piece, Placed, Segmenter

RECORD, OTHER = b"record", b"another"
SOUND = b"\xf8 20 ms of sound"


def picture(second: float, *, key: bool = False, record: bytes = RECORD, codec: Codec = Codec.H264) -> Placed:
    facts = (record, 640, 360) if key else (b"", 0, 0)
    return Placed(codec, second, Frame(0, b"picture", key, *facts))


def sound(second: float) -> Placed:
    return Placed(Codec.OPUS, second, Frame(0, SOUND, True, b"", 0, 0))


def show(
    seconds: float, *, fps: float = 30.0, key_every: float = 2.0, start: float = 0.0, with_sound: bool = True,
) -> list[Placed]:
    """Return the frames of a show in the order they come."""
    count = int(seconds * fps)
    keys = int(key_every * fps)
    frames = [picture(start + index / fps, key=index % keys == 0) for index in range(count)]
    if with_sound:
        frames += [sound(start + index / 50) for index in range(int(seconds * 50))]
    return sorted(frames, key=lambda placed: placed.second)


def cut(frames: list[Placed], segmenter: Segmenter | None = None) -> list[Piece]:
    segmenter = segmenter or Segmenter(2.0)
    pieces = [piece for placed in frames for piece in segmenter.take(placed)]
    return pieces + segmenter.settle()


def lengths(pieces: list[Piece]) -> list[float]:
    """Return how long each segment is."""
    found, start = [], pieces[0].start
    for piece in pieces:
        if piece.ends_segment:
            found.append(round(piece.start + piece.duration - start, 3))
            start = piece.start + piece.duration
    return found


def ends(start: int, samples: list[Sample]) -> int:
    return start + sum(sample.duration for sample in samples)


@pytest.mark.parametrize("fps", [60, 50, 30, 25, 24, 20, 15, 12, 10])
def test_parts_are_as_long_as_a_playlist_promises(fps: int) -> None:
    """At most the target, and 85 hundredths of it unless a segment ends (RFC 8216bis, section 4.4.4.9)."""
    pieces = cut(show(10, fps=fps))
    assert all(piece.duration <= PART_SECONDS + 1e-6 for piece in pieces)
    assert all(piece.duration >= 0.85 * PART_SECONDS - 1e-6 for piece in pieces if not piece.ends_segment)


def test_segments_begin_at_key_frames() -> None:
    pieces = cut(show(10))
    assert lengths(pieces) == [2, 2, 2, 2, 2]
    begins = [pieces[0], *(after for before, after in pairwise(pieces) if before.ends_segment)]
    assert all(piece.video[0].is_keyframe for piece in begins)


def test_a_segment_waits_for_its_key_frame() -> None:
    """A publisher with a key frame each five seconds gets segments of five seconds."""
    assert lengths(cut(show(15, key_every=5))) == [5, 5, 5]


def test_frequent_key_frames_do_not_make_short_segments() -> None:
    assert lengths(cut(show(9, key_every=0.5))) == [2, 2, 2, 2, 1]


def test_samples_follow_on_each_other_without_a_hole() -> None:
    """Over all parts, of each kind: where one ends the next begins."""
    pieces = cut(show(10, fps=29.97))
    for kind in Kind:
        runs = [
            (piece.video_start, piece.video) if kind is Kind.VIDEO else (piece.audio_start, piece.audio)
            for piece in pieces
        ]
        runs = [(start, samples) for start, samples in runs if samples]
        for (start, samples), (after, _) in pairwise(runs):
            assert ends(start, samples) == after
        assert sum(len(samples) for _, samples in runs) == (299 if kind is Kind.VIDEO else 500)


def test_other_parameters_begin_another_section_at_once() -> None:
    frames = show(1)
    frames += [picture(1.0, key=True, record=OTHER), *(picture(1 + index / 30) for index in range(1, 30))]
    pieces = cut(frames)
    assert lengths(pieces) == pytest.approx([1, 1])
    assert {piece.setup.record for piece in pieces if piece.start < 0.99} == {RECORD}
    assert {piece.setup.record for piece in pieces if piece.start > 0.99} == {OTHER}


def test_another_codec_begins_another_section() -> None:
    pieces = cut([*show(1), picture(1.0, key=True, codec=Codec.VP8), picture(1.1, codec=Codec.VP8)])
    assert [piece.setup.video for piece in pieces if piece.ends_segment] == [Codec.H264, Codec.VP8]


def test_a_show_of_sound_alone_is_cut_by_its_sound() -> None:
    pieces = cut([sound(index / 50) for index in range(500)])
    assert all(not piece.video and piece.setup.video is None for piece in pieces)
    assert sum(len(piece.audio) for piece in pieces) == 500
    whole = [piece.duration for piece in pieces if not piece.ends_segment]
    assert all(0.85 * PART_SECONDS <= seconds <= PART_SECONDS for seconds in whole)
    assert lengths(pieces)[0] == pytest.approx(2.04, abs=0.1)


def test_a_show_without_sound_is_not_held_up_and_gets_silence() -> None:
    pieces = cut(show(5, with_sound=False))
    assert lengths(pieces) == [2, 2, 1]
    assert all(piece.audio for piece in pieces)
    heard = [(piece.audio_start, piece.audio) for piece in pieces]
    assert heard[0][0] == 0
    assert all(ends(*run) == after[0] for run, after in pairwise(heard))
    assert ends(*heard[-1]) == pytest.approx(5 * 48000, abs=960)
    assert {sample.data for _, run in heard for sample in run} == {SILENCE.data}


def test_what_was_promised_is_waited_for() -> None:
    """A picture whose key frame takes a while begins together with its sound, and not behind a section
    without it."""
    frames = [*(sound(index / 50) for index in range(200)), *show(2, start=2.0, with_sound=False)]
    frames.sort(key=lambda placed: placed.second)
    pieces = cut(frames, Segmenter(2.0, frozenset(Kind)))
    assert {piece.setup.video for piece in pieces} == {Codec.H264}
    assert pieces[0].start == 2.0
    never = cut([sound(index / 50) for index in range(200)], Segmenter(2.0, frozenset(Kind)))
    assert sum(len(piece.audio) for piece in never) == 200


def test_where_sound_pauses_there_is_silence_and_no_hole() -> None:
    """A microphone that is plugged in later, and unplugged for a while: no section begins for it."""
    heard = [*(1.5 + index / 50 for index in range(100)), *(6 + index / 50 for index in range(100))]
    frames = [*show(8, with_sound=False), *map(sound, heard)]
    pieces = cut(sorted(frames, key=lambda placed: placed.second))
    assert len({piece.setup for piece in pieces}) == 1
    runs = [(piece.audio_start, piece.audio) for piece in pieces if piece.audio]
    assert all(ends(*run) == after[0] for run, after in pairwise(runs))
    samples = [sample for _, run in runs for sample in run]
    assert max(sample.duration for sample in samples) < 2 * 960
    assert 180 <= sum(sample.data == SOUND for sample in samples) <= 200
    at = 0
    for sample in samples:
        if sample.data == SOUND:
            assert min(abs(at / 48000 - second) for second in heard) < 0.021
        at += sample.duration


def test_sound_that_is_set_back_is_never_heard_twice() -> None:
    """After a correction of the clock decoders find each frame behind the one before, and in step."""
    for back in (0.004, 0.009, 0.015, 0.3):
        heard = [*(index / 50 for index in range(100)), *(2 + index / 50 - back for index in range(100))]
        frames = [*show(4, with_sound=False), *map(sound, heard)]
        pieces = cut(sorted(frames, key=lambda placed: placed.second))
        samples = [sample for piece in pieces for sample in piece.audio]
        assert all(sample.duration >= 959 for sample in samples), back
        assert len(samples) >= 200 - back * 50 - 1


@example(4.0, -0.03)
@given(st.floats(0, 10), st.floats(-0.03, 0.03))
def test_sound_that_comes_while_there_is_silence_is_put_behind_it_once(start: float, early: float) -> None:
    """Whatever fraction of a tick the silence ends at."""
    lane = SoundLane()
    lane.fill(start, start + 0.7)
    first = lane.silent_until - early
    for index in range(5):
        lane.hear(first + index / 50, Frame(0, SOUND, True, b"", 0, 0))
    samples, _ = lane.take(until=lane.end_by_itself())
    assert all((sample.duration, sample.shift) >= (959, 0) for sample in samples)
    assert sum(sample.data == SOUND for sample in samples) >= (5 if early < 0.0099 else 3)


@pytest.mark.parametrize(("packet", "milliseconds"), [
    (b"\xf8\xff\xfe", 20), (b"\xf9ab", 40), (b"\x80a", 2.5), (b"\x18a", 60), (b"\x60a", 10),
    (b"\xfb\x03a", 60), (b"\xfb\x3fa", 20), (b"\xfb", 20), (b"", 20),
])
def test_packets_of_opus_say_how_long_they_are(packet: bytes, milliseconds: float) -> None:
    assert opus_seconds(packet) == pytest.approx(milliseconds / 1000)


def test_a_camera_that_is_switched_on_later_begins_a_segment() -> None:
    frames = [*(sound(index / 50) for index in range(300)), *show(3, start=3.1, with_sound=False)]
    pieces = cut(sorted(frames, key=lambda placed: placed.second))
    first = next(piece for piece in pieces if piece.video)
    assert first.start == pytest.approx(3.1)
    assert first.video[0].is_keyframe


def test_a_picture_that_stands_still_does_not_hold_the_sound_up() -> None:
    """And leaves no hole: its last frame lasts until the next one comes."""
    before, after = show(2, with_sound=False), show(2, start=8.0, with_sound=False)
    sounds = (sound(index / 50) for index in range(500))
    frames = sorted([*before, *after, *sounds], key=lambda placed: placed.second)
    pieces = cut(frames)
    meanwhile = [piece for piece in pieces if 5 < piece.start < 7.5]
    assert len(meanwhile) > 5
    assert all(piece.audio and not piece.video for piece in meanwhile)
    runs = [(piece.video_start, piece.video) for piece in pieces if piece.video]
    assert all(ends(*run) == after[0] for run, after in pairwise(runs))


def test_what_comes_after_a_pause_begins_a_segment_with_a_key_frame() -> None:
    segmenter = Segmenter(2.0)
    pieces = cut(show(3), segmenter)
    assert pieces[-1].ends_segment
    pieces = cut([picture(9.9), *show(3, start=10.0)], segmenter)
    assert pieces[0].start == 10.0
    assert pieces[0].video[0].is_keyframe


def test_frames_that_are_shown_in_another_order_keep_it() -> None:
    """A publisher with B-frames: decoding goes on, and the shift says when each is shown."""
    order = [0.0, 0.1, 0.0667, 0.0333, 0.2, 0.1667, 0.1333]
    frames = [picture(second, key=index == 0) for index, second in enumerate(order)]
    (piece,) = cut(frames)
    at, shown = piece.video_start, []
    for sample in piece.video:
        shown.append((at + sample.shift) / CLOCK_RATES[Kind.VIDEO])
        at += sample.duration
    assert shown == pytest.approx(order, abs=1e-4)
    assert all(sample.duration > 0 for sample in piece.video)


@given(st.integers(0, 2**32))
def test_whatever_comes_nothing_is_lost_or_torn(seed: int) -> None:
    """Every frame from the first key frame on is in a part once, and durations are never zero or negative."""
    chance = random.Random(seed)
    second, frames = 0.0, []
    for _ in range(200):
        second += chance.choice([0.001, 0.02, 0.033, 0.1, 0.5, 1.5])
        kind, late = chance.random(), chance.choice([0.0, 0.0, 0.3])
        frames.append(sound(max(0.0, second - late)) if kind < 0.5 else picture(second, key=kind > 0.95))
    pieces = cut(frames)
    assert all(sample.duration > 0 for piece in pieces for sample in (*piece.video, *piece.audio))
    assert all(piece.start <= after.start for piece, after in pairwise(pieces))
    pictures = [placed for placed in frames if placed.codec is Codec.H264]
    before = next((at for at, placed in enumerate(pictures) if placed.frame.is_keyframe), len(pictures))
    assert sum(len(piece.video) for piece in pieces) == len(pictures) - before
