"""Calendar addresses: a secret link by which somebody's own calendar program reads their appointments."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import delete, select

from config.errors import Missing
from config.ids import AccountId
from rooms.fair.appointment_rows import FeedRow
from rooms.fair.database import Database, insert_or_change
from rooms.fair.models import AccountRow
from rooms.fair.policy import Actor, Permission, require

LONGEST_TOKEN = 64


class CalendarFeeds:
    """Gives each person one address at a time; a new one ends the one before. Only hashes are kept."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def renew(self, actor: Actor) -> str:
        """Return the token of a new address; whoever knew the old one reads nothing from now on."""
        require(actor, Permission.SEE_APPOINTMENTS, actor.room)
        token = secrets.token_urlsafe(32)
        async with self._database.session() as session:
            values = {"account": actor.id, "token_hash": _hash(token), "created_at": self._clock()}
            await insert_or_change(session, FeedRow, values)
        return token

    async def revoke(self, actor: Actor) -> None:
        """End the address of somebody, if there is one."""
        require(actor, Permission.SEE_APPOINTMENTS, actor.room)
        async with self._database.session() as session:
            await session.execute(delete(FeedRow).where(FeedRow.account == actor.id))

    async def has(self, actor: Actor) -> bool:
        """Tell whether somebody has an address."""
        async with self._database.reading() as session:
            return await session.get(FeedRow, actor.id) is not None

    async def account_of(self, token: str) -> AccountId:
        """Return whose address this is; `Missing` (`no_calendar`) also once the account is closed."""
        query = (
            select(FeedRow.account).join(AccountRow, AccountRow.id == FeedRow.account)
            .where(FeedRow.token_hash == _hash(token), AccountRow.disabled_at.is_(None))
        )
        async with self._database.reading() as session:
            account = await session.scalar(query) if len(token) <= LONGEST_TOKEN else None
        if account is None:
            raise Missing("This calendar address is not in use any more.", code="no_calendar")
        return AccountId(account)


def _hash(token: str) -> str:
    """Tokens have 256 random bits, so a plain hash is enough to keep them unreadable in the table."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
