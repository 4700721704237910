"""Where a buyer's name stands in a thread outside its offers: calls and what was left in them, messages,
appointments.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Update, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import CallId
from rooms.fair.asking_rows import BuyerMessageRow
from rooms.fair.callroom_models import CallConsentRow, CallFileRow, CallNoteRow, CallRecordingRow
from rooms.fair.models import CallRequestRow
from rooms.negotiation.appointments.erasing import erase_buyer
from rooms.negotiation.offers.records import ThreadKey


async def calls_of(session: AsyncSession, thread: ThreadKey) -> list[CallId]:
    """Return all calls of a thread."""
    mine = CallRequestRow.room == thread.room, CallRequestRow.buyer == thread.buyer
    return [CallId(it) for it in await session.scalars(select(CallRequestRow.id).where(*mine))]


async def erase(session: AsyncSession, thread: ThreadKey, calls: Collection[CallId]) -> int:
    """Take the name out and return how many of the thread's `calls` lost it; what the buyer wrote stays."""
    named = update(CallRequestRow).where(CallRequestRow.id.in_(calls), CallRequestRow.buyer_name != "")
    done = await session.execute(named.values(buyer_name="").returning(CallRequestRow.id))
    count = len(done.all())
    notes = update(CallNoteRow).where(CallNoteRow.call.in_(calls), CallNoteRow.author == thread.buyer)
    files = update(CallFileRow).where(CallFileRow.call.in_(calls), CallFileRow.sent_by == thread.buyer)
    mine = BuyerMessageRow.room == thread.room, BuyerMessageRow.buyer == thread.buyer
    await session.execute(notes.values(name=""))
    await session.execute(files.values(sent_by_name=""))
    await session.execute(update(BuyerMessageRow).where(*mine).values(buyer_name=""))
    await session.execute(_idle_consents(thread, calls).values(name=""))
    await erase_buyer(session, thread.room, thread.buyer)
    return count


def _idle_consents(thread: ThreadKey, calls: Collection[CallId]) -> Update:
    """Take the buyer's answers in calls that were not recorded: there is nothing that they prove."""
    is_recorded = exists().where(CallRecordingRow.call == CallConsentRow.call)
    answers = update(CallConsentRow).where(CallConsentRow.call.in_(calls), ~is_recorded)
    return answers.where(CallConsentRow.party == thread.buyer)
