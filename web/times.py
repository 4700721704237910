"""Moments on the clock of a time zone, as the reader's language writes them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel import dates

from web.i18n import current_locale, gettext


def local(seconds: float, zone: str) -> dt.datetime:
    """Return a moment (Unix seconds) on the clock of a zone."""
    return dt.datetime.fromtimestamp(seconds, ZoneInfo(zone))


def day_in(seconds: float, zone: str, length: str = "full") -> str:
    """Return the day, as in `Wednesday, 25 November 2026`."""
    return str(dates.format_date(local(seconds, zone).date(), _length(length), locale=current_locale()))


def time_in(seconds: float, zone: str) -> str:
    """Return the time of day."""
    return str(dates.format_time(local(seconds, zone), "short", locale=current_locale()))


def short_day_in(seconds: float, zone: str) -> str:
    """Return weekday, day and month."""
    return str(dates.format_skeleton("MMMEd", local(seconds, zone), locale=current_locale()))


def when_in(seconds: float, zone: str) -> str:
    """Return day, time and whose time that is."""
    return gettext("%(day)s, %(time)s (%(zone)s)") % {
        "day": day_in(seconds, zone), "time": time_in(seconds, zone), "zone": zone_name(zone, seconds),
    }


def zone_name(zone: str, seconds: float) -> str:
    """Return a zone by its city and its distance from UTC at that moment, as in `Tokyo, GMT+09:00`."""
    moment = local(seconds, zone)
    offset = str(dates.get_timezone_gmt(moment, "long", locale=current_locale()))
    if "/" not in zone or zone.startswith("Etc/"):
        return offset
    city = dates.get_timezone_location(ZoneInfo(zone), locale=current_locale(), return_city=True)
    return f"{city}, {offset}"


def _length(length: str) -> dates._PredefinedTimeFormat:
    return "full" if length == "full" else "medium"
