"""The shapes that stand in the document under names of their own: rooms, shows, recordings and captions."""

from __future__ import annotations

from rooms.fair.announced import ABOUT_LENGTH, LONGEST_MINUTES, SHORTEST_MINUTES, TITLE_LENGTH, AnnouncedState
from rooms.fair.policy import Role
from rooms.fair.programme import LoopMode
from rooms.fair.recording import Access, Place, RecordingState
from rooms.live.shows import ShowState
from web.openapi.shapes import (
    Shape,
    anything,
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
    whole,
    words,
)

PROBLEM = record({
    "type": text("Always `about:blank`: the code says which problem it is.", "about:blank"),
    "title": text("The status in words.", "Conflict"),
    "status": whole("The status.", 409),
    "detail": text("A sentence for people, in the language asked for, that says what to do.",
                   "Somebody has just taken this time. Choose another one."),
    "code": text("What is wrong, for programs; codes stay as they are.", "slot_taken"),
    "facts": anything("What a program may need beside the code."),
}, "A refusal (RFC 9457).", needs=("type", "title", "status", "detail", "code"))

SESSION = record({
    "csrf": text("The token that changes send as `X-CSRF-Token`.", "9f2c5b…"),
    "me": record({
        "id": text("The account; of a guest a name that lasts as long as their cookie.",
                   "by2Vw0YkqGd3mYcHqV9Abc"),
        "name": text("", "Robin Okafor"),
        "role": choice(Role, example="buyer"),
        "room": or_null(text("The room that a member of staff works in.")),
    }),
}, "Whom the server takes the asker for.")

PRODUCT = record({
    "id": text("", "aurora-lamps-1"), "title": text("", "Pendant lamp Halo"),
    "summary": text("", "Turned oak, dimmable."),
    "price_from": or_null(text("A decimal number as text: exact.", "128.00")),
    "currency": text("ISO 4217.", "EUR"),
    "minimum_order": or_null(whole("", 20)), "unit": text("", "pcs"),
    "picture": text("Where its picture is.", "/pictures/halo.webp"),
}, "A product on the shelf of a room.")

LIVE_ROOM = record({
    "room": text("", "aurora-lamps"),
    "state": choice(ShowState, "`away` while the picture has stopped for a moment."),
    "viewers": count("", 41), "started_at": moment(),
    "product": or_null(named("Product", "What is on the table.")),
    "staffed": count("Staff on duty, who take calls.", 2),
    "is_film": flag("A recording runs as a show.", example=False),
}, "A room on the air.")

ANNOUNCEMENT = record({
    "title": words("", "The new Halo series", most=TITLE_LENGTH, least=1),
    "starts_at": moment("A time to come, within 400 days.", 1798794000),
    "minutes": whole("", 45, minimum=SHORTEST_MINUTES, maximum=LONGEST_MINUTES),
    "about": or_null(words("", "Three lamps, one shade.", most=ABOUT_LENGTH)),
    "language": text("The language of the show, by its code.", "en",
                     pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"),
    "product": or_null(words("One of the room's products.")),
    "film": or_null(words("A recording of this room, played at that time instead of a live show.")),
}, "What is announced.", needs=("title", "starts_at", "minutes", "language"))

ANNOUNCED_SHOW = record({
    "id": text("", "8kq2sVw0YkqGd3mYcHqV9A"), "room": text("", "aurora-lamps"),
    "state": choice(AnnouncedState),
    "title": text("", "The new Halo series"), "about": text(), "starts_at": moment(),
    "minutes": whole("", 45),
    "language": text("", "en"), "product": or_null(text()), "film": or_null(text()),
}, "A show that is announced.")

LOOP = record({
    "mode": choice(LoopMode, "`last` replays the last show, `film` a recording, `off` nothing."),
    "film": or_null(words("The recording, for `film` only.")),
}, "What a room plays while nobody is on the air.", needs=("mode",))

RECORDING = record({
    "id": text("The same as the id of its show.", "Zt5hVw0YkqGd3mYcHqV9Aa"), "title": text("", "Halo, live"),
    "started_at": moment(), "ended_at": or_null(moment("Null while it is written.")),
    "seconds": number("How long it is.", 2712.4), "bytes": count("", 812_000_000),
    "state": choice(RecordingState, "`whole` once nothing more will come.", "whole"),
    "stop_reason": text("Why it has stopped; empty while it is written.", "ended"),
    "is_running": flag(example=False),
    "access": choice(Access, "Who may watch."),
    "guests": listed(text("", "buyer@shop.example"), "E-mail addresses, for `invited`."),
    "keep": flag("Kept for longer than others.", example=False),
    "storage": choice(Place, "Where its files lie."),
}, "A recording as its owners see it.")

CHAPTER = record({
    "second": number("Where it begins.", 312.0), "product_id": text("", "aurora-lamps-1"),
    "title": text("", "Pendant lamp Halo"),
}, "A stretch of a show about one product.")

REPLAY_POST = record({
    "id": text("", "p1nVw0YkqGd3mYcHqV9Abc"), "second": number("The second of the show.", 325.5),
    "author": text("", "Robin Okafor"), "company": text("", "Okafor & Lindqvist"),
    "role": choice(Role, example="buyer"),
    "text": text("", "Is it dimmable?"), "at": moment(),
}, "Something that was said during a show.")

STILL = record({
    "id": text("", "st3Vw0YkqGd3mYcHqV9Abc"), "url": text("Its page.", "/stills/st3Vw0YkqGd3mYcHqV9Abc"),
    "picture": text("The JPEG.", "/stills/st3Vw0YkqGd3mYcHqV9Abc.jpg"),
    "show_second": number("", 325.5), "taken_at": moment(),
}, "An authenticity still: a picture of a show that the fair has signed.")

STILL_FACTS = record({
    "facts": record({
        "company": text("", "Aurora Lamps"), "height": whole("", 720), "id": text(),
        "room": text("", "aurora-lamps"),
        "sha256": text("Of the JPEG, in hexadecimal digits."), "show": text(), "show_ms": count("", 325500),
        "taken_ms": whole("", 1782896400000), "width": whole("", 1280),
    }, "What is signed: as JSON with sorted names, without blanks, in UTF-8."),
    "signature": text("Ed25519, base64url without padding."),
    "public_key": text("Base64url without padding."),
    "algorithm": text("", "Ed25519"),
    "is_genuine": flag("Picture and facts are as they were signed.", example=True),
}, "What anybody can check a still with.")

CAPTION_TRACK = record({
    "language": text("", "pt-BR"), "title": text("What people read in the menu.", "Português"),
    "changed_at": moment("Sent back as `seen` when edited captions are saved."),
}, "The captions of a show in one language.")

CUE = record({
    "id": text("", "12"), "second": number("", 12.5), "duration": number("", 3.2),
    "text": text("", "Welcome."),
}, "A caption.")

SPRITE = record({
    "interval": number("Seconds between tiles.", 10.0), "columns": whole("", 10), "rows": whole("", 10),
    "width": whole("Of a tile, in pixels.", 160), "height": whole("", 90),
    "count": count("Tiles there are.", 271),
    "urls": listed(text("", "/shows/Zt5hVw0YkqGd3mYcHqV9Aa/sprite-0.jpg"), "The sheets, in order."),
}, "Small pictures of a show for a seek bar.")

SHAPES: dict[str, Shape] = {
    "Problem": PROBLEM, "Session": SESSION, "Product": PRODUCT, "LiveRoom": LIVE_ROOM,
    "Announcement": ANNOUNCEMENT, "AnnouncedShow": ANNOUNCED_SHOW, "Loop": LOOP, "Recording": RECORDING,
    "Chapter": CHAPTER, "ReplayPost": REPLAY_POST, "Still": STILL, "StillFacts": STILL_FACTS,
    "CaptionTrack": CAPTION_TRACK, "Cue": CUE, "Sprite": SPRITE,
}
