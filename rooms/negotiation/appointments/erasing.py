"""Takes the name of one of two out of their appointments, and out of the mails about them to the other."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId, RoomId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.outbox_rows import LetterRow
from rooms.negotiation.appointments.appointment import Side
from rooms.negotiation.appointments.letters import TEMPLATE


async def erase_buyer(session: AsyncSession, room: RoomId, buyer: AccountId) -> None:
    """Leave the company alone, in appointments to come too: the calls that they begin have no name either.

    Of mails, also of those that were sent and are still kept; what the buyer was written themselves stays.
    """
    mine = _between(room, buyer)
    await session.execute(update(AppointmentRow).where(*mine).values(buyer_name=""))
    for row, facts in await _letters(session, room, buyer):
        if facts["side"] == Side.STAFF.value:
            row.facts = json.dumps(facts | {"buyer": "", "other": facts["other_company"]}, ensure_ascii=False)


async def erase_staff(
    session: AsyncSession, room: RoomId, buyer: AccountId, staff: AccountId, name: str
) -> None:
    """Do the same for one of the staff; mails to the buyer name whoever had the appointment by `name`."""
    mine = _between(room, buyer)
    theirs = update(AppointmentRow).where(*mine, AppointmentRow.staff == staff)
    await session.execute(theirs.values(staff_name=""))
    for row, facts in await _letters(session, room, buyer):
        if facts["side"] == Side.BUYER.value and facts["staff"] == name:
            row.facts = json.dumps(facts | {"staff": "", "other": facts["other_company"]}, ensure_ascii=False)


def _between(room: RoomId, buyer: AccountId) -> tuple[ColumnElement[bool], ...]:
    return AppointmentRow.room == room, AppointmentRow.buyer == buyer


async def _letters(
    session: AsyncSession, room: RoomId, buyer: AccountId
) -> Sequence[tuple[LetterRow, dict[str, str]]]:
    """Return the mails about a buyer's appointments in a room, locked, with what each of them says."""
    ids = (await session.scalars(select(AppointmentRow.id).where(*_between(room, buyer)))).all()
    if not ids:
        return []
    of_them = or_(*(LetterRow.once.startswith(f"{id_}:", autoescape=True) for id_ in ids))
    query = select(LetterRow).where(LetterRow.template == TEMPLATE, of_them).with_for_update()
    return [(row, json.loads(row.facts)) for row in await session.scalars(query)]
