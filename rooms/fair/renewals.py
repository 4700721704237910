"""New passwords: since when an account has its own, and which sign-ins go on after it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId
from rooms.fair.models import AccountRow, SessionRow


@dataclass(frozen=True, slots=True)
class Renewal:
    """When an account got its password, in Unix seconds, and the sign-ins that it has."""

    at: float
    sign_ins: frozenset[str]

    def ends(self, made_at: float, sign_in: str) -> bool:
        """Tell whether what was made at that time for that sign-in is over."""
        return made_at < self.at and sign_in not in self.sign_ins


async def read_renewals(session: AsyncSession, at: float) -> dict[AccountId, Renewal]:
    """Return the accounts whose password was renewed after `at`."""
    query = (
        select(AccountRow.id, AccountRow.password_changed_at, SessionRow.token_hash)
        .outerjoin(SessionRow, SessionRow.account == AccountRow.id)
        .where(AccountRow.password_changed_at > at)
    )
    times: dict[AccountId, float] = {}
    sign_ins: dict[AccountId, set[str]] = defaultdict(set)
    for account, changed_at, sign_in in await session.execute(query):
        times[AccountId(account)] = changed_at or 0.0
        if sign_in is not None:
            sign_ins[AccountId(account)].add(sign_in)
    return {account: Renewal(time, frozenset(sign_ins[account])) for account, time in times.items()}
