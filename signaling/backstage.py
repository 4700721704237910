"""Who stands behind the stage: those who are told what happens on it, and those who record it."""

from __future__ import annotations

from typing import Protocol

from config.ids import RoomId, ShowId
from media.facts import PublicationFacts
from rooms.live.rehearsals import Rehearsal
from rooms.live.shows import Show
from signaling.recording_news import RecordingNews


class StageListener(Protocol):
    """Who is told what happens on the stage."""

    async def show_changed(self, room: RoomId, show: Show | None) -> None: ...
    async def viewers_changed(self, room: RoomId, viewers: int) -> None: ...
    async def sending_changed(self, room: RoomId, facts: PublicationFacts) -> None: ...
    async def programme_changed(self, room: RoomId) -> None: ...
    async def rehearsal_changed(
        self, room: RoomId, rehearsal: Rehearsal | None, *, has_picture: bool
    ) -> None: ...


class ShowArchive(Protocol):
    """Who records shows; all return at once."""

    def begin(self, show: Show, title: str = "") -> None: ...
    def away(self, room: RoomId) -> None: ...
    def went_on(self, show: ShowId, *, has_picture: bool) -> None: ...
    def end(self, show: ShowId) -> None: ...
    def news(self, room: RoomId) -> RecordingNews: ...


class Beginnings(Protocol):
    """Who writes down how a show began, without making anybody wait."""

    def began(self, show: Show) -> None: ...
