"""A show with real pictures and sound that goes on as long as one likes, written as the recorder would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from config.errors import Missing
from media.codecs import Kind
from media.hls.shows import LiveShows
from media.recording import mp4
from media.recording.facts import Container, Part, Section, Segment, section_path
from media.recording.tracks import TRACK_IDS, AudioTrack
from tests.media.recording.footage import audio_frames, samples, video_frames, video_track

PICTURES, PICTURE_TICKS, SOUND_TICKS = 50, 3600, 960
SEGMENT_SECONDS = 2.0
PER_PART = 8
"""Pictures of a part, 0.32 s; the last part of each segment has two."""


@dataclass(frozen=True, slots=True)
class Footage:
    """Two seconds that can be repeated."""

    init: bytes
    video: tuple[mp4.Sample, ...]
    audio: tuple[mp4.Sample, ...]


@cache
def footage() -> Footage:
    """Return it; made once."""
    frames = video_frames("h264", PICTURES, PICTURES)
    init = mp4.init(video_track("h264", frames), AudioTrack())
    return Footage(init, tuple(samples(frames, Kind.VIDEO)), tuple(samples(audio_frames(100), Kind.AUDIO)))


class Files:
    """Reads recordings from a folder, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.reads = 0

    async def read(self, recording: str, section: int, offset: int, size: int) -> bytes:
        """Return bytes of a section."""
        self.reads += 1
        path = self._folder / section_path(recording, section, Container.MP4)
        if not path.is_file():
            raise Missing("There is no such file.", code="no_part")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


class Broadcast:
    """Writes a show and tells `LiveShows` of it; `began` is when, in Unix seconds."""

    def __init__(self, folder: Path, shows: LiveShows, recording: str, began: float) -> None:
        self._folder = folder
        self._shows = shows
        self.recording = recording
        self.show = shows.begin(recording, began)
        self.segments: list[Segment] = []
        self.sections: list[Section] = []
        self.start = 0.0
        self._offset = 0
        self._growing: list[Part] = []
        self._steps = self._forever()
        self._number = count(1)
        self.new_section()

    def new_section(self) -> None:
        """Begin another file."""
        shown = footage()
        section = Section(len(self.sections), Container.MP4, "avc1.42c00c", "opus", 320, 176, len(shown.init))
        self._path = self._folder / section_path(self.recording, section.number, Container.MP4)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(shown.init)
        self._offset = len(shown.init)
        self.sections.append(section)
        self._shows.section_began(self.recording, section)

    def write_part(self) -> Part:
        """Write the next part, and end its segment with the last one."""
        return next(self._steps)

    def write(self, segments: int) -> None:
        """Write whole segments."""
        until = len(self.segments) + segments
        while len(self.segments) < until:
            self.write_part()

    async def run(self, seconds: float, slower: float = 1.0) -> None:
        """Write so many seconds of it as time goes by, or as many times slower."""
        loop = asyncio.get_running_loop()
        began, first = loop.time(), self.start
        while self.start - first < seconds:
            part = self.write_part()
            await asyncio.sleep(max(0.0, began + slower * (part.end - first) - loop.time()))

    def _forever(self) -> Iterator[Part]:
        for number in count():
            for begin in range(0, PICTURES, PER_PART):
                part = self._append(begin, number)
                is_last = begin + PER_PART >= PICTURES
                self._shows.part_written(self.recording, self.sections[-1].number, number, part)
                if is_last:
                    self._end(number)
                yield part

    def _append(self, begin: int, number: int) -> Part:
        video = footage().video[begin : begin + PER_PART]
        audio = footage().audio[2 * begin : 2 * (begin + PER_PART)]
        pieces = [
            mp4.fragment(next(self._number), TRACK_IDS[kind], round(self.start * rate), media)
            for kind, rate, media in ((Kind.VIDEO, 90000, video), (Kind.AUDIO, 48000, audio))]
        with self._path.open("ab") as file:
            file.write(b"".join(pieces))
        part = Part(self.start, len(video) / 25, self._offset, len(pieces[0]), len(pieces[1]), begin == 0)
        self._offset += len(pieces[0]) + len(pieces[1])
        self.start = round(self.start + len(video) / 25, 6)
        self._growing.append(part)
        return part

    def _end(self, number: int) -> None:
        segment = Segment(number, self.sections[-1].number, tuple(self._growing))
        self._growing.clear()
        self.segments.append(segment)
        self._shows.segment_ended(self.recording, segment)
