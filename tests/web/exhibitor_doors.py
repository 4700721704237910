"""The doors by which organisers keep exhibitors, and exhibitors their shelves."""

from __future__ import annotations

from tests.web.doors import NOBODY, ORGANISER, ROOM, Form, door

EXHIBITORS = [
    door("GET /studio/{room}/shelf", ROOM),
    door("POST /studio/{room}/shelf", ROOM, 400, Form(title="")),
    door("POST /studio/{room}/shelf", NOBODY, refuses=404, sends=Form(title="A", product="{tile_product}")),
    door("POST /studio/{room}/shelf/{product}", ROOM, 303, Form(action="up")),
    door("POST /studio/{room}/shelf/{product}", NOBODY, sends=Form(action="out"), refuses=404,
         product="tile_product"),
    door("GET /organiser/exhibitors", ORGANISER),
    door("POST /organiser/exhibitors", ORGANISER, 400, Form(name="", room="")),
    door("GET /organiser/new-exhibitor", ORGANISER),
    door("POST /organiser/halls", ORGANISER, 400, Form(number="0", title="")),
    door("GET /organiser/exhibitors/{room}", ORGANISER),
    door("POST /organiser/exhibitors/{room}", ORGANISER, 400, Form(name="")),
    door("GET /organiser/exhibitors/{room}/departure", ORGANISER),
    door("POST /organiser/exhibitors/{room}/departure", ORGANISER, 404, Form(), room="nowhere"),
    door("POST /organiser/exhibitors/{room}/return", ORGANISER, 404, Form(), room="nowhere"),
    door("POST /organiser/exhibitors/{room}/staff", ORGANISER, 400, Form(person="", email="")),
    door("POST /organiser/exhibitors/{room}/staff/{account}", ORGANISER, 404, Form(action="disable"),
         account="rival"),
]
