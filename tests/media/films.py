"""Films for tests: real pictures and sound in the files of a recording, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from config.errors import Missing
from media.film import Film
from media.recording.facts import Container, Part, Section, Segment, section_path
from media.recording.frames import Frame
from media.recording.records import codec_string
from tests.media.recording.footage import (
    PART,
    audio_frames,
    mp4_parts,
    video_frames,
    video_track,
    webm_clusters,
)

PICTURE_SECONDS = 0.04
HEAD = b"what stands before the first part"


@dataclass
class Memory:
    """Files by name."""

    files: dict[str, bytes] = field(default_factory=dict)

    async def read(self, recording: str, section: Section, offset: int, size: int) -> bytes:
        name = section_path(recording, section.number, section.container)
        if name not in self.files:
            raise Missing("There is no such file.")
        return self.files[name][offset : offset + size]


def make_film(memory: Memory, *sections: tuple[str, float], every: int = 24, count: int = 48) -> Film:
    """Write a recording of sections, each a codec and the second it begins at, with a segment a key frame."""
    facts: list[Section] = []
    segments: list[Segment] = []
    for number, (name, start) in enumerate(sections):
        container = Container.WEBM if name == "vp8" else Container.MP4
        video = video_frames(name, count, every)
        parts = list(_parts(name, video, start))
        memory.files[section_path("film", number, container)] = HEAD + b"".join(parts)
        track = video_track(name, video)
        string = codec_string(track.codec, track.record)
        facts.append(Section(number, container, string, "opus", 320, 240, len(HEAD)))
        segments += _segments(number, len(segments), parts, start, every)
    return Film("film", tuple(facts), tuple(segments))


def _parts(name: str, video: Sequence[Frame], start: float) -> Iterator[bytes]:
    audio = audio_frames(2 * len(video))
    if name == "vp8":
        return webm_clusters(video, audio, round(start * 1000))
    return mp4_parts(video, audio, start)


def _segments(section: int, first: int, parts: list[bytes], start: float, every: int) -> Iterator[Segment]:
    offset = len(HEAD)
    made = []
    for number, part in enumerate(parts):
        at, length = start + number * PART * PICTURE_SECONDS, PART * PICTURE_SECONDS
        made.append(Part(at, length, offset, len(part), 0, number * PART % every == 0))
        offset += len(part)
    size = every // PART
    for number in range(len(made) // size):
        yield Segment(first + number, section, tuple(made[number * size : (number + 1) * size]))
