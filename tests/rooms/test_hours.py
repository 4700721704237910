"""Working hours on the days on which clocks are awkward, and who may change them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.errors import Denied, Invalid
from rooms.fair.database import Database
from rooms.fair.hours import NO_HOURS, Hours, HoursStore
from rooms.fair.policy import Actor
from tests.rooms.fair_facts import OAK, Clock, buyer, organiser, staff

NINE_TO_FIVE = ((540, 1020),)
EVERY_DAY = dict.fromkeys(range(7), NINE_TO_FIVE)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Asia/Shanghai", "2027-07-01", "2027-07-01T01:00", "2027-07-01T09:00"),
        ("Europe/Berlin", "2027-03-27", "2027-03-27T08:00", "2027-03-27T16:00"),
        ("Europe/Berlin", "2027-03-28", "2027-03-28T07:00", "2027-03-28T15:00"),
        ("Europe/Berlin", "2027-10-31", "2027-10-31T08:00", "2027-10-31T16:00"),
        ("America/New_York", "2027-03-14", "2027-03-14T13:00", "2027-03-14T21:00"),
        ("Asia/Kathmandu", "2027-05-05", "2027-05-05T03:15", "2027-05-05T11:15"),
        ("Pacific/Chatham", "2027-01-10", "2027-01-09T19:15", "2027-01-10T03:15"),
        ("Pacific/Kiritimati", "2027-01-01", "2026-12-31T19:00", "2027-01-01T03:00"),
        ("America/Sao_Paulo", "2027-11-01", "2027-11-01T12:00", "2027-11-01T20:00"),
    ],
)
def test_a_day_from_nine_to_five(zone: str, day: str, start: str, end: str) -> None:
    spans = Hours(zone, EVERY_DAY).open_spans(date.fromisoformat(day), 1)
    assert spans == [(utc(start), utc(end))]


@pytest.mark.parametrize(
    ("day", "span", "seconds"),
    [
        ("2027-03-28", (60, 240), 2 * 3600),  # 01:00 to 04:00, and the clock leaps from 02:00 to 03:00
        ("2027-10-31", (60, 240), 4 * 3600),  # 02:00 to 03:00 comes twice
        ("2027-03-28", (0, 1440), 23 * 3600),
        ("2027-10-31", (0, 1440), 25 * 3600),
        ("2027-10-31", (150, 180), 90 * 60),  # from the first 02:30 to the only 03:00
    ],
)
def test_a_night_shift_on_the_days_of_the_change_in_berlin(
    day: str, span: tuple[int, int], seconds: int
) -> None:
    ((start, end),) = Hours("Europe/Berlin", {6: (span,)}).open_spans(date.fromisoformat(day), 1)
    assert end - start == seconds


def test_a_span_the_clock_leaps_over_is_not_there() -> None:
    lost = Hours("Europe/Berlin", {6: ((120, 120 + 30), (600, 660))})
    spans = lost.open_spans(date(2027, 3, 28), 1)
    assert all(start < end for start, end in spans)
    assert spans[-1] == (utc("2027-03-28T08:00"), utc("2027-03-28T09:00"))


def test_a_lunch_break_makes_two_spans_and_a_day_off_none() -> None:
    weekly = {0: ((540, 720), (780, 1020))}
    spans = Hours("UTC", weekly).open_spans(date(2027, 5, 3), 7)
    assert [(end - start) / 60 for start, end in spans] == [180, 240]


def test_what_is_open_now_and_what_comes_next() -> None:
    hours = Hours("Asia/Shanghai", {4: NINE_TO_FIVE, 0: NINE_TO_FIVE})
    friday = (utc("2027-05-07T01:00"), utc("2027-05-07T09:00"))
    monday = (utc("2027-05-10T01:00"), utc("2027-05-10T09:00"))
    assert hours.now_or_next(friday[0] - 3600) == friday
    assert hours.now_or_next(friday[0] + 3600) == friday
    assert hours.now_or_next(friday[1]) == monday
    assert NO_HOURS.now_or_next(friday[0]) is None


def test_hours_over_midnight_are_one_span() -> None:
    night = Hours("UTC", {4: ((1200, 1440),), 5: ((0, 240),)})
    assert night.now_or_next(utc("2027-05-08T01:00")) == (utc("2027-05-07T20:00"), utc("2027-05-08T04:00"))


async def test_hours_are_kept_as_they_were_given(database: Database) -> None:
    store = HoursStore(database, Clock())
    assert await store.of_room(OAK) == NO_HOURS
    given = Hours("Europe/Lisbon", {0: ((780, 1020), (540, 720)), 3: ()})
    kept = await store.set(staff(), OAK, given)
    assert kept == Hours("Europe/Lisbon", {0: ((540, 720), (780, 1020))})
    assert await store.of_room(OAK) == kept
    await store.set(staff(), OAK, Hours("UTC", {}))
    assert await store.of_room(OAK) == NO_HOURS


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (Hours("Mars/Olympus", {}), "bad_zone"), (Hours("", {}), "bad_zone"),
        (Hours("../etc/passwd", {}), "bad_zone"), (Hours("UTC", {7: NINE_TO_FIVE}), "bad_hours"),
        (Hours("UTC", {0: ((600, 540),)}), "bad_hours"), (Hours("UTC", {0: ((-1, 5),)}), "bad_hours"),
        (Hours("UTC", {0: ((0, 1441),)}), "bad_hours"),
        (Hours("UTC", {0: ((0, 60), (59, 90))}), "bad_hours"),
    ],
)
async def test_hours_that_cannot_be_are_refused(database: Database, hours: Hours, code: str) -> None:
    store = HoursStore(database, Clock())
    with pytest.raises(Invalid) as refusal:
        await store.set(staff(), OAK, hours)
    assert refusal.value.code == code
    assert await store.of_room(OAK) == NO_HOURS


@pytest.mark.parametrize("actor", [buyer(), organiser()], ids=lambda it: it.role.value)
async def test_only_staff_say_when_they_work(database: Database, actor: Actor) -> None:
    store = HoursStore(database, Clock())
    with pytest.raises(Denied):
        await store.set(actor, OAK, Hours("UTC", EVERY_DAY))
    assert await store.of_room(OAK) == NO_HOURS
