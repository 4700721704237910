"""The operations around shows: the programme, recordings and replays, captions."""

from __future__ import annotations

from rooms.fair.policy import Permission
from rooms.fair.recording import Access
from rooms.fair.recordings import TITLE_LENGTH
from rooms.fair.webvtt import MOST_CHARACTERS, MOST_CUES
from signaling.captioner import MOST_AT_ONCE
from web.captions import LONGEST_TEXT
from web.openapi.operation import Answer, Body, Operation, Query
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
    text,
    words,
)
from web.recordings import GUESTS_LIMIT

CALENDAR = "text/calendar"
WATCHERS = "Who may watch the recording, as its staff chose: everybody, who is signed in, or its guests."
OWNERS = "Staff of the recording's room; of a call those who were in it."
SHOW = record({"show": named("AnnouncedShow")})
ANNOUNCING = ("exhibitor_left", "bad_title", "bad_about", "bad_length", "bad_time", "bad_language",
              "no_product", "no_film", "overlap", "programme_full", "busy")
RESERVED = record({
    "reserved": flag("Whether you are reminded now.", example=True),
    "reservations": count("Of all visitors.", 17),
})

PROGRAMME = (
    Operation(
        "POST", "/api/rooms/{room}/programme", "announce", "Announce a show",
        "It stands in the hall and on the room's page; who reserves is reminded of it.",
        {200: Answer("The show.", SHOW)}, Permission.ANNOUNCE, takes=Body(named("Announcement")),
        refuses=(*ANNOUNCING, "no_room"),
    ),
    Operation(
        "POST", "/api/programme/{announced}", "change_announcement", "Announce a show anew",
        "Until it begins. Everything is sent again; who reserved is reminded by the new time.",
        {200: Answer("The show.", SHOW)}, Permission.ANNOUNCE, takes=Body(named("Announcement")),
        refuses=(*ANNOUNCING, "no_announced_show", "wrong_moment"),
    ),
    Operation(
        "POST", "/api/programme/{announced}/cancel", "cancel_announcement", "Take a show back",
        "Until it begins.", {200: Answer("The show.", SHOW)}, Permission.ANNOUNCE,
        refuses=("no_announced_show", "wrong_moment", "busy"),
    ),
    Operation(
        "POST", "/api/programme/{announced}/reserve", "reserve", "Be reminded of a show",
        "Ten minutes before, one minute before, and when it begins. Twice is once.",
        {200: Answer("You are reminded.", RESERVED)}, Permission.RESERVE,
        refuses=("no_announced_show", "exhibitor_left", "wrong_moment"),
    ),
    Operation(
        "POST", "/api/programme/{announced}/unreserve", "unreserve", "Be reminded no more", "",
        {200: Answer("You are not reminded.", RESERVED)}, Permission.RESERVE, refuses=("no_announced_show",),
    ),
    Operation(
        "GET", "/programme/{announced}.ics", "announced_entry", "Get a show for a calendar",
        "An iCalendar file (RFC 5545) whose revision grows with each change.",
        {200: Answer("The entry.", media=CALENDAR)}, refuses=("no_announced_show", "no_room"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/loop", "set_loop", "Choose what a dark room plays", "",
        {200: Answer("What it plays.", named("Loop"))}, Permission.ANNOUNCE, takes=Body(named("Loop")),
        refuses=("bad_loop", "no_film"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/film", "play_film", "Run a recording as a show",
        "From now on, while somebody is on duty. A show that waits for its picture must have ended.",
        {200: Answer("It runs.", record({"film": text("The recording.")}))}, Permission.PUBLISH,
        takes=Body(record({
            "film": words("A recording of this room."), "again": flag("Again and again.", example=False),
        }, needs=("film",))),
        refuses=("no_film", "nobody_on_duty", "rehearsing", "already_publishing", "busy"),
    ),
)

RECORDINGS = (
    Operation(
        "GET", "/api/rooms/{room}/recordings", "recordings_of_room", "List the recordings of a room",
        "The newest first, those that run too, with what they take of the room's quota.",
        {200: Answer("The recordings.", record({
            "recordings": listed(named("Recording")), "used": count("Bytes.", 9_120_000_000),
            "used_by_calls": count("Bytes of those that recordings of private calls take.", 1_300_000_000),
            "quota": count("Bytes.", 50_000_000_000),
            "keep_days": number("Days until they are deleted.", 90.0),
        }))},
        Permission.SEE_STUDIO, refuses=("no_room",),
    ),
    Operation(
        "POST", "/api/recordings/{recording}", "change_recording", "Change a recording",
        "Rename it, keep it for longer, or say who may watch; what is not named stays.",
        {200: Answer("The recording.", record({"recording": named("Recording")}))}, open_to=OWNERS,
        takes=Body(record({
            "title": or_null(words("", "Halo, live", most=TITLE_LENGTH)), "keep": or_null(flag(example=True)),
            "access": or_null(choice(Access)),
            "guests": or_null(listed(words("An e-mail address.", "buyer@shop.example"),
                                     "For `invited`: all who are.",
                                     maxItems=GUESTS_LIMIT)),
        }, needs=())),
        refuses=("no_recording", "bad_title", "bad_email", "unknown_email", "too_many_guests",
                 "call_is_private"),
    ),
    Operation(
        "DELETE", "/api/recordings/{recording}", "delete_recording", "Delete a recording",
        "With its files, its chapters, posts and captions. It does not come back.",
        {200: Answer("It is gone.", record({}, needs=()))}, open_to=OWNERS,
        refuses=("no_recording", "still_recording"),
    ),
    Operation(
        "GET", "/recordings/{recording}.webm", "play_recording", "Watch a recording as one file",
        "For players that need a file; ranges of bytes can be asked for. A film is for all while it runs.",
        {200: Answer("The file.", media="video/webm"), 206: Answer("A range of it.", media="video/webm")},
        open_to=WATCHERS, refuses=("no_recording", "exhibitor_left", "bad_range", "storage_away"),
    ),
    Operation(
        "GET", "/recordings/{recording}/download", "download_recording", "Download a recording",
        "A WebM or MP4 file, as the show was sent; ranges of bytes can be asked for. What was sent in another"
        " format of the picture is a file of its own.",
        {200: Answer("The file.", media="video/webm"), 206: Answer("A range of it.", media="video/webm")},
        query=(Query("form", text("`avc1`, `vp09`, `av01`, `vp8` or `sound`; else what most is.", "vp8")),),
        open_to=OWNERS, refuses=("no_recording", "bad_range", "storage_away"),
    ),
    Operation(
        "GET", "/api/shows/{show}/chapters", "chapters", "List the chapters of a replay",
        "What was on the table from which second on.",
        {200: Answer("The chapters.", record({"chapters": listed(named("Chapter"))}))}, open_to=WATCHERS,
        refuses=("no_recording", "exhibitor_left"),
    ),
    Operation(
        "GET", "/api/shows/{show}/posts", "posts", "List what was said during a show",
        "In order, at most 500 at once; ask on with the second of the last one.",
        {200: Answer("The posts.", record({
            "posts": listed(named("ReplayPost")),
            "more": flag("There are others behind them.", example=False),
        }))},
        open_to=WATCHERS,
        query=(Query("after", number("Only what was said later than this second.", 312.0)),),
        refuses=("no_recording", "exhibitor_left", "malformed"),
    ),
    Operation(
        "DELETE", "/api/shows/{show}/posts/{post}", "delete_post", "Take a post out of a replay", "",
        {200: Answer("It is gone.", record({}, needs=()))}, Permission.MODERATE,
        refuses=("no_post", "no_show"),
    ),
    Operation(
        "GET", "/shows/{show}/sprite.json", "sprite", "Find the small pictures of a show",
        "For a seek bar: one picture each ten seconds, a hundred on a sheet.",
        {200: Answer("Where they are.", named("Sprite"))}, open_to=WATCHERS,
        refuses=("no_picture", "no_show", "exhibitor_left"),
    ),
    Operation(
        "GET", "/shows/{show}/sprite-{number}.jpg", "sprite_sheet", "Get a sheet of small pictures", "",
        {200: Answer("The sheet.", media="image/jpeg")}, open_to=WATCHERS,
        refuses=("no_picture", "no_show", "exhibitor_left"),
    ),
)


def _cue(**times: Shape) -> Shape:
    return record({
        **times, "text": or_null(words(f"Plain words, up to {MOST_CHARACTERS} characters.", "Welcome.",
                                       most=LONGEST_TEXT)),
    }, needs=tuple(name for name, shape in times.items() if shape["type"] == "number"))


TRACK = Answer("The captions as they are now.", named("CaptionTrack"))
EDITING = ("no_show", "no_recording", "bad_language", "bad_cue", "too_many_cues", "too_many_languages")

CAPTIONS = (
    Operation(
        "POST", "/captions/{room}", "send_captions", "Send live captions",
        "For captioners' programs. What is sent is shown at once and kept with the show; a later caption with"
        " the same id replaces one. At most 600 requests a minute for each room.",
        {200: Answer("Where they stand.", record({
            "cues": listed(record({"id": text("", "12"), "second": number("", 12.5)})),
        }))},
        bearer="Whoever holds the room's caption key.",
        takes=Body(record({
            "language": words("By its code.", "en", most=35),
            "cues": listed(_cue(
                at=or_null(moment("When it was said.")),
                second=or_null(number("Or at which second of the show.", 12.5)),
                duration=or_null(number("How long to show it; four seconds.", 3.2)),
                id=or_null(words("One's own name for it.", "12", most=64)),
            ), maxItems=MOST_AT_ONCE),
        })),
        refuses=("no_bearer", "wrong_key", "no_room", "exhibitor_left", "not_live", "bad_language",
                 "bad_cue", "captions_uploaded", "too_many_tries", "busy"),
    ),
    Operation(
        "POST", "/api/rooms/{room}/caption-key", "rotate_caption_key", "Make a new caption key",
        "For captioners' programs. The key is shown this once; the old one ends.",
        {200: Answer("The key.", record({
            "key": text("The bearer token to send captions with.", "ck_…"),
            "captions_url": text("Where to send them.", "https://fair.example/captions/aurora-lamps"),
        }))},
        Permission.EDIT_CAPTIONS, refuses=("no_room",),
    ),
    Operation(
        "PUT", "/api/shows/{show}/captions/{language}", "upload_captions", "Upload captions",
        "In place of what there was in this language: WebVTT or SubRip, at most 2 MB.",
        {200: TRACK}, Permission.EDIT_CAPTIONS,
        query=(Query("title", text("What people read in the menu; the language's own name.", "Português")),),
        takes=Body(None, ("text/vtt", "application/x-subrip")), refuses=(*EDITING, "bad_captions"),
    ),
    Operation(
        "POST", "/api/shows/{show}/captions/{language}", "edit_captions", "Save edited captions",
        "In place of what there was in this language.",
        {200: TRACK}, Permission.EDIT_CAPTIONS,
        takes=Body(record({
            "cues": listed(_cue(start=number("Seconds of the show.", 12.5), end=number("", 15.7)),
                           maxItems=MOST_CUES),
            "title": or_null(words("What people read in the menu.", "Português", most=LONGEST_TEXT)),
            "seen": or_null(number("The `changed_at` of what was edited; refused when there is another.")),
        }, needs=("cues",))),
        refuses=(*EDITING, "captions_changed"),
    ),
    Operation(
        "DELETE", "/api/shows/{show}/captions/{language}", "delete_captions",
        "Delete the captions of a language", "",
        {200: Answer("They are gone.", record({}, needs=()))}, Permission.EDIT_CAPTIONS,
        refuses=("no_show", "no_captions"),
    ),
    Operation(
        "GET", "/shows/{show}/captions/{language}.vtt", "captions_as_vtt", "Get captions as WebVTT", "",
        {200: Answer("The captions.", media="text/vtt")}, open_to=WATCHERS,
        refuses=("no_captions", "no_show", "exhibitor_left"),
    ),
    Operation(
        "GET", "/shows/{show}/captions/{language}.json", "captions_as_json", "Get captions as JSON", "",
        {200: Answer("The captions.", record({"cues": listed(named("Cue"))}))}, open_to=WATCHERS,
        refuses=("no_captions", "no_show", "exhibitor_left"),
    ),
)
