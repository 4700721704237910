"""Seats whose node is gone: found without a clock, and never while somebody holds them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis

from config.errors import Busy
from config.ids import AccountId, CallId
from rooms.live.redis_store import connect
from signaling.seats import LOOKS, Seats, Sitting, Watch

HERE = Sitting(CallId("oak.call"), AccountId("buyer-1"), "socket-1")
GONE = Sitting(CallId("oak.call"), AccountId("staff-1"), "socket-2")


def test_who_counts_up_is_there_and_who_does_not_is_gone_after_some_looks() -> None:
    watch = Watch()
    looks = [watch.look({"here": str(number), "gone": "7"}) for number in range(LOOKS + 1)]
    assert looks == [[]] * LOOKS + [["gone"]]


def test_a_count_that_moves_again_begins_anew() -> None:
    watch = Watch()
    for _ in range(LOOKS):
        assert watch.look({"late": "7"}) == []
    assert watch.look({"late": "8"}) == []
    assert watch.look({}) == []
    assert watch.look({"late": "8"}) == []


async def test_a_deserted_seat_is_given_to_one_node_and_its_person_is_gone(redis: Redis) -> None:
    seats, other = Seats(redis), Seats(redis)
    for sitting in (HERE, GONE):
        assert await seats.sit(sitting) == []
    found = []
    for _ in range(LOOKS + 1):
        await seats.hold([HERE])
        found += [it for one in (seats, other) async for it in one.deserted()]
    assert found == [GONE]
    assert await seats.rise(GONE)
    assert await seats.taken(HERE.call) == {HERE.account}


async def test_a_store_that_is_lost_between_two_deserted_seats_loses_neither(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats, claim = Seats(redis), redis.hdel
    found: list[Sitting] = []
    for sitting in (HERE, GONE):
        await seats.sit(sitting)

    async def claim_one(name: str, key: str) -> int:
        if found:
            monkeypatch.undo()
            raise Busy("The store is away.", code="store_away")
        return int(await claim(name, key))

    monkeypatch.setattr(redis, "hdel", claim_one)
    for _ in range(LOOKS + 2):
        with suppress(Busy):
            async for sitting in seats.deserted():
                found += [sitting]
    assert {it.socket for it in found} == {HERE.socket, GONE.socket}


async def test_who_rises_leaves_nothing_to_be_found(redis: Redis) -> None:
    seats = Seats(redis)
    await seats.sit(HERE)
    assert await seats.rise(HERE)
    for _ in range(LOOKS + 2):
        assert [it async for it in seats.deserted()] == []


async def test_a_newer_socket_of_the_same_person_keeps_the_seat_when_the_node_of_the_older_is_gone(
    redis: Redis,
) -> None:
    seats, newer = Seats(redis), Sitting(HERE.call, HERE.account, "socket-9")
    await seats.sit(HERE)
    assert await seats.sit(newer) == [HERE.socket]
    assert not await seats.rise(HERE)
    assert await seats.is_taken(HERE.call, HERE.account)


async def test_a_store_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    """Not a stack of frames in the log, each second."""
    async with connect(f"unix://{tmp_path}/nobody", 0.2) as nobody:
        with pytest.raises(Busy) as refusal:
            await Seats(nobody).hold([HERE])
    assert refusal.value.code == "store_away"
