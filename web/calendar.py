"""Shows and appointments as calendar entries (RFC 5545, RFC 5546), for whatever calendar somebody keeps.

Times are in UTC, so that no daylight saving, ours or theirs, can move one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

REMINDER_MINUTES = 10
PRODUCT = "-//Showroom//Fair//EN"


class Method(StrEnum):
    """What a calendar shall do with an entry."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, by name and address; `agrees` is None while they have not answered."""

    name: str
    email: str
    agrees: bool | None = True


@dataclass(frozen=True, slots=True)
class Entry:
    """What the calendar is told. Times are Unix seconds; `revision` grows with each change of the entry."""

    id: str
    title: str
    about: str
    place: str
    url: str
    starts_at: float
    ends_at: float
    made_at: float
    revision: int
    is_cancelled: bool
    is_tentative: bool = False
    organizer: Person | None = None
    attendees: tuple[Person, ...] = ()


def calendar(entry: Entry, host: str, method: Method = Method.PUBLISH) -> str:
    """Return a calendar of one entry; `host` makes its name one of a kind in the world."""
    return calendar_of([entry], host, method)


def calendar_of(
    entries: Iterable[Entry], host: str, method: Method = Method.PUBLISH, name: str = ""
) -> str:
    """Return a calendar of several entries, with a name where it is one to subscribe to."""
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", PRODUCT)
    whole.add("method", method.value)
    if name:
        whole.add("x-wr-calname", _clean(name))
    for entry in entries:
        whole.add_component(_event(entry, host))
    text: str = whole.to_ical().decode()
    return text


def _event(entry: Entry, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@{host}")
    event.add("dtstamp", _utc(entry.made_at))
    event.add("dtstart", _utc(entry.starts_at))
    event.add("dtend", _utc(entry.ends_at))
    event.add("sequence", entry.revision)
    event.add("status", _status(entry))
    for field in ("title", "about", "place"):
        event.add(NAMES[field], _clean(getattr(entry, field)))
    event.add("url", vUri(entry.url))
    if entry.organizer:
        event.add("organizer", _address(entry.organizer))
    for person in entry.attendees:
        event.add("attendee", _attendee(person), encode=False)
    if not entry.is_cancelled:
        event.add_component(_alarm(entry))
    return event


NAMES = {"title": "summary", "about": "description", "place": "location"}


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", dt.timedelta(minutes=-REMINDER_MINUTES))
    alarm.add("description", _clean(entry.title))
    return alarm


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_tentative else "CONFIRMED"


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(_clean(person.name).replace('"', "'"))
    return address


def _attendee(person: Person) -> vCalAddress:
    address = _address(person)
    said = {True: "ACCEPTED", False: "DECLINED", None: "NEEDS-ACTION"}[person.agrees]
    address.params["PARTSTAT"] = vText(said)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    return address


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "")


def _utc(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
