"""What is being recorded now: each run of a recording has a number in the feed, and ends once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from media.recording.facts import StopReason
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
