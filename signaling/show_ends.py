"""How shows end: in the store once, whoever tries, and in the records as often as it takes."""

from __future__ import annotations

from config.ids import RoomId, ShowId
from rooms.fair.shows_log import ShowLog
from rooms.live.shows import Show, Shows
from signaling.backstage import ShowArchive, StageListener
from signaling.billing import Bill
from signaling.replies import attempt


class ShowEnds:
    """Ends shows, and remembers those that ended here until it is written down."""

    def __init__(
        self, shows: Shows, show_log: ShowLog, archive: ShowArchive, bill: Bill, listener: StageListener
    ) -> None:
        self._shows = shows
        self._show_log = show_log
        self._archive = archive
        self._bill = bill
        self._listener = listener
        self._unwritten: dict[ShowId, Show] = {}

    async def end(self, room: RoomId, epoch: int | None = None) -> Show | None:
        """End the show of a room, and its recording; return it, which is then to be written down.

        None when none runs, or none at `epoch`: its picture has returned meanwhile, or a new one began.
        """
        show = await self._shows.end(room, epoch=epoch)
        if show is None:
            return None
        self._unwritten[show.id] = show
        self._archive.end(show.id)
        return show

    async def write(self, show: Show) -> None:
        """Write down that a show ended, and tell it in any case."""
        try:
            await self._write(show)
        finally:
            await self._listener.show_changed(show.room, None)

    async def write_rest(self) -> None:
        """Write down what could not be before: in the store no such show is found again."""
        for show in list(self._unwritten.values()):
            await attempt(self._write(show), "end of a show")

    async def _write(self, show: Show) -> None:
        await self._show_log.end(show)
        await self._bill.ended(show)
        self._unwritten.pop(show.id, None)
