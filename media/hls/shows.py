"""Keeps the shows that are served as HLS: every running one, and the ended ones that were asked for last."""

from __future__ import annotations

from collections.abc import Iterable

from media.hls.live import LiveShow
from media.recording.facts import Part, Section, Segment, StopReason

MAX_ENDED = 32
"""Whole shows kept in memory, 6.5 MB each at most; who is watched is not among those that go."""


class LiveShows:
    """All shows by the id of their recording; takes `RecordingEvents`, of shows that it knows."""

    def __init__(self, window_seconds: float, max_ended: int = MAX_ENDED) -> None:
        self._window = window_seconds
        self._max_ended = max_ended
        self._shows: dict[str, LiveShow] = {}

    def begin(self, recording: str, began: float) -> LiveShow:
        """Keep a show from now on; `began` in Unix seconds. Beginning it again changes nothing."""
        return self._shows.setdefault(recording, LiveShow(began, self._window))

    async def restore(
        self, recording: str, began: float, sections: Iterable[Section], segments: Iterable[Segment], *,
        is_ended: bool,
    ) -> LiveShow:
        """Keep a show that was written before, and forget ended ones that nobody has asked for lately.

        One that is known takes in what was written elsewhere meanwhile.
        """
        show = self._shows.get(recording, LiveShow(began, self._window))
        await show.restore(sections, segments, is_ended=is_ended)
        known = self._shows.setdefault(recording, show)
        ended = [name for name, one in self._shows.items() if one.is_ended and not one.is_cut]
        for other in ended[: -self._max_ended]:
            del self._shows[other]
        return known

    def get(self, recording: str) -> LiveShow | None:
        """Return a show; the ended ones stay in memory by when they were asked for."""
        show = self._shows.pop(recording, None)
        if show is not None:
            self._shows[recording] = show
        return show

    def forget(self, recording: str) -> None:
        """Keep a show no longer: it was deleted, or nobody needs it."""
        self._shows.pop(recording, None)

    def recording_began(self, recording: str) -> None:
        """Nothing: the first part says more."""

    def section_began(self, recording: str, section: Section) -> None:
        """Hand it to its show."""
        if show := self._shows.get(recording):
            show.section_began(section)

    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None:
        """Hand it to its show."""
        if show := self._shows.get(recording):
            show.part_written(section, segment, part)

    def segment_ended(self, recording: str, segment: Segment) -> None:
        """Hand it to its show."""
        if show := self._shows.get(recording):
            show.segment_ended(segment)

    def segment_kept(self, recording: str, segment: Segment) -> None:
        """Nothing: players may see what is not synced yet."""

    def recording_stopped(self, recording: str, reason: StopReason) -> None:
        """End the show for players: nothing more comes, although it goes on but for one reason.

        One that was moved goes on.
        """
        show = self._shows.get(recording)
        if show and reason is StopReason.MOVED:
            show.went_on()
        elif show:
            show.ended(is_cut=reason is not StopReason.ENDED)
