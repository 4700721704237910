"""Shows: one a room, resumed within the grace, ended once, found while they run."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from config.ids import ProductId, RoomId, ShowId
from rooms.live import keys
from rooms.live.shows import EPOCHS, Show, ShownFilm, Shows, ShowState
from tests.rooms.fair_facts import LAMP, OAK, Clock

GRACE = 60.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shows(redis: Redis, clock: Clock) -> Shows:
    return Shows(redis, clock, GRACE)


async def test_a_show_begins_live(shows: Shows, clock: Clock) -> None:
    show = await shows.begin(OAK, "Ada")
    assert (show.room, show.state, show.anchor, show.started_at) == (OAK, ShowState.LIVE, "Ada", clock.now)
    assert await shows.get(OAK) == show
    assert await shows.get(LAMP) is None


async def test_beginning_again_changes_nothing(shows: Shows, clock: Clock) -> None:
    first = await shows.begin(OAK, "Ada")
    clock.move(5)
    assert await shows.begin(OAK, "Ada") == first


async def test_twenty_begins_at_once_make_one_show(shows: Shows) -> None:
    begun = await asyncio.gather(*(shows.begin(OAK, "Ada") for _ in range(20)))
    assert len({show.id for show in begun}) == 1


async def test_a_colleague_on_camera_is_the_anchor_of_the_same_show(shows: Shows) -> None:
    first = await shows.begin(OAK, "Ada")
    second = await shows.begin(OAK, "Bo")
    assert (second.id, second.anchor, second.epoch) == (first.id, "Bo", first.epoch + 1)


async def test_the_picture_returns_into_the_same_show(shows: Shows, clock: Clock) -> None:
    first = await shows.begin(OAK, "Ada")
    away = await shows.away(OAK)
    assert away is not None
    assert (away.state, away.away_since) == (ShowState.AWAY, clock.now)
    clock.move(GRACE)
    assert await shows.expired() == {}
    back = await shows.begin(OAK, "Ada")
    assert (back.id, back.state, back.away_since) == (first.id, ShowState.LIVE, None)
    assert back.epoch == first.epoch + 2


async def test_a_picture_that_comes_in_elsewhere_by_now_is_not_away(shows: Shows) -> None:
    """Its publisher went to another node, and the first one notices two seconds later that it is gone."""
    first = await shows.begin(OAK, "Ada", node="node-1")
    second = await shows.begin(OAK, "Ada", node="node-2")
    assert (second.id, second.node, second.epoch) == (first.id, "node-2", first.epoch + 1)
    assert await shows.away(OAK, "node-1") == second
    gone = await shows.away(OAK, "node-2")
    assert gone is not None
    assert (gone.state, gone.node) == (ShowState.AWAY, "node-2")


async def test_a_show_away_for_too_long_expires_and_the_next_is_new(shows: Shows, clock: Clock) -> None:
    first = await shows.begin(OAK, "Ada")
    await shows.away(OAK)
    clock.move(GRACE / 2)
    assert await shows.away(OAK) is not None, "away already: the first time counts"
    clock.move(GRACE / 2 + 1)
    assert await shows.expired() == {OAK: first.epoch + 1}
    second = await shows.begin(OAK, "Ada")
    assert second.id != first.id
    assert second.epoch > first.epoch
    assert await shows.expired() == {}


async def test_the_list_of_the_absent_is_kept_clean(shows: Shows, clock: Clock, redis: Redis) -> None:
    await shows.begin(OAK, "Ada")
    await shows.begin(LAMP, "Cy")
    await shows.away(OAK)
    await shows.away(LAMP)
    await shows.away(RoomId("dark"))
    await shows.begin(OAK, "Ada")
    await shows.end(LAMP)
    clock.move(GRACE + 1)
    assert await shows.expired() == {}
    assert await redis.zcard(keys.AWAY_SHOWS) == 0


async def test_one_of_many_ends_is_told_the_show(shows: Shows) -> None:
    show = await shows.begin(OAK, "Ada")
    ended = await asyncio.gather(*(shows.end(OAK) for _ in range(10)))
    assert [it for it in ended if it is not None] == [show]
    assert await shows.get(OAK) is None
    assert await shows.away(OAK) is None


async def test_ending_a_show_of_before_leaves_the_new_one(shows: Shows) -> None:
    old = await shows.begin(OAK, "Ada")
    await shows.end(OAK)
    new = await shows.begin(OAK, "Ada")
    assert await shows.end(OAK, old.id) is None
    assert await shows.end(OAK, ShowId(new.id)) == new


async def test_a_show_whose_picture_returned_is_not_ended_for_having_been_away(
    shows: Shows, clock: Clock
) -> None:
    await shows.begin(OAK, "Ada")
    away = await shows.away(OAK)
    assert away is not None
    clock.move(GRACE)
    back = await shows.begin(OAK, "Ada")
    assert await shows.end(OAK, epoch=away.epoch) is None
    assert await shows.end(OAK, epoch=back.epoch) == back


async def test_what_runs_is_listed_newest_first(shows: Shows, clock: Clock, redis: Redis) -> None:
    await shows.begin(OAK, "Ada")
    clock.move(10)
    await shows.begin(LAMP, "Cy")
    await shows.away(OAK)
    assert [show.room for show in await shows.live()] == [LAMP, OAK]
    await shows.end(LAMP)
    clock.move(120)
    assert [show.room for show in await shows.live()] == [OAK]
    assert await redis.zscore(keys.SHOWS, LAMP) is None
    assert await redis.zscore(keys.SHOWS, OAK) is not None


async def test_a_pin_outlives_the_show(shows: Shows) -> None:
    assert await shows.pin(OAK, ProductId("chair")) is None
    show = await shows.begin(OAK, "Ada")
    assert show.product == "chair"
    await shows.end(OAK)
    assert await shows.pinned(OAK) == "chair"
    await shows.begin(OAK, "Ada")
    pinned = await shows.pin(OAK, None)
    assert isinstance(pinned, Show)
    assert pinned.product is None
    assert await shows.pinned(OAK) is None


async def test_a_show_the_store_forgot_is_the_same_again(shows: Shows, redis: Redis, clock: Clock) -> None:
    """Its state is later than anything that was told of it, and its picture can come and go as before."""
    film = ShownFilm(ShowId("film-1"), 12.5, True, ((0.0, 3.25), (4.5, 600.0)))
    for room, shown in ((OAK, None), (LAMP, film)):
        show = await shows.begin(room, "Ada", "Chairs", shown)
        clock.move(5)
        await redis.flushall()
        await shows.put_back(show)
        again = await shows.begin(room, "Ada", "Other chairs", shown)
        assert again == replace(show, epoch=show.epoch + EPOCHS)
        assert [it.id for it in await shows.live()] == [show.id]


async def test_a_show_is_put_back_neither_over_another_nor_after_its_end(shows: Shows) -> None:
    first = await shows.begin(OAK, "Ada")
    await shows.end(OAK)
    await shows.put_back(first)
    assert await shows.get(OAK) is None
    second = await shows.begin(OAK, "Bo")
    await shows.put_back(first)
    assert await shows.get(OAK) == second
