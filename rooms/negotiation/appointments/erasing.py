"""Takes a buyer's name out of their appointments in a room, and out of the mails about them to its staff."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import or_, select, update
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
    mine = AppointmentRow.room == room, AppointmentRow.buyer == buyer
    ids = (await session.scalars(select(AppointmentRow.id).where(*mine))).all()
    await session.execute(update(AppointmentRow).where(*mine).values(buyer_name=""))
    if ids:
        await _erase_letters(session, ids)


async def _erase_letters(session: AsyncSession, appointments: Collection[str]) -> None:
    of_them = or_(*(LetterRow.once.startswith(f"{id_}:", autoescape=True) for id_ in appointments))
    query = select(LetterRow).where(LetterRow.template == TEMPLATE, of_them).with_for_update()
    for row in await session.scalars(query):
        facts = json.loads(row.facts)
        if facts["side"] == Side.STAFF.value:
            facts |= {"buyer": "", "other": facts["other_company"]}
            row.facts = json.dumps(facts, ensure_ascii=False)
