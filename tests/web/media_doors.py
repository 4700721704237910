"""The doors of media, and those open to everybody; and with them the whole table of `tests.web.doors`."""

from __future__ import annotations

from tests.web import doors
from tests.web.doors import ALL, IN_CALL, NOBODY, ROOM, STAFF, Raw, door
from tests.web.exhibitor_doors import EXHIBITORS
from tests.web.offers import offer

OFFER, VIEW = Raw(offer(), "application/sdp"), Raw(offer("recvonly"), "application/sdp")
NONSENSE = Raw("v=0", "application/sdp")
"""No offer: who may send one is told so, and nothing that runs is replaced."""
FRAGMENT = Raw("a=mid:0\r\n", "application/trickle-ice-sdpfrag")

OF_ROOMS = [
    door("POST /whip/{room}", ROOM, 400, NONSENSE, bearer="publish"),
    door("POST /whip/{room}", NOBODY, sends=OFFER),
    door("POST /whip/{room}", NOBODY, sends=OFFER, bearer="tile_key"),
    door("GET /whip/{room}/{session}", ALL, 204),
    door("PATCH /whip/{room}/{session}", STAFF, 428, FRAGMENT, bearer="publish"),
    door("POST /whep/{room}", ALL, 201, VIEW),
    door("GET /whep/{room}/{session}", ALL, 204),
    door("PATCH /whep/{room}/{session}", NOBODY, sends=FRAGMENT, refuses=404),
    door("DELETE /whep/{room}/{session}", NOBODY, refuses=404),
    door("GET /whep/{room}/{session}/layer", NOBODY, refuses=404),
    door("POST /whep/{room}/{session}/layer", NOBODY, sends={}, refuses=404),
    *(door(f"OPTIONS {path}", ALL, 204) for path in (
        "/whip/{room}", "/whip/{room}/{session}", "/whep/{room}", "/whep/{room}/{session}",
        "/whep/{room}/{session}/layer")),
    door("DELETE /whip/{room}/{session}", STAFF, bearer="publish"),
]
SEAT = "/whep/calls/{call}/{seat}"
OF_CALLS = [
    door("POST /whip/calls/{call}", IN_CALL, 400, NONSENSE, bearer="call_media"),
    door("POST /whip/calls/{call}", NOBODY, sends=OFFER),
    door(f"POST {SEAT}", IN_CALL, 409, VIEW, bearer="call_media"),
    door(f"POST {SEAT}", NOBODY, sends=VIEW),
    *(line for path in ("/whip/calls/{call}/{session}", f"{SEAT}/{{session}}") for line in (
        door(f"GET {path}", ALL, 204),
        door(f"PATCH {path}", NOBODY, sends=FRAGMENT, refuses=404),
        door(f"DELETE {path}", NOBODY, refuses=404),
        door(f"OPTIONS {path}", ALL, 204))),
    *(door(f"OPTIONS {path}", ALL, 204) for path in ("/whip/calls/{call}", SEAT)),
]
"""Whoever knows the address of a session may change it; here is one that nobody was told."""
PLAYLISTS = (
    "{list}.m3u8", "{whole}/{list}.m3u8", "{track}.m3u8", "{whole}/{track}.m3u8", "captions/{language}.m3u8",
    "captions/{language}/{start}-{end}.vtt", "{track}/{section}.init.mp4", "{track}/{piece}.m4s",
)
SIZES = (
    "layers/{layer}/{track}.m3u8", "layers/{layer}/{track}/{section}.init.mp4",
    "layers/{layer}/{track}/{piece}.m4s",
)
"""Of a show that is over only the largest is there: who may watch is told so."""
HLS = [
    line for path, status in (*((path, 200) for path in PLAYLISTS), *((path, 404) for path in SIZES))
    for line in (
        door(f"GET /hls/{{show}}/{path}", ALL, status, show="public"),
        door(f"GET /hls/{{show}}/{path}", NOBODY, show="signed_in"),
        door(f"GET /hls/{{show}}/{path}", NOBODY, show="invited"),
        door(f"GET /hls/{{show}}/{path}", NOBODY, show="talk"),
        door(f"GET /hls/{{show}}/k/{{key}}/{path}", ALL, status, show="invited", key="invited_key"),
        door(f"GET /hls/{{show}}/k/{{key}}/{path}", NOBODY, show="invited", key="signed_in_key"),
        door(f"GET /hls/{{show}}/k/{{key}}/{path}", NOBODY, show="invited", key="old_key"),
    )
]
"""HLS knows nobody: who may watch is given an address with a key, and whoever has it may watch that show."""
PUBLIC = [
    door("GET /api/session", ALL),
    door("GET /api/hall", ALL),
    door("GET /thumbnails/{room}.jpg", ALL, (200, 404)),
    door("GET /fair-certificate.pem", ALL),
    door("GET /pictures/{name}", ALL),
    door("GET /static/{path}", ALL, 404),
    door("GET /favicon.ico", ALL),
    *(door(f"GET {path}", ALL)
      for path in ("/api/docs", "/api/openapi.json", "/healthz", "/readyz", "/metrics")),
]
DOORS = [
    *doors.PAGES, *EXHIBITORS, *doors.REPLAYS, *doors.TICKETS, *doors.STILLS, *doors.CALLS, *HLS,
    *doors.THREADS, *doors.APPOINTMENTS, *doors.DESK, *doors.PROGRAMME, *doors.RECORDINGS, *PUBLIC,
    *OF_CALLS, *OF_ROOMS,
]
"""In an order in which those who come through leave the next ones something to come for."""
FAREWELL = door("POST /sign-out", ALL, 303, doors.Form())
"""After it nobody is who they were."""
