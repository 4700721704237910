"""Reminders for the pages at this node: told once, whichever node claims them first."""

from __future__ import annotations

from collections.abc import Iterable

from config.ids import AccountId
from rooms.fair.reservations import Reminder, Reservations
from signaling.conversation import Visitor
from signaling.herald import Herald
from signaling.views import Views
from signaling.wire_programme import ReminderData, reminder_data


class Reminding:
    """Claims reminders, for all pages of somebody or for one that opens."""

    def __init__(self, reservations: Reservations, views: Views, herald: Herald) -> None:
        self._reservations = reservations
        self._views = views
        self._herald = herald
        self._claimed: dict[str, list[Reminder]] = {}
        """Those for one page alone, until a snapshot with them was sent to it."""

    async def remind(self, here: Iterable[AccountId]) -> None:
        """Remind those who are here of what they reserved."""
        for reminder in await self._reservations.due(here):
            if await self._reservations.claim(reminder):
                await self._herald.reminded(reminder)

    async def of(self, visitor: Visitor) -> list[ReminderData]:
        """Return what somebody who has just come was not reminded of yet; again until `strike`."""
        claimed = self._claimed.setdefault(visitor.socket, [])
        for reminder in await self._reservations.due([visitor.actor.id]):
            if await self._reservations.claim(reminder):
                claimed.append(reminder)
        name, now = self._views.company_name, self._views.clock()
        return [reminder_data(reminder, await name(reminder.show.room), now) for reminder in claimed]

    def strike(self, visitor: Visitor) -> None:
        """Forget what was claimed for a page: it has been told, or is gone."""
        self._claimed.pop(visitor.socket, None)
