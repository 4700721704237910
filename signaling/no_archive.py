"""Stands for the archive of a fair that records nothing."""

from __future__ import annotations

from collections.abc import Sequence

from config.ids import AccountId, RoomId, ShowId
from media.recording.facts import StopReason
from media.recording.sink import Recordable
from rooms.live.shows import Show
from signaling.recording_news import RecordingNews


class NoArchive:
    """Where nothing is recorded."""

    can_record = False

    def begin(self, show: Show, title: str = "") -> None: ...
    def try_again(self) -> None: ...
    def away(self, room: RoomId) -> None: ...
    def went_on(self, show: ShowId, *, has_picture: bool) -> None: ...
    def end(self, show: ShowId) -> None: ...

    def shows(self) -> list[Show]:
        """Return that there are none."""
        return []

    async def begin_call(
        self, recording: str, room: RoomId, title: str, parties: Sequence[AccountId], publication: Recordable
    ) -> None: ...

    async def refusal(self, call: str, room: RoomId) -> StopReason | None:
        """Return nothing: nobody asks where nothing is recorded."""
        return None

    def moment(self) -> float:
        """Return that it does not matter."""
        return 0.0

    def confirm(self, recording: str, moment: float) -> None: ...
    def hush(self, recording: str, is_hushed: bool) -> None: ...

    def running(self) -> list[str]:
        """Return that nothing is being recorded."""
        return []

    def drop(self, recording: str, reason: StopReason) -> None: ...

    def is_recording(self, recording: str) -> bool:
        """Return that it is not recorded."""
        return False

    def why_stopped(self, recording: str) -> StopReason | None:
        """Return that it has not stopped."""
        return None

    def news(self, room: RoomId) -> RecordingNews:
        """Return that nothing is recorded."""
        return RecordingNews()
