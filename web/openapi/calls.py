"""The operations around private calls: appointments, requests that were left, and what calls hold."""

from __future__ import annotations

from rooms.fair.buyer_messages import QUANTITY_LIMIT, SUBJECT_LENGTH, TEXT_LENGTH
from rooms.fair.policy import Permission
from rooms.fair.requests import KEY_LENGTH
from rooms.fair.roster import LANGUAGES_LIMIT
from rooms.negotiation.appointments.appointment import Side
from rooms.negotiation.appointments.diary import MOST_DAYS
from rooms.negotiation.appointments.rules import NOTE_LENGTH
from rooms.negotiation.appointments.slots import LENGTHS
from rooms.negotiation.call_notes import NOTE_LENGTH as CALL_NOTE_LENGTH
from web.asking import LIST_LIMIT
from web.openapi.askings import OWN_HOURS, TIME
from web.openapi.operation import Answer, Body, Operation, Query
from web.openapi.shapes import choice, count, flag, listed, named, or_null, record, text, whole, words

CALENDAR = "text/calendar"
KEY = or_null(words("A key of your own: the request that comes again with it is done once.", most=KEY_LENGTH))
SEEN = or_null(count("The `revision` you have seen: refused as `changed` when there is another one."))
TAKEN = Answer("The appointment as it is now.", record({"appointment": named("Appointment")}))
ANSWER = Permission.ANSWER_APPOINTMENT
PARTIES = "Those who are in the call: its buyer, the member of staff who answered, and whom they have let in."
BOOKING = ("exhibitor_left", "bad_length", "bad_time", "too_late", "closed", "slot_taken", "buyer_taken")
NOTHING = record({}, needs=())

APPOINTMENTS = (
    Operation(
        "GET", "/api/rooms/{room}/appointment-slots", "appointment_slots", "List the times on offer",
        "Times at which the exhibitor works and somebody of the staff is there by their own hours, and free.",
        {200: Answer("The times.", record({"slots": listed(named("Slot"))}))}, Permission.WATCH,
        query=(
            Query("day",
                  text("The first day, on the reader's own calendar; today.", "2027-01-11", format="date")),
            Query("days", whole("How many days.", 7, minimum=1, maximum=MOST_DAYS)),
            Query("zone", text("The reader's time zone; UTC.", "Europe/Stockholm")),
            Query("minutes", whole("How long.", 30, enum=list(LENGTHS))),
            Query("language", text("What is to be spoken; one's own.", "en")),
        ),
        refuses=("malformed", "no_room", "exhibitor_left"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/appointments", "request_appointment", "Ask for an appointment",
        "The time is held until the exhibitor answers. The same time again is the same appointment.",
        {200: TAKEN}, Permission.BOOK_APPOINTMENT,
        takes=Body(record({
            **TIME, "product": or_null(words("What it is about: one of the room's products.")),
            "language": or_null(words("What is to be spoken; `en`.", "en")),
            "note": or_null(words("", "About the Halo series.", most=NOTE_LENGTH)),
            "zone": or_null(words("Your time zone, for mails.", "Europe/Stockholm")), "key": KEY,
        }, needs=tuple(TIME))),
        refuses=(*BOOKING, "blocked", "bad_language", "no_room", "no_product", "too_many_appointments"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/follow-up/{subject}/appointment", "propose_appointment",
        "Suggest an appointment",
        "To who has asked for a call in vain, or has written. The time is held until they answer."
        " The same time again is the same appointment.",
        {200: TAKEN}, Permission.RUN_APPOINTMENTS,
        takes=Body(record({
            **TIME, "language": or_null(words("What is to be spoken; `en`.", "en")),
            "note": or_null(words("", "You asked for the Halo series.", most=NOTE_LENGTH)), "key": KEY,
        }, needs=tuple(TIME))),
        refuses=(
            *BOOKING, "blocked", "bad_language", "no_call", "no_message", "no_account", "proposed_already",
            "too_many_appointments",
        ),
    ),
    Operation(
        "GET", "/api/appointments", "appointments", "List your appointments",
        "From yesterday on, the earliest first; for staff all of their room.",
        {200: Answer("The appointments.", record({"appointments": listed(named("Appointment"))}))},
        Permission.SEE_APPOINTMENTS,
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/accept", "accept_appointment", "Accept a time",
        "By the side that did not suggest it. Twice is once.", {200: TAKEN}, ANSWER,
        takes=Body(record({"revision": SEEN}, needs=()), is_needed=False),
        refuses=("no_appointment", "own_proposal", "wrong_moment", "changed"),
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/decline", "decline_appointment", "Decline a time",
        "By the side that did not suggest it.", {200: TAKEN}, ANSWER,
        refuses=("no_appointment", "own_proposal", "wrong_moment"),
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/cancel", "cancel_appointment", "Cancel an appointment",
        "By either side. Twice is once.", {200: TAKEN}, ANSWER, refuses=("no_appointment", "wrong_moment"),
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/counter", "counter_appointment", "Suggest another time",
        "The time there was is given back.", {200: TAKEN}, ANSWER,
        takes=Body(record({**TIME, "revision": SEEN}, needs=tuple(TIME))),
        refuses=(*BOOKING, "blocked", "no_appointment", "wrong_moment", "changed"),
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/reassign", "reassign_appointment", "Give it to a colleague",
        "Who is free at that time.", {200: TAKEN}, Permission.RUN_APPOINTMENTS,
        takes=Body(record({"staff": words("The colleague's account."), "revision": SEEN}, needs=("staff",))),
        refuses=("no_appointment", "no_account", "slot_taken", "wrong_moment", "changed"),
    ),
    Operation(
        "POST", "/api/appointments/{appointment}/outcome", "note_outcome", "Note how it went",
        "Who did not come, what was said, and what is next.", {200: TAKEN}, Permission.RUN_APPOINTMENTS,
        takes=Body(record({
            "absent": listed(choice(Side), "Who did not come; nobody."),
            "outcome": or_null(words(most=NOTE_LENGTH)), "next_step": or_null(words(most=NOTE_LENGTH)),
            "revision": SEEN,
        }, needs=())),
        refuses=("no_appointment", "bad_side", "wrong_moment", "changed"),
    ),
    Operation(
        "GET", "/appointments/{appointment}.ics", "appointment_entry", "Get an appointment for a calendar",
        "",
        {200: Answer("The entry.", media=CALENDAR)}, ANSWER, refuses=("no_appointment", "no_room"),
    ),
    Operation(
        "POST", "/api/calendar", "renew_calendar", "Get an address for your calendar program",
        "A secret address with all your appointments, to subscribe to. A new one ends the old one.",
        {200: Answer("The address.", record({"url": text("", "https://fair.example/calendar/….ics")}))},
        Permission.SEE_APPOINTMENTS,
    ),
    Operation(
        "DELETE", "/api/calendar", "revoke_calendar", "End the address of your calendar", "",
        {200: Answer("It has ended.", NOTHING)}, Permission.SEE_APPOINTMENTS,
    ),
    Operation(
        "GET", "/calendar/{token}.ics", "calendar_feed", "Read a calendar", "All appointments of one person.",
        {200: Answer("The calendar.", media=CALENDAR)}, refuses=("no_calendar", "no_account"),
    ),
)

REQUESTS = (
    Operation(
        "POST", "/api/rooms/{room}/messages", "write_message", "Write to the staff of a room",
        "When nobody is there to take a call. Ten a minute.",
        {201: Answer("It is kept.", record({"id": text("", "message-fzr1nVw0YkqGd3mYcHqV9A")}))},
        Permission.WRITE_TO_STAFF,
        takes=Body(record({
            "subject": words("", "Samples", most=SUBJECT_LENGTH, least=1),
            "text": words("", "Could you send two samples?", most=TEXT_LENGTH, least=1),
            "product": or_null(words("What it is about.", most=64)),
            "quantity": or_null(whole("", 500, minimum=1, maximum=QUANTITY_LIMIT)), "key": KEY,
        }, needs=("subject", "text"))),
        refuses=("bad_message", "blocked", "no_room", "no_product", "too_many_tries", "busy"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/follow-up", "follow_up", "List what is left to follow up",
        "Requests that led to no talk, and messages, until one of the staff has dealt with them; of what is "
        "done, the newest two hundred. The newest first.",
        {200: Answer("What is left.", record({
            "missed": listed(named("Missed")), "messages": listed(named("Letter")),
        }))},
        Permission.SEE_FOLLOW_UP,
    ),
    Operation(
        "POST", "/api/rooms/{room}/follow-up/{subject}", "see_to", "Mark something as dealt with", "Or not.",
        {200: Answer("It is marked.", record({"done": flag(example=True)}))}, Permission.SEE_TO_FOLLOW_UP,
        takes=Body(record({"done": flag(example=True)}, needs=())), refuses=("no_follow_up", "busy"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/hours", "set_hours", "Say when a company works",
        "Appointments are offered in these hours, and visitors are told when somebody will be there.",
        {200: Answer("The hours.", named("Hours"))}, Permission.EDIT_HOURS, takes=Body(named("Hours")),
        refuses=("bad_zone", "bad_hours"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/roster", "set_roster", "Say what you speak and explain",
        "Calls ring first for who speaks the buyer's language and knows the product. Visitors are told when "
        "somebody who speaks theirs is there. Hours that are left out stay as they are.",
        {200: Answer("Your line of the roster.", named("RosterEntry"))}, Permission.EDIT_ROSTER,
        takes=Body(record({
            "languages": listed(words("", "sv"), f"Up to {LANGUAGES_LIMIT}, by their codes.",
                                maxItems=LIST_LIMIT),
            "product_lines": listed(words("", "aurora-lamps-1"), "Products of your shelf.",
                                    maxItems=LIST_LIMIT),
            "weekly": OWN_HOURS,
        }, needs=())),
        refuses=("bad_language", "bad_product", "bad_hours"),
    ),
    Operation(
        "GET", "/api/rooms/{room}/blocks", "blocks", "List who is blocked", "",
        {200: Answer("Who is.", record({"blocks": listed(named("Block"))}))}, Permission.BLOCK_BUYERS,
    ),
    Operation(
        "POST", "/api/rooms/{room}/blocks", "block", "Block a buyer",
        "Their calls, messages, appointments and offers are refused from then on, requests that wait are"
        " declined, appointments to come cancelled; a call that has begun goes on. Or take them again.",
        {200: Answer("Who is blocked now.", record({"blocks": listed(named("Block"))}))},
        Permission.BLOCK_BUYERS,
        takes=Body(record({
            "account": words("The buyer.", most=128, least=1), "blocked": flag(example=True),
        }, needs=("account",))),
        refuses=("no_account",),
    ),
)

CALL_ROOM = (
    Operation(
        "POST", "/api/calls/{call}/files", "hand_over_file", "Hand a file over in a call",
        "Pictures, PDF, office documents, text, drawings or ZIP, up to 20 MB; the bytes are the body.",
        {201: Answer("The file.", record({"file": named("CallFile")}))}, open_to=PARTIES,
        query=(Query("name", text("What it is called, with its ending.", "terms.pdf")),),
        takes=Body(None, ("application/octet-stream",)),
        refuses=("no_call", "bad_file", "wrong_moment", "call_full", "disk_full", "too_many_tries", "busy"),
    ),
    Operation(
        "GET", "/call-files/{call}/{file}", "call_file", "Get a file of a call", "Always as an attachment.",
        {200: Answer("The file.", media="*/*")}, open_to=PARTIES,
        refuses=("no_call", "no_file", "busy"),
    ),
    Operation(
        "POST", "/api/calls/{call}/notes", "leave_note", "Leave a note for the other",
        "Also when the call is over.", {201: Answer("It is kept.", NOTHING)}, Permission.HOST_CALL,
        takes=Body(record({
            "text": words("", "I will call back tomorrow.", most=CALL_NOTE_LENGTH, least=1), "key": KEY,
        }, needs=("text",))),
        refuses=("no_call", "bad_note", "call_full", "busy"),
    ),
    Operation(
        "GET", "/api/calls/{call}/recordings", "call_recordings", "List what was recorded of a call",
        "One recording for each person and stretch of time.",
        {200: Answer("The recordings.", record({"recordings": listed(named("CallRecording"))}))},
        open_to=PARTIES,
        refuses=("no_call", "busy"),
    ),
)
