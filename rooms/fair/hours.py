"""When a company works: hours of the week by the clock of its own time zone, daylight saving included."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.errors import Invalid
from config.ids import RoomId
from rooms.fair.asking_rows import HoursRow
from rooms.fair.database import Database, insert_or_change
from rooms.fair.policy import Actor, Permission, require

DAY_MINUTES = 24 * 60
SPANS_LIMIT = 6
LOOK_AHEAD_DAYS = 15

Span = tuple[int, int]
"""Minutes since midnight, the end not included; 1440 is the end of the day."""
Weekly = Mapping[int, tuple[Span, ...]]
"""The spans of each weekday, 0 being Monday; a missing day is a day off."""
Stretch = tuple[float, float]
"""From when until when, in Unix seconds, the end not included."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the week, by the clock of a time zone."""

    zone: str
    weekly: Weekly

    def open_spans(self, day_from: date, days: int) -> list[Stretch]:
        """Return the spans of so many days of the zone in Unix seconds, in order.

        A minute that the clock leaves out in spring is read with the offset before the leap (RFC 5545,
        section 3.3.5); one that it shows twice in autumn is the first at the start of a span and the last at
        its end. A span of which nothing is left is dropped.
        """
        zone = ZoneInfo(self.zone)
        spans = [
            (_moment(zone, day, start, is_end=False), _moment(zone, day, end, is_end=True))
            for day in (day_from + timedelta(days=number) for number in range(days))
            for start, end in self.weekly.get(day.weekday(), ())
        ]
        return [(start, end) for start, end in spans if start < end]

    def near(self, now: float) -> list[Stretch]:
        """Return the spans from yesterday on, within two weeks."""
        today = datetime.fromtimestamp(now, ZoneInfo(self.zone)).date()
        return self.open_spans(today - timedelta(days=1), LOOK_AHEAD_DAYS)

    def now_or_next(self, now: float) -> Stretch | None:
        """Return the span that holds `now`, or the next one within two weeks; None when there is none."""
        return now_or_next(self.near(now), now)


NO_HOURS = Hours("UTC", {})
"""Of a company that has said nothing."""


class HoursStore:
    """Keeps the hours of companies. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def of_room(self, room: RoomId) -> Hours:
        """Return the hours of the company whose room it is; none at all when it has said nothing."""
        async with self._database.reading() as session:
            row = await session.get(HoursRow, room)
        return Hours(row.zone, weekly_from(row.weekly)) if row else NO_HOURS

    async def set(self, actor: Actor, room: RoomId, hours: Hours) -> Hours:
        """Keep new hours; `Denied`, `Invalid` (`bad_zone`, `bad_hours`)."""
        require(actor, Permission.EDIT_HOURS, room)
        clean = checked(hours)
        async with self._database.session() as session:
            values = {
                "room": room, "zone": clean.zone, "weekly": text_of(clean.weekly), "changed_at": self._clock()
            }
            await insert_or_change(session, HoursRow, values)
        return clean


def checked(hours: Hours) -> Hours:
    """Return hours in order, or raise `Invalid` with what to change."""
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("There is no time zone of this name.", code="bad_zone") from None
    return Hours(hours.zone, checked_weekly(hours.weekly))


def checked_weekly(weekly: Weekly) -> Weekly:
    """Return the hours of a week in order, without days that have none, or raise `Invalid` (`bad_hours`)."""
    if not set(weekly) <= set(range(7)):
        raise Invalid("A week has the days 0 to 6, Monday first.", code="bad_hours")
    return {day: _checked_day(spans) for day, spans in weekly.items() if spans}


def text_of(weekly: Weekly) -> str:
    """Return the hours of a week as they are kept: JSON, weekdays to spans."""
    return json.dumps({str(day): spans for day, spans in sorted(weekly.items())})


def weekly_from(text: str) -> Weekly:
    """Return the hours of a week from what is kept."""
    return {int(day): tuple((start, end) for start, end in spans) for day, spans in json.loads(text).items()}


def now_or_next(stretches: Iterable[Stretch], now: float) -> Stretch | None:
    """Return the stretch that holds `now`, or the next one, with those that touch or overlap made one."""
    return next((stretch for stretch in joined(stretches) if stretch[1] > now), None)


def common(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """Return what is in both of two lists of stretches, each joined."""
    both: list[Stretch] = []
    here = there = 0
    while here < len(one) and there < len(other):
        start, end = max(one[here][0], other[there][0]), min(one[here][1], other[there][1])
        if start < end:
            both.append((start, end))
        if one[here][1] < other[there][1]:
            here += 1
        else:
            there += 1
    return both


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that touch made one, as hours that go on over midnight do."""
    whole: list[Stretch] = []
    for start, end in sorted(stretches):
        if whole and whole[-1][1] >= start:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def covers(stretches: Sequence[Stretch], start: float, end: float) -> bool:
    """Tell whether one of the stretches, joined and in order, holds all from `start` to `end`."""
    place = bisect_right(stretches, start, key=itemgetter(0)) - 1
    return place >= 0 and end <= stretches[place][1]


def _checked_day(spans: Iterable[Span]) -> tuple[Span, ...]:
    ordered = tuple(sorted((int(start), int(end)) for start, end in spans))
    is_within = all(0 <= start < end <= DAY_MINUTES for start, end in ordered)
    is_apart = all(before[1] <= after[0] for before, after in pairwise(ordered))
    if not (is_within and is_apart and len(ordered) <= SPANS_LIMIT):
        message = "Hours begin before they end, lie within one day and do not overlap."
        raise Invalid(message, code="bad_hours")
    return ordered


def _moment(zone: ZoneInfo, day: date, minute: int, *, is_end: bool) -> float:
    """Return when the clock of `zone` shows that minute of that day."""
    later, minute = divmod(minute, DAY_MINUTES)
    naive = datetime.combine(day, datetime.min.time()) + timedelta(days=later, minutes=minute)
    moment = naive.replace(tzinfo=zone, fold=1 if is_end else 0)
    if _is_left_out(moment):
        return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).timestamp()
    return moment.astimezone(UTC).timestamp()


def _is_left_out(moment: datetime) -> bool:
    """Tell whether the clock leaps over this minute: it comes back as another one."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(fold=0) != moment.replace(fold=0)
