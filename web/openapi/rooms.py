"""The operations around rooms: who is asking, the hall, tickets, keys, stills, and what operators look at."""

from __future__ import annotations

from rooms.fair.policy import Permission
from web.api import LONGEST_ID, NEEDS
from web.openapi.operation import Answer, Body, Operation
from web.openapi.shapes import (
    anything,
    choice,
    count,
    flag,
    listed,
    named,
    or_null,
    record,
    table,
    text,
    words,
)

JPEG = "image/jpeg"
STILL_READERS = (
    "The buyer who took it, the two of the call it is attached to, staff of the room, and organisers."
)

SESSION = (
    Operation(
        "GET", "/api/session", "session", "See who you are",
        "Tells whom the server takes you for, and gives the forgery token that every change needs. Without a"
        " session you are a guest; the answer then brings the cookie that keeps you the same guest.",
        {200: Answer("Who you are.", named("Session"))},
    ),
    Operation(
        "POST", "/api/tickets", "mint_ticket", "Get a ticket",
        "A ticket opens one conversation where cookies do not count: a namespace of the socket, or the door"
        " for publishing. It is good for a minute, one for publishing for some hours.",
        {200: Answer("The ticket.", record({
            "ticket": text("Shown as `Bearer`, or in the CONNECT of the socket."),
            "expires_in": count("Seconds.", 60),
        }))},
        open_to="Depends on the purpose: `hall` is for everybody, `booth` for those who may see the studio,"
        " `publish` and `rehearsal` for staff of the room, `meeting` and `call_media` for those in the call.",
        takes=Body(record({
            "purpose": choice(tuple(purpose.value for purpose in NEEDS), "What it is to open."),
            "room": or_null(words("Which room; needed for all but `hall`, `meeting` and `call_media`.",
                                  "aurora-lamps", most=LONGEST_ID)),
            "call": or_null(words("Which call, for `meeting` and `call_media`.", most=LONGEST_ID)),
        }, needs=("purpose",))),
        refuses=("no_room", "exhibitor_left", "no_call", "busy"),
    ),
)
PICTURE = Body(None, ("image/webp", "image/jpeg", "image/png"))
KEPT = {200: Answer("It is kept.", record({
    "picture": text("Its address.", "/pictures/4f0c1bd26f9a4d21a0f7c0b85a3f5d11.webp"),
}))}

HALL = (
    Operation(
        "GET", "/api/hall", "live_rooms", "List the rooms on the air",
        "What the hall shows first, for pages without a socket; ask again every few seconds.",
        {200: Answer("The rooms.", record({"rooms": listed(named("LiveRoom"))}))}, refuses=("busy",),
    ),
    Operation(
        "GET", "/thumbnails/{room}.jpg", "thumbnail", "Get the live picture of a room",
        "A small picture of what is on the air, renewed every few seconds.",
        {200: Answer("The picture.", media=JPEG)}, refuses=("no_picture",),
    ),
    Operation(
        "POST", "/api/rooms/{room}/stream-key", "rotate_stream_key", "Make a new stream key",
        "For OBS or FFmpeg, which publish by WHIP. The key is shown this once; the old one ends.",
        {200: Answer("The key.", record({
            "key": text("The bearer token to publish with.", "sk_…"),
            "whip_url": text("Where to publish.", "https://fair.example/whip/aurora-lamps"),
        }))},
        Permission.ROTATE_STREAM_KEY, refuses=("no_room",),
    ),
    Operation(
        "PUT", "/api/rooms/{room}/portrait", "set_portrait", "Set the picture of an exhibitor",
        "Shown while nobody is on the air. At most 2 MB.", KEPT, Permission.MANAGE_EXHIBITORS, takes=PICTURE,
        refuses=("no_room", "bad_picture", "disk_full", "too_many_tries"),
    ),
    Operation(
        "PUT", "/api/rooms/{room}/products/{product}/picture", "set_picture", "Set the picture of a product",
        "At most 2 MB.", KEPT, Permission.EDIT_SHELF, takes=PICTURE,
        refuses=("no_product", "bad_picture", "disk_full", "too_many_tries"),
    ),
)

STILLS = (
    Operation(
        "POST", "/api/rooms/{room}/stills", "take_still", "Take a still",
        "The server takes the newest picture of the show at full size, keeps it and signs it. Six a minute.",
        {201: Answer("The still.", record({"still": named("Still")}))}, Permission.TAKE_STILL,
        refuses=("no_room", "not_live", "no_frame", "too_many_stills", "too_many_tries", "busy"),
    ),
    Operation(
        "POST", "/api/stills/{still}/attach", "attach_still", "Attach a still to a call",
        "Both sides of the call then see it.",
        {200: Answer("The still.", record({"still": named("Still")}))}, Permission.ATTACH_STILL,
        takes=Body(record({"call": words("The call.", most=LONGEST_ID)})),
        refuses=("no_call", "no_still", "already_attached", "busy"),
    ),
    Operation(
        "GET", "/stills/{still}.json", "still_facts", "Get what is signed of a still",
        "The facts, the fair's signature of them, and the key to check it with.",
        {200: Answer("The facts.", named("StillFacts"))}, open_to=STILL_READERS, refuses=("no_still", "busy"),
    ),
    Operation(
        "GET", "/stills/{still}.jpg", "still_picture", "Get the picture of a still",
        "Byte for byte what the hash in its facts was made of.",
        {200: Answer("The picture.", media=JPEG)}, open_to=STILL_READERS, refuses=("no_still", "busy"),
    ),
)

OPERATORS = (
    Operation(
        "GET", "/healthz", "alive", "See whether the process answers", "For whoever restarts it when not.",
        {200: Answer("It does.", record({"alive": flag(example=True)}))},
    ),
    Operation(
        "GET", "/readyz", "ready", "See whether people can be let in",
        "Both stores answer and the media port is open; for load balancers.",
        {
            200: Answer("Yes.", record({"ready": flag(example=True), "reasons": listed(text())})),
            503: Answer("Not now; `reasons` say why.",
                        record({"ready": flag(example=False), "reasons": listed(text())})),
        },
    ),
    Operation(
        "GET", "/metrics", "metrics", "Get the counters", "In Prometheus' text format.",
        {200: Answer("The counters.", media="text/plain")},
    ),
    Operation(
        "GET", "/fair-certificate.pem", "fair_certificate", "Get the fair's certificate",
        "With it and the key in it `showroom verify` checks signed orders, offline.",
        {200: Answer("Certificate and public key.", media="application/x-pem-file",
                     headers={"ETag": "Its version."})},
    ),
    Operation(
        "GET", "/api/docs", "docs", "Read this page", "What this document says, for people.",
        {200: Answer("The page.", media="text/html")},
    ),
    Operation(
        "GET", "/api/openapi.json", "openapi", "Get this document", "OpenAPI 3.1.",
        {200: Answer("The document.", table(anything()), headers={"ETag": "Its version."})},
    ),
)
