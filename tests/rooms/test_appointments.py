"""Appointments in the store: nobody is in two at once, each change and each mail happens once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from config.errors import Busy, Conflict, Denied, Missing
from config.ids import AppointmentId, ProductId
from rooms.fair.hours import Hours
from rooms.fair.outbox_rows import LetterRow
from rooms.fair.roster import Roster
from rooms.negotiation.appointments.appointment import Appointment, Side, Stage, Wish
from rooms.negotiation.appointments.diary import Diary, Wanted
from rooms.negotiation.appointments.erasing import erase_staff
from rooms.negotiation.appointments.states import OPEN
from rooms.negotiation.appointments.states import AppointmentState as State
from signaling.wire_appointments import appointment_data
from tests.rooms.diaries import HOUR, MINUTE, SETTINGS, Desk, refused
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff

ANN, SAM, EVA = buyer(), staff(1), staff(2)


async def test_a_request_holds_the_time_of_both(desk: Desk) -> None:
    asked = await desk.ask(minutes=30)
    assert (asked.state, asked.staff_name, asked.proposed_by) == (State.ASKED, "Staff 1", Side.BUYER)
    assert asked.hold_until == desk.at(2)
    assert await desk.claims() == 4
    assert await desk.ask(minutes=30) == asked
    assert await desk.claims() == 4
    assert await desk.mails() == [(f"{SAM.id}@fair.example", "asked")]


async def test_who_speaks_the_buyers_language_gets_the_request(desk: Desk) -> None:
    assert (await desk.ask(language="zh")).staff == EVA.id
    assert (await desk.ask(buyer(2), language="zh")).staff == SAM.id
    await refused(desk.ask(buyer(3), language="zh"), "slot_taken")


async def test_nobody_is_in_two_appointments_at_once(desk: Desk) -> None:
    await desk.ask(minutes=30)
    wish = Wish(desk.at(2) + 15 * MINUTE, 15)
    await refused(desk.book.request(ANN, OAK, wish), "buyer_taken")
    assert await desk.claims() == 4


async def test_offers_leave_out_what_is_taken_and_what_is_near(desk: Desk) -> None:
    zone = ZoneInfo("UTC")
    today = Wanted(OAK, 30, "zh", None, ANN.id)
    await desk.ask(minutes=30)
    slots = await desk.book.diary.offered(today, date(2027, 1, 15), 1, zone)
    starts = [(slot.starts_at - desk.at(0)) / HOUR for slot in slots]
    assert min(starts) == 0.5
    assert not {1.75, 2.0, 2.25} & set(starts)
    assert {1.5, 2.5} < set(starts)
    assert all(slot.speaks for slot in slots)
    assert await desk.book.diary.offered(replace(today, room=LAMP), date(2027, 1, 15), 1, zone) == []


async def test_only_the_hours_can_be_booked(desk: Desk) -> None:
    await desk.hours.set(SAM, OAK, Hours("Europe/Lisbon", {4: ((600, 660),)}))  # Friday, 10 to 11
    await refused(desk.ask(hours=4), "closed")
    await refused(desk.ask(hours=0.25), "too_late")
    await refused(desk.book.request(ANN, OAK, Wish(desk.at(2) + 1, 15)), "bad_time")


async def test_buyers_ask_and_others_do_not(desk: Desk) -> None:
    for actor, code in ((guest(), "sign_in"), (staff(), "denied"), (organiser(), "denied")):
        with pytest.raises(Denied) as refusal:
            await desk.book.request(actor, OAK, Wish(desk.at(2), 15))
        assert refusal.value.code == code
    other = Wish(desk.at(2), 15, ProductId("lampshade"))
    with pytest.raises(Missing):
        await desk.book.request(ANN, OAK, other)
    assert await desk.claims() == 0


async def test_strangers_see_and_change_nothing(desk: Desk) -> None:
    asked = await desk.ask()
    for actor in (buyer(2), staff(1, LAMP), organiser(), guest()):
        for work in (desk.book.get, desk.book.accept, desk.book.decline, desk.book.cancel):
            with pytest.raises(Denied):
                await work(actor, asked.id)
    with pytest.raises(Denied):
        await desk.book.reassign(ANN, asked.id, EVA.id)
    with pytest.raises(Missing):
        await desk.book.accept(SAM, AppointmentId("none"))
    assert await desk.book.get(ANN, asked.id) == asked


async def test_staff_accept_and_both_are_written_to_once(desk: Desk) -> None:
    asked = await desk.ask()
    await refused(desk.book.accept(ANN, asked.id), "own_proposal")
    accepted = await desk.book.accept(SAM, asked.id)
    assert (accepted.state, accepted.revision, accepted.hold_until) == (State.ACCEPTED, 1, None)
    assert await desk.book.accept(SAM, asked.id) == accepted
    assert sorted(what for _, what in await desk.mails()) == ["accept", "accept", "asked"]
    await refused(desk.book.decline(SAM, asked.id), "wrong_moment")


@pytest.mark.parametrize("how", ["decline", "cancel"])
async def test_what_is_off_gives_its_time_back(desk: Desk, how: str) -> None:
    asked = await desk.ask()
    off = await getattr(desk.book, how)(SAM, asked.id)
    assert off.state in (State.DECLINED, State.CANCELLED)
    assert await desk.claims() == 0
    assert (await desk.ask()).id != asked.id


async def test_a_counter_proposal_takes_the_new_time_and_gives_the_old_one_back(desk: Desk) -> None:
    asked = await desk.ask()
    moved = await desk.book.counter(SAM, asked.id, desk.at(5), 30)
    assert (moved.state, moved.starts_at, moved.minutes) == (State.COUNTERED, desk.at(5), 30)
    assert await desk.claims() == 4
    await refused(desk.book.accept(SAM, asked.id), "own_proposal")
    again = await desk.book.counter(ANN, asked.id, desk.at(6), 15)
    assert (again.proposed_by, again.revision) == (Side.BUYER, 2)
    assert (await desk.book.accept(SAM, asked.id)).state is State.ACCEPTED


async def test_a_double_click_is_one_change(desk: Desk) -> None:
    asked = await desk.ask()
    moves = (desk.offices[number % 2].book.counter(SAM, asked.id, desk.at(4), 15) for number in range(4))
    assert {it.revision for it in await asyncio.gather(*moves)} == {1}
    assert [what for _, what in await desk.mails()].count("counter") == 2
    declined = await desk.book.decline(ANN, asked.id)
    assert await desk.book.decline(ANN, asked.id) == declined
    assert [what for _, what in await desk.mails()].count("decline") == 2
    await refused(desk.book.decline(SAM, asked.id), "wrong_moment")


async def test_what_is_offered_can_be_asked_for(desk: Desk) -> None:
    """By half hours, with hours that go on over midnight from a quarter past on."""
    settings, roster = replace(SETTINGS, slot_minutes=30), Roster(desk.database, desk.clock)
    diary = Diary(desk.database, desk.hours, roster, desk.clock, settings)
    week = {0: ((555, 1440),), **dict.fromkeys(range(1, 6), ((0, 1440),))}
    await desk.hours.set(SAM, OAK, Hours("UTC", week))
    monday, wanted = date(2027, 1, 18), Wanted(OAK, 15, "en", None, ANN.id)
    desk.clock.now = datetime(2027, 1, 18, 10, tzinfo=UTC).timestamp()
    offered = await diary.offered(wanted, monday, 5, ZoneInfo("UTC"))
    assert len(offered) > 150
    for slot in offered[::7]:
        assert await diary.staff_at(wanted, slot.starts_at)


async def test_a_counter_proposal_that_fails_changes_nothing(desk: Desk) -> None:
    asked, other = await desk.ask(), await desk.ask(hours=5)
    await refused(desk.book.counter(SAM, asked.id, desk.at(5), 15), "buyer_taken")
    assert await desk.book.get(ANN, asked.id) == asked
    assert await desk.book.get(ANN, other.id) == other
    assert await desk.claims() == 4


async def test_a_colleague_takes_over_if_free(desk: Desk) -> None:
    asked, taken = await desk.ask(), await desk.ask(buyer(2))
    assert taken.staff == EVA.id
    await refused(desk.book.reassign(SAM, asked.id, EVA.id), "slot_taken")
    await desk.book.cancel(EVA, taken.id)
    given = await desk.book.reassign(SAM, asked.id, EVA.id)
    assert (given.staff, given.staff_name, given.state) == (EVA.id, "Staff 2", State.ASKED)
    assert await desk.book.reassign(SAM, asked.id, EVA.id) == given
    assert (f"{SAM.id}@fair.example", "unassigned") in await desk.mails()
    await desk.ask(buyer(3))
    await refused(desk.book.reassign(SAM, asked.id, staff(9).id), "no_account")


async def test_an_erased_name_stays_erased_as_long_as_the_appointment_is_theirs(desk: Desk) -> None:
    """The company stands in the mails to the buyer and on their screens; whoever takes it over has a name."""
    asked = await desk.ask()
    async with desk.database.session() as session:
        await erase_staff(session, OAK, ANN.id, SAM.id, SAM.name)
    moved = await desk.book.counter(ANN, asked.id, desk.at(4), 15)
    assert (moved.staff, moved.staff_name) == (SAM.id, "")
    shown = appointment_data(moved, Side.BUYER, "Oak & Ash", Stage.CHANGED, desk.clock.now)
    assert (shown["other"], shown["other_company"]) == ("Oak & Ash", "Oak & Ash")
    async with desk.database.reading() as session:
        mails = list(await session.scalars(select(LetterRow).where(LetterRow.recipient.startswith(ANN.id))))
    assert [json.loads(it.facts)["other"] for it in mails] == ["Oak & Ash"]
    assert (await desk.book.reassign(SAM, asked.id, EVA.id)).staff_name == "Staff 2"


async def test_what_was_asked_with_a_key_is_not_asked_again_by_a_copy_that_comes_late(desk: Desk) -> None:
    wish = Wish(desk.at(2), 15)
    asked = await desk.book.request(ANN, OAK, wish, "key-1")
    cancelled = await desk.book.cancel(ANN, asked.id)
    desk.clock.move(3 * HOUR)
    assert await desk.offices[1].book.request(ANN, OAK, wish, "key-1") == cancelled
    assert await desk.claims() == 0
    other = Wish(desk.at(6), 15)
    copies = (desk.offices[n % 2].book.request(ANN, OAK, other, "key-2") for n in range(6))
    assert len({it.id for it in await asyncio.gather(*copies)}) == 1
    assert (await desk.book.request(buyer(2), OAK, other, "key-2")).buyer == buyer(2).id


async def test_who_accepts_agrees_to_what_they_saw(desk: Desk) -> None:
    asked = await desk.ask()
    moved = await desk.book.counter(SAM, asked.id, desk.at(5), 15)
    accepted = await desk.book.accept(ANN, asked.id, moved.revision)
    again = await desk.book.counter(SAM, asked.id, desk.at(9), 15, accepted.revision)
    await refused(desk.book.accept(ANN, asked.id, moved.revision), "changed")
    await refused(desk.book.counter(ANN, asked.id, desk.at(7), 15, moved.revision), "changed")
    await refused(desk.book.reassign(SAM, asked.id, EVA.id, moved.revision), "changed")
    assert await desk.book.get(ANN, asked.id) == again


async def test_what_is_held_no_longer_is_given_to_no_colleague(desk: Desk) -> None:
    asked = await desk.ask(hours=30)
    desk.clock.move(24 * HOUR)
    await refused(desk.book.reassign(SAM, asked.id, EVA.id), "wrong_moment")
    assert (await desk.book.get(SAM, asked.id)) == asked


async def test_a_buyer_has_a_bounded_number_before_them(desk: Desk) -> None:
    for number in range(20):
        await desk.ask(hours=2 + number)
    with pytest.raises(Busy) as refusal:
        await desk.ask(hours=40)
    assert refusal.value.code == "too_many_appointments"


async def test_of_forty_who_want_the_last_time_at_once_two_get_it(desk: Desk) -> None:
    """Two of the staff, forty buyers, two connections to the database."""
    wish = Wish(desk.at(3), 30)
    tries = (desk.offices[number % 2].book.request(buyer(number + 1), OAK, wish) for number in range(40))
    done = await asyncio.gather(*tries, return_exceptions=True)
    won = [it for it in done if isinstance(it, Appointment)]
    assert {it.staff for it in won} == {SAM.id, EVA.id}
    assert len(won) == 2
    assert {it.code for it in done if isinstance(it, Conflict)} == {"slot_taken"}
    assert await desk.claims() == 8


async def test_a_buyer_who_asks_for_all_times_at_once_has_no_two_that_overlap(desk: Desk) -> None:
    wishes = [Wish(desk.at(3) + quarter * 15 * MINUTE, 30) for quarter in range(10)]
    tries = (desk.offices[n % 2].book.request(ANN, OAK, wish) for n, wish in enumerate(wishes))
    done = await asyncio.gather(*tries, return_exceptions=True)
    won = sorted(it.starts_at for it in done if isinstance(it, Appointment))
    assert won
    assert all(later - sooner >= 30 * MINUTE for sooner, later in pairwise(won))
    assert await desk.claims() == 4 * len(won)


async def test_an_acceptance_and_a_cancellation_at_once_end_one_way(desk: Desk) -> None:
    for number in range(10):
        asked = await desk.ask(buyer(number + 1), hours=3 + number)
        accept = desk.offices[0].book.accept(SAM if asked.staff == SAM.id else EVA, asked.id)
        cancel = desk.offices[1].book.cancel(buyer(number + 1), asked.id)
        await asyncio.gather(accept, cancel, return_exceptions=True)
        state = (await desk.book.get(SAM, asked.id)).state
        assert state is State.CANCELLED
    assert await desk.claims() == 0


async def test_moves_across_each_other_neither_hang_nor_double(desk: Desk) -> None:
    one, two = await desk.ask(hours=3, minutes=30), await desk.ask(buyer(2), hours=4, minutes=30)
    await asyncio.gather(
        *(desk.offices[n % 2].book.counter(SAM, one.id, desk.at(4 - n % 2), 30) for n in range(6)),
        *(desk.offices[n % 2].book.counter(SAM, two.id, desk.at(3 + n % 2), 30) for n in range(6)),
        return_exceptions=True,
    )
    assert await desk.claims() == 8


async def test_each_side_lists_its_own(desk: Desk) -> None:
    one, two = await desk.ask(hours=4), await desk.ask(buyer(2), hours=3)
    assert [it.id for it in await desk.book.of(ANN, 0)] == [one.id]
    assert [it.id for it in await desk.book.of(EVA, 0)] == [two.id, one.id]
    assert await desk.book.of(staff(1, LAMP), 0) == []
    with pytest.raises(Denied):
        await desk.book.of(guest(), 0)


async def test_ones_own_are_those_one_comes_to(desk: Desk) -> None:
    """Of a colleague none, of other states none, of before none."""
    one, two = await desk.ask(hours=4), await desk.ask(buyer(2), hours=4)
    three = await desk.ask(hours=6)
    assert (one.staff, two.staff) == (SAM.id, EVA.id)
    await desk.book.cancel(ANN, three.id)
    for who, theirs in ((ANN, [one]), (SAM, [one]), (EVA, [two]), (staff(1, LAMP), [])):
        assert await desk.book.own(who, OPEN, 0.0) == theirs
    assert await desk.book.own(ANN, OPEN, desk.at(5)) == []
    with pytest.raises(Denied):
        await desk.book.own(guest(), OPEN, 0.0)
