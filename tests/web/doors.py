"""Every door of the fair over HTTP: its address, what is sent there, and who comes through. Nobody else does.

`{name}` in an address or in what is sent stands for a thing of `tests.web.crowd`, all of them of the room
`lumen`, of its buyer and of its member of staff; where another is meant, the line says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from tests.rooms.test_call_files import PNG
from tests.web.test_offers import LINE, WISH
from tests.web.visitor import PASSWORD


class Who(StrEnum):
    """Everybody who may come to a door."""

    GUEST = "guest"
    BUYER = "buyer"
    """Whose call, thread, appointment and still it is; invited to the recording that is by invitation."""
    OTHER = "other buyer"
    STAFF = "staff"
    """Of the room that is named, and in the call."""
    COLLEAGUE = "colleague"
    """Of the room that is named, and not in the call."""
    RIVAL = "rival"
    """Staff of the other room."""
    ORGANISER = "organiser"
    THIRD = "third person"
    """Has come into the call by a link, and is a guest everywhere else."""


ALL, NOBODY = frozenset(Who), frozenset[Who]()
STRANGERS = frozenset({Who.GUEST, Who.THIRD})
BUYER, STAFF, ORGANISER = frozenset({Who.BUYER}), frozenset({Who.STAFF}), frozenset({Who.ORGANISER})
OTHER, RIVAL = frozenset({Who.OTHER}), frozenset({Who.RIVAL})
BUYERS, ROOM, PAIR = BUYER | OTHER, frozenset({Who.STAFF, Who.COLLEAGUE}), BUYER | STAFF
SIGNED_IN, LOOKERS, SIDES = ALL - STRANGERS, ROOM | ORGANISER, BUYER | ROOM
TRADERS, IN_CALL, INVITED = SIGNED_IN - ORGANISER, PAIR | {Who.THIRD}, BUYER | LOOKERS


class Form(dict[str, str]):
    """The fields of a form."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A body that is neither a form nor JSON."""

    text: str | bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Door:
    """An address, and who comes through. `meets` are the statuses that tell those who do that they are in.

    `refuses` are statuses that keep others out beside 401, 403 and the way to the sign-in page: where it is
    hidden that something is there, or something of others is named in what is sent. `named` says which thing
    stands for a part of the address, `bearer` which token is shown of those one can get.
    """

    route: str
    lets: frozenset[Who]
    sends: Any
    meets: tuple[int, ...]
    refuses: tuple[int, ...]
    query: str
    bearer: str
    named: Mapping[str, str]

    def __str__(self) -> str:
        return " ".join([self.route + self.query, *(f"{part}={thing}" for part, thing in self.named.items())])


def door(
    route: str, lets: frozenset[Who], meets: int | tuple[int, ...] = 200, sends: Any = None, *,
    refuses: int | tuple[int, ...] = (), query: str = "", bearer: str = "", **named: str,
) -> Door:
    """Return a line of the table."""
    statuses = [it if isinstance(it, tuple) else (it,) for it in (meets, refuses)]
    return Door(route, lets, sends, statuses[0], statuses[1], query, bearer, named)


CAPTIONS = Raw("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "text/vtt")
ANNOUNCED = {"title": "Lamps", "about": "", "starts_at": "{later}", "minutes": 15, "language": "en"}
FOREIGN_WISH = WISH | {"lines": [LINE | {"product": "{tile_product}"}]}
MESSAGE = {"subject": "Lamps", "text": "How many?", "quantity": None, "product": None}
HOURS = {"zone": "UTC", "weekly": {"0": [[540, 1020]]}}
ROSTER = {"languages": ["en"], "product_lines": [], "weekly": {"1": [[600, 660]]}}
MOVED = {"starts_at": 0, "minutes": 15}
"""No time that can be had: who is let in is told so."""

WATCHERS = {"public": ALL, "signed_in": SIGNED_IN, "invited": INVITED}
REPLAYS = [
    door(f"GET {path}", watchers, show=access, recording=access)
    for path in (
        "/rooms/{room}/shows/{show}", "/api/shows/{show}/chapters", "/api/shows/{show}/posts",
        "/shows/{show}/captions/{language}.vtt", "/shows/{show}/captions/{language}.json",
        "/shows/{show}/sprite.json", "/shows/{show}/sprite-{number}.jpg", "/recordings/{recording}.webm",
    )
    for access, watchers in WATCHERS.items()
]
PAGES = [
    door("GET /", ALL),
    door("GET /rooms/{room}", ALL),
    door("GET /rooms/{room}/shows/{show}", NOBODY, refuses=404, room="tile"),
    door("GET /rooms/{room}/shows/{show}", NOBODY, refuses=404, show="talk"),
    door("GET /studio", ROOM | RIVAL, 303),
    door("GET /studio/{room}", LOOKERS),
    door("GET /studio/{room}", RIVAL | ORGANISER, room="tile"),
    door("GET /studio/{room}/shows/{show}/captions", ROOM),
    door("GET /studio/{room}/shows/{show}/captions", NOBODY, refuses=404, room="tile"),
    door("GET /meeting/{call}", IN_CALL),
    door("GET /meeting/{call}", PAIR, call="ended"),
    door("GET /meeting/{call}", OTHER, 303, call="ringing"),
    door("GET /meeting/{call}", OTHER | RIVAL, call="elsewhere"),
    door("GET /stills/{still}", INVITED),
    door("GET /stills/{still}", LOOKERS, still="staff_still"),
    door("GET /stills/{still}", OTHER | LOOKERS, still="other_still"),
    door("GET /threads", TRADERS),
    door("GET /threads/{room}/{buyer}", SIDES),
    door("GET /join/{token}", ALL),
    door("GET /join/{token}", frozenset({Who.THIRD}), 303, refuses=404, token="spent"),
    door("POST /join/{token}", frozenset({Who.THIRD}), 303, sends=Form(), refuses=404, token="spent"),
    door("GET /sign-in", ALL, (200, 303)),
    door("POST /sign-in", ALL, 401, Form(email="nobody@shop.example", password="a guess")),
    door("GET /register", ALL, (200, 303)),
    door("POST /register", ALL, 400, Form(name="", email="")),
    door("GET /account/password", SIGNED_IN),
    door("POST /account/password", SIGNED_IN, 400, Form(current=PASSWORD, password="short")),
    door("GET /organiser", ORGANISER),
    door("GET /appointments", TRADERS),
    door("GET /rooms/{room}/appointment", BUYERS),
    door("GET /rooms/{room}/appointment", SIDES, query="?instead={appointment}"),
    door("POST /rooms/{room}/appointment", BUYERS, (400, 409), Form(start="0", minutes="15", language="en")),
    door("POST /rooms/{room}/appointment", SIDES, (400, 409),
         Form(start="0", minutes="15", language="en", instead="{appointment}")),
    door("GET /rooms/{room}/appointment", ROOM, query="?about={subject}"),
    door("GET /rooms/{room}/appointment", NOBODY, query="?about={tile_subject}", refuses=404),
    door("POST /rooms/{room}/appointment", ROOM, (400, 409),
         Form(start="0", minutes="15", language="en", about="{subject}")),
    door("POST /language", ALL, 303, Form(language="en", next="/")),
]
TICKETS = [
    door("POST /api/tickets", lets, sends=wish, refuses=refuses)
    for wish, lets, refuses in (
        ({"purpose": "hall"}, ALL, ()), ({"purpose": "hall", "room": "{room}"}, ALL, ()),
        ({"purpose": "booth", "room": "{room}"}, LOOKERS, ()),
        ({"purpose": "publish", "room": "{room}"}, ROOM, ()),
        ({"purpose": "rehearsal", "room": "{room}"}, ROOM, ()),
        ({"purpose": "meeting", "call": "{call}"}, IN_CALL, ()),
        ({"purpose": "call_media", "call": "{call}"}, IN_CALL, ()),
        ({"purpose": "meeting", "call": "{ringing}"}, OTHER, ()),
        ({"purpose": "meeting", "call": "{ended}"}, PAIR, ()),
        ({"purpose": "third", "call": "{call}"}, NOBODY, 400),
    )
]
PROGRAMME = [
    door("GET /programme/{announced}.ics", ALL),
    door("POST /api/programme/{announced}/reserve", BUYERS, sends={}),
    door("POST /api/programme/{announced}/unreserve", BUYERS, sends={}),
    door("POST /api/programme/{announced}", ROOM, sends=ANNOUNCED),
    door("POST /api/programme/{announced}", ROOM, 404, ANNOUNCED | {"film": "none"}),
    door("POST /api/programme/{announced}", NOBODY, sends=ANNOUNCED | {"film": "{tile_film}"}, refuses=404),
    door("POST /api/programme/{announced}/cancel", ROOM, sends={}, meets=(200, 409)),
    door("POST /api/rooms/{room}/programme", ROOM, (200, 409), ANNOUNCED),
    door("POST /api/rooms/{room}/programme", NOBODY, sends=ANNOUNCED | {"film": "{tile_film}"}, refuses=404),
    door("POST /api/rooms/{room}/loop", ROOM, sends={"mode": "off"}),
    door("POST /api/rooms/{room}/loop", NOBODY, sends={"mode": "film", "film": "{tile_film}"}, refuses=404),
    door("POST /api/rooms/{room}/film", ROOM, 409, {"film": "{public}"}),
    door("POST /api/rooms/{room}/film", NOBODY, sends={"film": "{tile_film}"}, refuses=404),
]
RECORDINGS = [
    door("GET /api/rooms/{room}/recordings", LOOKERS),
    door("POST /api/recordings/{recording}", ROOM, sends={"title": "Ours", "keep": True}),
    door("POST /api/recordings/{recording}", ROOM, sends={"access": "invited"}, recording="invited"),
    door("POST /api/recordings/{recording}", PAIR, 409, {"access": "public"}, recording="talk"),
    door("DELETE /api/recordings/{recording}", ROOM, (200, 404), recording="spare"),
    door("DELETE /api/recordings/{recording}", PAIR, (200, 404), recording="spare_talk"),
    door("GET /recordings/{recording}.webm", PAIR, 404, recording="talk"),
    door("GET /recordings/{recording}/download", ROOM),
    door("GET /recordings/{recording}/download", ROOM, recording="invited"),
    door("GET /recordings/{recording}/download", PAIR, 404, recording="talk"),
    door("GET /api/shows/{show}/chapters", PAIR, show="talk"),
    door("GET /api/shows/{show}/posts", PAIR, show="talk"),
    door("GET /shows/{show}/sprite.json", NOBODY, refuses=404, show="deleted"),
    door("GET /shows/{show}/sprite-{number}.jpg", NOBODY, refuses=404, show="deleted"),
    door("DELETE /api/shows/{show}/posts/{post}", NOBODY, refuses=404, show="tile_film"),
    door("DELETE /api/shows/{show}/posts/{post}", LOOKERS, (200, 404)),
    door("PUT /api/shows/{show}/captions/{language}", ROOM, sends=CAPTIONS, language="fr"),
    door("POST /api/shows/{show}/captions/{language}", ROOM, sends={"title": "", "cues": []}, language="fr"),
    door("DELETE /api/shows/{show}/captions/{language}", ROOM, (200, 404), language="fr"),
    door("POST /captions/{room}", ROOM, sends={"language": "en", "cues": []}, bearer="captions"),
    door("POST /api/rooms/{room}/caption-key", ROOM, sends={}),
    door("POST /api/rooms/{room}/stream-key", ROOM, sends={}),
    door("PUT /api/rooms/{room}/portrait", ORGANISER, 400, Raw(b"no picture", "image/png")),
    door("PUT /api/rooms/{room}/products/{product}/picture", ROOM, 400, Raw(b"no picture", "image/png")),
    door("PUT /api/rooms/{room}/products/{product}/picture", NOBODY, sends=Raw(PNG, "image/png"), refuses=404,
         product="tile_product"),
]
STILLS = [
    *(door(f"GET /stills/{{still}}.{ending}", lets, still=still)
      for ending, (still, lets) in product(
          ("json", "jpg"),
          (("still", INVITED), ("staff_still", LOOKERS), ("other_still", OTHER | LOOKERS)))),
    door("POST /api/stills/{still}/attach", NOBODY, sends={"call": "{ringing}"}),
    door("POST /api/stills/{still}/attach", NOBODY, sends={"call": "{ringing}"}, still="staff_still"),
    door("POST /api/stills/{still}/attach", STAFF, sends={"call": "{call}"}, still="other_still"),
    door("POST /api/stills/{still}/attach", PAIR, sends={"call": "{call}"}),
    door("POST /api/rooms/{room}/stills", BUYERS | ROOM, 201, {}),
]
THREADS = [
    door("GET /api/threads", TRADERS),
    door("GET /belongings.zip", TRADERS),
    door("GET /api/threads/{room}/{buyer}", SIDES),
    *(door(f"GET /threads/{{room}}/{{buyer}}.{ending}", SIDES) for ending in ("json", "csv", "pdf")),
    door("POST /api/threads/{room}/{buyer}/draft", SIDES, (200, 409),
         {"offer": None, "revision": 0, "wish": WISH}),
    door("POST /api/threads/{room}/{buyer}/draft", NOBODY, refuses=404,
         sends={"offer": "{other_offer}", "revision": 0, "wish": WISH}),
    door("POST /api/threads/{room}/{buyer}/offers", SIDES, 201, {"key": "{key}", "wish": WISH}),
    door("POST /api/threads/{room}/{buyer}/offers", NOBODY, refuses=404,
         sends={"key": "{key}", "wish": WISH, "call": "{ringing}"}),
    door("POST /api/threads/{room}/{buyer}/offers", NOBODY, refuses=400,
         sends={"key": "{key}", "wish": FOREIGN_WISH}),
    door("GET /api/offers/{offer}", SIDES),
    door("GET /api/offers/{offer}", OTHER | ROOM, offer="other_offer"),
    door("GET /api/offers/{offer}/differences", SIDES, query="?from=1&to=1"),
    *(door(f"GET /offers/{{offer}}.{ending}", SIDES, offer="agreed") for ending in ("json", "pdf")),
    door("POST /api/offers/{offer}/sign", SIDES, (200, 409), {
        "key": "{key}", "version": 1, "sha256": "{sha256}", "consent": "{consent}", "password": PASSWORD}),
    door("POST /api/offers/{offer}/counter", SIDES, (201, 409), {"key": "{key}", "version": 1, "wish": WISH}),
    door("POST /api/offers/{offer}/withdraw", ROOM, (200, 409), {"key": "{key}", "version": 1}),
    door("POST /api/threads/{room}/{buyer}/erasure", SIDES, sends={}),
]
APPOINTMENTS = [
    door("GET /api/rooms/{room}/appointment-slots", ALL),
    door("POST /api/rooms/{room}/appointments", BUYERS, (400, 409), MOVED),
    door("POST /api/rooms/{room}/appointments", NOBODY, refuses=404,
         sends={"starts_at": "{slot}", "minutes": 15, "language": "en", "product": "{tile_product}"}),
    door("POST /api/rooms/{room}/follow-up/{subject}/appointment", ROOM, (400, 409), MOVED),
    door("POST /api/rooms/{room}/follow-up/{subject}/appointment", NOBODY, sends=MOVED, refuses=404,
         subject="tile_subject"),
    door("GET /api/appointments", TRADERS),
    door("GET /appointments/{appointment}.ics", SIDES),
    door("POST /api/appointments/{appointment}/accept", ROOM, sends={}),
    door("POST /api/appointments/{appointment}/decline", ROOM, 409, {}),
    door("POST /api/appointments/{appointment}/counter", SIDES, (400, 409), MOVED),
    door("POST /api/appointments/{appointment}/reassign", ROOM, sends={"staff": "{colleague}"}),
    door("POST /api/appointments/{appointment}/reassign", NOBODY, sends={"staff": "{rival}"}, refuses=404),
    door("POST /api/appointments/{appointment}/outcome", ROOM, 409, {"absent": []}),
    door("POST /api/appointments/{appointment}/cancel", SIDES, (200, 409), {}),
    door("GET /calendar/{token}.ics", ALL, token="calendar"),
    door("GET /calendar/{token}.ics", NOBODY, refuses=404, token="spent"),
    door("POST /api/calendar", TRADERS, sends={}),
    door("DELETE /api/calendar", TRADERS, sends={}),
]
CALLS = [
    door("POST /api/calls/{call}/files", IN_CALL, 201, Raw(PNG, "application/octet-stream"),
         query="?name=seam.png"),
    door("POST /api/calls/{call}/files", PAIR, 409, Raw(PNG, "application/octet-stream"),
         query="?name=seam.png", call="ended"),
    door("POST /api/calls/{call}/notes", PAIR, 201, {"text": "Until tomorrow."}),
    door("GET /api/calls/{call}/recordings", IN_CALL),
    door("GET /call-files/{call}/{file}", IN_CALL),
    door("GET /call-files/{call}/{file}", NOBODY, refuses=404, file="other_file"),
    door("GET /call-files/{call}/{file}", OTHER | RIVAL, call="elsewhere", file="other_file"),
]
DESK = [
    door("POST /api/rooms/{room}/messages", BUYERS, 201, MESSAGE),
    door("POST /api/rooms/{room}/messages", NOBODY, refuses=404,
         sends=MESSAGE | {"product": "{tile_product}"}),
    door("GET /api/rooms/{room}/follow-up", LOOKERS),
    door("POST /api/rooms/{room}/follow-up/{subject}", ROOM, sends={"done": True}),
    door("POST /api/rooms/{room}/follow-up/{subject}", NOBODY, sends={"done": True}, refuses=404,
         subject="tile_subject"),
    door("POST /api/rooms/{room}/hours", ROOM, sends=HOURS),
    door("POST /api/rooms/{room}/roster", ROOM, sends=ROSTER),
    door("POST /api/rooms/{room}/roster", NOBODY, refuses=400,
         sends={"languages": ["en"], "product_lines": ["{tile_product}"]}),
    door("GET /api/rooms/{room}/blocks", ROOM),
    door("POST /api/rooms/{room}/blocks", ROOM, sends={"account": "{late}", "blocked": True}),
    door("POST /api/rooms/{room}/blocks", NOBODY, refuses=404, sends={"account": "{rival}", "blocked": True}),
]
