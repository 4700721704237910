"""When a company works: hours of the week by the clock of its own time zone, daylight saving included."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
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


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: `weekly` has the spans of each weekday, 0 being Monday; a missing day is a day off."""

    zone: str
    weekly: Mapping[int, tuple[Span, ...]]

    def open_spans(self, day_from: date, days: int) -> list[tuple[float, float]]:
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

    def now_or_next(self, now: float) -> tuple[float, float] | None:
        """Return the span that holds `now`, or the next one within two weeks; None when there is none."""
        today = datetime.fromtimestamp(now, ZoneInfo(self.zone)).date()
        spans = self.open_spans(today - timedelta(days=1), LOOK_AHEAD_DAYS)
        return next((span for span in _joined(spans) if span[1] > now), None)


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
        return Hours(row.zone, _weekly_from(row.weekly)) if row else NO_HOURS

    async def set(self, actor: Actor, room: RoomId, hours: Hours) -> Hours:
        """Keep new hours; `Denied`, `Invalid` (`bad_zone`, `bad_hours`)."""
        require(actor, Permission.EDIT_HOURS, room)
        clean = checked(hours)
        weekly = json.dumps({str(day): spans for day, spans in sorted(clean.weekly.items())})
        async with self._database.session() as session:
            values = {"room": room, "zone": clean.zone, "weekly": weekly, "changed_at": self._clock()}
            await insert_or_change(session, HoursRow, values)
        return clean


def checked(hours: Hours) -> Hours:
    """Return hours in order, or raise `Invalid` with what to change."""
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("There is no time zone of this name.", code="bad_zone") from None
    if not set(hours.weekly) <= set(range(7)):
        raise Invalid("A week has the days 0 to 6, Monday first.", code="bad_hours")
    return Hours(hours.zone, {day: _checked_day(spans) for day, spans in hours.weekly.items() if spans})


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


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans with those that touch made one, as hours that go on over midnight do."""
    whole: list[tuple[float, float]] = []
    for start, end in spans:
        if whole and whole[-1][1] >= start:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _weekly_from(text: str) -> dict[int, tuple[Span, ...]]:
    return {int(day): tuple((start, end) for start, end in spans) for day, spans in json.loads(text).items()}
