"""What a recording is made of, for those who write, index, list and serve it.

A recording is one timeline, in seconds since its show began. It lies in *sections*: files with one
initialisation each, a new one whenever the codec's parameters change or writing was interrupted. A section is
a run of *segments*, which begin at a key frame, and a segment a run of *parts*, the smallest piece that is
written and served. Where a segment begins later than the one before it ended, nothing was sent: that is the
gap, and nothing else marks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

GAP_SECONDS = 0.5
"""A segment that begins so much later than the last one ended has a gap before it."""


class Container(StrEnum):
    """What the files are; the value is the ending of their names. VP8 is all that goes into WebM."""

    MP4 = "mp4"
    WEBM = "webm"


class StopReason(StrEnum):
    """Why a recording has stopped; only after the first three is it whole.

    One that was `moved` has not: another writer goes on with it, at another node, or here with other numbers.
    """

    ENDED = "ended"
    LIMIT = "limit"
    QUOTA = "quota"
    DISK_FULL = "disk_full"
    FAILED = "failed"
    MOVED = "moved"


FULL = frozenset({StopReason.LIMIT, StopReason.QUOTA})
"""After these a recording does not go on by itself: it has used all the room or time it may."""


@dataclass(frozen=True, slots=True)
class Section:
    """One file: `{recording}/{number:04d}.{container}` below the folder of recordings.

    `video` and `audio` are codecs as in RFC 6381 (`avc1.42e01f`, `vp09.00.31.08`, `opus`), empty for none.
    `init_bytes` is the length of what stands before the first part: `ftyp` and `moov`, or all of WebM before
    its first cluster.
    """

    number: int
    container: Container
    video: str = ""
    audio: str = ""
    width: int = 0
    height: int = 0
    init_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a section's file, a third of a second or less.

    In MP4 the picture's `moof` and `mdat` come first and the sound's right behind, either may be missing. In
    WebM it is one cluster, counted as picture. `is_independent` when decoding can begin here.
    """

    start: float
    duration: float
    offset: int
    video_bytes: int
    audio_bytes: int
    is_independent: bool

    @property
    def end(self) -> float:
        """Where the next part begins, unless there is a gap."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Segment:
    """Parts of one section that belong together; `number` counts on over all sections of the recording, from
    0."""

    number: int
    section: int
    parts: tuple[Part, ...]

    @property
    def start(self) -> float:
        """Seconds on the timeline."""
        return self.parts[0].start

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.parts[-1].end - self.start

    @property
    def offset(self) -> int:
        """Where it begins in the file of its section."""
        return self.parts[0].offset

    @property
    def size(self) -> int:
        """Bytes in the file of its section."""
        return sum(part.video_bytes + part.audio_bytes for part in self.parts)


class RecordingEvents(Protocol):
    """Who is told what is written; called on the loop, must not raise. `recording` is the show's or the
    call's id."""

    def recording_began(self, recording: str) -> None:
        """The first byte of media is in the file."""

    def section_began(self, recording: str, section: Section) -> None:
        """A new file has begun; its initialisation is written."""

    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None:
        """A part of the segment that grows now is in the file and can be read, though not yet synced."""

    def segment_ended(self, recording: str, segment: Segment) -> None:
        """A segment has all its parts."""

    def segment_kept(self, recording: str, segment: Segment) -> None:
        """A segment would survive a power cut: it may be indexed."""

    def section_whole(self, recording: str, section: int, size: int, sha256: str) -> None:
        """A file of so many bytes is complete and synced; it does not change any more."""

    def recording_stopped(self, recording: str, reason: StopReason) -> None:
        """Nothing more will be written."""


class Deaf:
    """Hears nothing."""

    def recording_began(self, recording: str) -> None: ...
    def section_began(self, recording: str, section: Section) -> None: ...
    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None: ...
    def segment_ended(self, recording: str, segment: Segment) -> None: ...
    def segment_kept(self, recording: str, segment: Segment) -> None: ...
    def section_whole(self, recording: str, section: int, size: int, sha256: str) -> None: ...
    def recording_stopped(self, recording: str, reason: StopReason) -> None: ...


def section_path(recording: str, number: int, container: Container) -> str:
    """Return where a section lies, relative to the folder of recordings."""
    return f"{recording}/{number:04d}.{container}"
