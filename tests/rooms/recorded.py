"""Recordings for tests: one in the room of oak and ash, with as many sections and segments as are wanted."""

from __future__ import annotations

from config.ids import RoomId
from rooms.fair.recording import Access, KeptSection, KeptSegment, Recording
from rooms.fair.recordings import Recordings
from tests.rooms.fair_facts import OAK, staff

STARTED_AT = 1_790_000_000.0
SECTION_INIT, SEGMENT_SIZE, SEGMENT_SECONDS = 700, 1000, 2.0


def section(number: int = 0) -> KeptSection:
    return KeptSection(number, "mp4", "avc1.42e01f", "opus", 1280, 720, SECTION_INIT)


def segments(recording: str, first: int, last: int, number_of_section: int = 0) -> list[KeptSegment]:
    """Return the segments from `first` up to but without `last`."""
    return [
        KeptSegment(
            recording, number, number_of_section, number * SEGMENT_SECONDS, SEGMENT_SECONDS,
            SECTION_INIT + number * SEGMENT_SIZE, SEGMENT_SIZE, f"[{number}]",
        )
        for number in range(first, last)
    ]


async def record(
    recordings: Recordings, name: str = "show-1", room: RoomId = OAK, count: int = 3, reason: str = "ended",
    started_at: float = STARTED_AT, access: Access = Access.PUBLIC,
) -> Recording:
    """Record a show of `count` segments to its end; without a reason it still runs."""
    await recordings.begin(name, room, started_at, "node-1")
    await recordings.add_section(name, section())
    await recordings.add_segments(segments(name, 0, count))
    if reason:
        await recordings.end(name, reason)
    if access is not Access.PUBLIC:
        await recordings.set_access(staff(room=room), name, access)
    return await recordings.get(name)
