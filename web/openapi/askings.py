"""The shapes of appointments, of requests that were left, and of what calls hold."""

from __future__ import annotations

from rooms.fair.hours import DAY_MINUTES, SPANS_LIMIT
from rooms.negotiation.appointments.appointment import Side
from rooms.negotiation.appointments.slots import LENGTHS
from rooms.negotiation.appointments.states import AppointmentState
from rooms.negotiation.states import CallState
from web.openapi.shapes import (
    Shape,
    choice,
    count,
    flag,
    listed,
    moment,
    named,
    number,
    or_null,
    record,
    table,
    text,
    whole,
    words,
)

SLOT = record({
    "starts_at": moment(), "minutes": whole("", 30, enum=list(LENGTHS)),
    "speaks": flag("Somebody who is free then speaks the language asked for.", example=True),
}, "A time that can be asked for.")

APPOINTMENT = record({
    "id": text("", "ap7Vw0YkqGd3mYcHqV9Abc"), "room": text("", "aurora-lamps"),
    "state": choice(AppointmentState),
    "starts_at": moment(), "minutes": whole("", 30), "buyer": text("", "Robin Okafor"),
    "buyer_company": text(),
    "staff": text("Who of the exhibitor's comes; empty once they have asked for erasure.", "Ida Holm"),
    "product": or_null(text()),
    "language": text("What is to be spoken.", "en"), "note": text(),
    "proposed_by": choice(Side, "Who suggested the time; the other side answers."),
    "hold_until": or_null(moment("The time is held for an answer until then.")),
    "revision": count("Counts the changes that calendars must know of.", 1),
    "absent": listed(choice(Side), "Who did not come."),
    "meeting": or_null(text("The page of its call, once that has begun.")),
}, "An appointment for a private call.")

TIME = {
    "starts_at": moment("One of the times on offer.", 1798794000),
    "minutes": whole("", 30, enum=list(LENGTHS)),
}
"""A time that is asked for."""

ASKER = record({
    "id": text("", "by2Vw0YkqGd3mYcHqV9Abc"), "name": text("", "Robin Okafor"), "company": text(),
    "country": text("", "SE"), "language": text("", "en"),
}, "A buyer who has asked for something.")

_PROGRESS = {
    "is_done": flag("Somebody has dealt with it.", example=False),
    "done_by": or_null(text("Null also once they have asked for erasure.", "Ida Holm")),
    "tries": count("Calls back in vain.", 1),
    "is_reached": flag("A call back led to a talk.", example=False),
}

MISSED = record({
    "id": text(), "at": moment(), "state": choice(CallState), "product": or_null(text("By its title.")),
    "buyer": named("Asker"), **_PROGRESS,
}, "A request that nobody answered, or that `ended` because one of the two did not come.")

LETTER = record({
    "id": text(), "at": moment(), "product": or_null(text("By its title.")), "subject": text("", "Samples"),
    "quantity": or_null(whole("", 500)), "text": text("", "Could you send two samples?"),
    "buyer": named("Asker"),
    **_PROGRESS,
}, "A message to the staff of a room.")

_MINUTE = whole("Minutes since midnight.", 540, minimum=0, maximum=DAY_MINUTES)
_SPAN = listed(_MINUTE, "From and to.", minItems=2, maxItems=2)

WEEKLY = table(
    listed(_SPAN, maxItems=SPANS_LIMIT), "The hours of each day of the week, `0` being Monday.",
    propertyNames={"enum": [str(day) for day in range(7)]}, examples=[{"0": [[540, 720], [780, 1020]]}],
)

HOURS = record({
    "zone": words("A time zone of the IANA database.", "Europe/Stockholm", most=64), "weekly": WEEKLY,
}, "When a company works.")

OWN_HOURS = WEEKLY | {
    "description": "When they are there, by the clock of the company; none at all are its own hours."
}

ROSTER_ENTRY = record({
    "account": text(), "name": text("", "Ida Holm"), "languages": listed(text("", "sv")),
    "product_lines": listed(text("", "aurora-lamps-1"), "Products."), "weekly": OWN_HOURS,
}, "What a member of staff speaks and explains, and when they are there.")

BLOCK = record({
    "account": text(), "name": text(), "company": text(), "blocked_by": text("", "Ida Holm"),
    "blocked_at": moment(),
}, "A buyer of whom an exhibitor takes nothing.")

CALL_FILE = record({
    "id": text("", "fi4Vw0YkqGd3mYcHqV9Abc"), "name": text("", "terms.pdf"), "size": count("Bytes.", 48_213),
    "is_picture": flag(example=False), "sent_at": moment(),
    "sent_by": text("Their company, once they have asked for erasure.", "Robin Okafor"),
    "url": text("", "/call-files/aurora-lamps.fzr1nVw0YkqGd3mYcHqV9A/fi4Vw0YkqGd3mYcHqV9Abc"),
}, "A file that was handed over in a call.")

CALL_RECORDING = record({
    "id": text(), "name": text("Whose picture and sound it is.", "Ida Holm"), "began_at": moment(),
    "seconds": number("", 640.2), "is_running": flag(example=False),
    "download": text("", "/recordings/…/download"),
}, "What was recorded of one person in a call.")

SHAPES: dict[str, Shape] = {
    "Slot": SLOT, "Appointment": APPOINTMENT, "Asker": ASKER, "Missed": MISSED, "Letter": LETTER,
    "Hours": HOURS, "RosterEntry": ROSTER_ENTRY, "Block": BLOCK, "CallFile": CALL_FILE,
    "CallRecording": CALL_RECORDING,
}
