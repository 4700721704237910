"""What a meeting's screens are told of who is in the call, what was agreed, and what lies there."""

from __future__ import annotations

from typing import TypedDict

from rooms.negotiation.call_files import CallFile


class SeatData(TypedDict):
    """One place in a call."""

    id: str
    kind: str
    name: str
    company: str
    is_here: bool
    is_invited: bool
    speaks_to: str


class ConsentData(TypedDict):
    """Whether the call may be recorded, and whether it is."""

    can_record: bool
    state: str
    agreed: list[str]
    asked_by: str
    is_recording: bool
    stopped: str


class CallFileData(TypedDict):
    """A file that was handed over."""

    id: str
    name: str
    size: int
    is_picture: bool
    sent_by: str
    sent_at: float
    url: str


class NoteData(TypedDict):
    """A note for the other, who was gone."""

    name: str
    text: str
    at: float


class GatheringData(TypedDict):
    """Everybody in a call, the way their pictures take, and what they share."""

    way: str
    seats: list[SeatData]
    consent: ConsentData
    files: list[CallFileData]
    notes: list[NoteData]
    frozen: str | None


def file_data(file: CallFile, erased: str = "") -> CallFileData:
    """Return a file as it goes over the wire; `erased` stands for a sender whose name was erased."""
    return CallFileData(
        id=file.id, name=file.name, size=file.size, is_picture=file.kind.is_picture,
        sent_by=file.sent_by or erased, sent_at=file.sent_at, url=f"/call-files/{file.call}/{file.id}",
    )
