"""What the names of recordings and of their sections may be; nothing else ever becomes a path or a key."""

from __future__ import annotations

import re

from config.errors import Invalid

RECORDING = re.compile(r"[A-Za-z0-9_-]{1,64}")
FILE = re.compile(r"[0-9]{4,6}\.(mp4|webm)")


def split_name(name: str) -> tuple[str, str]:
    """Return recording and file of a section's name, `{recording}/{number:04d}.mp4` or `.webm`.

    Raises `Invalid` for every other name: it holds neither dots nor slashes of its own.
    """
    recording, _, file = name.partition("/")
    if not FILE.fullmatch(file):
        raise Invalid("That is no name of a section.", code="section_name")
    return check_recording(recording), file


def check_recording(recording: str) -> str:
    """Return the identifier of a recording, or raise `Invalid` when it can be none."""
    if not RECORDING.fullmatch(recording):
        raise Invalid("That is no name of a recording.", code="recording_name")
    return recording
