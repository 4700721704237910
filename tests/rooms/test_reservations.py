"""Reservations and reminders: each stage is told once, whichever node sees it and whoever comes late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from config.errors import Conflict, Denied, Missing
from config.ids import AccountId, AnnouncedId, ShowId
from rooms.fair.announced import AnnouncedShow, Announcement, Stage
from rooms.fair.database import Database
from rooms.fair.programme import Programme
from rooms.fair.reservations import Reservations
from tests.rooms.fair_facts import OAK, Clock, buyer, furnish, guest, organiser, staff

HOUR, MINUTE = 3600.0, 60.0
ANN = buyer().id


@dataclass
class Booked:
    """A show in an hour, and two nodes that know of it."""

    show: AnnouncedShow
    programme: Programme
    nodes: tuple[Reservations, Reservations]
    clock: Clock

    @property
    def one(self) -> Reservations:
        return self.nodes[0]

    async def told(self, *people: AccountId) -> list[Stage]:
        """Return the stages that are told now to those who are here, by both nodes."""
        stages = []
        for node in self.nodes:
            stages += [due.stage for due in await node.due(people or (ANN,)) if await node.claim(due)]
        return stages


@pytest_asyncio.fixture
async def booked(database: Database) -> AsyncIterator[Booked]:
    await furnish(database)
    clock = Clock()
    programmes = [Programme(database, clock) for _ in range(2)]
    show = await programmes[0].announce(staff(), OAK, Announcement("Chairs", clock() + HOUR, 60))
    first, second = (Reservations(database, programme, clock) for programme in programmes)
    yield Booked(show, programmes[0], (first, second), clock)


async def test_a_buyer_reserves_and_takes_it_back(booked: Booked) -> None:
    one, id_ = booked.one, booked.show.id
    await one.reserve(buyer(), id_)
    await one.reserve(buyer(2), id_)
    assert await one.counts([id_, AnnouncedId("other")]) == {id_: 2, "other": 0}
    assert await one.of(ANN, [id_]) == {id_}
    await one.unreserve(buyer(), id_)
    await one.unreserve(buyer(), id_)
    assert await one.counts([id_]) == {id_: 1}
    assert await one.of(ANN, [id_]) == set()


async def test_only_buyers_reserve_and_guests_are_asked_to_sign_in(booked: Booked) -> None:
    for actor, code in ((guest(), "sign_in"), (staff(), "denied"), (organiser(), "denied")):
        with pytest.raises(Denied) as refusal:
            await booked.one.reserve(actor, booked.show.id)
        assert refusal.value.code == code
    with pytest.raises(Missing):
        await booked.one.reserve(buyer(), AnnouncedId("none"))
    assert await booked.one.counts([booked.show.id]) == {booked.show.id: 0}


async def test_twenty_reservations_of_one_person_at_once_are_one(booked: Booked) -> None:
    tries = (booked.nodes[number % 2].reserve(buyer(), booked.show.id) for number in range(20))
    await asyncio.gather(*tries)
    assert await booked.one.counts([booked.show.id]) == {booked.show.id: 1}


async def test_nobody_reserves_what_is_over(booked: Booked) -> None:
    await booked.programme.cancel(staff(), booked.show.id)
    with pytest.raises(Conflict) as refusal:
        await booked.one.reserve(buyer(), booked.show.id)
    assert refusal.value.code == "wrong_moment"


async def test_each_reminder_is_told_once(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    assert await booked.told() == []
    booked.clock.move(50 * MINUTE)
    assert await booked.told() == [Stage.TEN_MINUTES]
    assert await booked.told() == []
    booked.clock.move(9 * MINUTE)
    assert await booked.told() == [Stage.ONE_MINUTE]
    booked.clock.move(MINUTE)
    assert await booked.told() == []
    await booked.programme.begin(booked.show, ShowId("show"))
    assert await booked.told() == [Stage.BEGUN]
    assert await booked.told() == []


async def test_of_twenty_nodes_that_see_it_at_once_one_tells_it(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    booked.clock.move(55 * MINUTE)
    (due,) = await booked.one.due([ANN])
    claims = await asyncio.gather(*(booked.nodes[number % 2].claim(due) for number in range(20)))
    assert sum(claims) == 1


async def test_who_comes_late_is_told_the_newest_only(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    booked.clock.move(59.5 * MINUTE)
    late = await booked.one.due([ANN])
    assert await booked.told() == [Stage.ONE_MINUTE]
    assert not await booked.one.claim(replace(late[0], stage=Stage.TEN_MINUTES))


async def test_only_those_who_are_here_and_reserved_are_told(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    await booked.one.reserve(buyer(2), booked.show.id)
    booked.clock.move(55 * MINUTE)
    assert await booked.told(buyer(2).id, buyer(3).id) == [Stage.TEN_MINUTES]
    assert await booked.told(ANN) == [Stage.TEN_MINUTES]
    assert await booked.one.due([]) == []


async def test_who_reserves_in_the_last_minutes_is_not_told_what_they_have_just_read(booked: Booked) -> None:
    booked.clock.move(55 * MINUTE)
    await booked.one.reserve(buyer(), booked.show.id)
    assert await booked.told() == []
    booked.clock.move(4.5 * MINUTE)
    assert await booked.told() == [Stage.ONE_MINUTE]


async def test_a_show_that_moves_is_reminded_of_by_its_new_time(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    booked.clock.move(55 * MINUTE)
    assert await booked.told() == [Stage.TEN_MINUTES]
    later = replace(booked.show.wish, starts_at=booked.show.starts_at + HOUR)
    await booked.programme.change(staff(), booked.show.id, later)
    assert await booked.told() == []
    booked.clock.move(HOUR)
    assert await booked.told() == [Stage.TEN_MINUTES]


async def test_a_change_of_words_reminds_nobody_again(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    booked.clock.move(55 * MINUTE)
    assert await booked.told() == [Stage.TEN_MINUTES]
    await booked.programme.change(staff(), booked.show.id, replace(booked.show.wish, title="More chairs"))
    assert await booked.told() == []


async def test_a_cancelled_show_reminds_nobody(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    await booked.programme.cancel(staff(), booked.show.id)
    booked.clock.move(55 * MINUTE)
    assert await booked.told() == []


async def test_a_long_list_of_people_is_asked_for_in_pieces(booked: Booked) -> None:
    await booked.one.reserve(buyer(), booked.show.id)
    booked.clock.move(55 * MINUTE)
    crowd = [buyer(number).id for number in range(2, 1200)]
    assert await booked.told(*crowd, ANN) == [Stage.TEN_MINUTES]
