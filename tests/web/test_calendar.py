"""Calendar entries: by the letter of RFC 5545, and right on both sides of every change of the clocks."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from web.calendar import Entry, calendar, escaped, folded

START = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
ENTRY = Entry(
    "a1", "Chairs, lamps; and more", "First line\nC:\\second", "Oak & Ash", "https://fair.example/rooms/oak",
    START.timestamp(), START.timestamp() + 2700, START.timestamp() - 86400, 3, is_cancelled=False,
)


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
    ("text", "expected"),
    [
        ("a,b;c", r"a\,b\;c"), ("\\", r"\\"), ("\\n", r"\\n"), ("a\nb\r\nc\rd", r"a\nb\ncd"),
        ('a:b"c', 'a:b"c'),
    ],
)
def test_what_has_a_meaning_is_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected


@pytest.mark.parametrize(
    "text", ["x" * 400, "مرحبا بكم في المعرض " * 20, "展会直播" * 60, "🪑" * 90, "a" * 74 + "é"]
)
def test_lines_are_folded_between_characters_and_come_apart_again(text: str) -> None:
    line = f"SUMMARY:{text}"
    pieces = folded(line).split("\r\n")
    assert len(pieces) > 1
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert folded("x" * 75) == "x" * 75


def test_nobody_can_write_a_line_of_their_own_into_it() -> None:
    evil = replace(ENTRY, title="x\r\nATTENDEE:mailto:a@b.example", about="\nBEGIN:VALARM\r\nEND:VEVENT")
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
