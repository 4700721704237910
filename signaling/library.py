"""The library: which recordings a room can play as films."""

from __future__ import annotations

from config.errors import Missing
from config.ids import RoomId, ShowId
from media.film import Film
from rooms.fair.recording import Kind, Recording, RecordingState
from rooms.fair.recordings import Recordings
from signaling.archive_index import section_of, segments_of
from signaling.films import Recorded

MOST = 50


class RecordedFilms:
    """Finds the shows that were recorded to their end; private calls are no films."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    async def films(self, room: RoomId) -> list[Recorded]:
        """Return what a room can play, the newest first."""
        found = await self._recordings.of_room(room, MOST)
        return [_recorded(recording) for recording in found if _is_film(recording, room)]

    async def film(self, room: RoomId, recording: ShowId) -> Film:
        """Return a recording of this very room with its segments; `Missing` (`no_film`) for any other."""
        try:
            found = await self._recordings.get(recording)
        except Missing:
            raise _missing() from None
        sections = [section_of(section) for section in await self._recordings.sections(recording)]
        segments = await segments_of(self._recordings, recording)
        if not _is_film(found, room) or not segments:
            raise _missing()
        return Film(found.id, tuple(sections), tuple(segments))


def _is_film(recording: Recording, room: RoomId) -> bool:
    is_whole = recording.state is RecordingState.WHOLE and recording.seconds > 0
    return is_whole and recording.kind is Kind.SHOW and recording.room == room


def _recorded(recording: Recording) -> Recorded:
    return Recorded(ShowId(recording.id), recording.title, recording.started_at, recording.seconds)


def _missing() -> Missing:
    return Missing("There is no such recording in this room.", code="no_film")
