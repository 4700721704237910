"""Whether exhibitors see who a visitor is: hidden unless the buyer says otherwise, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from sqlalchemy import delete, select

from config.ids import AccountId, RoomId
from rooms.fair.asking_rows import OutreachRefusalRow, VisibilityRow
from rooms.fair.database import Database, insert_once, insert_or_change
from rooms.fair.policy import Actor, Permission, require

EVERYWHERE = ""
"""The room that stands for all rooms."""
ANSWERED = "?"
"""The room, which is none, that stands for having chosen at all: who chose to be hidden is in no other."""


class Choice(StrEnum):
    """Who may see a buyer: every exhibitor whose room they are in, this one only, or none of the two."""

    VISIBLE = "visible"
    HERE = "here"
    HIDDEN = "hidden"


class Visibility:
    """Keeps what buyers choose, and the invitations they refuse. Times come from `clock`."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def of(self, account: AccountId, room: RoomId) -> Choice:
        """Return what a buyer has chosen as it holds in a room."""
        query = select(VisibilityRow.room).where(
            VisibilityRow.account == account, VisibilityRow.room.in_((EVERYWHERE, room))
        )
        async with self._database.reading() as session:
            rooms = set(await session.scalars(query))
        if EVERYWHERE in rooms:
            return Choice.VISIBLE
        return Choice.HERE if room in rooms else Choice.HIDDEN

    async def has_chosen(self, account: AccountId) -> bool:
        """Tell whether a buyer has ever said who may see them, in whichever room."""
        query = select(VisibilityRow.room).where(VisibilityRow.account == account).limit(1)
        async with self._database.reading() as session:
            return await session.scalar(query) is not None

    async def choose(self, actor: Actor, room: RoomId, choice: Choice) -> Choice:
        """Keep a choice; `HERE` and `HIDDEN` end being visible everywhere; `Denied` for all but buyers."""
        require(actor, Permission.BE_VISIBLE, room)
        shown = {Choice.VISIBLE: EVERYWHERE, Choice.HERE: room}.get(choice)
        row = {"account": actor.id, "since": self._clock()}
        async with self._database.session() as session:
            await insert_once(session, VisibilityRow, row | {"room": ANSWERED})
            own = delete(VisibilityRow).where(VisibilityRow.account == actor.id)
            await session.execute(own.where(VisibilityRow.room.in_((EVERYWHERE, room))))
            if shown is not None:
                await insert_or_change(session, VisibilityRow, row | {"room": shown})
        return choice

    async def shown_to(self, room: RoomId, accounts: Collection[AccountId]) -> frozenset[AccountId]:
        """Return which of some buyers the staff of a room may see."""
        query = select(VisibilityRow.account).where(VisibilityRow.room.in_((EVERYWHERE, room)))
        async with self._database.reading() as session:
            shown = await session.scalars(query.where(VisibilityRow.account.in_(accounts)))
            return frozenset(AccountId(account) for account in shown)

    async def refuse(self, room: RoomId, account: AccountId) -> None:
        """Remember that a buyer wants no invitation of this exhibitor."""
        values = {"room": room, "account": account, "refused_at": self._clock()}
        async with self._database.session() as session:
            await insert_once(session, OutreachRefusalRow, values)

    async def has_refused(self, room: RoomId, account: AccountId) -> bool:
        """Tell whether a buyer has refused an invitation of this exhibitor, ever."""
        async with self._database.reading() as session:
            return await session.get(OutreachRefusalRow, (room, account)) is not None

    async def refusals(self, room: RoomId) -> frozenset[AccountId]:
        """Return who has refused an invitation of this exhibitor."""
        query = select(OutreachRefusalRow.account).where(OutreachRefusalRow.room == room)
        async with self._database.reading() as session:
            return frozenset(AccountId(account) for account in await session.scalars(query))
