"""An announced show as a calendar entry (RFC 5545), for whatever calendar the visitor keeps.

Times are in UTC, so that no daylight saving, ours or theirs, can move a show.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

FOLD_BYTES = 75
"""The longest line (section 3.1), its end not counted."""
REMINDER_MINUTES = 10
_SPECIAL = re.compile(r"([\\;,])")


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


def calendar(entry: Entry, host: str) -> str:
    """Return a calendar of one entry; `host` makes its name one of a kind in the world."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Showroom//Programme//EN", "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{entry.id}@{host}",
        f"DTSTAMP:{_utc(entry.made_at)}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(entry.ends_at)}",
        f"SEQUENCE:{entry.revision}",
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
        f"SUMMARY:{escaped(entry.title)}",
        f"DESCRIPTION:{escaped(entry.about)}",
        f"LOCATION:{escaped(entry.place)}",
        f"URL:{entry.url}",
        "BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{REMINDER_MINUTES}M",
        f"DESCRIPTION:{escaped(entry.title)}", "END:VALARM",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Return a text as a value (section 3.3.11)."""
    return _SPECIAL.sub(r"\\\1", text).replace("\r\n", "\n").replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> str:
    """Return a line cut into pieces of at most 75 bytes, never inside a character (section 3.1)."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > FOLD_BYTES - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += encoded
    return b"\r\n ".join([*pieces, piece]).decode()


def _utc(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
