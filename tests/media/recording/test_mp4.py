"""The MP4 we write is read to its end by FFmpeg, PyAV and GStreamer, over gaps and changes of size."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from media.codecs import Codec, Kind
from media.recording import mp4
from media.recording.boxes import boxes
from media.recording.frames import Frame
from media.recording.mp4 import Sample
from media.recording.records import OPUS_RECORD
from media.recording.tracks import TRACK_IDS, AudioTrack
from tests.media.pictures import HEIGHT, WIDTH, Size
from tests.media.recording.footage import (
    PICTURE_TICKS,
    audio_frames,
    encode_sound,
    mp4_file,
    mp4_parts,
    samples,
    video_frames,
    video_track,
)
from tests.media.recording.readers import complaints, gstreamer_length, gstreamer_pictures, raw_pictures, seen

NAMES = ("h264", "h264 high", "vp9", "av1")
OTHER_SIZE: Size = (192, 112)
COUNT = 48


def codec_of(name: str) -> Codec:
    return Codec(name.split()[0])


def write(path: Path, *data: bytes) -> Path:
    path.write_bytes(b"".join(data))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_all_frames_are_read_back_at_their_seconds(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.mp4", mp4_file(name, video_frames(name), audio_frames(), 5.0))
    assert complaints(path) == ""
    picture, sound = seen(path, "video"), seen(path, "audio")
    assert (picture.frames, picture.first, picture.sizes) == (COUNT, 5.0, ((WIDTH, HEIGHT),))
    assert picture.last == pytest.approx(5 + 47 / 25)
    assert (sound.frames, sound.first) == (96, 5.0)
    assert sound.last == pytest.approx(5 + 95 / 50)


@pytest.mark.parametrize("kind", Kind)
def test_one_track_alone_is_a_file(tmp_path: Path, kind: Kind) -> None:
    video, audio = (video_frames("h264"), []) if kind is Kind.VIDEO else ((), audio_frames())
    path = write(tmp_path / "a.mp4", mp4_file("h264", video, audio))
    assert complaints(path) == ""
    assert seen(path, kind).frames == len([*video, *audio])


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_behind_a_gap_stays_there(tmp_path: Path, name: str) -> None:
    frames = video_frames(name)
    late = mp4_parts(frames, audio_frames(), 3600.25, sequence=100)
    path = write(tmp_path / "a.mp4", mp4_file(name, frames, audio_frames(), 1.0), *late)
    assert complaints(path) == ""
    assert (seen(path, "video").frames, seen(path, "audio").frames) == (2 * COUNT, 192)
    assert seen(path, "video").last == pytest.approx(3600.25 + 47 / 25)
    assert seen(path, "audio").last == pytest.approx(3600.25 + 95 / 50)


@pytest.mark.parametrize("name", NAMES)
def test_sections_of_other_sizes_play_behind_the_first_initialisation(tmp_path: Path, name: str) -> None:
    other = video_frames(name, size=OTHER_SIZE)
    assert other[0].record != video_frames(name)[0].record or name == "vp9"
    later = mp4_parts(other, audio_frames(), 10.0, sequence=100)
    path = write(tmp_path / "a.mp4", mp4_file(name, video_frames(name), audio_frames()), *later)
    assert complaints(path) == ""
    picture = seen(path, "video")
    assert picture.frames == 2 * COUNT
    assert picture.sizes == ((WIDTH, HEIGHT), OTHER_SIZE)
    assert picture.last == pytest.approx(10 + 47 / 25)


@pytest.mark.parametrize("kind", Kind)
def test_the_initialisation_of_one_track_is_that_of_a_file_with_it_alone(tmp_path: Path, kind: Kind) -> None:
    frames, audio = video_frames("h264"), audio_frames()
    track, sound = video_track("h264", frames), AudioTrack()
    one = mp4.init_of(mp4.init(track, sound), kind)
    assert one == (mp4.init(track, None) if kind is Kind.VIDEO else mp4.init(None, sound))
    mine = frames if kind is Kind.VIDEO else audio
    path = write(tmp_path / "a.mp4", one, mp4.fragment(1, TRACK_IDS[kind], 0, samples(mine, kind)))
    assert complaints(path) == ""
    assert seen(path, kind).frames == len(mine)


@pytest.mark.parametrize("torn", [b"junk", b"\0\0\0\x10moov\0\0\0\x40trak"])
def test_what_is_no_initialisation_is_refused(torn: bytes) -> None:
    with pytest.raises(ValueError):
        mp4.init_of(torn, Kind.VIDEO)


def test_aac_is_read_back(tmp_path: Path) -> None:
    packets, config = encode_sound(50, "aac")
    made = [Sample(data, 1024, True) for data in packets]
    path = write(tmp_path / "a.mp4", mp4.init(None, AudioTrack(config)), mp4.fragment(1, 2, 48000, made))
    assert complaints(path) == ""
    sound = seen(path, "audio")
    assert (sound.frames, sound.first) == (len(packets), 1.0)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("aac", 48000, 2)
        assert stream.codec_context.extradata == config


def test_opus_is_set_up_as_it_came(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", mp4_file("h264", (), audio_frames()))
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("opus", 48000, 2)
        assert stream.codec_context.extradata == b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0"
        assert stream.language == "und"
    assert OPUS_RECORD in path.read_bytes()


def test_shifts_are_written_only_when_there_are_some(tmp_path: Path) -> None:
    frames = video_frames("h264")[:4]
    shifts = (PICTURE_TICKS, 2 * PICTURE_TICKS, -PICTURE_TICKS // 2, 0)
    plain = mp4.fragment(1, 1, 0, samples(frames, Kind.VIDEO))
    made = [Sample(f.data, PICTURE_TICKS, f.is_keyframe, s) for f, s in zip(frames, shifts, strict=True)]
    shifted = mp4.fragment(1, 1, 90000, made)
    assert len(shifted) == len(plain) + 4 * len(frames)
    path = write(tmp_path / "a.mp4", mp4.init(video_track("h264", frames), None), shifted)
    with av.open(str(path)) as container:
        stamps = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    # FFmpeg moves all of them by the most negative one
    assert stamps == [90000 + n * PICTURE_TICKS + shift - min(shifts) for n, shift in enumerate(shifts)]


def test_keyframes_are_marked_and_nothing_else(tmp_path: Path) -> None:
    frames = video_frames("vp9")
    path = write(tmp_path / "a.mp4", mp4_file("vp9", frames, []))
    with av.open(str(path)) as container:
        marks = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert marks == [frame.is_keyframe for frame in frames]


def test_boxes_fill_what_they_are_in() -> None:
    """Every box inside another ends with the next or with its outer one, all the way down."""
    data = mp4_file("h264 high", video_frames("h264 high"), audio_frames())
    holders = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"mvex", b"moof", b"traf"}
    pending, kinds = [(0, len(data))], set()
    while pending:
        for inner in boxes(data, *pending.pop()):
            kinds.add(inner.kind)
            if inner.kind in holders:
                pending.append((inner.content, inner.end))
    leaves = {b"ftyp", b"mdat", b"tfdt", b"trun", b"tfhd", b"mfhd", b"trex", b"stsd", b"hdlr"}
    assert kinds >= holders | leaves


@pytest.mark.parametrize("name", ["h264", "h264 high", "vp9"])
def test_gstreamer_decodes_the_very_pictures_that_ffmpeg_does(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.mp4", mp4_file(name, video_frames(name), audio_frames()))
    decoded = gstreamer_pictures(path)
    assert len(decoded) == COUNT * WIDTH * HEIGHT * 3 // 2
    assert decoded == raw_pictures(path)


def test_a_file_that_is_whole_can_say_how_long_it_is(tmp_path: Path) -> None:
    """GStreamer looks no further than the first fragment otherwise."""
    data = mp4_file("h264", video_frames("h264"), audio_frames())
    init = mp4.init(video_track("h264", video_frames("h264")), AudioTrack())
    path = write(tmp_path / "a.mp4", mp4.with_duration(init, 1.92), data[len(init) :])
    assert complaints(path) == ""
    assert gstreamer_length(path) == "0:00:01.920000000"
    assert len(gstreamer_pictures(path)) == COUNT * WIDTH * HEIGHT * 3 // 2
    with av.open(str(path)) as container:
        assert container.duration == 1_920_000
    with pytest.raises(ValueError):
        mp4.with_duration(init[:-1], 1.0)


def test_sixteen_bits_hold_the_largest_picture() -> None:
    """VP9 may be one pixel wider than MP4 can say; decoders know better."""
    frame = video_frames("vp9")[0]
    assert isinstance(frame, Frame)
    assert mp4.init(mp4.VideoTrack(Codec.VP9, frame.record, 1 << 16, 1 << 16), None)
