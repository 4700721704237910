"""Times that staff propose to who has asked or written: held, answered by the buyer, one at a time."""

from __future__ import annotations

import asyncio

import pytest

from config.errors import Busy, Denied
from config.ids import ProductId
from rooms.fair.accounts import Accounts
from rooms.fair.blocks import Blocks
from rooms.fair.policy import Actor
from rooms.negotiation.appointments.appointment import Appointment, Asker, Side, Wish
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import HOUR, MINUTE, Desk, refused
from tests.rooms.fair_facts import LAMP, OAK, buyer, guest, organiser, staff

ANN, SAM, EVA = buyer(), staff(1), staff(2)


async def propose(desk: Desk, hours: float = 2, by: Actor = SAM, to: Actor = ANN) -> Appointment:
    asker = Asker(to.id, to.name, to.company, to.country, to.language)
    return await desk.book.propose(by, OAK, asker, Wish(desk.at(hours), 15, ProductId("chair"), "en", "Look"))


async def test_a_proposal_holds_the_time_of_both_and_waits_for_the_buyer(desk: Desk) -> None:
    made = await propose(desk, by=EVA)
    assert (made.state, made.proposed_by, made.staff) == (State.ASKED, Side.STAFF, EVA.id)
    assert (made.buyer, made.buyer_company, made.product, made.note) == (ANN.id, "Trade Ltd", "chair", "Look")
    assert made.hold_until == desk.at(2)
    assert await desk.claims() == 2
    assert sorted(await desk.mails()) == [(f"{who.id}@fair.example", "propose") for who in (ANN, EVA)]
    await refused(desk.book.accept(SAM, made.id), "own_proposal")
    assert (await desk.book.accept(ANN, made.id)).state is State.ACCEPTED


async def test_a_proposal_that_comes_again_is_the_same_beside_another_that_waits(desk: Desk) -> None:
    made, asked = await propose(desk, hours=5), await desk.ask(hours=3)
    await desk.book.counter(SAM, asked.id, desk.at(4), 15)
    assert await propose(desk, hours=5) == made
    await refused(propose(desk, hours=6), "proposed_already")


async def test_a_buyer_may_decline_a_proposal_or_suggest_another_time(desk: Desk) -> None:
    first = await propose(desk)
    assert (await desk.book.decline(ANN, first.id)).state is State.DECLINED
    assert await desk.claims() == 0
    second = await propose(desk)
    moved = await desk.book.counter(ANN, second.id, desk.at(4), 15)
    assert (moved.state, moved.proposed_by) == (State.COUNTERED, Side.BUYER)


async def test_a_proposal_nobody_answers_gives_its_time_back(desk: Desk) -> None:
    made = await propose(desk, hours=30)
    desk.clock.move(24 * HOUR)
    assert [it.id for it in await desk.due.lapse()] == [made.id]
    assert await desk.claims() == 0


async def test_the_same_proposal_again_is_the_same_one_and_another_one_waits(desk: Desk) -> None:
    one, two = await asyncio.gather(propose(desk), propose(desk))
    assert one.id == two.id
    assert len(await desk.mails()) == 2
    await refused(propose(desk, hours=4), "proposed_already")
    await desk.book.accept(ANN, one.id)
    assert (await propose(desk, hours=4)).state is State.ASKED


async def test_after_a_hold_another_time_can_be_proposed_before_the_sweep(desk: Desk) -> None:
    made = await propose(desk, hours=30)
    desk.clock.move(24 * HOUR)
    assert (await propose(desk, hours=30)).id != made.id


async def test_who_proposes_comes_unless_only_a_colleague_is_free(desk: Desk) -> None:
    await desk.ask(buyer(2))  # goes to Sam
    assert (await propose(desk, by=SAM)).staff == EVA.id
    await refused(propose(desk, to=buyer(3)), "slot_taken")
    await refused(propose(desk, hours=0.25, to=buyer(3)), "too_late")


async def test_only_the_staff_of_the_room_propose(desk: Desk) -> None:
    for actor in (ANN, guest(), organiser(), staff(1, LAMP)):
        with pytest.raises(Denied):
            await propose(desk, by=actor)
    assert await desk.claims() == 0


async def test_nothing_is_proposed_to_who_is_blocked_or_has_left(desk: Desk) -> None:
    await Blocks(desk.database, desk.clock).block(SAM, OAK, ANN.id)
    await refused(propose(desk), "blocked")
    await Accounts(desk.database, desk.clock, 12).disable(buyer(2).id)
    await refused(propose(desk, to=buyer(2)), "no_account")
    assert await desk.claims() == 0


async def test_proposals_fill_no_more_of_a_buyers_time_than_they_may_ask_for(desk: Desk) -> None:
    for number in range(20):
        await desk.ask(hours=3 + number)
    with pytest.raises(Busy) as refusal:
        await propose(desk)
    assert refusal.value.code == "too_many_appointments"


async def test_the_clock_of_the_buyer_is_the_one_they_told_last(desk: Desk) -> None:
    """A time that was proposed before says nothing of it."""
    first = await propose(desk)
    assert first.buyer_zone == ""
    await desk.book.decline(ANN, first.id)
    desk.clock.move(MINUTE)
    asked = await desk.ask(hours=3)
    assert (await propose(desk, hours=4)).buyer_zone == asked.buyer_zone == "Asia/Tokyo"
