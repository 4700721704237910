"""Visits of buyers: they outlive reloads, other tabs at other nodes, and the store's memory."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from config.errors import Conflict
from rooms.live.visits import LEASE_SECONDS, LEAVE_SECONDS, RENEW_SECONDS, Visits
from tests.rooms.fair_facts import OAK, Clock, buyer

ANN = buyer()


async def test_a_tab_that_closes_at_one_node_ends_no_visit_at_the_other(redis: Redis) -> None:
    clock = Clock()
    one, two = Visits(redis, clock), Visits(redis, clock)
    for node in (one, two):
        await node.enter(OAK, ANN)
    await one.claim(OAK, ANN.id, "first")
    await one.leave(OAK, ANN.id)
    clock.move(RENEW_SECONDS)
    assert [it.account for it in await two.of_room(OAK)] == [ANN.id]
    assert not await two.enter(OAK, ANN)
    with pytest.raises(Conflict) as refusal:
        await two.claim(OAK, ANN.id, "second")
    assert refusal.value.code == "invited_already"


async def test_a_visit_is_as_old_as_before_when_the_store_was_emptied(redis: Redis) -> None:
    clock = Clock()
    visits, began = Visits(redis, clock), clock.now
    await visits.enter(OAK, ANN)
    clock.move(LEASE_SECONDS - 1)
    await visits.leave(OAK, ANN.id)
    clock.move(LEAVE_SECONDS - 1)
    await redis.flushall()
    await visits.enter(OAK, ANN)
    assert [it.since for it in await visits.of_room(OAK)] == [began]
    await visits.leave(OAK, ANN.id)
    clock.move(LEAVE_SECONDS)
    await visits.enter(OAK, ANN)
    assert [it.since for it in await visits.of_room(OAK)] == [clock.now]


async def test_the_same_request_has_the_invitation_it_took(redis: Redis) -> None:
    visits = Visits(redis, Clock())
    await visits.enter(OAK, ANN)
    taken = [(await visits.claim(OAK, ANN.id, "key")).is_invited for _ in range(2)]
    assert taken == [False, True]
