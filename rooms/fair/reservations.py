"""Reservations: who wants to be reminded of an announced show, and how far the reminders are.

A reminder is claimed before it is told: one change of one row, which succeeds once over all nodes and
restarts. What is told and not heard, because the line broke that moment, is not told again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from config.errors import Conflict
from config.ids import AccountId, AnnouncedId
from rooms.fair.announced import AnnouncedShow, Stage, letters_about, stage_of
from rooms.fair.database import Database, insert_once
from rooms.fair.departures import check_at_fair
from rooms.fair.outbox import take_back
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.programme import Programme
from rooms.fair.programme_rows import ReservationRow

MOST_AT_ONCE = 500
"""Accounts asked for in one query: databases bound the length of a list."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody is to be told that a show is about to begin, or has begun."""

    show: AnnouncedShow
    stage: Stage
    account: AccountId


class Reservations:
    """Takes reservations and says which reminders are due."""

    def __init__(self, database: Database, programme: Programme, clock: Callable[[], float]) -> None:
        self._database = database
        self._programme = programme
        self._clock = clock

    async def reserve(self, actor: Actor, announced: AnnouncedId, zone: str = "") -> AnnouncedShow:
        """Remind `actor` of a show that is to come; doing so twice changes nothing.

        `zone` is the one of their clock, for the mail; without it that of the exhibitor will do.
        `Denied` (`sign_in` for a guest), `Missing` (`no_announced_show`, `exhibitor_left`), `Conflict`
        (`wrong_moment`).
        """
        show = await self._programme.get(announced)
        require(actor, Permission.RESERVE, show.room)
        now = self._clock()
        if not show.is_ahead(now):
            raise Conflict("This show is over, or was cancelled.", code="wrong_moment")
        # Nobody need be told at once what they have just read.
        row = {"announced": announced, "account": actor.id, "created_at": now, "zone": zone}
        async with self._database.session() as session:
            await check_at_fair(session, show.room)
            await insert_once(session, ReservationRow, row | {"reminded": int(stage_of(show, now))})
        return show

    async def unreserve(self, actor: Actor, announced: AnnouncedId) -> AnnouncedShow:
        """Remind `actor` no more."""
        show = await self._programme.get(announced)
        require(actor, Permission.RESERVE, show.room)
        async with self._database.session() as session:
            own = delete(ReservationRow).where(ReservationRow.announced == announced)
            await session.execute(own.where(ReservationRow.account == actor.id))
            await take_back(session, letters_about(announced, actor.id))
        return show

    async def counts(self, announced: Collection[AnnouncedId]) -> dict[AnnouncedId, int]:
        """Return how many want to be reminded of each."""
        query = select(ReservationRow.announced, func.count()).where(ReservationRow.announced.in_(announced))
        async with self._database.reading() as session:
            found = await session.execute(query.group_by(ReservationRow.announced))
            known = {AnnouncedId(show): count for show, count in found}
        return {show: known.get(show, 0) for show in announced}

    async def of(self, account: AccountId, announced: Collection[AnnouncedId]) -> set[AnnouncedId]:
        """Return of which of these shows somebody wants to be reminded."""
        own = select(ReservationRow.announced).where(ReservationRow.account == account)
        async with self._database.reading() as session:
            rows = await session.scalars(own.where(ReservationRow.announced.in_(announced)))
            return {AnnouncedId(show) for show in rows}

    async def due(self, here: Iterable[AccountId]) -> list[Reminder]:
        """Return the reminders that are due to those who are `here`; `claim` each before it is told."""
        stages = await self._stages()
        people = list(here) if stages else []
        found: list[Reminder] = []
        for start in range(0, len(people), MOST_AT_ONCE):
            found += await self._due(stages, people[start : start + MOST_AT_ONCE])
        return found

    async def claim(self, reminder: Reminder) -> bool:
        """Take it on oneself to remind somebody; False when this or a later reminder is told already."""
        own = update(ReservationRow).where(ReservationRow.announced == reminder.show.id)
        own = own.where(ReservationRow.account == reminder.account)
        change = own.where(ReservationRow.reminded < int(reminder.stage))
        change = change.values(reminded=int(reminder.stage), reminded_at=self._clock())
        async with self._database.session() as session:
            return (await session.execute(change.returning(ReservationRow.account))).first() is not None

    async def _stages(self) -> dict[AnnouncedId, tuple[AnnouncedShow, Stage]]:
        now = self._clock()
        stages = {show.id: (show, stage_of(show, now)) for show in await self._programme.near()}
        return {id_: (show, stage) for id_, (show, stage) in stages.items() if stage is not Stage.NONE}

    async def _due(
        self, stages: dict[AnnouncedId, tuple[AnnouncedShow, Stage]], people: list[AccountId]
    ) -> list[Reminder]:
        query = select(ReservationRow.announced, ReservationRow.account, ReservationRow.reminded).where(
            ReservationRow.announced.in_(list(stages)), ReservationRow.account.in_(people)
        )
        async with self._database.reading() as session:
            rows = [*await session.execute(query)]
        reminders = [
            (Reminder(*stages[AnnouncedId(show)], AccountId(account)), done) for show, account, done in rows
        ]
        return [reminder for reminder, done in reminders if done < reminder.stage]
