"""What time does to appointments: holds end, screens and mails remind, calls begin, no-shows are noted."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from config.errors import Denied
from config.ids import AppointmentId, CallId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.database import Database
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage
from rooms.negotiation.appointments.due import AT_ONCE
from rooms.negotiation.appointments.mapping import values_of
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import HOUR, MINUTE, Desk, open_desk, refused
from tests.rooms.fair_facts import buyer, staff
from tests.rooms.statements import noted

ANN, SAM, EVA = buyer(), staff(1), staff(2)


async def test_a_hold_that_is_over_gives_the_time_back_and_tells_both_once(desk: Desk) -> None:
    asked = await desk.ask(hours=30)
    desk.clock.move(24 * HOUR)
    lapsed = await asyncio.gather(*(desk.offices[number % 2].due.lapse() for number in range(10)))
    assert [it.id for found in lapsed for it in found] == [asked.id]
    assert await desk.claims() == 0
    assert Counter(what for _, what in await desk.mails()) == {"asked": 1, "expire": 2}
    await refused(desk.book.accept(SAM, asked.id), "wrong_moment")


async def test_a_hold_that_is_over_stands_in_nobodys_way_before_the_sweep(desk: Desk) -> None:
    first, second = await desk.ask(hours=30), await desk.ask(buyer(2), hours=30)
    desk.clock.move(24 * HOUR)
    await refused(desk.book.accept(SAM, first.id), "wrong_moment")
    assert (await desk.ask(buyer(3), hours=30)).staff in (first.staff, second.staff)
    assert {it.id for it in await desk.due.lapse()} == {first.id, second.id}


async def test_who_asks_again_after_the_hold_and_before_the_sweep_gets_a_new_appointment(desk: Desk) -> None:
    first = await desk.ask(hours=30)
    desk.clock.move(24 * HOUR)
    again = await desk.ask(hours=30)
    assert again.id != first.id
    assert [it.id for it in await desk.due.lapse()] == [first.id]
    assert await desk.book.get(ANN, again.id) == again
    assert await desk.claims() == 2


async def test_what_is_held_no_longer_counts_no_more_before_the_sweep(desk: Desk) -> None:
    for number in range(20):
        await desk.ask(hours=30 + number)
    desk.clock.move(24 * HOUR)
    assert (await desk.ask(hours=60)).state is State.ASKED


async def test_screens_are_reminded_in_stages_each_once(desk: Desk) -> None:
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)

    async def told() -> list[Stage]:
        found = await asyncio.gather(*(desk.offices[n % 2].due.remind() for n in range(8)))
        return [stage for some in found for _, stage in some]

    assert await told() == []
    desk.clock.move(2 * HOUR - 10 * MINUTE)
    assert await told() == [Stage.TEN_MINUTES]
    assert await told() == []
    desk.clock.move(9 * MINUTE)
    assert await told() == [Stage.ONE_MINUTE]
    assert await told() == []
    assert [it.id for it in await desk.due.near(ANN.id)] == [asked.id]
    assert [it.id for it in await desk.due.near(SAM.id)] == [asked.id]
    assert await desk.due.near(EVA.id) == []


async def test_mails_remind_both_once_and_again_when_it_was_moved(desk: Desk) -> None:
    asked = await desk.ask(hours=3)
    await desk.book.accept(SAM, asked.id)
    for _ in range(3):
        await desk.due.write_reminders()
    assert "remind" not in [what for _, what in await desk.mails()]
    desk.clock.move(2 * HOUR)
    for _ in range(3):
        await desk.due.write_reminders()
    assert [what for _, what in await desk.mails()].count("remind") == 2


async def test_screens_that_were_told_are_not_looked_at_again_each_second(file_database: Database) -> None:
    """In a file all who write wait for each other."""
    desk = await open_desk(file_database, file_database)
    await fill(desk, 30)
    desk.clock.move(2 * HOUR - 10 * MINUTE)
    with noted() as first:
        assert len(await desk.due.remind()) == 30
    assert len([it for it in first if it.text.startswith("BEGIN IMMEDIATE")]) == 1
    assert len(first) < 10
    desk.clock.move(1.0)
    with noted() as second:
        assert await desk.due.remind() == []
    assert [it.text.split()[0] for it in second] == ["BEGIN", "SELECT"]
    assert "IMMEDIATE" not in second[0].text


async def test_many_screens_are_reminded_in_rounds_each_once(any_database: Database) -> None:
    desk = await open_desk(any_database, any_database)
    await fill(desk, AT_ONCE + 50)
    desk.clock.move(2 * HOUR - 10 * MINUTE)
    rounds = await asyncio.gather(*(desk.offices[number % 2].due.remind() for number in range(6)))
    told = [(it.id, stage) for some in rounds for it, stage in some]
    assert max(map(len, rounds)) <= AT_ONCE  # two that read at once may share them out as it happens
    assert len(told) == len(set(told)) == AT_ONCE + 50
    desk.clock.move(9 * MINUTE)
    assert {stage for _, stage in await desk.due.remind()} == {Stage.ONE_MINUTE}


async def test_mails_are_written_together_and_not_looked_at_again(any_database: Database) -> None:
    desk = await open_desk(any_database, any_database)
    await fill(desk, 30, hours=3)
    desk.clock.move(2 * HOUR)
    with noted() as first:
        await desk.due.write_reminders()
    assert len([it for it in first if it.text == "BEGIN IMMEDIATE"]) <= 2
    assert [what for _, what in await desk.mails()].count("remind") == 60
    with noted() as again:
        await desk.due.write_reminders()
    assert [it.text.split()[0] for it in again if it.text != "BEGIN"] == ["SELECT"]


async def test_the_hour_begins_once_and_a_no_show_is_written_down(desk: Desk) -> None:
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)
    assert await desk.due.to_begin() == []
    desk.clock.move(2 * HOUR)
    (due,) = await desk.due.to_begin()
    begins = (desk.offices[n % 2].due.begin(due.id, CallId("oak-and-ash.1")) for n in range(10))
    begun = [it for it in await asyncio.gather(*begins) if it]
    assert [it.state for it in begun] == [State.BEGUN]
    await refused(desk.book.cancel(ANN, asked.id), "wrong_moment")
    assert await desk.due.attend(asked.id, frozenset({Side.BUYER})) is None
    desk.clock.move(10 * MINUTE)
    missed = [it for it in await asyncio.gather(
        *(desk.offices[n % 2].due.attend(asked.id, frozenset()) for n in range(6))
    ) if it]  # fmt: skip
    assert [(it.state, it.absent) for it in missed] == [(State.MISSED, frozenset({Side.STAFF}))]
    assert [what for _, what in await desk.mails()].count("miss") == 2
    assert await desk.claims() == 0


async def test_staff_note_how_it_went_and_may_know_better(desk: Desk) -> None:
    asked = await desk.ask()
    await desk.book.accept(SAM, asked.id)
    await refused(desk.book.note(SAM, asked.id, frozenset(), "", ""), "wrong_moment")
    desk.clock.move(2 * HOUR)
    await desk.due.begin(asked.id, CallId("oak-and-ash.1"))
    held = await desk.due.attend(asked.id, frozenset(Side))
    assert held is not None
    assert held.state is State.HELD
    with pytest.raises(Denied):
        await desk.book.note(ANN, asked.id, frozenset(), "", "")
    noted = await desk.book.note(SAM, asked.id, frozenset(), "Likes oak", "Send samples")
    assert (noted.outcome, noted.next_step) == ("Likes oak", "Send samples")
    assert await desk.book.note(SAM, asked.id, frozenset(), "Likes oak", "Send samples") == noted
    missed = await desk.book.note(SAM, asked.id, frozenset({Side.BUYER}), "", "Ask again")
    assert (missed.state, missed.absent) == (State.MISSED, frozenset({Side.BUYER}))


async def fill(desk: Desk, count: int, hours: float = 2) -> None:
    """Let so many appointments be agreed on for one time, though nobody has the time for all of them."""
    asked = await desk.ask(hours=hours)
    accepted = await desk.book.accept(SAM, asked.id)
    copies: list[Appointment] = [replace(accepted, id=AppointmentId(f"copy-{n}")) for n in range(count - 1)]
    async with desk.database.session() as session:
        session.add_all([AppointmentRow(**values_of(it), reminded="") for it in copies])
