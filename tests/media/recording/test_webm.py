"""The WebM we write plays, and a whole recording can be sought in, though it is never written as one file."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from media.codecs import Kind
from media.recording import webm
from media.recording.ebml import element, read_head, size_of
from media.recording.facts import Container, Part, Segment, section_path
from media.recording.frames import Frame
from media.recording.scan import scan_section
from media.recording.tracks import AudioTrack
from media.recording.webm_index import Range, VirtualFile, slices, virtual_file
from tests.media.pictures import HEIGHT, WIDTH, Size
from tests.media.recording.footage import audio_frames, video_frames, video_track, webm_file
from tests.media.recording.readers import complaints, gstreamer_pictures, raw_pictures, seen

STARTS_MS = (1000, 4000, 3_600_000)
SIZES: tuple[Size, ...] = ((WIDTH, HEIGHT), (192, 112), (WIDTH, HEIGHT))
COUNT = 48


def pictures_of(section: int) -> Sequence[Frame]:
    return video_frames("vp8", size=SIZES[section])


def write_sections(folder: Path) -> list[Segment]:
    """Write a recording of three sections with gaps between them; a segment is a second."""
    segments: list[Segment] = []
    for section, start in enumerate(STARTS_MS):
        path = folder / section_path("show", section, Container.WEBM)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(webm_file(pictures_of(section), audio_frames(), start))
        growing: list[Part] = []
        for part in scan_section(path).parts:
            if growing and part.is_independent:
                segments.append(Segment(len(segments), section, tuple(growing)))
                growing = []
            growing.append(part)
        segments.append(Segment(len(segments), section, tuple(growing)))
    return segments


def section_bytes(folder: Path, piece: bytes | Range) -> bytes:
    if isinstance(piece, bytes):
        return piece
    with (folder / section_path("show", piece.section, Container.WEBM)).open("rb") as file:
        file.seek(piece.offset)
        return file.read(piece.length)


def read(folder: Path, virtual: VirtualFile, start: int, end: int) -> bytes:
    return b"".join(section_bytes(folder, piece) for piece in virtual.slices(start, end))


def make(folder: Path) -> tuple[VirtualFile, list[Segment]]:
    segments = write_sections(folder)
    init = (folder / section_path("show", 0, Container.WEBM)).read_bytes()[:1000]
    return virtual_file(init, segments), segments


def test_all_frames_of_a_section_are_read_back_at_their_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(webm_file(video_frames("vp8"), audio_frames(), 3000))
    assert complaints(path) == ""
    picture, sound = seen(path, "video"), seen(path, "audio")
    assert (picture.frames, picture.first, picture.last) == (COUNT, 3.0, 4.88)
    assert (sound.frames, sound.first, sound.last) == (96, 3.0, 4.9)
    assert gstreamer_pictures(path) == raw_pictures(path)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("opus", 48000, 2)


def test_a_section_without_sound_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(webm_file(video_frames("vp8"), []))
    assert complaints(path) == ""
    assert seen(path, "video").frames == COUNT


def test_a_block_that_is_too_far_away_is_refused() -> None:
    near = webm.Block(Kind.VIDEO, 1000 + 0x7FFF, b"x", True)
    assert webm.cluster(1000, [near])
    for at in (1001 + 0x7FFF, 1000 - 0x8000):
        with pytest.raises(ValueError):
            webm.cluster(1000, [webm.Block(Kind.AUDIO, at, b"x", True)])
    early = webm.cluster(1000, [webm.Block(Kind.AUDIO, 990, b"x", True)])
    assert early.endswith(b"\xa3\x85\x82\xff\xf6\x80x")


NUMBERS = [(0, 1), (126, 1), (127, 2), (16382, 2), (16383, 3), (1 << 40, 6)]


@pytest.mark.parametrize(("value", "size"), NUMBERS)
def test_sizes_are_read_as_they_are_written(value: int, size: int) -> None:
    assert len(size_of(value)) == size
    for length in (0, 8):
        head = read_head(b"\xa3" + size_of(value, length))
        assert head
        assert (head.kind, head.size) == (0xA3, value)
    assert read_head(b"\xa3\xff") == (0xA3, 2, None)
    assert read_head(element(0x1A45DFA3, b"xy")) == (0x1A45DFA3, 5, 2)
    for torn in (b"", b"\x1a\x45", b"\xa3", b"\xa3\x40", b"\0\x81", b"\x08aaaa\x81"):
        assert read_head(torn) is None


def test_the_virtual_file_holds_every_frame_of_every_section(tmp_path: Path) -> None:
    virtual, segments = make(tmp_path)
    assert len(segments) == 6
    assert [piece.section for piece in virtual.ranges] == [0, 1, 2], "segments in a row are one range"
    path = tmp_path / "whole.webm"
    path.write_bytes(read(tmp_path, virtual, 0, virtual.size))
    assert path.stat().st_size == virtual.size
    assert complaints(path) == ""
    picture, sound = seen(path, "video"), seen(path, "audio")
    assert (picture.frames, sound.frames) == (3 * COUNT, 3 * 96)
    assert picture.sizes == SIZES[:2]
    assert (picture.first, picture.last) == (1.0, 3601.88)
    with av.open(str(path)) as container:
        assert container.duration == 3_601_920_000


SOUGHT = [(0, 1.0), (1.5, 1.0), (2.9, 1.96), (4.2, 4.0), (1800, 4.96), (3601.5, 3600.96)]


@pytest.mark.parametrize(("second", "keyframe"), SOUGHT)
def test_the_index_leads_to_the_keyframe_before(tmp_path: Path, second: float, keyframe: float) -> None:
    virtual, _ = make(tmp_path)
    path = tmp_path / "whole.webm"
    path.write_bytes(read(tmp_path, virtual, 0, virtual.size))
    with av.open(str(path)) as container:
        container.seek(round(second * 1_000_000), backward=True)
        packet = next(container.demux(video=0))
        assert packet.is_keyframe
        assert packet.pts is not None
        assert packet.time_base
        assert float(packet.pts * packet.time_base) == pytest.approx(keyframe)


def test_ffmpeg_seeks_in_it(tmp_path: Path) -> None:
    virtual, _ = make(tmp_path)
    path = tmp_path / "whole.webm"
    path.write_bytes(read(tmp_path, virtual, 0, virtual.size))
    source = ["-seek_timestamp", "1", "-ss", "3601", "-i", str(path), "-map", "0:v"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, "-fps_mode", "passthrough"]
    command += ["-f", "framehash", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    frames = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    assert done.stderr == ""
    assert len(frames) == 23, "25 a second, from 3601.00 up to 3601.88"


def test_any_range_of_it_can_be_served(tmp_path: Path) -> None:
    virtual, _ = make(tmp_path)
    whole = read(tmp_path, virtual, 0, virtual.size)
    generator = random.Random(3)
    borders = [0, virtual.size, *accumulate((p.length for p in virtual.ranges), initial=len(virtual.head))]
    places = sorted({*borders, *(generator.randrange(virtual.size) for _ in range(20))})
    for start in places:
        for end in places:
            assert read(tmp_path, virtual, start, end) == whole[start:end]
    assert list(virtual.slices(virtual.size, virtual.size + 9)) == []


CASES = [
    ((0, 0), []),
    ((0, 1), [Range(1, 100, 1)]),
    ((5, 10), [Range(1, 105, 5)]),
    ((9, 12), [Range(1, 109, 1), Range(2, 0, 2)]),
    ((12, 99), [Range(2, 2, 3)]),
    ((10, 15), [Range(2, 0, 5)]),
    ((15, 20), []),
]


@pytest.mark.parametrize(("asked", "got"), CASES)
def test_slices_are_cut_at_both_ends(asked: tuple[int, int], got: list[Range]) -> None:
    assert list(slices([Range(1, 100, 10), Range(2, 0, 5)], *asked)) == got


def test_what_cannot_be_indexed_is_refused(tmp_path: Path) -> None:
    segments = write_sections(tmp_path)
    head = webm.header(video_track("vp8", video_frames("vp8")), AudioTrack())
    with pytest.raises(ValueError):
        virtual_file(head, [])
    for torn in (b"", head[:20], head[:100], b"junk" * 50):
        with pytest.raises(ValueError):
            virtual_file(torn, segments)
    assert virtual_file(head, segments).head.startswith(b"\x1a\x45\xdf\xa3")
