"""Whose turn it is to write a show: its picture may come to one node, then to another, and come back.

The node that a recording is at counts its sections and segments on from numbers of its own. What a picture
that returns brings is held back until it is known where the show was meanwhile; if it was elsewhere, it goes
into another section, with other numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from config.errors import Busy, Conflict, Missing
from config.ids import AccountId, RoomId
from media.recording.facts import FULL, Part, Section, Segment, StopReason
from media.recording.recorder import Recorder
from media.recording.sink import Recordable
from rooms.fair.recording import Kind, Recording
from rooms.fair.recordings import Recordings
from rooms.live.shows import Show
from signaling.archive_allowance import Allowance
from signaling.archive_index import section_of, segments_of

LATE_SECONDS = 2.0
"""What a picture brings waits so long for the stage to say that it is here; then the records are asked."""
DOUBTS = 5
"""So often in a row it is found that another node has what comes here, before it is taken back from there."""


class Publications(Protocol):
    """Where packets come from; the relay."""

    def publication(self, name: str) -> Recordable | None: ...


class Playlists(Protocol):
    """The playlists of the shows that run here."""

    def section_began(self, recording: str, section: Section) -> None: ...
    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None: ...
    def segment_ended(self, recording: str, segment: Segment) -> None: ...
    def recording_stopped(self, recording: str, reason: StopReason) -> None: ...
    async def restore(
        self, recording: str, began: float, sections: list[Section], segments: list[Segment], *,
        is_ended: bool,
    ) -> object: ...


class Turns:
    """Takes turns for this `node`; the archive asks it."""

    def __init__(
        self, recorder: Recorder, recordings: Recordings, playlists: Playlists, allowance: Allowance
    ) -> None:
        self.node = ""
        self.allowance = allowance
        self._recorder = recorder
        self._recordings = recordings
        self._playlists = playlists
        self._doubts: Counter[str] = Counter()

    async def why_not(self, show: Show) -> StopReason | None:
        """Return why a show that is not being written here may not be, and note it of one that was elsewhere.

        Of one that is full `take` says why: it is never tried again.
        """
        if self._recorder.runs.opening(show.id) is not None:
            return None
        why = await self.allowance.why_not(show.room)
        if why is not None:
            with suppress(Missing):  # it is a new one, or was deleted
                kept = await self._recordings.get(show.id)
                if kept.stop_reason in FULL:
                    return None
                if kept.is_running:
                    await self._recordings.end(show.id, why)
        return why

    async def take(
        self, show: Show, title: str, publication: Recordable, is_wanted: Callable[[], bool]
    ) -> StopReason | None:
        """Go on where the records end, which is nowhere for a new show; return why if nothing more may come.

        One that was here all the time goes on; nothing is begun that is wanted no more by then.
        """
        try:
            kept = await self._recordings.begin(show.id, show.room, show.started_at, self.node, title=title)
        except Conflict as refusal:  # deleted while it ran: nothing of it is kept any more; or full
            return await self._why_full(show.id) if refusal.code == "recording_full" else None
        await self._go_on(show, kept, publication, is_wanted)
        return None

    def refuse(self, show: Show, why: StopReason) -> None:
        """Tell the operator and the players that there is nothing to record with."""
        self.allowance.refuse(show.id, why)
        self._playlists.recording_stopped(show.id, why)

    async def begin_call(
        self, recording: str, room: RoomId, title: str, parties: Sequence[AccountId], publication: Recordable,
        began: float,
    ) -> None:
        """Record what one party of a call sends, from now on; it is held back until it is confirmed."""
        await self._recordings.begin(recording, room, began, self.node, Kind.CALL, title, parties)
        await self._playlists.restore(recording, began, [], [], is_ended=False)
        self._recorder.begin(publication, recording, began, anew=True)

    async def _why_full(self, recording: str) -> StopReason:
        return StopReason((await self._recordings.get(recording)).stop_reason)

    async def _go_on(
        self, show: Show, kept: Recording, publication: Recordable, is_wanted: Callable[[], bool]
    ) -> None:
        opening = self._recorder.runs.opening(show.id)
        if opening is not None and opening.section >= kept.first_section:
            self._recorder.runs.release(show.id)
            return
        sections = [section_of(section) for section in await self._recordings.sections(show.id)]
        segments = await segments_of(self._recordings, show.id)
        await self._playlists.restore(show.id, kept.started_at, sections, segments, is_ended=False)
        if not is_wanted():  # it ended meanwhile
            self._playlists.recording_stopped(show.id, StopReason.ENDED)
            return
        section = max(sections[-1].number + 1 if sections else 0, kept.first_section)
        segment = max(segments[-1].number + 1 if segments else 0, kept.first_segment)
        if self._recorder.runs.opening(show.id) is not None:
            self._recorder.begin_again(show.id, section, segment)
        else:
            self._recorder.begin(publication, show.id, kept.started_at, section, segment)

    async def compare(self, shows: Sequence[Show]) -> list[Show]:
        """Let go on what the stage cannot tell of, and return what is to be begun again; called each second.

        Two nodes that both have a picture do not take a show from each other again and again: the stage tells
        one of them that the show is at the other.
        """
        elsewhere = await self._elsewhere([show.id for show in shows])
        runs, late = self._recorder.runs, self._recorder.moment() - LATE_SECONDS
        for show in shows:
            if show.id not in elsewhere and runs.is_holding(show.id, late):
                runs.release(show.id)
        comes = {it for it in elsewhere if not runs.is_holding(it)}
        self._doubts = Counter({it: self._doubts[it] + 1 for it in comes})
        return [show for show in shows if self._doubts[show.id] >= DOUBTS]

    async def _elsewhere(self, recordings: Iterable[str]) -> set[str]:
        """Return which are at another node; who cannot ask for it has taken nothing either."""
        names = list(recordings)
        try:
            return set(await self._recordings.elsewhere(names, self.node)) if names else set()
        except Busy:
            return set()
