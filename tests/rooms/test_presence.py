"""Audience and duty: counts add up over nodes, leases end by themselves."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from config.ids import AccountId
from rooms.live.audience import STALE_SECONDS, Audience
from rooms.live.duty import LEASE_SECONDS, Attendant, Duty
from tests.rooms.fair_facts import LAMP, OAK, Clock

ADA, BO = AccountId("ada"), AccountId("bo")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audience(redis: Redis, clock: Clock) -> Audience:
    return Audience(redis, clock)


@pytest.fixture
def duty(redis: Redis, clock: Clock) -> Duty:
    return Duty(redis, clock)


async def test_viewers_of_all_nodes_add_up(audience: Audience) -> None:
    await audience.set_viewers(OAK, "north", 3)
    await audience.set_viewers(OAK, "south", 4)
    await audience.set_viewers(OAK, "north", 2)
    assert await audience.viewers(OAK) == 6
    assert await audience.viewers_of([OAK, LAMP]) == {OAK: 6, LAMP: 0}
    await audience.set_viewers(OAK, "south", 0)
    assert await audience.viewers(OAK) == 2


async def test_a_node_that_starts_anew_has_no_viewers(audience: Audience) -> None:
    await audience.set_viewers(OAK, "north", 3)
    await audience.set_viewers(LAMP, "north", 5)
    await audience.set_viewers(LAMP, "south", 1)
    await audience.forget("north")
    assert await audience.viewers_of([OAK, LAMP]) == {OAK: 0, LAMP: 1}


async def test_a_count_nobody_renews_is_not_believed_for_ever(audience: Audience, clock: Clock) -> None:
    await audience.set_viewers(OAK, "lost", 40)
    await audience.set_viewers(OAK, "here", 3)
    clock.move(STALE_SECONDS - 1)
    await audience.set_viewers(OAK, "here", 3)
    assert await audience.viewers(OAK) == 43
    clock.move(1)
    assert await audience.viewers(OAK) == 3, "as soon as half a minute after their node died"
    assert STALE_SECONDS <= 30


async def test_duty_is_taken_and_given_up(duty: Duty) -> None:
    await duty.on(OAK, BO, "Bo")
    await duty.on(OAK, ADA, "Ada")
    await duty.on(OAK, ADA, "Ada")
    assert await duty.on_duty(OAK) == [Attendant(ADA, "Ada"), Attendant(BO, "Bo")]
    assert await duty.staffed([OAK, LAMP]) == {OAK: 2, LAMP: 0}
    await duty.off(OAK, ADA)
    await duty.off(OAK, ADA)
    assert await duty.on_duty(OAK) == [Attendant(BO, "Bo")]


async def test_who_has_two_consoles_is_on_duty_until_the_last_one_is_closed(
    duty: Duty, clock: Clock
) -> None:
    """As after a line that broke, when the page is back at another node before the first one gave it up."""
    await duty.on(OAK, ADA, "Ada", "here")
    await duty.on(OAK, ADA, "Ada", "there")
    await duty.on(LAMP, ADA, "Ada", "elsewhere")
    assert not await duty.off(OAK, ADA, "here")
    assert not await duty.off(OAK, ADA, "here")
    assert await duty.on_duty(OAK) == [Attendant(ADA, "Ada")]
    assert await duty.off(OAK, ADA, "there")
    assert await duty.on_duty(OAK) == []
    assert await duty.on_duty(LAMP) == [Attendant(ADA, "Ada")]


async def test_a_console_whose_node_died_keeps_nobody_on_duty(duty: Duty, clock: Clock) -> None:
    await duty.on(OAK, ADA, "Ada", "dead")
    clock.move(LEASE_SECONDS - 1)
    await duty.on(OAK, ADA, "Ada", "here")
    clock.move(1)
    assert await duty.renew(OAK, ADA, "here")
    assert await duty.off(OAK, ADA, "here")
    assert await duty.on_duty(OAK) == []


async def test_a_lease_ends_unless_it_is_renewed(duty: Duty, clock: Clock) -> None:
    await duty.on(OAK, ADA, "Ada")
    await duty.on(OAK, BO, "Bo")
    clock.move(LEASE_SECONDS - 1)
    assert await duty.renew(OAK, ADA)
    clock.move(1)
    assert await duty.on_duty(OAK) == [Attendant(ADA, "Ada")]
    assert await duty.staffed([OAK]) == {OAK: 1}
    clock.move(LEASE_SECONDS)
    assert await duty.on_duty(OAK) == []


async def test_the_end_of_a_lease_is_found_once(duty: Duty, clock: Clock) -> None:
    await duty.on(OAK, ADA, "Ada")
    await duty.on(LAMP, BO, "Bo")
    clock.move(1)
    await duty.on(OAK, BO, "Bo")
    assert await duty.end_leases([OAK, LAMP]) == []
    clock.move(LEASE_SECONDS - 1)
    assert await duty.renew(OAK, BO)
    found = await asyncio.gather(*(duty.end_leases([OAK, LAMP]) for _ in range(3)))
    assert sorted(room for rooms in found for room in rooms) == [LAMP, OAK]
    assert await duty.on_duty(OAK) == [Attendant(BO, "Bo")]
    assert not await duty.renew(OAK, ADA)


async def test_a_lease_that_ended_is_not_extended(duty: Duty, clock: Clock) -> None:
    await duty.on(OAK, ADA, "Ada")
    clock.move(LEASE_SECONDS)
    assert not await duty.renew(OAK, ADA)
    await duty.on(OAK, ADA, "Ada")
    await duty.off(OAK, ADA)
    assert not await duty.renew(OAK, ADA)
    assert await duty.on_duty(OAK) == []
