"""After a kill at any byte, what was written whole is found, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.codecs import Kind
from media.recording import mp4, webm
from media.recording.facts import Container, Part
from media.recording.mp4 import Sample
from media.recording.scan import Found, cut_torn, scan_section
from media.recording.tracks import AudioTrack
from tests.media.recording.footage import (
    audio_frames,
    mp4_parts,
    samples,
    video_frames,
    video_track,
    webm_clusters,
)
from tests.media.recording.readers import complaints
from tests.media.scale import scaled

EXAMPLES = scaled(60, 2000)
GENTLE = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True, slots=True)
class Made:
    """A section: its beginning and its parts."""

    container: Container
    init: bytes
    parts: tuple[bytes, ...]

    @property
    def whole(self) -> bytes:
        return self.init + b"".join(self.parts)

    @property
    def ends(self) -> list[int]:
        """Where the beginning and each of the parts ends."""
        return list(accumulate(map(len, self.parts), initial=len(self.init)))


def made(container: Container) -> Made:
    audio = audio_frames()
    if container is Container.WEBM:
        video = video_frames("vp8")
        init = webm.header(video_track("vp8", video), AudioTrack())
        return Made(container, init, tuple(webm_clusters(video, audio, 4000)))
    video = video_frames("h264")
    init = mp4.init(video_track("h264", video), AudioTrack())
    return Made(container, init, tuple(mp4_parts(video, audio, 4.0)))


def scan(folder: Path, container: Container, data: bytes, known_until: int = 0) -> Found:
    path = folder / f"0000.{container}"
    path.write_bytes(data)
    return scan_section(path, known_until)


def spans(parts: list[Part]) -> list[tuple[float, float]]:
    return [(round(part.start, 3), round(part.end, 3)) for part in parts]


@pytest.mark.parametrize("container", Container)
def test_a_whole_file_is_found_whole(tmp_path: Path, container: Container) -> None:
    section = made(container)
    found = scan(tmp_path, container, section.whole)
    assert found.init_bytes == len(section.init)
    assert found.good_bytes == len(section.whole)
    assert [part.offset for part in found.parts] == section.ends[:-1]
    assert [part.video_bytes + part.audio_bytes for part in found.parts] == list(map(len, section.parts))
    assert spans(found.parts) == [(round(4 + n * 0.32, 3), round(4.32 + n * 0.32, 3)) for n in range(6)]
    assert [part.is_independent for part in found.parts] == [True, False, False] * 2


@pytest.mark.parametrize("container", Container)
def test_it_goes_on_from_what_is_known(tmp_path: Path, container: Container) -> None:
    section = made(container)
    whole = scan(tmp_path, container, section.whole)
    for number, known in enumerate(section.ends):
        found = scan(tmp_path, container, section.whole, known)
        assert found == Found(whole.init_bytes, whole.parts[number:], whole.good_bytes)
    assert scan(tmp_path, container, section.whole, len(section.whole) + 1) == whole, "bytes are missing"


def cut_places(section: Made) -> Iterator[int]:
    """Yield each byte of the beginning and the heads of parts, and some of the media."""
    generator = random.Random(5)
    for end in section.ends:
        yield from range(max(0, end - 40), min(len(section.whole), end + 400))
    yield from range(len(section.init))
    yield from (generator.randrange(len(section.whole)) for _ in range(scaled(300, 20_000)))


@pytest.mark.parametrize("container", Container)
def test_a_file_cut_off_anywhere_keeps_its_whole_parts(tmp_path: Path, container: Container) -> None:
    section = made(container)
    whole = scan(tmp_path, container, section.whole)
    path = tmp_path / f"cut.{container}"
    path.write_bytes(section.whole)
    ends = section.ends
    if container is Container.MP4:  # the picture of a part is whole before its sound is
        ends += [part.offset + part.video_bytes for part in whole.parts]
    for length in sorted(set(cut_places(section)), reverse=True):
        with path.open("r+b") as file:
            file.truncate(length)
        found = scan_section(path)
        good = max((end for end in ends if end <= length), default=0)
        assert found.good_bytes == good, length
        assert found.init_bytes == (len(section.init) if length >= len(section.init) else 0)
        assert [part.offset for part in found.parts] == [p.offset for p in whole.parts if p.offset < good]
        sizes = [part.video_bytes + part.audio_bytes for part in found.parts]
        assert sum(sizes) == good - found.init_bytes


@pytest.mark.parametrize("container", Container)
def test_what_is_left_after_cutting_plays(tmp_path: Path, container: Container) -> None:
    section = made(container)
    path = tmp_path / f"0000.{container}"
    torn = section.ends[-2] + 700
    path.write_bytes(section.whole[:torn])
    found = scan_section(path)
    assert cut_torn(path, found.good_bytes) == torn - found.good_bytes > 0
    assert path.stat().st_size == found.good_bytes
    assert cut_torn(path, found.good_bytes) == 0
    assert scan_section(path) == found
    assert complaints(path) == ""


@pytest.mark.parametrize("container", Container)
@GENTLE
@given(data=st.data())
def test_garbage_behind_or_inside_never_raises_nor_costs_what_is_before(
    tmp_path: Path, container: Container, data: st.DataObject
) -> None:
    section = made(container)
    whole = section.whole
    at = data.draw(st.integers(0, len(whole)))
    near = data.draw(st.sampled_from(section.ends)) + data.draw(st.integers(-30, 200))
    place = data.draw(st.sampled_from([at, max(0, min(near, len(whole)))]))
    garbage = data.draw(st.one_of(st.binary(max_size=300), st.just(bytes(5000)), st.just(section.parts[0])))
    keeps_rest = data.draw(st.booleans())
    torn = whole[:place] + garbage + (whole[place + len(garbage) :] if keeps_rest else b"")
    found = scan(tmp_path, container, torn)
    before = [end for end in section.ends if end <= place]
    assert found.good_bytes <= len(torn)
    if before:
        assert found.good_bytes >= before[-1]
        assert len(found.parts) >= len(before) - 1
    assert [part.offset for part in found.parts] == sorted({part.offset for part in found.parts})


@GENTLE
@given(garbage=st.binary(max_size=2000), container=st.sampled_from(Container))
def test_garbage_alone_is_nothing(tmp_path: Path, garbage: bytes, container: Container) -> None:
    assert scan(tmp_path, container, garbage) == Found(0, [], 0)


def test_sound_that_does_not_overlap_is_a_part_of_its_own(tmp_path: Path) -> None:
    video, audio = video_frames("h264")[:8], audio_frames(16)
    init = mp4.init(video_track("h264", video), AudioTrack())
    picture = mp4.fragment(1, 1, 0, [Sample(f.data, 3600, f.is_keyframe) for f in video])
    late = mp4.fragment(2, 2, 48000, [Sample(f.data, 960, True) for f in audio])
    found = scan(tmp_path, Container.MP4, init + picture + late + late)
    assert spans(found.parts) == [(0.0, 0.32), (1.0, 1.32), (1.0, 1.32)]
    assert [(p.video_bytes, p.audio_bytes) for p in found.parts] == [
        (len(picture), 0), (0, len(late)), (0, len(late))
    ]  # fmt: skip
    assert [p.is_independent for p in found.parts] == [True, False, False]
    only = scan(tmp_path, Container.MP4, mp4.init(None, AudioTrack()) + late)
    assert only.parts[0].is_independent


@pytest.mark.parametrize("container", Container)
def test_gaps_stay_gaps(tmp_path: Path, container: Container) -> None:
    section = made(container)
    if container is Container.WEBM:
        later = next(webm_clusters(video_frames("vp8"), [], 60_000))
    else:
        later = next(mp4_parts(video_frames("h264"), [], 60.0))
    found = scan(tmp_path, container, section.init + section.parts[0] + later)
    assert spans(found.parts) == [(4.0, 4.32), (60.0, 60.32)]


def test_time_does_not_run_backwards(tmp_path: Path) -> None:
    for container in Container:
        section = made(container)
        found = scan(tmp_path, container, section.init + section.parts[1] + section.parts[0])
        assert len(found.parts) == 1
        assert found.good_bytes == len(section.init) + len(section.parts[1])


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("mdat", lambda data: data.replace(b"mdat", b"free")),
        ("track", lambda data: data.replace(b"\0\2\0\0\0\0\0\1", b"\0\2\0\0\0\0\0\3")),
        ("count", lambda data: data.replace(b"trun\0\0\x07\x01\0\0\0\x08", b"trun\0\0\x07\x01\0\0\0\x07")),
        ("base", lambda data: data.replace(b"tfhd\0\2", b"xfhd\0\2")),
        ("size of a sample", lambda data: data[:95] + bytes([data[95] ^ 1]) + data[96:]),
        ("tfdt", lambda data: data.replace(b"tfdt\1", b"tfdt\0")),
    ],
)
def test_a_fragment_that_lies_is_torn(tmp_path: Path, what: str, change: object) -> None:
    assert callable(change)
    section = made(Container.MP4)
    picture = mp4.fragment(9, 1, 8 * 90000, samples(video_frames("h264")[:8], Kind.VIDEO))
    good = section.init + section.parts[0]
    assert scan(tmp_path, Container.MP4, good + picture).good_bytes == len(good + picture)
    assert scan(tmp_path, Container.MP4, good + change(picture)).good_bytes == len(good), what
