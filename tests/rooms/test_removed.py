"""What becomes of the appointments of people whose accounts were closed."""

from __future__ import annotations

import asyncio

import pytest

from config.ids import AccountId
from rooms.fair.accounts import Accounts
from rooms.negotiation.appointments.appointment import Appointment
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import HOUR, Desk
from tests.rooms.fair_facts import OAK, buyer, staff

ANN, BOB, SAM, EVA = buyer(), buyer(2), staff(1), staff(2)


async def close(desk: Desk, account: AccountId) -> None:
    await Accounts(desk.database, desk.clock, 12).disable(account)


async def swept(desk: Desk, how: str) -> list[Appointment]:
    """Let both nodes look several times at once; return what they did."""
    done = await asyncio.gather(*(getattr(desk.offices[number % 2].due, how)() for number in range(8)))
    return [it for found in done for it in found]


async def mails(desk: Desk, what: str) -> set[str]:
    return {who.removesuffix("@fair.example") for who, about in await desk.mails() if about == what}


async def test_a_buyer_who_was_removed_gives_the_time_back_and_the_staff_are_told_once(desk: Desk) -> None:
    asked, agreed, other = await desk.ask(), await desk.ask(hours=4), await desk.ask(BOB)
    await desk.book.accept(SAM, agreed.id)
    assert await swept(desk, "drop") == []
    await close(desk, ANN.id)
    assert {it.id for it in await swept(desk, "drop")} == {asked.id, agreed.id}
    assert (await desk.book.get(SAM, agreed.id)).state is State.CANCELLED
    assert (await desk.book.get(BOB, other.id)).state is State.ASKED
    assert await desk.claims() == 2
    assert await mails(desk, "cancel") == {SAM.id}


@pytest.mark.parametrize("is_agreed", [True, False])
async def test_a_colleague_who_is_free_takes_over_from_who_was_removed(desk: Desk, is_agreed: bool) -> None:
    asked = await desk.ask()
    if is_agreed:
        await desk.book.accept(SAM, asked.id)
    before = await desk.book.get(ANN, asked.id)
    await close(desk, SAM.id)
    (moved,) = await swept(desk, "hand_over")
    assert (moved.id, moved.staff, moved.staff_name) == (asked.id, EVA.id, EVA.name)
    assert (moved.state, moved.hold_until) == (before.state, before.hold_until)
    assert await desk.claims() == 2
    assert await mails(desk, "reassign") == {ANN.id, EVA.id}
    assert await swept(desk, "hand_over") == []


async def test_where_no_colleague_is_free_the_appointment_is_cancelled(desk: Desk) -> None:
    asked, other = await desk.ask(), await desk.ask(BOB)
    await desk.book.accept(SAM, asked.id)
    assert (asked.staff, other.staff) == (SAM.id, EVA.id)
    await close(desk, SAM.id)
    (gone,) = await swept(desk, "hand_over")
    assert (gone.id, gone.state) == (asked.id, State.CANCELLED)
    assert await mails(desk, "cancel") == {ANN.id}
    assert await desk.claims() == 2


async def test_what_is_held_no_longer_is_not_handed_over(desk: Desk) -> None:
    asked = await desk.ask(hours=30)
    await close(desk, SAM.id)
    desk.clock.move(24 * HOUR)
    assert await swept(desk, "hand_over") == []
    assert [it.id for it in await desk.due.lapse()] == [asked.id]
    assert await mails(desk, "expire") == {ANN.id}


@pytest.mark.parametrize("who", [ANN, SAM])
async def test_nothing_begins_for_who_was_removed_and_nobody_writes_to_them(desk: Desk, who: object) -> None:
    """Not even before the next sweep."""
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)
    await close(desk, ANN.id if who is ANN else SAM.id)
    desk.clock.move(HOUR)
    await desk.due.write_reminders()
    assert await mails(desk, "remind") == {SAM.id if who is ANN else ANN.id}
    desk.clock.move(HOUR)
    assert await desk.due.to_begin() == []


async def test_what_was_handed_over_begins_with_the_colleague(desk: Desk) -> None:
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)
    await close(desk, SAM.id)
    await swept(desk, "hand_over")
    desk.clock.move(2 * HOUR)
    assert [(it.id, it.staff) for it in await desk.due.to_begin()] == [(asked.id, EVA.id)]
    assert [it.staff for it in await desk.book.of(staff(2, OAK), 0.0)] == [EVA.id]
