"""Calendar entries: by the letter of RFC 5545, and right on both sides of every change of the clocks."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from web.calendar import Entry, Method, Person, calendar, calendar_of

START = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
ENTRY = Entry(
    "a1", "Chairs, lamps; and more", "First line\nC:\\second", "Oak & Ash", "https://fair.example/rooms/oak",
    START.timestamp(), START.timestamp() + 2700, START.timestamp() - 86400, 3, is_cancelled=False,
)


def read(text: str) -> Any:
    """Return a calendar as a program of somebody else reads it."""
    return Calendar.from_ical(text)


def fields(text: str) -> dict[str, str]:
    """Return the first value of each property, unfolded as a calendar does."""
    found: dict[str, str] = {}
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        found.setdefault(name, value)
    return found


def test_an_entry_says_what_when_and_where() -> None:
    found = fields(calendar(ENTRY, "fair.example"))
    assert found["UID"] == "a1@fair.example"
    assert (found["DTSTART"], found["DTEND"]) == ("20261125T150000Z", "20261125T154500Z")
    assert (found["DTSTAMP"], found["SEQUENCE"]) == ("20261124T150000Z", "3")
    assert found["SUMMARY"] == r"Chairs\, lamps\; and more"
    assert found["DESCRIPTION"] == r"First line\nC:\\second"
    assert (found["LOCATION"], found["URL"]) == ("Oak & Ash", "https://fair.example/rooms/oak")
    assert (found["STATUS"], found["TRIGGER"]) == ("CONFIRMED", "-PT10M")


def test_a_cancelled_show_leaves_the_calendar() -> None:
    assert fields(calendar(replace(ENTRY, is_cancelled=True), "x"))["STATUS"] == "CANCELLED"


def test_blocks_are_closed_in_order_and_every_line_ends_as_it_must() -> None:
    text = calendar(ENTRY, "fair.example")
    assert text.endswith("END:VCALENDAR\r\n")
    assert re.findall(r"\r(?!\n)|(?<!\r)\n", text) == []
    open_blocks: list[str] = []
    for kind, name in re.findall(r"^(BEGIN|END):(\w+)\r$", text, re.MULTILINE):
        if kind == "BEGIN":
            open_blocks.append(name)
        else:
            assert open_blocks.pop() == name
    assert open_blocks == []


@pytest.mark.parametrize(
    "text",
    [
        "a,b;c", "\\", "\\n", "a\nb", 'a:b"c', "x" * 400, "مرحبا بكم في المعرض " * 20, "展会直播" * 60,
        "🪑" * 90, "a" * 74 + "é",
    ],
)
def test_whatever_a_show_is_called_calendars_read_it_as_it_was_written(text: str) -> None:
    """Escaped, and folded between characters into lines of at most 75 bytes."""
    written = calendar(replace(ENTRY, title=text, about=text), "fair.example")
    (event,) = read(written).events
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (text, text)
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))


def test_nobody_can_write_a_line_of_their_own_into_it() -> None:
    evil = replace(ENTRY, title="x\r\nATTENDEE:mailto:a@b.example", about="\nBEGIN:VALARM\r\nEND:VEVENT")
    evil = replace(evil, organizer=Person('E"\r\nATTENDEE:x', "e@x.example"))
    lines = calendar(evil, "x").replace("\r\n ", "").split("\r\n")
    assert not any(line.startswith("ATTENDEE") for line in lines)
    assert lines.count("BEGIN:VALARM") == lines.count("END:VEVENT") == 1


@contextmanager
def server_in(zone: str) -> Iterator[None]:
    """Let the machine stand in another time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@pytest.mark.parametrize("server", ["UTC", "Europe/Lisbon", "America/St_Johns", "Pacific/Auckland"])
@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", (2026, 10, 25, 1, 30), "20261024T233000Z"),
        ("Europe/Berlin", (2026, 10, 25, 3, 30), "20261025T023000Z"),
        ("America/New_York", (2027, 3, 14, 1, 59), "20270314T065900Z"),
        ("America/New_York", (2027, 3, 14, 3, 0), "20270314T070000Z"),
        ("Asia/Kathmandu", (2026, 12, 31, 23, 59), "20261231T181400Z"),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 30), "20261003T153000Z"),
    ],
)
def test_changes_of_the_clocks_do_not_move_a_show(
    server: str, zone: str, local: tuple[int, int, int, int, int], utc: str
) -> None:
    """Wherever the server stands and the exhibitor lives, calendars get the instant that was meant."""
    start = dt.datetime(*local, tzinfo=ZoneInfo(zone)).timestamp()
    with server_in(server):
        found = fields(calendar(replace(ENTRY, starts_at=start, ends_at=start + 3600), "x"))
    assert found["DTSTART"] == utc
    ends = dt.datetime.strptime(found["DTEND"], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    assert ends.timestamp() - start == 3600


def test_an_invitation_names_who_meets_and_is_taken_back_under_the_same_name() -> None:
    """RFC 5546: REQUEST, then CANCEL with the same UID and a higher SEQUENCE."""
    ann, sam = Person("Ann, buyer", "ann@shop.example"), Person("山姆", "sam@oak.example", agrees=None)
    meeting = replace(ENTRY, organizer=sam, attendees=(ann, sam), is_tentative=True)
    asked = read(calendar(meeting, "fair.example", Method.REQUEST))
    event = asked.events[0]
    assert (asked["METHOD"], event["STATUS"]) == ("REQUEST", "TENTATIVE")
    assert event["ORGANIZER"] == "mailto:sam@oak.example"
    assert [str(it) for it in event["ATTENDEE"]] == ["mailto:ann@shop.example", "mailto:sam@oak.example"]
    assert [it.params["CN"] for it in event["ATTENDEE"]] == ["Ann, buyer", "山姆"]
    assert [it.params["PARTSTAT"] for it in event["ATTENDEE"]] == ["ACCEPTED", "NEEDS-ACTION"]
    off = replace(meeting, revision=4, is_cancelled=True)
    cancelled = read(calendar(off, "fair.example", Method.CANCEL))
    assert (cancelled["METHOD"], cancelled.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert cancelled.events[0]["UID"] == event["UID"]
    assert cancelled.events[0]["SEQUENCE"] > event["SEQUENCE"]


def test_a_calendar_of_several_entries_has_a_name() -> None:
    whole = read(calendar_of([ENTRY, replace(ENTRY, id="a2")], "x", name="My fair"))
    assert [event["UID"] for event in whole.events] == ["a1@x", "a2@x"]
    assert whole["X-WR-CALNAME"] == "My fair"
