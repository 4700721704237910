"""A recording and its pieces as the fair knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from config.ids import AccountId, RoomId
from rooms.fair.models import RecordingRow, RecordingSectionRow


class Kind(StrEnum):
    """What was recorded; the recording's id is the show's or the call's."""

    SHOW = "show"
    CALL = "call"


class RecordingState(StrEnum):
    """`recording` until it has ended as it should: after a full disk or a kill it may go on."""

    RECORDING = "recording"
    WHOLE = "whole"
    DELETED = "deleted"


class Access(StrEnum):
    """Who may watch the recording of a show; a call's is for its parties, whatever stands here."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    INVITED = "invited"


class Place(StrEnum):
    """Where a file lies: in the data folder or in the object store."""

    LOCAL = "local"
    S3 = "s3"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording; `started_at` is the Unix time of second 0, `seconds` the end of its last segment.

    `ended_at` is None and `stop_reason` empty while it is being written. `bytes` is what its files hold.
    `node` writes it, or did so last, and numbers its sections and segments from `first_*` on.
    """

    id: str
    kind: Kind
    room: RoomId
    title: str
    started_at: float
    ended_at: float | None
    stop_reason: str
    state: RecordingState
    access: Access
    is_kept: bool
    seconds: float
    bytes: int
    node: str
    storage: Place
    first_section: int = 0
    first_segment: int = 0

    @property
    def is_running(self) -> bool:
        """Whether it is being written, as far as the fair was told."""
        return self.state is RecordingState.RECORDING and self.ended_at is None


@dataclass(frozen=True, slots=True)
class KeptSection:
    """A file of a recording; `bytes` and `sha256` (hexadecimal) are known once it `is_whole`.

    `node` wrote it; empty stands for the one that the recording is at.
    """

    number: int
    container: str
    video: str
    audio: str
    width: int
    height: int
    init_bytes: int
    is_whole: bool = False
    bytes: int = 0
    sha256: str = ""
    place: Place = Place.LOCAL
    node: str = ""


@dataclass(frozen=True, slots=True)
class KeptSegment:
    """A segment; times in seconds on the timeline, `offset` and `size` in bytes, `parts` opaque here."""

    recording: str
    number: int
    section: int
    start: float
    duration: float
    offset: int
    size: int
    parts: str


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A section's file that is still there, by its number and container."""

    number: int
    container: str
    place: Place


@dataclass(frozen=True, slots=True)
class LeftFiles:
    """A deleted recording whose files are still to be deleted; `node` wrote it last."""

    recording: str
    node: str
    files: tuple[LeftFile, ...]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is invited."""

    account: AccountId
    email: str
    name: str


def recording_of(row: RecordingRow) -> Recording:
    """Return a row as a recording."""
    return Recording(
        row.id, Kind(row.kind), RoomId(row.room), row.title, row.started_at, row.ended_at, row.stop_reason,
        RecordingState(row.state), Access(row.access), row.is_kept, row.seconds, row.bytes, row.node,
        Place(row.storage), row.first_section, row.first_segment,
    )


def section_of(row: RecordingSectionRow) -> KeptSection:
    """Return a row as a section."""
    return KeptSection(
        row.number, row.container, row.video, row.audio, row.width, row.height, row.init_bytes, row.is_whole,
        row.bytes, row.sha256, Place(row.place), row.node,
    )


def write_files(sections: list[RecordingSectionRow]) -> str:
    """Return which files there are, as JSON."""
    return json.dumps([[row.number, row.container, row.place] for row in sections])


def left_files_of(row: RecordingRow) -> LeftFiles:
    """Return what is left of a deleted recording."""
    files = tuple(LeftFile(number, kind, Place(place)) for number, kind, place in json.loads(row.left_files))
    return LeftFiles(row.id, row.node, files)
