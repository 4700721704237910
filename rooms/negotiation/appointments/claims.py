"""Whose time is taken: each quarter of an hour of each person belongs to one appointment at most.

What is claimed is a row whose key is the person and the quarter, so two who are as fast as each other cannot
both have it, whatever they read before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict
from config.ids import AccountId, AppointmentId, RoomId
from rooms.fair.appointment_rows import ClaimRow
from rooms.fair.database import insert_once
from rooms.fair.departures import check_at_fair
from rooms.fair.models import AccountRow, CompanyRow


async def hold_others(session: AsyncSession, room: RoomId, buyer: AccountId) -> None:
    """Let nobody else book in the room or for the buyer until the transaction ends.

    The claims alone would decide as well; this keeps transactions from waiting for each other crosswise.
    """
    await session.execute(select(CompanyRow.id).where(CompanyRow.room == room).with_for_update())
    await session.execute(select(AccountRow.id).where(AccountRow.id == buyer).with_for_update())


async def hold_at_fair(session: AsyncSession, room: RoomId, buyer: AccountId) -> None:
    """Do so for an exhibitor who must be at the fair: `Missing` (`exhibitor_left`)."""
    await hold_others(session, room, buyer)
    await check_at_fair(session, room)


async def claim(
    session: AsyncSession, account: AccountId, quarters: Iterable[int], appointment: AppointmentId
) -> bool:
    """Take the quarters of somebody's time; False, and nothing taken, when one belongs to another."""
    nested = await session.begin_nested()
    for quarter in quarters:
        row = {"account": account, "quarter": quarter, "appointment": appointment}
        if not await insert_once(session, ClaimRow, row):
            await nested.rollback()
            return False
    await nested.commit()
    return True


async def give_back(
    session: AsyncSession, appointment: AppointmentId, account: AccountId | None = None
) -> None:
    """Give the time of an appointment back, of one person or of both."""
    own = delete(ClaimRow).where(ClaimRow.appointment == appointment)
    await session.execute(own if account is None else own.where(ClaimRow.account == account))


async def taken(
    session: AsyncSession, accounts: Collection[AccountId], first: int, last: int,
    but: AppointmentId | None = None,
) -> dict[AccountId, set[int]]:
    """Return the quarters of these people from `first` to `last` that are taken by other appointments."""
    query = select(ClaimRow.account, ClaimRow.quarter).where(
        ClaimRow.account.in_(accounts), ClaimRow.quarter >= first, ClaimRow.quarter <= last
    )
    if but is not None:
        query = query.where(ClaimRow.appointment != but)
    found: dict[AccountId, set[int]] = {}
    for account, quarter in await session.execute(query):
        found.setdefault(AccountId(account), set()).add(quarter)
    return found


async def load(session: AsyncSession, accounts: Collection[AccountId], since: int) -> dict[AccountId, int]:
    """Return how many quarters of each are taken from `since` on."""
    query = select(ClaimRow.account, func.count()).where(
        ClaimRow.account.in_(accounts), ClaimRow.quarter >= since
    )
    counted = await session.execute(query.group_by(ClaimRow.account))
    return {AccountId(account): count for account, count in counted}


def just_taken() -> Conflict:
    """Return the refusal when somebody was faster."""
    return Conflict("Somebody has just taken this time. Choose another one.", code="slot_taken")


def buyer_is_taken() -> Conflict:
    """Return the refusal when the buyer would be in two places."""
    message = "The buyer has another appointment at that time. Choose another time."
    return Conflict(message, code="buyer_taken")
