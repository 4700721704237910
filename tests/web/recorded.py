"""A recording in the fair of these tests: real files with real pictures, and the records of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.ids import AccountId, RoomId, new_id
from media.recording.facts import Container, Part, Section, Segment, StopReason, section_path
from media.recording.feed import FedPacket, Opening
from media.recording.tape import Tape
from rooms.fair.policy import Actor, Role
from rooms.fair.recording import Access
from showroom.data_folder import RECORDINGS
from signaling.archive_index import kept_section, kept_segment
from tests.media.recording.stream import EPOCH
from web.app import Parts


async def record(
    parts: Parts, room: RoomId, packets: Iterable[FedPacket], title: str = "", access: Access = Access.PUBLIC
) -> str:
    """Record packets as a show of `room` that is over; return its id."""
    show = new_id()
    folder = parts.settings.data.folder / RECORDINGS
    sections, segments = _write(folder, show, packets)
    await parts.recordings.begin(show, room, EPOCH, "elsewhere", title=title)
    for section in sections:
        await parts.recordings.add_section(show, kept_section(section))
    await parts.recordings.add_segments([kept_segment(show, segment) for segment in segments])
    await parts.recordings.end(show, StopReason.ENDED)
    keeper = Actor(AccountId("keeper"), Role.STAFF, "Keeper", "", room)
    await parts.recordings.set_access(keeper, show, access)
    return show


def _write(folder: Path, show: str, packets: Iterable[FedPacket]) -> tuple[list[Section], list[Segment]]:
    sections: list[Section] = []
    growing: list[Part] = []
    segments: list[Segment] = []

    def note(event: str, **facts: Any) -> None:
        if event == "section":
            found = facts["section"]
            sections.append(Section(**{**found, "container": Container(found["container"])}))
        elif event == "part":
            growing.append(Part(*facts["part"]))
        elif event == "segment":
            segments.append(Segment(facts["number"], sections[-1].number, tuple(growing)))
            growing.clear()

    tape = Tape(folder, Opening(show, EPOCH, 0, 0, 3600.0), 2.0, note)
    for packet in packets:
        tape.packet(packet)
    tape.stop(StopReason.ENDED)
    paths = (section_path(show, section.number, section.container) for section in sections)
    assert all((folder / path).exists() for path in paths)
    return sections, segments
