"""Appointments on screens: told to both wherever they are, and at the hour both are brought into one call."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import update

from config.errors import Missing
from config.ids import CallId
from config.settings import Settings
from rooms.fair.accounts import Accounts
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.policy import Role
from rooms.negotiation.appointments.appointment import Appointment, Wish
from rooms.negotiation.appointments.states import AppointmentState as State
from tests.rooms.diaries import ALL_DAY, people_of
from tests.rooms.fair_facts import LAMP, OAK, PASSWORD, buyer, staff
from tests.signaling.fair import Node, furnish_fair, open_node, quick
from tests.signaling.held import Hold

ANN, SAM, EVA = buyer(), staff(1), staff(2)


@pytest_asyncio.fixture
async def office(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> AsyncIterator[Node]:
    """One node whose room has hours and staff, and where nobody is waited for longer than two seconds."""
    await furnish_fair(database)
    await people_of(database, ("en",))
    await HoursStore(database, time.time).set(SAM, OAK, Hours("UTC", ALL_DAY))
    async with open_node(quick(settings, appointments__no_show_minutes=0.1), valkey_url, database) as node:
        yield node


async def agreed(node: Node) -> Appointment:
    """Ask for a time, and agree to it."""
    quarter = (time.time() + 3600) // 900 * 900
    asked = await node.appointments.request(ANN, OAK, Wish(quarter, 15))
    return await node.appointments.accept(SAM, asked.id)


async def come(node: Node, appointment: Appointment, seconds: float) -> None:
    """Let its time come so near, as waiting would."""
    async with node.database.session() as session:
        change = update(AppointmentRow).where(AppointmentRow.id == appointment.id)
        await session.execute(change.values(starts_at=time.time() + seconds))


def at(state: State, stage: str = "changed") -> Callable[[Any], bool]:
    return lambda it: (it["appointment"]["state"], it["appointment"]["stage"]) == (state, stage)


async def test_both_are_reminded_and_then_brought_into_one_call(office: Node) -> None:
    appointment = await agreed(office)
    shopper = await office.talk("/hall", ANN, LAMP)
    walking, console = await office.talk("/hall", SAM), await office.talk("/booth", SAM, OAK)
    await come(office, appointment, 500)
    for talker in (shopper, walking, console):
        await talker.hear("appointment", at(State.ACCEPTED, "ten_minutes"))
    late = await office.talk("/hall", ANN, OAK)
    (near,) = (await late.hear("snapshot"))["appointments"]
    assert (near["other"], near["stage"], near["meeting"]) == (SAM.name, "ten_minutes", None)
    await come(office, appointment, -1)
    told = (await shopper.hear("appointment", at(State.BEGUN)))["appointment"]
    assert told["meeting"] == f"/meeting/{OAK}.{appointment.id}"
    assert (await console.hear("appointment", at(State.BEGUN)))["appointment"]["other"] == ANN.name
    call = told["meeting"].removeprefix("/meeting/")
    one = await office.talk("/meeting", ANN, call=call)
    two = await office.talk("/meeting", SAM, call=call)
    assert (await one.hear("snapshot"))["other"]["name"] == SAM.name
    assert (await two.hear("snapshot"))["other_present"]
    await shopper.hear("appointment", at(State.HELD))
    assert (await office.appointments.get(ANN, appointment.id)).absent == frozenset()
    assert [talker.count("appointment") for talker in (shopper, walking, console)] == [3, 3, 3]


async def test_who_waits_in_vain_is_told_and_the_no_show_is_written_down(office: Node) -> None:
    appointment = await agreed(office)
    console = await office.talk("/booth", SAM, OAK)
    await come(office, appointment, -1)
    begun = (await console.hear("appointment", at(State.BEGUN)))["appointment"]
    waiting = await office.talk("/meeting", SAM, call=begun["meeting"].removeprefix("/meeting/"))
    missed = (await console.hear("appointment", at(State.MISSED)))["appointment"]
    assert missed["absent"] == ["buyer"]
    await waiting.hear("ended")
    assert (await office.appointments.get(SAM, appointment.id)).state is State.MISSED


async def test_two_nodes_open_one_call_and_tell_it_once(
    office: Node, valkey_url: str, database: Database, settings: Settings
) -> None:
    other = quick(settings, data__folder=settings.data.folder / "other", appointments__no_show_minutes=1.0)
    async with open_node(other, valkey_url, database) as second:
        shopper, console = await office.talk("/hall", ANN), await second.talk("/booth", SAM, OAK)
        appointment = await agreed(office)
        await come(office, appointment, -1)
        for talker in (shopper, console):
            await talker.hear("appointment", at(State.BEGUN))
        calls = await office.parts.calls.talking_of(ANN.id)
        assert calls is not None
        assert calls.id == f"{OAK}.{appointment.id}"
        for talker in (shopper, console):
            await talker.hear("appointment", at(State.MISSED))
        assert [talker.count("appointment") for talker in (shopper, console)] == [2, 2]


async def test_who_hangs_up_before_the_other_comes_ends_the_wait(
    redis: Redis, valkey_url: str, database: Database, settings: Settings
) -> None:
    await furnish_fair(database)
    await people_of(database, ("en",))
    await HoursStore(database, time.time).set(SAM, OAK, Hours("UTC", ALL_DAY))
    async with open_node(quick(settings), valkey_url, database) as node:
        appointment = await agreed(node)
        shopper = await node.talk("/hall", ANN)
        await come(node, appointment, -1)
        begun = (await shopper.hear("appointment", at(State.BEGUN)))["appointment"]
        meeting = await node.talk("/meeting", ANN, call=begun["meeting"].removeprefix("/meeting/"))
        await meeting.ask("hang_up")
        missed = (await shopper.hear("appointment", at(State.MISSED)))["appointment"]
        assert "staff" in missed["absent"]


async def test_a_colleague_or_stranger_gets_no_seat(office: Node) -> None:
    appointment = await agreed(office)
    shopper = await office.talk("/hall", ANN)
    await come(office, appointment, -1)
    begun = (await shopper.hear("appointment", at(State.BEGUN)))["appointment"]
    call = begun["meeting"].removeprefix("/meeting/")
    for stranger in (buyer(2), EVA):
        ticket = office.ticket("/meeting", stranger, call=call)
        refusal = await office.refused("/meeting", {"v": 1, "ticket": ticket})
        assert refusal["data"]["code"] == "denied"


async def test_an_emptied_store_loses_no_arranged_call(office: Node, redis: Redis) -> None:
    appointment = await agreed(office)
    shopper = await office.talk("/hall", ANN)
    await come(office, replace(appointment), -1)
    begun = (await shopper.hear("appointment", at(State.BEGUN)))["appointment"]
    await redis.flushall()
    call = begun["meeting"].removeprefix("/meeting/")
    await office.talk("/meeting", ANN, call=call)
    await office.talk("/meeting", SAM, call=call)
    await shopper.hear("appointment", at(State.HELD))


async def test_a_no_show_after_an_emptied_store_ends_the_call(office: Node, redis: Redis) -> None:
    appointment = await agreed(office)
    console = await office.talk("/booth", SAM, OAK)
    await come(office, appointment, -1)
    await console.hear("appointment", at(State.BEGUN))
    await redis.flushall()
    await console.hear("appointment", at(State.MISSED))
    ended = await console.hear("call", lambda it: it["call"]["state"] == "ended")
    assert ended["call"]["kind"] == "appointment"


async def test_what_is_taken_back_as_it_begins_leaves_no_call(office: Node, hold: Hold) -> None:
    appointment, due = await agreed(office), office.parts.appointing._due
    found = hold(due, "to_begin")
    await come(office, appointment, -1)
    await found.was_made.wait()
    await office.appointments.cancel(ANN, appointment.id)
    over = hold(due, "running")
    found.may_go_on.set()
    await over.was_made.wait()
    over.may_go_on.set()
    assert await office.parts.calls.talking_of(SAM.id) is None
    with pytest.raises(Missing):
        await office.parts.calls.get(CallId(f"{OAK}.{appointment.id}"))


async def test_a_node_that_dies_as_it_begins_leaves_the_call_to_the_next(
    office: Node, hold: Hold, valkey_url: str, database: Database, settings: Settings
) -> None:
    appointment = await agreed(office)
    noted = hold(office.parts.appointing._due, "begin")
    await come(office, appointment, -1)
    await noted.was_made.wait()
    other = quick(settings, data__folder=settings.data.folder / "other", appointments__no_show_minutes=1.0)
    async with open_node(other, valkey_url, database) as second:
        shopper = await second.talk("/hall", ANN)
        await shopper.hear("appointment", at(State.BEGUN))
        call = await second.parts.calls.talking_of(ANN.id)
        assert call is not None
        assert call.id == f"{OAK}.{appointment.id}"
        noted.may_go_on.set()


async def test_the_appointment_of_a_blocked_buyer_is_cancelled_on_both_screens(office: Node) -> None:
    appointment = await agreed(office)
    shopper, console = await office.talk("/hall", ANN, LAMP), await office.talk("/booth", SAM, OAK)
    await office.parts.asking.block(office.parts.calls, SAM, OAK, ANN.id)
    for talker in (shopper, console):
        await talker.hear("appointment", at(State.CANCELLED))
    assert (await office.appointments.get(ANN, appointment.id)).call is None


async def test_the_appointment_of_who_was_removed_is_handed_to_a_colleague_on_all_screens(
    office: Node
) -> None:
    appointment = await agreed(office)
    accounts = Accounts(office.database, time.time, 12)
    eva = await accounts.add("eva@oak.example", PASSWORD, "Eva", Role.STAFF, OAK)
    shopper, walking = await office.talk("/hall", ANN, LAMP), await office.talk("/hall", eva.actor)
    await accounts.disable(SAM.id)
    for talker, other in ((shopper, "Eva"), (walking, ANN.name)):
        told = (await talker.hear("appointment", at(State.ACCEPTED)))["appointment"]
        assert (told["id"], told["staff"], told["other"]) == (appointment.id, eva.id, other)
