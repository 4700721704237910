"""What is being recorded now: each run of a recording has a number in the feed, and ends once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from media.recording.facts import StopReason
from media.recording.feed import Opening
from media.recording.progress import Progress
from media.recording.sink import Recordable, RecordingSink


@dataclass(slots=True)
class Run:
    """One writing of a recording: where it comes from, its way into the feed, and how far it has come."""

    publication: Recordable
    sink: RecordingSink
    progress: Progress

    @property
    def goes_on(self) -> bool:
        """Whether nobody has said that it is to end."""
        return self.progress.ending is None


class Runs(dict[int, Run]):
    """All of them by number. One that moves may be ending while the next of the same recording has begun."""

    def named(self, recording: str) -> Iterator[Run]:
        """Yield those of a recording, the oldest first."""
        return (run for run in list(self.values()) if run.progress.recording == recording)

    def going_on(self, recording: str) -> Run | None:
        """Return the one that writes a recording and is not to end."""
        return next((run for run in self.named(recording) if run.goes_on), None)

    def names(self) -> list[str]:
        """Return what is being recorded, each recording once."""
        return list(dict.fromkeys(run.progress.recording for run in self.values()))

    def is_recording(self, recording: str) -> bool:
        """Tell whether a recording has begun and not stopped, nor moved."""
        return any(run.progress.ending is not StopReason.MOVED for run in self.named(recording))

    def has_open(self, recording: str) -> bool:
        """Tell whether any file of a recording is being written, also if it has moved."""
        return any(self.named(recording))

    def opening(self, recording: str) -> Opening | None:
        """Return how a recording began here; None unless it goes on."""
        run = self.going_on(recording)
        return run.progress.opening if run else None

    def hush(self, recording: str, is_hushed: bool) -> None:
        """Record silence in place of sound, or the sound again."""
        for run in self.named(recording):
            run.sink.is_hushed = is_hushed

    def hold(self, recording: str) -> None:
        """Hold back what comes: it may belong elsewhere."""
        for run in self.named(recording):
            run.sink.hold()

    def release(self, recording: str) -> None:
        """Write what was held back, and go on."""
        for run in self.named(recording):
            run.sink.release()

    def release_until(self, recording: str, moment: float) -> None:
        """Write of what is held back what came up to a moment."""
        for run in self.named(recording):
            run.sink.release_until(moment)

    def is_holding(self, recording: str, since: float = math.inf) -> bool:
        """Tell whether what comes is held back; with `since`, whether anything is that came up to then."""
        run = self.going_on(recording)
        is_late = since == math.inf or (run is not None and run.sink.held_since <= since)
        return run is not None and run.sink.is_holding and is_late
