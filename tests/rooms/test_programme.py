"""The programme as it is kept: who announces what, two who announce at once, which show each became."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio

from config.errors import Conflict, Denied, FairError, Invalid, Missing
from config.ids import AnnouncedId, ProductId, RoomId, ShowId
from rooms.fair.announced import AnnouncedState, Announcement
from rooms.fair.database import Database
from rooms.fair.products import Product, Products
from rooms.fair.programme import Loop, LoopMode, Programme
from tests.rooms.fair_facts import LAMP, OAK, Clock, buyer, furnish, guest, organiser, staff

HOUR = 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def programme(database: Database, clock: Clock) -> AsyncIterator[Programme]:
    await furnish(database)
    chair = Product(ProductId("chair"), OAK, "Chair", "", Decimal(1), "EUR", 1, "piece", "chair.webp", 1)
    await Products(database).add(chair)
    yield Programme(database, clock)


@pytest.fixture
def wish(clock: Clock) -> Announcement:
    return Announcement("Chairs", clock() + HOUR, 60, "All of them.", "pt", ProductId("chair"))


async def test_what_is_announced_can_be_read(programme: Programme, wish: Announcement) -> None:
    show = await programme.announce(staff(), OAK, wish)
    assert (show.state, show.wish, show.show, show.revision) == (AnnouncedState.ANNOUNCED, wish, None, 0)
    assert await programme.get(show.id) == show
    assert await programme.of_room(OAK) == await programme.coming() == [show]
    assert await programme.of_room(LAMP) == []


async def test_only_staff_of_the_room_announce_change_and_cancel(
    programme: Programme, wish: Announcement
) -> None:
    show = await programme.announce(staff(), OAK, wish)
    for actor in (guest(), buyer(), organiser(), staff(room=LAMP)):
        for work in (
            programme.announce(actor, OAK, replace(wish, starts_at=wish.starts_at + 5 * HOUR)),
            programme.change(actor, show.id, wish), programme.cancel(actor, show.id),
            programme.set_loop(actor, OAK, Loop(LoopMode.OFF)),
        ):
            with pytest.raises(Denied):
                await work
    assert await programme.of_room(OAK) == [show]


async def test_a_product_stands_on_the_shelf_of_the_room(programme: Programme, wish: Announcement) -> None:
    with pytest.raises(Missing) as refusal:
        await programme.announce(staff(room=LAMP), LAMP, wish)
    assert refusal.value.code == "no_product"
    nowhere = RoomId("nowhere")
    with pytest.raises(Missing) as refusal:
        await programme.announce(staff(room=nowhere), nowhere, wish)
    assert refusal.value.code == "no_room"


@pytest.mark.parametrize("id_", ["none", "", "\x00", "\ud800"])
async def test_what_was_never_announced_is_missing(programme: Programme, id_: str) -> None:
    with pytest.raises(Missing) as refusal:
        await programme.get(AnnouncedId(id_))
    assert refusal.value.code == "no_announced_show"


async def test_of_twenty_who_announce_the_same_time_at_once_one_does(
    database: Database, programme: Programme, clock: Clock, wish: Announcement
) -> None:
    """On two nodes: the place in the programme is taken once."""
    nodes = (programme, Programme(database, clock))
    tries = (nodes[number % 2].announce(staff(number), OAK, wish) for number in range(20))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, FairError)]
    assert len(refused) == 19
    assert {refusal.code for refusal in refused} == {"overlap"}
    assert len(await programme.of_room(OAK)) == 1


async def test_another_room_may_announce_the_same_time(programme: Programme, wish: Announcement) -> None:
    await programme.announce(staff(), OAK, wish)
    await programme.announce(staff(room=LAMP), LAMP, replace(wish, product=None))
    assert {show.room for show in await programme.coming()} == {OAK, LAMP}


async def test_a_show_may_move_over_itself_but_not_over_another(
    programme: Programme, wish: Announcement
) -> None:
    first = await programme.announce(staff(), OAK, wish)
    await programme.announce(staff(), OAK, replace(wish, starts_at=wish.starts_at + 2 * HOUR))
    moved = await programme.change(staff(2), first.id, replace(wish, starts_at=wish.starts_at + HOUR / 2))
    assert (moved.revision, moved.starts_at) == (1, wish.starts_at + HOUR / 2)
    with pytest.raises(Conflict) as refusal:
        await programme.change(staff(), first.id, replace(wish, starts_at=wish.starts_at + 2.5 * HOUR))
    assert refusal.value.code == "overlap"
    assert await programme.get(first.id) == moved


async def test_a_cancelled_show_leaves_its_place(programme: Programme, wish: Announcement) -> None:
    show = await programme.announce(staff(), OAK, wish)
    assert (await programme.cancel(staff(), show.id)).state is AnnouncedState.CANCELLED
    assert await programme.of_room(OAK) == await programme.coming() == []
    await programme.announce(staff(), OAK, wish)
    for work in (programme.cancel(staff(), show.id), programme.change(staff(), show.id, wish)):
        with pytest.raises(Conflict) as refusal:
            await work
        assert refusal.value.code == "wrong_moment"


async def test_what_did_not_begin_in_time_is_past(
    programme: Programme, clock: Clock, wish: Announcement
) -> None:
    show = await programme.announce(staff(), OAK, wish)
    clock.move(HOUR + 15 * 60)
    assert await programme.coming() == [show]
    clock.move(1)
    assert await programme.coming() == await programme.of_room(OAK) == []
    assert await programme.meant(OAK) is None


async def test_coming_is_in_order_and_bounded(programme: Programme, wish: Announcement) -> None:
    for hours in (5, 1, 3):
        await programme.announce(staff(), OAK, replace(wish, starts_at=wish.starts_at + hours * HOUR))
    starts = [show.starts_at - wish.starts_at for show in await programme.coming(2)]
    assert starts == [HOUR, 3 * HOUR]
    assert await programme.coming(-1) == []


async def test_a_show_that_begins_is_the_announced_one_once(
    database: Database, programme: Programme, clock: Clock, wish: Announcement
) -> None:
    """Of two nodes that say so at once, one is right; a show that comes later is no longer that one."""
    announced = await programme.announce(staff(), OAK, wish)
    assert await programme.meant(OAK) is None
    clock.move(HOUR - 60)
    assert await programme.meant(OAK) == announced
    assert await programme.meant(LAMP) is None
    other = Programme(database, clock)
    both = await asyncio.gather(
        programme.begin(announced, ShowId("one")), other.begin(announced, ShowId("two"))
    )
    assert sorted(both) == [False, True]
    running = await programme.get(announced.id)
    assert (running.state, running.show) == (AnnouncedState.ON_AIR, "one" if both[0] else "two")
    assert await programme.meant(OAK) is None
    assert await programme.coming() == []
    assert await programme.of_room(OAK) == [running]
    with pytest.raises(Conflict):
        await programme.cancel(staff(), announced.id)


async def test_an_announced_show_is_done_when_its_show_ends(
    programme: Programme, clock: Clock, wish: Announcement
) -> None:
    announced = await programme.announce(staff(), OAK, wish)
    clock.move(HOUR)
    await programme.begin(announced, ShowId("one"))
    assert not await programme.end(ShowId("other"))
    assert await programme.end(ShowId("one"))
    assert not await programme.end(ShowId("one"))
    assert (await programme.get(announced.id)).state is AnnouncedState.DONE


async def test_one_that_nobody_saw_end_is_done_when_the_next_begins(
    programme: Programme, clock: Clock, wish: Announcement
) -> None:
    first = await programme.announce(staff(), OAK, wish)
    second = await programme.announce(staff(), OAK, replace(wish, starts_at=wish.starts_at + HOUR))
    clock.move(HOUR)
    await programme.begin(first, ShowId("one"))
    clock.move(HOUR)
    await programme.begin(second, ShowId("two"))
    states = [(await programme.get(show.id)).state for show in (first, second)]
    assert states == [AnnouncedState.DONE, AnnouncedState.ON_AIR]


async def test_of_two_nodes_one_plays_the_film(
    database: Database, programme: Programme, clock: Clock, wish: Announcement
) -> None:
    announced = await programme.announce(staff(), OAK, replace(wish, film=ShowId("old")))
    nodes = [Programme(database, clock) for _ in range(6)]
    claims = await asyncio.gather(*(node.claim_film(announced.id) for node in nodes))
    assert sum(claims) == 1
    moved = await programme.change(staff(), announced.id, replace(wish, film=ShowId("newer")))
    assert moved.wish.film == "newer"
    assert await programme.claim_film(announced.id)


async def test_a_dark_room_plays_its_last_show_unless_it_chose_otherwise(programme: Programme) -> None:
    assert await programme.loop(OAK) == Loop(LoopMode.LAST, None)
    film = Loop(LoopMode.FILM, ShowId("old"))
    await programme.set_loop(staff(), OAK, film)
    assert await programme.loop(OAK) == film
    assert await programme.loop(LAMP) == Loop()
    await programme.set_loop(staff(), OAK, Loop(LoopMode.OFF))
    assert await programme.loop(OAK) == Loop(LoopMode.OFF)
    for wrong in (Loop(LoopMode.FILM), Loop(LoopMode.OFF, ShowId("old"))):
        with pytest.raises(Invalid):
            await programme.set_loop(staff(), OAK, wrong)
