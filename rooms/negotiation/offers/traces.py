"""Where people's names stand in a thread outside its offers: calls and what was left in them, messages,
appointments, who has dealt with what.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Update, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from config.ids import AccountId, CallId
from rooms.fair.asking_rows import BuyerMessageRow, SeenToRow
from rooms.fair.callroom_models import CallConsentRow, CallFileRow, CallNoteRow, CallRecordingRow
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.negotiation.appointments.erasing import erase_buyer, erase_staff
from rooms.negotiation.offers.records import ThreadKey


async def calls_of(session: AsyncSession, thread: ThreadKey) -> list[CallId]:
    """Return all calls of a thread."""
    mine = CallRequestRow.room == thread.room, CallRequestRow.buyer == thread.buyer
    return [CallId(it) for it in await session.scalars(select(CallRequestRow.id).where(*mine))]


async def erase(
    session: AsyncSession, thread: ThreadKey, calls: Collection[CallId], who: AccountId, name: str
) -> int:
    """Take the name of `who` out and return how many of the thread's `calls` lost it; what they wrote stays.

    Where mails have a `name` without an account, it is by it that they are found.
    """
    lost = await _erase_calls(session, calls, who)
    notes = update(CallNoteRow).where(CallNoteRow.call.in_(calls), CallNoteRow.author == who)
    files = update(CallFileRow).where(CallFileRow.call.in_(calls), CallFileRow.sent_by == who)
    await session.execute(notes.values(name=""))
    await session.execute(files.values(sent_by_name=""))
    await session.execute(_idle_consents(calls, who).values(name=""))
    if who == thread.buyer:
        mine = BuyerMessageRow.room == thread.room, BuyerMessageRow.buyer == who
        await session.execute(update(BuyerMessageRow).where(*mine).values(buyer_name=""))
        await erase_buyer(session, thread.room, who)
    else:
        await session.execute(_seen_to(thread, calls, who).values(name=""))
        await erase_staff(session, thread.room, thread.buyer, who, name)
    return len(lost)


async def _erase_calls(session: AsyncSession, calls: Collection[CallId], who: AccountId) -> set[str]:
    """Return the calls that lost the name: of the buyer, of who rang them, and of who answered."""
    call, answer = CallRequestRow, CallAnswerRow
    of_thread = call.id.in_(calls)
    changes = (
        update(call).where(of_thread, call.buyer == who, call.buyer_name != "")
        .values(buyer_name="").returning(call.id),
        update(call).where(of_thread, call.called_by == who, call.called_by_name != "")
        .values(called_by_name="").returning(call.id),
        update(answer).where(answer.call.in_(calls), answer.account == who, answer.name != "")
        .values(name="").returning(answer.call),
    )
    return {lost for change in changes for lost in await session.scalars(change)}


def _idle_consents(calls: Collection[CallId], who: AccountId) -> Update:
    """Take somebody's answers in calls that were not recorded: there is nothing that they prove."""
    is_recorded = exists().where(CallRecordingRow.call == CallConsentRow.call)
    answers = update(CallConsentRow).where(CallConsentRow.call.in_(calls), ~is_recorded)
    return answers.where(CallConsentRow.party == who)


def _seen_to(thread: ThreadKey, calls: Collection[CallId], who: AccountId) -> Update:
    """Take what somebody has dealt with: missed requests and messages of this buyer."""
    messages = select(BuyerMessageRow.id)
    messages = messages.where(BuyerMessageRow.room == thread.room, BuyerMessageRow.buyer == thread.buyer)
    is_theirs = SeenToRow.subject.in_(calls) | SeenToRow.subject.in_(messages)
    return update(SeenToRow).where(SeenToRow.room == thread.room, SeenToRow.account == who, is_theirs)
