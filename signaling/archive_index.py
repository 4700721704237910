"""Writes down what the recorder reports, in its order and in batches, for as long as the database may be
away."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from config.counters import Counters
from config.errors import Busy, Conflict, Missing
from config.turns import in_turns
from media.recording.facts import Container, Part, Section, Segment, StopReason
from rooms.fair.recording import KeptSection, KeptSegment
from rooms.fair.recordings import Recordings

LIMIT = 50_000
"""Facts that wait for the database: a day of one show, an hour of thirty. More are left to the repair."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Fact:
    recording: str
    segment: KeptSegment | None
    write: Callable[[], Awaitable[object]] | None


class ArchiveIndex:
    """Takes facts at once and writes them when `flush` is called, each second.

    Of a recording that had more to say than fits nothing more is taken: it is `behind`, and its files have
    the rest.
    """

    def __init__(self, recordings: Recordings, counters: Counters) -> None:
        self.behind: dict[str, str] = {}
        """Recordings by name, and why each has stopped; that counts for those alone that have."""
        self._recordings = recordings
        self._counters = counters
        self._waiting: deque[_Fact] = deque()

    def section(self, recording: str, section: Section, node: str) -> None:
        """Note a new file of this node."""
        kept = replace(kept_section(section), node=node)
        self._note(_Fact(recording, None, lambda: self._recordings.add_section(recording, kept)))

    def segment(self, recording: str, segment: Segment) -> None:
        """Note a segment that is on the disk."""
        self._note(_Fact(recording, kept_segment(recording, segment), None))

    def whole(self, recording: str, section: int, size: int, sha256: str) -> None:
        """Note that a file does not change any more."""
        change = self._recordings.section_whole
        self._note(_Fact(recording, None, lambda: change(recording, section, size, sha256)))

    def end(self, recording: str, reason: str) -> None:
        """Note that a recording has stopped; of what was never recorded nothing is noted."""
        self._note(_Fact(recording, None, lambda: self._end(recording, reason)))
        if recording in self.behind:
            self.behind[recording] = reason

    def moved(self, recording: str) -> None:
        """Note that another writer goes on with a recording: what it is behind with is found, and it runs."""
        if recording in self.behind:
            self.behind[recording] = StopReason.MOVED

    def leave_to_repair(self, recording: str, reason: str) -> None:
        """Take nothing more of a recording that has stopped, until its files were looked at."""
        self.behind.setdefault(recording, reason)

    async def flush(self) -> None:
        """Write what waits; `Busy`, or who cancels this, leaves the rest for the next time.

        What was being written then is written again: each of these facts may be said twice.
        """
        while self._waiting:
            facts = self._next()
            try:
                await self._write(facts)
            except (Missing, Conflict):
                self._counters.unindexed_facts.inc(len(facts))  # it was deleted meanwhile
            except (Busy, asyncio.CancelledError):
                self._waiting.extendleft(reversed(facts))
                raise

    def has(self, recording: str) -> bool:
        """Tell whether something of a recording waits."""
        return any(fact.recording == recording for fact in self._waiting)

    def _note(self, fact: _Fact) -> None:
        if len(self._waiting) >= LIMIT:
            self.behind.setdefault(fact.recording, StopReason.FAILED)
        if fact.recording in self.behind:
            self._counters.unindexed_facts.inc()
            return
        self._waiting.append(fact)

    def _next(self) -> list[_Fact]:
        """Return the next fact, with all the segments that follow it when it is one."""
        facts = [self._waiting.popleft()]
        while facts[0].segment and self._waiting and self._waiting[0].segment and len(facts) < BATCH:
            facts.append(self._waiting.popleft())
        return facts

    async def _end(self, recording: str, reason: str) -> None:
        with suppress(Missing):  # it was deleted meanwhile, or is the show of a film
            await self._recordings.end(recording, reason)

    async def _write(self, facts: list[_Fact]) -> None:
        if facts[0].write is not None:
            await facts[0].write()
        else:
            await self._recordings.add_segments([fact.segment for fact in facts if fact.segment])


def kept_section(section: Section) -> KeptSection:
    """Return a section as the fair keeps it."""
    return KeptSection(section.number, section.container, section.video, section.audio, section.width,
                       section.height, section.init_bytes)


def section_of(kept: KeptSection) -> Section:
    """Return a kept section as the recorder knows it."""
    return Section(kept.number, Container(kept.container), kept.video, kept.audio, kept.width, kept.height,
                   kept.init_bytes)


def kept_segment(recording: str, segment: Segment) -> KeptSegment:
    """Return a segment as the fair keeps it; times of parts to the millisecond would drift, so they are
    exact."""
    parts = [[part.start, part.duration, part.video_bytes, part.audio_bytes, int(part.is_independent)]
             for part in segment.parts]
    return KeptSegment(recording, segment.number, segment.section, segment.start, segment.duration,
                       segment.offset, segment.size, json.dumps(parts, separators=(",", ":")))


async def segments_of(recordings: Recordings, recording: str) -> list[Segment]:
    """Return the segments of a recording that the fair keeps, without holding others up for a long one."""
    return await in_turns(map(segment_of, await recordings.segments(recording)))


def segment_of(kept: KeptSegment) -> Segment:
    """Return a kept segment as the recorder knows it."""
    return Segment(kept.number, kept.section, tuple(_parts(kept)))


def _parts(kept: KeptSegment) -> Iterable[Part]:
    offset = kept.offset
    for start, duration, video_bytes, audio_bytes, is_independent in json.loads(kept.parts):
        yield Part(start, duration, offset, video_bytes, audio_bytes, bool(is_independent))
        offset += video_bytes + audio_bytes
