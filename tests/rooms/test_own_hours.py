"""Appointments where staff have hours of their own: what is offered, who gets it, and who may take it on."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from config.errors import Conflict
from config.ids import AccountId
from rooms.fair.accounts import Accounts
from rooms.fair.hours import Hours, Weekly
from rooms.fair.policy import Actor
from rooms.negotiation.appointments.appointment import Appointment, Wish
from rooms.negotiation.appointments.diary import Wanted
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import Desk, account_row, refused
from tests.rooms.fair_facts import OAK, buyer, staff

ANN, BOB, SAM, EVA = buyer(), buyer(2), staff(1), staff(2)
FRIDAY = date(2027, 1, 15)
"""It is eight o'clock there; Sam speaks English, Eva Chinese, and the stand is open round the clock."""


def on_friday(begin: int, end: int) -> Weekly:
    return {4: ((begin * 60, end * 60),)}


async def parted(desk: Desk) -> None:
    """Sam is there from 9 to 12, Eva from 11 to 14."""
    await desk.own_hours(SAM, "en", on_friday(9, 12))
    await desk.own_hours(EVA, "zh", on_friday(11, 14))


async def offered(desk: Desk, language: str = "zh", minutes: int = 30) -> dict[str, bool]:
    """Return the times of Friday, and whether the language is spoken then."""
    wanted, zone = Wanted(OAK, minutes, language, None, ANN.id), ZoneInfo("Europe/Lisbon")
    slots = await desk.book.diary.offered(wanted, FRIDAY, 1, zone)
    hour = {slot.starts_at: 8 + (slot.starts_at - desk.at(0)) / 3600 for slot in slots}
    return {f"{hour[it.starts_at]:g}": it.speaks for it in slots}


async def test_times_are_offered_at_which_somebody_is_there(desk: Desk) -> None:
    await parted(desk)
    assert await offered(desk) == {
        "9": False, "9.25": False, "9.5": False, "9.75": False, "10": False, "10.25": False, "10.5": False,
        "10.75": False, "11": True, "11.25": True, "11.5": True, "11.75": True, "12": True, "12.25": True,
        "12.5": True, "12.75": True, "13": True, "13.25": True, "13.5": True,
    }
    await desk.ask(BOB, hours=4, minutes=30, language="zh")
    assert not {"11.75", "12", "12.25"} & (await offered(desk)).keys(), "only Eva is there then"


async def test_own_hours_do_not_open_the_stand(desk: Desk) -> None:
    await parted(desk)
    await desk.hours.set(SAM, OAK, Hours("Europe/Lisbon", on_friday(10, 11)))
    assert list(await offered(desk, minutes=15)) == ["10", "10.25", "10.5", "10.75"]
    await refused(desk.ask(hours=4), "closed")


async def test_own_hours_are_read_on_the_clock_of_the_stand(desk: Desk) -> None:
    await desk.own_hours(SAM, "en", on_friday(21, 22))
    await desk.own_hours(EVA, "zh", on_friday(21, 22))
    await desk.hours.set(SAM, OAK, Hours("Asia/Tokyo", {4: ((0, 1440),)}))
    assert list(await offered(desk)) == ["12", "12.25", "12.5"]


async def test_hours_that_go_on_over_midnight_hold_an_appointment_over_midnight(desk: Desk) -> None:
    night: Weekly = {4: ((1380, 1440),), 5: ((0, 60),)}
    await desk.own_hours(SAM, "en", night)
    await desk.own_hours(EVA, "zh", on_friday(23, 24))
    wish = Wish(desk.at(15.75), 30, None, "zh")
    assert (await desk.book.request(ANN, OAK, wish)).staff == SAM.id


async def test_what_nobody_is_there_for_is_refused_as_when_it_is_closed(desk: Desk) -> None:
    await parted(desk)
    for hours in (6, 24 + 2):
        await refused(desk.ask(hours=hours), "closed")
    await refused(desk.ask(hours=5.75, minutes=30), "closed")  # until a quarter past two
    assert await desk.claims() == 0


async def test_it_is_given_to_who_is_there_before_who_speaks_the_language(desk: Desk) -> None:
    await parted(desk)
    assert (await desk.ask(hours=2, language="zh")).staff == SAM.id
    assert (await desk.ask(hours=3, language="zh")).staff == EVA.id
    assert (await desk.ask(hours=4.5, language="en")).staff == EVA.id


async def test_who_is_there_and_taken_gives_nobody_else_the_time(desk: Desk) -> None:
    await parted(desk)
    await desk.ask(hours=2)
    await refused(desk.ask(BOB, hours=2), "slot_taken")
    assert await desk.claims() == 2


async def test_who_has_said_nothing_is_there_as_the_stand_is(desk: Desk) -> None:
    await desk.own_hours(SAM, "en", on_friday(9, 12))
    assert {(await desk.ask(buyer(number), hours=2)).staff for number in (1, 2)} == {SAM.id, EVA.id}
    assert (await desk.ask(hours=6)).staff == EVA.id


async def test_another_time_is_given_to_who_is_there_then(desk: Desk) -> None:
    await parted(desk)
    asked = await desk.ask(hours=2)
    assert asked.staff == SAM.id
    moved = await desk.book.counter(ANN, asked.id, desk.at(5), 15)
    assert (moved.staff, moved.state) == (EVA.id, State.COUNTERED)
    await refused(desk.book.counter(ANN, asked.id, desk.at(8), 15), "closed")
    assert (await desk.book.get(ANN, asked.id)).starts_at == desk.at(5)
    assert await desk.claims() == 2


async def test_people_may_agree_to_work_beyond_their_hours(desk: Desk) -> None:
    await parted(desk)
    asked = await desk.ask(hours=2)
    given = await desk.book.reassign(SAM, asked.id, EVA.id)
    assert (given.staff, given.starts_at) == (EVA.id, desk.at(2))


async def test_what_was_arranged_stays_when_hours_change(desk: Desk) -> None:
    asked = await desk.ask(hours=2)
    await desk.own_hours(SAM, "en", on_friday(15, 16))
    assert (await desk.book.accept(SAM, asked.id)).staff == SAM.id
    assert (await offered(desk, "en"))["11"] is False, "Eva is there, and Sam no more"


async def left_by(desk: Desk, account: AccountId) -> list[Appointment]:
    """Close an account, and let both nodes look at once for what it leaves."""
    await Accounts(desk.database, desk.clock, 12).disable(account)
    done = await asyncio.gather(*(desk.offices[number % 2].due.hand_over() for number in range(6)))
    return [it for found in done for it in found]


@pytest.mark.parametrize(("hours", "heir"), [(2, staff(3)), (5, EVA)])
async def test_what_somebody_leaves_goes_to_who_is_there_then(desk: Desk, hours: float, heir: Actor) -> None:
    await people_too(desk)
    asked = await desk.ask(hours=hours)
    assert asked.staff == SAM.id
    (moved,) = await left_by(desk, SAM.id)
    assert (moved.id, moved.staff) == (asked.id, heir.id)
    assert await desk.claims() == 2


async def test_what_somebody_leaves_goes_to_a_colleague_rather_than_to_nobody(desk: Desk) -> None:
    """It was agreed on: whoever has it now, and cannot, gives it on or suggests another time."""
    await desk.own_hours(EVA, "zh", on_friday(20, 21))
    asked = await desk.ask(hours=2)
    await desk.book.accept(SAM, asked.id)
    (moved,) = await left_by(desk, SAM.id)
    assert (moved.staff, moved.state) == (EVA.id, State.ACCEPTED)


async def test_of_thirty_who_want_a_time_at_once_each_who_is_there_gets_one(desk: Desk) -> None:
    """At nine Sam is there, at eleven both are, at one Eva: nobody has two, or one while away."""
    await parted(desk)
    wishes = [Wish(desk.at(hours), 15, None, "zh") for hours in (1, 3, 5)]
    tries = (
        desk.offices[number % 2].book.request(buyer(number + 1), OAK, wishes[number % 3])
        for number in range(30)
    )
    done = await asyncio.gather(*tries, return_exceptions=True)
    won = Counter((it.starts_at, it.staff) for it in done if isinstance(it, Appointment))
    assert won == {
        (desk.at(1), SAM.id): 1, (desk.at(3), SAM.id): 1, (desk.at(3), EVA.id): 1, (desk.at(5), EVA.id): 1
    }
    assert {it.code for it in done if isinstance(it, Conflict)} == {"slot_taken"}
    assert await desk.claims() == 8


async def people_too(desk: Desk) -> None:
    """A third of the staff, who is there from 9 to 11; Eva is from 12 to 15, and Sam as the stand."""
    third = staff(3)
    async with desk.database.session() as session:
        session.add(account_row(third))
    await desk.own_hours(third, "fr", on_friday(9, 11))
    await desk.own_hours(EVA, "zh", on_friday(12, 15))
