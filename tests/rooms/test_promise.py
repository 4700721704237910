"""What an empty desk promises: when the next who speaks the language comes, on days the clock leaps, too."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.ids import AccountId
from rooms.fair.hours import NO_HOURS, Hours, Stretch, Weekly, common, covers, joined
from rooms.fair.promise import Promise, promise
from rooms.fair.roster import RosterEntry

MORNING, AFTERNOON, ALL_DAY = ((540, 720),), ((780, 1080),), ((0, 1440),)
WEEKDAYS = range(5)
STAND = Hours("Europe/Berlin", dict.fromkeys(WEEKDAYS, ((540, 1080),)))
"""From nine to six, Monday to Friday."""


def who(name: str, languages: str = "", weekly: Weekly | None = None) -> RosterEntry:
    return RosterEntry(AccountId(name), name, tuple(languages.split()), (), weekly or {})


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def said(found: Promise | None, zone: str = "Europe/Berlin") -> tuple[str, str, bool, bool] | None:
    """Return a promise as somebody reads it who has the clock of `zone`."""
    if found is None:
        return None
    clock = [datetime.fromtimestamp(it, ZoneInfo(zone)) for it in (found.begins_at, found.ends_at)]
    begins, ends = (moment.strftime("%a %d %H:%M") for moment in clock)
    return begins, ends, found.is_now, found.is_spoken


ADA, BO = who("Ada", "en de", dict.fromkeys(WEEKDAYS, MORNING)), who("Bo", "zh", {2: AFTERNOON})
CY = who("Cy", "en fr", {4: ((1020, 1320),)})
DAN = who("Dan", "ar")


@pytest.mark.parametrize(
    ("language", "now", "promised"),
    [
        # Tuesday 4 May 2027; Ada in the mornings, Bo on Wednesday, Cy on Friday evening, Dan as the stand.
        ("de", "2027-05-04T08:00", ("Tue 04 09:00", "Tue 04 12:00", False, True)),
        ("de", "2027-05-04T10:00", ("Tue 04 09:00", "Tue 04 12:00", True, True)),
        ("de", "2027-05-04T12:00", ("Wed 05 09:00", "Wed 05 12:00", False, True)),  # gone, while it is open
        ("zh", "2027-05-04T10:00", ("Wed 05 13:00", "Wed 05 18:00", False, True)),
        ("zh-Hant", "2027-05-05T17:59", ("Wed 05 13:00", "Wed 05 18:00", True, True)),
        ("zh", "2027-05-05T18:00", ("Wed 12 13:00", "Wed 12 18:00", False, True)),
        ("fr", "2027-05-04T10:00", ("Fri 07 17:00", "Fri 07 18:00", False, True)),  # the stand closes at six
        ("en", "2027-05-07T13:00", ("Fri 07 17:00", "Fri 07 18:00", False, True)),  # the first of two who do
        ("en", "2027-05-07T18:00", ("Mon 10 09:00", "Mon 10 12:00", False, True)),
        ("ar", "2027-05-04T10:00", ("Tue 04 09:00", "Tue 04 18:00", True, True)),  # hours of the stand
        ("ar", "2027-05-08T10:00", ("Mon 10 09:00", "Mon 10 18:00", False, True)),
        ("fi", "2027-05-04T10:00", ("Tue 04 09:00", "Tue 04 18:00", True, False)),  # nobody speaks it
        ("fi", "2027-05-04T19:00", ("Wed 05 09:00", "Wed 05 18:00", False, False)),
    ],
)
def test_the_next_who_speaks_the_language(language: str, now: str, promised: object) -> None:
    assert said(promise(STAND, [ADA, BO, CY, DAN], language, at(now))) == promised


def test_who_takes_turns_is_there_all_the_time() -> None:
    """Until twelve the one, from twelve on the other, who overlaps with a third."""
    crew = [
        who("Ada", "en", {1: ((540, 720),)}), who("Bo", "en", {1: ((720, 900),)}),
        who("Cy", "en", {1: ((840, 960),)}),
    ]
    assert said(promise(STAND, crew, "en", at("2027-05-04T10:00"))) == (
        "Tue 04 09:00", "Tue 04 16:00", True, True
    )


def test_a_break_is_not_promised_away() -> None:
    lunch = who("Ada", "en", {1: (*MORNING, *AFTERNOON)})
    assert said(promise(STAND, [lunch], "en", at("2027-05-04T12:30"))) == (
        "Tue 04 13:00", "Tue 04 18:00", False, True
    )


def test_who_is_never_there_while_the_stand_is_open_is_not_promised() -> None:
    """The stand, then, and that nobody there speaks it."""
    night = who("Ada", "en", {1: ((0, 300),), 6: ALL_DAY})
    assert said(promise(STAND, [night], "en", at("2027-05-04T08:00"))) == (
        "Tue 04 09:00", "Tue 04 18:00", False, False
    )


def test_without_hours_of_the_stand_nothing_is_promised() -> None:
    assert promise(NO_HOURS, [who("Ada", "en", {1: MORNING})], "en", at("2027-05-04T08:00")) is None
    assert promise(STAND, [], "en", at("2027-05-04T08:00")) is not None


def test_it_looks_as_far_ahead_as_the_hours_do_and_no_further() -> None:
    """Who comes once a week is found from any day of it; the next week is within the horizon, too."""
    bo = who("Bo", "zh", {0: ((540, 555),)})
    for day in range(3, 10):
        found = promise(STAND, [bo], "zh", at(f"2027-05-{day:02}T09:15"))
        assert said(found) == ("Mon 10 09:00", "Mon 10 09:15", False, True)
    assert promise(Hours("Europe/Berlin", {}), [bo], "zh", at("2027-05-03T09:15")) is None


@pytest.mark.parametrize(
    ("stand", "buyer", "now", "begins"),
    [
        # The clocks of the stand leap in the night to Sunday: nine o'clock stays nine there.
        ("Europe/Berlin", "Asia/Shanghai", "2027-03-27T12:00", "Sun 28 15:00"),
        ("Europe/Berlin", "Asia/Shanghai", "2027-03-26T12:00", "Sat 27 16:00"),
        ("Europe/Berlin", "Asia/Shanghai", "2027-10-30T12:00", "Sun 31 16:00"),
        # Those of the buyer do, at a stand whose clock never does.
        ("Asia/Shanghai", "America/New_York", "2027-03-13T12:00", "Sat 13 20:00"),
        ("Asia/Shanghai", "America/New_York", "2027-03-14T12:00", "Sun 14 21:00"),
        # Both do, on different days: two weeks of March are an hour nearer.
        ("Europe/Berlin", "America/New_York", "2027-03-12T12:00", "Sat 13 03:00"),
        ("Europe/Berlin", "America/New_York", "2027-03-19T12:00", "Sat 20 04:00"),
        ("Europe/Berlin", "America/New_York", "2027-04-02T12:00", "Sat 03 03:00"),
        # Half an hour of summer, and three quarters beside the hour.
        ("Australia/Lord_Howe", "Asia/Kathmandu", "2026-10-02T12:00", "Sat 03 04:15"),
        ("Australia/Lord_Howe", "Asia/Kathmandu", "2026-10-03T12:00", "Sun 04 03:45"),
    ],
)
def test_nine_there_on_the_buyers_clock_when_either_leaps(
    stand: str, buyer: str, now: str, begins: str
) -> None:
    hours = Hours(stand, dict.fromkeys(range(7), ALL_DAY))
    ada = who("Ada", "en", dict.fromkeys(range(7), MORNING))
    found = said(promise(hours, [ada], "en", at(now, stand)), buyer)
    assert found is not None
    assert (found[0], found[2], found[3]) == (begins, False, True)


@pytest.mark.parametrize(
    ("now", "own", "minutes"),
    [
        ("2027-03-28T00:00", (60, 240), 120),  # the hour from two to three is left out
        ("2027-10-31T00:00", (60, 240), 240),  # and comes twice
        ("2027-03-28T00:00", (150, 240), 30),  # half past two is half past three
    ],
)
def test_a_night_in_which_the_clock_leaps(now: str, own: tuple[int, int], minutes: int) -> None:
    hours = Hours("Europe/Berlin", dict.fromkeys(range(7), ALL_DAY))
    found = promise(hours, [who("Ada", "en", {6: (own,)})], "en", at(now))
    assert found is not None
    assert (found.is_spoken, (found.ends_at - found.begins_at) / 60) == (True, minutes)


STRETCHES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8).map(
    lambda some: joined([(float(start), float(start + length)) for start, length in some])
)


def seconds_of(stretches: list[Stretch]) -> set[int]:
    return {second for start, end in stretches for second in range(int(start), int(end))}


@given(STRETCHES, STRETCHES)
def test_what_is_common_is_in_both_and_all_of_it(one: list[Stretch], other: list[Stretch]) -> None:
    assert seconds_of(common(one, other)) == seconds_of(one) & seconds_of(other)


@given(STRETCHES, st.integers(0, 80), st.integers(1, 20))
def test_a_stretch_covers_what_lies_in_it(stretches: list[Stretch], start: int, length: int) -> None:
    is_covered = set(range(start, start + length)) <= seconds_of(stretches)
    assert covers(stretches, start, start + length) is is_covered
