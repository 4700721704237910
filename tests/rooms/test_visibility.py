"""What buyers choose about being seen: it is kept, and so is that they have chosen at all."""

from __future__ import annotations

import pytest

from config.errors import Denied
from config.ids import RoomId
from rooms.fair.asking_rows import VisibilityRow
from rooms.fair.database import Database
from rooms.fair.visibility import EVERYWHERE, Choice, Visibility
from tests.rooms.fair_facts import OAK, Clock, buyer, staff

ANN, BEA = buyer(1), buyer(2)
ELM = RoomId("elm")


@pytest.fixture
def visibility(any_database: Database) -> Visibility:
    return Visibility(any_database, Clock())


@pytest.mark.parametrize("choice", Choice)
async def test_whoever_chose_once_has_chosen_for_good_also_to_be_hidden(
    visibility: Visibility, choice: Choice
) -> None:
    assert not await visibility.has_chosen(ANN.id)
    for _ in range(2):
        await visibility.choose(ANN, OAK, choice)
        assert await visibility.has_chosen(ANN.id)
    await visibility.choose(ANN, ELM, Choice.HIDDEN)
    assert await visibility.has_chosen(ANN.id)
    assert not await visibility.has_chosen(BEA.id)


async def test_having_chosen_shows_nobody_to_anybody(visibility: Visibility) -> None:
    await visibility.choose(ANN, OAK, Choice.HIDDEN)
    await visibility.choose(BEA, OAK, Choice.HERE)
    assert [await visibility.of(ANN.id, room) for room in (OAK, ELM)] == [Choice.HIDDEN] * 2
    assert await visibility.of(BEA.id, ELM) is Choice.HIDDEN
    assert await visibility.shown_to(OAK, [ANN.id, BEA.id]) == {BEA.id}
    assert await visibility.shown_to(ELM, [ANN.id, BEA.id]) == frozenset()


async def test_who_was_visible_before_this_was_kept_has_chosen(
    visibility: Visibility, any_database: Database
) -> None:
    async with any_database.session() as session:
        session.add(VisibilityRow(account=ANN.id, room=EVERYWHERE, since=0.0))
    assert await visibility.has_chosen(ANN.id)


async def test_who_may_not_choose_has_not_chosen(visibility: Visibility) -> None:
    with pytest.raises(Denied):
        await visibility.choose(staff(), OAK, Choice.VISIBLE)
    assert not await visibility.has_chosen(staff().id)
