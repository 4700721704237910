"""What consoles are told of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RecordingState(StrEnum):
    """Whether the show of a room is on the disk."""

    OFF = "off"
    RECORDING = "recording"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RecordingNews:
    """How the recording of a room's show goes: `since` in Unix seconds, `reason` of a stopped one.

    `has_hls` is False for a picture that HLS cannot carry.
    """

    state: RecordingState = RecordingState.OFF
    since: float = 0.0
    reason: str = ""
    has_hls: bool = True
