"""Sign-ins: how they begin, and since when an account has none but those that go on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId
from rooms.fair.models import AccountRow, SessionRow


@dataclass(frozen=True, slots=True)
class SignIns:
    """When a sign-in of an account was ended last, in Unix seconds, and the sign-ins that went on then."""

    ended_at: float
    going_on: frozenset[str]

    def has_ended(self, sign_in: str, since: float) -> bool:
        """Tell whether a sign-in that began then is over."""
        return since < self.ended_at and sign_in not in self.going_on


async def read_ended(session: AsyncSession, at: float) -> dict[AccountId, SignIns]:
    """Return the accounts of which a sign-in was ended after `at`."""
    query = (
        select(AccountRow.id, AccountRow.sign_in_ended_at, SessionRow.token_hash)
        .outerjoin(SessionRow, SessionRow.account == AccountRow.id)
        .where(AccountRow.sign_in_ended_at > at)
    )
    times: dict[AccountId, float] = {}
    going_on: dict[AccountId, set[str]] = defaultdict(set)
    for account, ended_at, sign_in in await session.execute(query):
        times[AccountId(account)] = ended_at or 0.0
        if sign_in is not None:
            going_on[AccountId(account)].add(sign_in)
    return {account: SignIns(time, frozenset(going_on[account])) for account, time in times.items()}


async def begin(session: AsyncSession, account: str, sign_in: str, now: float, seconds: float) -> None:
    """Keep a sign-in of an account that is locked, for so long; sweep out those whose time is over."""
    session.add(SessionRow(token_hash=sign_in, account=account, created_at=now, expires_at=now + seconds))
    over = select(SessionRow.token_hash).where(SessionRow.expires_at <= now)
    free = over.with_for_update(skip_locked=True)  # whoever gives a new password ends some of them
    await session.execute(delete(SessionRow).where(SessionRow.token_hash.in_(free)))


async def end(session: AsyncSession, sign_in: str) -> AccountRow | None:
    """End one sign-in; return its account, locked, which is to note when; None when there is no such one."""
    row = await session.get(SessionRow, sign_in)
    if row is None:
        return None
    account = await session.get_one(AccountRow, row.account, with_for_update=True)
    await session.execute(delete(SessionRow).where(SessionRow.token_hash == sign_in))
    return account
