"""Third persons in a call: invited by a party, let in once by a link, shown to all, sent away again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Busy, Denied, Invalid, Missing
from config.ids import AccountId, CallId, new_id
from rooms.fair import words
from rooms.fair.callroom_models import CallThirdRow
from rooms.fair.database import Database
from rooms.fair.models import CallRequestRow
from rooms.fair.policy import Actor, Permission, Role, require
from rooms.negotiation.call import Call
from rooms.negotiation.states import CallState, WrongMoment

LINK_SECONDS = 1800.0
MOST_THIRDS = 4
"""In a call at once, invited or there: each of them costs every other a picture."""
PREFIX = "third:"


def account_at(seat: str) -> AccountId:
    """Return who has a seat that is neither the buyer's nor that of the staff."""
    return AccountId(PREFIX + seat)


def seat_of(account: AccountId) -> str:
    """Return the seat of a third person: their account without what marks it as one."""
    return account.removeprefix(PREFIX)


def is_third(account: AccountId) -> bool:
    """Tell a third person from the two whose call it is."""
    return account.startswith(PREFIX)


class ThirdKind(StrEnum):
    """What a third person is there for."""

    COLLEAGUE = "colleague"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True)
class Third:
    """A third person; `joined_at` is None while the link waits to be used."""

    id: AccountId
    call: CallId
    kind: ThirdKind
    name: str
    company: str
    expires_at: float
    joined_at: float | None

    @property
    def actor(self) -> Actor:
        """Whom the policy sees."""
        return Actor(self.id, Role.THIRD, self.name, self.company, None, call=self.call)


class Thirds:
    """Keeps who was invited into which call. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def invite(
        self, actor: Actor, call: Call, kind: str, name: str, company: str
    ) -> tuple[Third, str]:
        """Return who may come, and the secret of the link that lets them in once.

        `Denied`, `WrongMoment`, `Invalid` (`malformed`, `bad_name`), `Busy` (`too_many_thirds`).
        """
        require(actor, Permission.HOST_CALL, call.room, call)
        if call.state is not CallState.TALKING:
            raise WrongMoment(call.state)
        if kind not in set(ThirdKind):
            raise Invalid("A third person is a colleague or an interpreter.", code="malformed")
        token, now = secrets.token_urlsafe(32), self._clock()
        third = Third(
            account_at(new_id()), call.id, ThirdKind(kind),
            words.name(name, "a name", code="bad_name"), words.line(company)[: words.NAME_LENGTH],
            now + LINK_SECONDS, None,
        )
        async with self._database.session() as session:
            await session.get(CallRequestRow, call.id, with_for_update=True)  # one at a time, to be counted
            if len(await self._of(session, call.id)) >= MOST_THIRDS:
                message = "There are enough people in this call; let one go first."
                raise Busy(message, code="too_many_thirds")
            session.add(_row(third, actor, token))
        return third, token

    async def invited(self, token: str) -> Third:
        """Return who a link is for, without using it up; `Missing` (`no_invitation`) for a dead one."""
        async with self._database.reading() as session:
            row = await session.scalar(select(CallThirdRow).where(CallThirdRow.token_hash == _hash(token)))
        if row is None or not self._is_open(row):
            raise no_invitation()
        return _third(row)

    async def came_by(self, token: str) -> Third | None:
        """Return who was let in by a link, unless they were sent away since."""
        async with self._database.reading() as session:
            row = await session.scalar(select(CallThirdRow).where(CallThirdRow.token_hash == _hash(token)))
        is_in = row is not None and row.joined_at is not None and row.removed_at is None
        return _third(row) if row is not None and is_in else None

    async def join(self, token: str) -> Third:
        """Use a link up and return who comes by it; `Missing` (`no_invitation`) for all but the first."""
        now = self._clock()
        table = CallThirdRow
        fresh = (table.token_hash == _hash(token), table.joined_at.is_(None), table.removed_at.is_(None))
        change = update(table).where(*fresh, table.expires_at > now).values(joined_at=now)
        async with self._database.session() as session:
            done = cast("CursorResult[Any]", await session.execute(change))
            if done.rowcount != 1:
                raise no_invitation()
            row = await session.scalar(select(table).where(table.token_hash == _hash(token)))
        if row is None:
            raise no_invitation()
        return _third(row)

    async def require_here(self, actor: Actor) -> Third:
        """Return a third person who was let into their call and not sent away; `Denied` (`denied`)."""
        async with self._database.reading() as session:
            row = await session.get(CallThirdRow, actor.id)
        is_of_call = row is not None and row.call == actor.call
        if row is None or not is_of_call or row.joined_at is None or row.removed_at is not None:
            raise Denied("You are not in this call any more.", code="denied")
        return _third(row)

    async def remove(self, actor: Actor, call: Call, third: AccountId) -> None:
        """Send somebody away, or take an invitation back; whoever is third may also leave by this."""
        if actor.id != third:
            require(actor, Permission.HOST_CALL, call.room, call)
        async with self._database.session() as session:
            row = await session.get(CallThirdRow, third, with_for_update=True)
            if row is None or row.call != call.id:
                raise Missing("There is nobody of that name in this call.", code="no_third")
            row.removed_at = row.removed_at or self._clock()

    async def of(self, call: CallId) -> list[Third]:
        """Return those who are in the call or may come by a link that is still good."""
        async with self._database.reading() as session:
            return await self._of(session, call)

    async def _of(self, session: AsyncSession, call: CallId) -> list[Third]:
        query = select(CallThirdRow).where(CallThirdRow.call == call, CallThirdRow.removed_at.is_(None))
        rows = await session.scalars(query.order_by(CallThirdRow.expires_at, CallThirdRow.id))
        return [_third(row) for row in rows if row.joined_at is not None or self._is_open(row)]

    def _is_open(self, row: CallThirdRow) -> bool:
        return row.joined_at is None and row.removed_at is None and row.expires_at > self._clock()


def _row(third: Third, actor: Actor, token: str) -> CallThirdRow:
    return CallThirdRow(
        id=third.id, call=third.call, kind=third.kind, name=third.name, company=third.company,
        invited_by=actor.id, token_hash=_hash(token), expires_at=third.expires_at, joined_at=None,
        removed_at=None,
    )


def _third(row: CallThirdRow) -> Third:
    return Third(
        AccountId(row.id), CallId(row.call), ThirdKind(row.kind), row.name, row.company, row.expires_at,
        row.joined_at,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def no_invitation() -> Missing:
    """Return the refusal of a link that lets nobody in any more."""
    message = "This invitation was used or has ended. Ask who sent it for a new one."
    return Missing(message, code="no_invitation")
