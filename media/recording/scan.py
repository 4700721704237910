"""Finds out what a section's file holds after a kill, and cuts off what is torn."""

from __future__ import annotations

import os
from pathlib import Path

from media.recording.facts import Container
from media.recording.scan_file import Found, SectionFile
from media.recording.scan_mp4 import scan_mp4
from media.recording.scan_webm import scan_webm

__all__ = ["Found", "cut_torn", "scan_section"]

SCANS = {f".{Container.MP4}": scan_mp4, f".{Container.WEBM}": scan_webm}


def scan_section(path: Path, known_until: int = 0) -> Found:
    """Return what a file holds from `known_until` on, the end of a part; its name tells the container.

    Heads are read, media is not, and whatever is in there, nothing raises but `OSError`. A file that is
    shorter than what was known of it is looked through from the beginning.
    """
    with SectionFile(path) as file:
        return SCANS[path.suffix](file, known_until if known_until <= file.size else 0)


def cut_torn(path: Path, good_bytes: int) -> int:
    """Cut a file off behind its last whole part, durably; return how many bytes that were."""
    with path.open("r+b") as file:
        torn = os.fstat(file.fileno()).st_size - good_bytes
        if torn > 0:
            file.truncate(good_bytes)
        os.fsync(file.fileno())
    return max(0, torn)
