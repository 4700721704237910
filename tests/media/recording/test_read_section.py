"""A file that no record names says itself what it is; what is torn or foreign says nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from media.codecs import Codec
from media.recording import mp4, webm
from media.recording.facts import Container, Section
from media.recording.read_section import read_section
from media.recording.records import codec_string
from media.recording.scan import scan_section
from media.recording.tracks import AudioTrack
from tests.media.recording.footage import audio_frames, mp4_file, video_frames, video_track, webm_file

CODECS = ("h264", "vp9", "av1", "vp8")


def written(folder: Path, name: str, number: int = 7) -> Path:
    """Write a section of a codec, or of sound alone where it has no name."""
    video = video_frames(name) if name else ()
    is_webm = name == "vp8"
    path = folder / f"{number:04d}.{Container.WEBM if is_webm else Container.MP4}"
    path.write_bytes(webm_file(video, audio_frames()) if is_webm else mp4_file(name, video, audio_frames()))
    return path


@pytest.mark.parametrize("name", CODECS)
def test_a_file_says_what_it_holds(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name)
    track = video_track(name, video_frames(name))
    container = Container.WEBM if name == "vp8" else Container.MP4
    string = codec_string(Codec(name), track.record)
    init_bytes = scan_section(path).init_bytes
    assert read_section(path) == Section(7, container, string, "opus", track.width, track.height, init_bytes)


def test_sound_alone_has_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "0000.mp4"
    path.write_bytes(mp4.init(None, AudioTrack()))
    assert read_section(path) == Section(0, Container.MP4, "", "opus", 0, 0, path.stat().st_size)


@pytest.mark.parametrize("name", CODECS)
def test_a_torn_beginning_says_nothing(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name)
    whole, init_bytes = path.read_bytes(), scan_section(path).init_bytes
    for size in range(init_bytes):
        path.write_bytes(whole[:size])
        assert read_section(path) is None


@pytest.mark.parametrize("name", CODECS)
def test_no_bytes_break_it(tmp_path: Path, name: str) -> None:
    path, dice = written(tmp_path, name), random.Random(name)
    whole = path.read_bytes()[: scan_section(path).init_bytes + 100]
    for _ in range(300):
        bent = bytearray(whole)
        for _ in range(dice.randrange(1, 5)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        path.write_bytes(bent)
        found = read_section(path)
        assert found is None or found.number == 7


def test_a_beginning_alone_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "0003.webm"
    path.write_bytes(webm.header(video_track("vp8", video_frames("vp8")), AudioTrack()))
    found = read_section(path)
    assert found is not None
    assert (found.number, found.video, found.init_bytes) == (3, "vp8", path.stat().st_size)
