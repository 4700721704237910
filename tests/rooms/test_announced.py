"""The rules of announced shows, against tables written out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from config.errors import Conflict, Invalid
from config.ids import AnnouncedId
from rooms.fair.announced import (
    AnnouncedEvent,
    AnnouncedShow,
    AnnouncedState,
    Announcement,
    Stage,
    after,
    check_place,
    checked,
    meant_by,
    overlaps,
    stage_of,
)
from tests.rooms.fair_facts import OAK

NOW = 1_800_000_000.0
MINUTE, HOUR = 60.0, 3600.0
WISH = Announcement("Chairs of oak", NOW + HOUR, 60, "How they are made.", "pt")
HAPPENS = {("announced", "begin"): "on_air", ("announced", "cancel"): "cancelled", ("on_air", "end"): "done"}


def show(
    starts_in: float, state: AnnouncedState = AnnouncedState.ANNOUNCED, minutes: int = 60, name: str = "a"
) -> AnnouncedShow:
    wish = replace(WISH, starts_at=NOW + starts_in, minutes=minutes)
    return AnnouncedShow(AnnouncedId(name), OAK, state, wish, None, 0)


@pytest.mark.parametrize(("state", "event"), list(product(AnnouncedState, AnnouncedEvent)))
def test_every_cell_of_what_can_become_of_it(state: AnnouncedState, event: AnnouncedEvent) -> None:
    expected = HAPPENS.get((state.value, event.value))
    if expected:
        assert after(state, event) == expected
        return
    with pytest.raises(Conflict) as refusal:
        after(state, event)
    assert refusal.value.code == "wrong_moment"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " \n "}, "bad_title"),
        ({"title": "x" * 121}, "bad_title"),
        ({"about": "x" * 1001}, "bad_about"),
        ({"minutes": 4}, "bad_length"),
        ({"minutes": 721}, "bad_length"),
        ({"starts_at": NOW}, "bad_time"),
        ({"starts_at": NOW - 1}, "bad_time"),
        ({"starts_at": NOW + 401 * 24 * HOUR}, "bad_time"),
        ({"starts_at": float("nan")}, "bad_time"),
        ({"language": "Portuguese"}, "bad_language"),
        ({"language": ""}, "bad_language"),
    ],
)
def test_an_announcement_that_makes_no_sense_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(replace(WISH, **change), NOW)  # type: ignore[arg-type]  # a table of any field
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def test_an_announcement_at_the_bounds_is_taken_and_tidied() -> None:
    for change in ({"minutes": 5}, {"minutes": 720}, {"starts_at": NOW + 1}, {"title": "x" * 120}):
        checked(replace(WISH, **change), NOW)
    assert checked(replace(WISH, title="  Oak \n chairs\u202e "), NOW).title == "Oak chairs"


@pytest.mark.parametrize(
    ("starts_in", "minutes", "is_overlap"),
    [(-60, 60, False), (-59, 60, True), (0, 5, True), (20, 10, True), (59, 60, True), (60, 60, False),
     (-60, 180, True)],
)
def test_two_shows_overlap_unless_one_ends_when_the_other_begins(
    starts_in: int, minutes: int, is_overlap: bool
) -> None:
    one, other = show(0).wish, show(starts_in * MINUTE, minutes=minutes).wish
    assert overlaps(one, other) is overlaps(other, one) is is_overlap


def test_a_room_has_a_place_for_fifty() -> None:
    ahead = [show(number * HOUR, name=str(number)) for number in range(49)]
    check_place(show(50 * HOUR).wish, ahead)
    with pytest.raises(Conflict) as refusal:
        check_place(show(60 * HOUR).wish, [*ahead, show(50 * HOUR)])
    assert refusal.value.code == "programme_full"
    with pytest.raises(Conflict) as refusal:
        check_place(show(HOUR).wish, ahead)
    assert refusal.value.code == "overlap"


@pytest.mark.parametrize(
    ("state", "seconds", "stage"),
    [
        ("announced", 601, "NONE"), ("announced", 600, "TEN_MINUTES"), ("announced", 61, "TEN_MINUTES"),
        ("announced", 60, "ONE_MINUTE"), ("announced", 1, "ONE_MINUTE"), ("announced", 0, "NONE"),
        ("announced", -60, "NONE"), ("on_air", 500, "BEGUN"), ("on_air", -3000, "BEGUN"),
        ("done", 30, "NONE"), ("cancelled", 30, "NONE"),
    ],
)
def test_which_reminder_is_due_when(state: str, seconds: float, stage: str) -> None:
    assert stage_of(show(seconds, AnnouncedState(state)), NOW) is Stage[stage]


@pytest.mark.parametrize(
    ("starts_in", "meant"),
    [
        ((0,), 0), ((15 * MINUTE,), 0), ((-15 * MINUTE,), 0), ((15 * MINUTE + 1,), None),
        ((-15 * MINUTE - 1,), None), ((-10 * MINUTE, 5 * MINUTE), 1), ((), None),
    ],
)
def test_a_show_that_begins_is_the_nearest_one_announced(
    starts_in: tuple[float, ...], meant: int | None
) -> None:
    shows = [show(seconds, name=str(number)) for number, seconds in enumerate(starts_in)]
    found = meant_by(shows, NOW)
    assert (found and found.id) == (None if meant is None else str(meant))
    others = [replace(one, state=state) for one in shows for state in AnnouncedState if state != "announced"]
    assert meant_by(others, NOW) is None
