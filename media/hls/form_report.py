"""What the child of a form reports, on its way to the playlists: believed only as far as it can be true.

The child works on what strangers sent. Whatever becomes of it, its report must not cost the server more than
the show of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from media.hls.live import LiveShow
from media.recording.facts import Deaf, Part, Section, Segment

CODEC = re.compile(r"[a-z0-9.]{0,40}")
MAX_SECTION = 0xFFFF
MAX_INIT_BYTES, MAX_PART_BYTES, MAX_SIDE = 1 << 16, 1 << 26, 1 << 14
MAX_PART_SECONDS = 60.0
"""Longer than any part is, even where a picture stood still."""


class Listing(Deaf):
    """Hands on what is written to a show; raises `ValueError` for what cannot be.

    `latest` is the second of the show that can have come at most. Without `has_sound` the silence that every
    file has in it is left out.
    """

    def __init__(self, live: LiveShow, *, has_sound: bool = True) -> None:
        self.live = live
        self._has_sound = has_sound
        self.latest = 0.0
        self.parts = 0

    def section_began(self, recording: str, section: Section) -> None:
        """List a file."""
        newest = max(self.live.timeline.sections, default=-1)
        _claim(newest < section.number <= MAX_SECTION)
        _claim(0 < section.init_bytes <= MAX_INIT_BYTES and min(section.width, section.height) >= 0)
        _claim(max(section.width, section.height) <= MAX_SIDE)
        _claim(bool(CODEC.fullmatch(section.video) and CODEC.fullmatch(section.audio)))
        self.live.section_began(section if self._has_sound else replace(section, audio=""))

    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None:
        """List a part."""
        pieces = self.live.timeline.pieces
        _claim(section in self.live.timeline.sections)
        _claim(segment <= pieces.newest + 1 or (pieces.newest < 0 and segment <= self.latest + 1))
        _claim(0 <= part.start <= self.latest and 0 < part.duration <= MAX_PART_SECONDS)
        _claim(part.offset >= 0 and min(part.video_bytes, part.audio_bytes) >= 0)
        _claim(max(part.video_bytes, part.audio_bytes) <= MAX_PART_BYTES)
        self.parts += 1
        self.live.part_written(section, segment, part)

    def segment_ended(self, recording: str, segment: Segment) -> None:
        """Close a segment."""
        self.live.segment_ended(segment)


def _claim(can_be: bool) -> None:
    if not can_be:
        raise ValueError("a report that cannot be")
