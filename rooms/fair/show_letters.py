"""The mails that remind buyers of the announced shows they reserved, wherever they are at the moment.

A reservation is claimed in the transaction that puts its letter into the outbox, so that it is written once
whichever nodes look. The show is locked with it: one that is cancelled or moved is so before, and has no
letter, or after, and takes it back where it has not gone out (`Programme`).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, select

from rooms.fair.announced import AnnouncedState, letters_about
from rooms.fair.asking_rows import HoursRow
from rooms.fair.database import Database
from rooms.fair.hours import NO_HOURS
from rooms.fair.models import AccountRow, CompanyRow
from rooms.fair.outbox import Letter, Outbox
from rooms.fair.programme_rows import AnnouncedRow, ReservationRow

TEMPLATE = "show"
LETTERS_AT_ONCE = 20
"""Letters written in one transaction: others wait to write for no longer than that."""
NOT_OVER = (AnnouncedState.ANNOUNCED.value, AnnouncedState.ON_AIR.value)
"""A show may begin some minutes before its time."""


class ShowLetters:
    """Writes reminders, `remind_seconds` before the beginning of a show. Times come from `clock`."""

    def __init__(
        self, database: Database, outbox: Outbox, clock: Callable[[], float], remind_seconds: float
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._remind_seconds = remind_seconds

    async def write_reminders(self) -> None:
        """Write what is due: to each who reserved once, and again only for another time of the show."""
        while await self._write_some():
            pass

    async def _write_some(self) -> bool:
        """Write some letters; return whether there may be more. What another node is about is left to it."""
        now = self._clock()
        due = self._due(now)
        async with self._database.reading() as session:
            if (await session.execute(due.limit(1))).first() is None:
                return False
        alone = due.limit(LETTERS_AT_ONCE).with_for_update(
            of=(ReservationRow, AnnouncedRow), skip_locked=True
        )
        async with self._database.session() as session:
            found = (await session.execute(alone)).all()
            for reservation, show, account, company, zone in found:
                reservation.mailed_at = now
                letter = _letter(show, account, company, reservation.zone or zone or NO_HOURS.zone)
                await self._outbox.put(session, letter)
        return bool(found)

    def _due(self, now: float) -> Select[ReservationRow, AnnouncedRow, AccountRow, str, str]:
        """Return what finds whom to write to; the last is the exhibitor's zone, None where they told none.

        Who reserved when the reminder was due already has just read of the show.
        """
        starts_at, ahead = AnnouncedRow.starts_at, self._remind_seconds
        query = select(ReservationRow, AnnouncedRow, AccountRow, CompanyRow.name, HoursRow.zone)
        query = query.join(AnnouncedRow, AnnouncedRow.id == ReservationRow.announced)
        query = query.join(AccountRow, AccountRow.id == ReservationRow.account)
        query = query.join(CompanyRow, CompanyRow.room == AnnouncedRow.room)
        query = query.outerjoin(HoursRow, HoursRow.room == AnnouncedRow.room)
        return query.where(
            AnnouncedRow.state.in_(NOT_OVER), starts_at > now, starts_at <= now + ahead,
            ReservationRow.mailed_at.is_(None), ReservationRow.created_at < starts_at - ahead,
            AccountRow.disabled_at.is_(None), CompanyRow.left_at.is_(None),
        )  # fmt: skip


def _letter(show: AnnouncedRow, account: AccountRow, company: str, zone: str) -> Letter:
    facts = {
        "id": show.id, "room": show.room, "company": company, "title": show.title,
        "starts_at": show.starts_at, "minutes": show.minutes, "zone": zone,
    }
    once = f"{letters_about(show.id, account.id)}{show.revision}"
    ends_at = show.starts_at + 60.0 * show.minutes
    return Letter(once, account.email, account.name, account.language, TEMPLATE, facts, ends_at)
