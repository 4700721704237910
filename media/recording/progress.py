"""How far one recording has come, as the server's process knows it from the writer's report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from media.recording.facts import Container, Part, RecordingEvents, Section, Segment, StopReason, section_path
from media.recording.feed import Opening
from media.recording.salvage import salvage


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What a dead writer left of a section: its file, and the segments in it that were not reported."""

    section: int
    path: Path
    segments: list[Segment]


class Progress:
    """Turns reports into events, and knows where a recording goes on when its writer has died."""

    def __init__(self, opening: Opening, events: RecordingEvents) -> None:
        self.ending: StopReason | None = None
        """Why it is to end, once that was said."""
        self._opening = opening
        self._events = events
        self._next_section, self._segment = opening.section, opening.segment
        self._section: Section | None = None
        self._parts: list[Part] = []
        self._ended: list[Segment] = []
        self._known_until = 0
        self._has_begun = False
        self._takers: dict[str, Callable[[dict[str, Any]], None]] = {
            "section": self._take_section, "part": self._take_part, "segment": self._take_segment,
            "kept": self._take_kept, "whole": self._take_whole, "stopped": self._take_stopped,
        }

    @property
    def recording(self) -> str:
        """Its name."""
        return self._opening.recording

    @property
    def opening(self) -> Opening:
        """How it began here."""
        return self._opening

    def take(self, event: str, facts: dict[str, Any]) -> None:
        """Take a line of the report."""
        self._takers[event](facts)

    def next_opening(self, promised: tuple[str, ...] | None = None) -> Opening:
        """Return how another writer goes on; `promised` is what the publisher sends, if not the same as then.
        """
        kinds = self._opening.promised if promised is None else promised
        return replace(self._opening, section=self._next_section, segment=self._segment, promised=kinds)

    def salvage(self, folder: Path) -> Salvaged | None:
        """Cut what is torn off the section that grew; return what was written and not reported. Blocks."""
        if self._section is None:
            return None
        path = folder / section_path(self.recording, self._section.number, self._section.container)
        start = self._parts[0].offset if self._parts else self._known_until
        segments = salvage(path, self._section, start, self._segment)
        return Salvaged(self._section.number, path, segments) if path.exists() else None

    def take_salvaged(self, salvaged: Salvaged | None) -> None:
        """Report what `salvage` has found; it is on the disk."""
        reported = {part.offset for part in self._parts}
        for segment in salvaged.segments if salvaged else ():
            for part in segment.parts:
                if part.offset not in reported:
                    self._events.part_written(self.recording, segment.section, segment.number, part)
            self._events.segment_ended(self.recording, segment)
            self._ended.append(segment)
            self._segment = segment.number + 1
        for segment in self._ended:
            self._events.segment_kept(self.recording, segment)
        self._ended, self._parts = [], []
        self._section = None

    def whole(self, salvaged: Salvaged, size: int, sha256: str) -> None:
        """Report that the file of a dead writer is complete: so many bytes, and their hash."""
        self._events.section_whole(self.recording, salvaged.section, size, sha256)

    def break_off(self) -> None:
        """Hear that the writer has died, and that nobody looks for what it has not reported."""
        if self._parts:
            self._take_segment({"number": self._segment})
        self._section = None

    def _take_section(self, facts: dict[str, Any]) -> None:
        found = facts["section"]
        self._section = Section(**{**found, "container": Container(found["container"])})
        self._next_section = self._section.number + 1
        self._known_until = self._section.init_bytes
        self._events.section_began(self.recording, self._section)

    def _take_part(self, facts: dict[str, Any]) -> None:
        part = Part(*facts["part"])
        if not self._has_begun:
            self._has_begun = True
            self._events.recording_began(self.recording)
        self._parts.append(part)
        self._known_until = part.offset + part.video_bytes + part.audio_bytes
        self._events.part_written(self.recording, facts["section"], facts["segment"], part)

    def _take_segment(self, facts: dict[str, Any]) -> None:
        number = facts["number"]
        segment = Segment(number, self._next_section - 1, tuple(self._parts))
        self._parts, self._segment = [], number + 1
        self._ended.append(segment)
        self._events.segment_ended(self.recording, segment)

    def _take_kept(self, facts: dict[str, Any]) -> None:
        while self._ended and self._ended[0].number <= facts["number"]:
            self._events.segment_kept(self.recording, self._ended.pop(0))

    def _take_whole(self, facts: dict[str, Any]) -> None:
        self._section = None
        self._events.section_whole(self.recording, facts["section"], facts["bytes"], facts["sha256"])

    def _take_stopped(self, facts: dict[str, Any]) -> None:
        is_moved = self.ending is StopReason.MOVED  # whatever became of its end: another writer goes on
        self._events.recording_stopped(
            self.recording, StopReason.MOVED if is_moved else StopReason(facts["reason"])
        )
