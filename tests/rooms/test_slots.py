"""The times that can be asked for: round on every clock of the world, right on its odd days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import FairError
from config.ids import AccountId, ProductId
from rooms.fair.hours import Hours
from rooms.negotiation.appointments.slots import (
    Slot,
    by_preference,
    check_time,
    offer,
    quarters,
    starts_in,
)

Weekly = Mapping[int, tuple[tuple[int, int], ...]]
NINE_TO_TEN: Weekly = dict.fromkeys(range(7), ((540, 600),))
NIGHT: Weekly = dict.fromkeys(range(7), ((60, 240),))


@dataclass(frozen=True)
class Person:
    account: AccountId
    name: str
    languages: tuple[str, ...] = ("en",)
    product_lines: tuple[ProductId, ...] = ()

    def speaks(self, language: str) -> bool:
        return language in self.languages

    def hours_at(self, stand: Hours) -> Hours:
        return stand


def starts_on(zone: str, day: date, weekly: Weekly) -> list[datetime]:
    """Return the beginnings of half hours on one day of the zone, on its clock."""
    spans = Hours(zone, weekly).open_spans(day, 1)
    starts = starts_in(spans, 30, 30, 0.0, 4e9)
    return [datetime.fromtimestamp(start, ZoneInfo(zone)) for start in starts]


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("UTC", date(2026, 6, 1), "09:00"),
        ("Asia/Kathmandu", date(2026, 6, 1), "03:15"),
        ("Asia/Kolkata", date(2026, 6, 1), "03:30"),
        ("Asia/Tehran", date(2026, 7, 1), "05:30"),
        ("Asia/Tehran", date(2026, 1, 1), "05:30"),
        ("Africa/Casablanca", date(2026, 2, 25), "09:00"),
        ("Africa/Casablanca", date(2026, 4, 1), "08:00"),
        ("Pacific/Kiritimati", date(2026, 6, 2), "19:00"),
        ("Pacific/Apia", date(2026, 6, 2), "20:00"),
        ("Australia/Lord_Howe", date(2026, 1, 15), "22:00"),
        ("Australia/Lord_Howe", date(2026, 6, 15), "22:30"),
        ("Europe/Lisbon", date(2026, 3, 28), "09:00"),
        ("Europe/Lisbon", date(2026, 3, 29), "08:00"),
        ("America/New_York", date(2026, 10, 31), "13:00"),
        ("America/New_York", date(2026, 11, 1), "14:00"),
    ],
)
def test_nine_o_clock_is_nine_on_the_exhibitors_clock(zone: str, day: date, utc: str) -> None:
    """Whole and odd offsets, summer and winter, Ramadan in Morocco, Iran without summer time since 2022."""
    starts = starts_on(zone, day, NINE_TO_TEN)
    assert [start.strftime("%m-%d %H:%M") for start in starts] == [
        f"{day:%m-%d} 09:00", f"{day:%m-%d} 09:30"
    ]
    assert starts[0].astimezone(UTC).strftime("%H:%M") == utc


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "01:00 01:30 03:00 03:30"),
        ("Europe/Berlin", date(2026, 10, 25), "01:00 01:30 02:00 02:30 02:00 02:30 03:00 03:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "01:00 01:30 02:30 03:00 03:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "01:00 01:30 01:30 02:00 02:30 03:00 03:30"),
    ],
)
def test_hours_that_the_clock_leaves_out_or_shows_twice(zone: str, day: date, clock: str) -> None:
    """From 1 to 4 at night: the gap of spring has no slots, the fold of autumn has each, in real order."""
    starts = starts_on(zone, day, NIGHT)
    assert " ".join(start.strftime("%H:%M") for start in starts) == clock
    moments = [start.timestamp() for start in starts]
    assert moments == sorted(set(moments))


def test_a_day_that_never_was_has_no_slots_and_its_neighbours_do() -> None:
    """Samoa went from 29 to 31 December 2011."""
    assert [len(starts_on("Pacific/Apia", date(2011, 12, day), NINE_TO_TEN)) for day in (29, 31)] == [2, 2]


SPANS = st.lists(
    st.builds(
        lambda start, length: (start * 60.0, (start + length) * 60.0),
        st.integers(0, 5000), st.integers(1, 600),
    ),
    max_size=6,
)


@given(SPANS, st.sampled_from([15, 30]), st.sampled_from([15, 30]), st.integers(0, 400_000))
def test_slots_lie_within_the_hours_and_on_the_step(
    spans: list[tuple[float, float]], minutes: int, step: int, after: int
) -> None:
    starts = starts_in(spans, minutes, step, after, 400_000)
    assert starts == sorted(set(starts))
    assert step == 15 or not {start + 900 for start in starts} & set(starts) or len(spans) > 1
    for start in starts:
        assert start % 900 == 0
        assert after <= start <= 400_000
        ends = start
        while any(a <= ends < b for a, b in spans) and ends < start + minutes * 60:
            ends += 60
        assert ends == start + minutes * 60


def test_hours_over_midnight_are_one_span() -> None:
    assert starts_in([(0, 900), (900, 1800)], 30, 30, 0, 9e9) == [0]


def test_each_day_has_the_same_times_whatever_day_one_looks_from() -> None:
    """Open over midnight from a quarter past on: what comes before a span moves none of its beginnings."""
    hours = Hours("UTC", {0: ((555, 1440),), **dict.fromkeys(range(1, 6), ((0, 1440),))})
    monday, wednesday, second = date(2027, 1, 18), 1_800_403_200.0, 86_400.0
    seen = [
        starts_in(hours.open_spans(monday + timedelta(days=day), 7), 15, 30, wednesday, wednesday + second)
        for day in range(3)
    ]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][:2] == [wednesday, wednesday + 1800]
    first = starts_in(hours.open_spans(monday, 7), 30, 30, 0, 4e9)[0]
    assert datetime.fromtimestamp(first, UTC).strftime("%a %H:%M") == "Mon 09:15"


def test_what_is_taken_is_not_on_offer() -> None:
    ann, sam = AccountId("ann"), Person(AccountId("sam"), "Sam")
    eva = Person(AccountId("eva"), "Eva", ("zh",))
    taken = {sam.account: {*quarters(0, 30)}, eva.account: {*quarters(1800, 15)}, ann: {*quarters(3600, 15)}}
    rota = {sam.account: [(0.0, 9e9)], eva.account: [(0.0, 9e9)]}
    slots = offer([0, 1800, 2700, 3600], 15, [sam, eva], rota, taken, ann, "zh")
    assert slots == [Slot(0, 15, speaks=True), Slot(1800, 15, speaks=False), Slot(2700, 15, speaks=True)]
    assert offer([1800], 30, [eva], rota, taken, ann, "zh") == []


def test_when_nobody_is_there_there_is_nothing_on_offer() -> None:
    """Sam from 0 to 1800 and from 5400 on, Eva, who speaks Chinese, from 900 to 3600."""
    sam, eva = Person(AccountId("sam"), "Sam"), Person(AccountId("eva"), "Eva", ("zh",))
    rota = {sam.account: [(0.0, 1800.0), (5400.0, 9000.0)], eva.account: [(900.0, 3600.0)]}
    quarters_of_an_hour = [900.0 * number for number in range(8)]
    slots = offer(quarters_of_an_hour, 15, [sam, eva], rota, {}, None, "zh")
    assert {slot.starts_at: slot.speaks for slot in slots} == {
        0: False, 900: True, 1800: True, 2700: True, 5400: False, 6300: False
    }
    halves = offer(quarters_of_an_hour, 30, [sam, eva], rota, {}, None, "zh")
    assert {slot.starts_at: slot.speaks for slot in halves} == {
        0: False, 900: True, 1800: True, 5400: False, 6300: False
    }
    taken = {eva.account: {*quarters(1800, 15)}}
    left = offer([900, 1800, 2700], 15, [sam, eva], rota, taken, None, "en")
    assert [slot.starts_at for slot in left] == [900, 2700]
    assert offer(quarters_of_an_hour, 15, [sam], {sam.account: []}, {}, None, "en") == []


def test_who_speaks_the_language_comes_first_then_who_owns_the_product_then_who_has_least_to_do() -> None:
    chair = ProductId("chair")
    people = [
        Person(AccountId("1"), "A"), Person(AccountId("2"), "B", ("en",), (chair,)),
        Person(AccountId("3"), "C", ("zh",)), Person(AccountId("4"), "D", ("zh",)),
    ]
    best = by_preference(people, "zh", chair, {AccountId("3"): 2})
    assert [who.name for who in best] == ["D", "C", "B", "A"]


@pytest.mark.parametrize(
    ("starts_at", "minutes", "code"),
    [
        (90_000, 20, "bad_length"), (90_001, 15, "bad_time"), (float("nan"), 15, "bad_time"),
        (900_000, 15, "bad_time"), (900, 15, "too_late"),
    ],
)
def test_what_no_slot_can_be_is_refused(starts_at: float, minutes: int, code: str) -> None:
    with pytest.raises(FairError) as refusal:
        check_time(starts_at, minutes, 0.0, 1800.0, 800_000.0)
    assert refusal.value.code == code
