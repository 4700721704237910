"""The programme on pages and for scripts: who may announce and reserve, and what everybody sees of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from config.ids import AnnouncedId
from rooms.fair.announced import AnnouncedState
from rooms.fair.programme import Loop, LoopMode
from rooms.fair.programme_rows import ReservationRow
from tests.web.conftest import LUMEN, TILE, OpenFair
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR = 3600.0


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Lamps & <i>shades</i>", "about": "All of them.", "starts_at": time.time() + HOUR,
        "minutes": 30, "language": "de", "product": "lumen-1", "film": None, **changes,
    }


@pytest_asyncio.fixture(loop_scope="session")
async def announced(fair: OpenFair, staff: Visitor) -> AsyncIterator[str]:
    """A show that is announced, and cancelled afterwards."""
    answer = await staff.post_json(f"/api/rooms/{LUMEN}/programme", wish())
    assert answer.status == 200, answer.text
    id_: str = answer.json["show"]["id"]
    yield id_
    await staff.post_json(f"/api/programme/{id_}/cancel", {})


async def test_everybody_sees_what_is_announced(announced: str, guest: Visitor, buyer: Visitor) -> None:
    for visitor in (guest, buyer):
        room, hall = await visitor.get(f"/rooms/{LUMEN}"), await visitor.get("/")
        for page in (room, hall):
            assert "Lamps &amp; &lt;i&gt;shades&lt;/i&gt;" in page.text
            assert "/pictures/lamp.webp" in page.text
            assert 'class="when" datetime="20' in page.text
        assert f"/programme/{announced}.ics" in room.text
    assert "<button" in (await buyer.get("/")).text.split("coming-card", 1)[1].split("</article>")[0]
    searched = await guest.get("/?q=lumen")
    assert "coming-card" not in searched.text


async def test_a_buyer_reserves_once_and_sees_it(announced: str, buyer: Visitor) -> None:
    for _ in range(2):
        answer = await buyer.post_json(f"/api/programme/{announced}/reserve", {})
        assert answer.json == {"reserved": True, "reservations": 1}
    assert f'data-announced="{announced}" data-count="1" data-reserved' in (await buyer.get("/")).text
    answer = await buyer.post_json(f"/api/programme/{announced}/unreserve", {})
    assert answer.json == {"reserved": False, "reservations": 0}


async def test_a_reservation_is_kept_with_the_zone_of_the_browser(
    fair: OpenFair, announced: str, buyer: Visitor
) -> None:
    headers = {"X-CSRF-Token": (await buyer.get("/nowhere")).token}
    path, cookies = f"/api/programme/{announced}/reserve", {"zone": "Asia%2FTokyo"}
    answer = await buyer.ask("POST", path, json={}, headers=headers, cookies=cookies)
    assert answer.status == 200, answer.text
    async with fair.parts.database.reading() as session:
        query = select(ReservationRow.zone).where(ReservationRow.announced == announced)
        assert (await session.scalars(query)).all() == ["Asia/Tokyo"]


async def test_who_may_not_reserve_is_told_why(announced: str, guest: Visitor, staff: Visitor) -> None:
    for visitor, status, code in ((guest, 401, "sign_in"), (staff, 403, "denied")):
        answer = await visitor.post_json(f"/api/programme/{announced}/reserve", {})
        assert (answer.status, answer.json["code"]) == (status, code)
    room = await guest.get(f"/rooms/{LUMEN}")
    assert f"remind%3D{announced}" in room.text
    assert "fair-remind" in room.text


async def test_a_forged_reservation_is_refused(announced: str, buyer: Visitor) -> None:
    answer = await buyer.ask("POST", f"/api/programme/{announced}/reserve", json={})
    assert (answer.status, answer.json["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"title": ""}, 400, "bad_title"),
        ({"title": 5}, 400, "malformed"),
        ({"title": "\ud800"}, 400, "malformed"),
        ({"starts_at": "soon"}, 400, "malformed"),
        ({"starts_at": True}, 400, "malformed"),
        ({"starts_at": 0}, 400, "bad_time"),
        ({"starts_at": 1e300}, 400, "bad_time"),
        ({"minutes": 1}, 400, "bad_length"),
        ({"minutes": 1e300}, 400, "bad_length"),
        ({"language": "x"}, 400, "bad_language"),
        ({"product": "tile-1"}, 404, "no_product"),
        ({"film": "none"}, 404, "no_film"),
    ],
)
async def test_what_makes_no_sense_is_not_announced(
    staff: Visitor, fair: OpenFair, change: dict[str, Any], status: int, code: str
) -> None:
    answer = await staff.post_json(f"/api/rooms/{LUMEN}/programme", wish(**change))
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["detail"]
    assert await fair.parts.programme.of_room(LUMEN) == []


async def test_only_staff_of_the_room_announce(
    announced: str, guest: Visitor, buyer: Visitor, staff: Visitor
) -> None:
    for visitor, room in ((guest, LUMEN), (buyer, LUMEN), (staff, TILE)):
        for path in (f"/api/rooms/{room}/programme", f"/api/rooms/{room}/loop", f"/api/rooms/{room}/film"):
            answer = await visitor.post_json(path, wish(mode="off"))
            assert answer.status in (401, 403), (path, answer.text)
    for visitor in (guest, buyer):
        for path in (f"/api/programme/{announced}", f"/api/programme/{announced}/cancel"):
            assert (await visitor.post_json(path, wish())).status in (401, 403)


async def test_two_shows_at_once_are_refused(announced: str, staff: Visitor) -> None:
    answer = await staff.post_json(f"/api/rooms/{LUMEN}/programme", wish())
    assert (answer.status, answer.json["code"]) == (409, "overlap")


async def test_a_change_is_seen_and_counted_in_calendars(
    announced: str, staff: Visitor, guest: Visitor
) -> None:
    changed = await staff.post_json(f"/api/programme/{announced}", wish(title="Only shades", minutes=45))
    assert changed.json["show"]["title"] == "Only shades"
    entry = await guest.get(f"/programme/{announced}.ics")
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert f'filename="{LUMEN}.ics"' in entry.headers["Content-Disposition"]
    for line in ("SUMMARY:Only shades", "SEQUENCE:1", "STATUS:CONFIRMED", "LOCATION:Lumen & Söhne"):
        assert line in entry.text
    await staff.post_json(f"/api/programme/{announced}/cancel", {})
    assert "STATUS:CANCELLED" in (await guest.get(f"/programme/{announced}.ics")).text
    assert "Only shades" not in (await guest.get("/")).text


async def test_what_was_never_announced_is_missing(guest: Visitor, buyer: Visitor) -> None:
    assert (await guest.get("/programme/none.ics")).status == 404
    answer = await buyer.post_json("/api/programme/none/reserve", {})
    assert (answer.status, answer.json["code"]) == (404, "no_announced_show")


async def test_staff_choose_what_plays_in_the_dark(staff: Visitor, fair: OpenFair) -> None:
    answer = await staff.post_json(f"/api/rooms/{LUMEN}/loop", {"mode": "off", "film": None})
    assert answer.json == {"mode": "off", "film": None}
    assert await fair.parts.programme.loop(LUMEN) == Loop(LoopMode.OFF)
    for body, code in (
        ({"mode": "dance"}, "malformed"), ({"mode": "film", "film": "none"}, "no_film"),
        ({"mode": "film"}, "bad_loop"),
    ):
        assert (await staff.post_json(f"/api/rooms/{LUMEN}/loop", body)).json["code"] == code
    assert await fair.parts.programme.loop(LUMEN) == Loop(LoopMode.OFF)
    await staff.post_json(f"/api/rooms/{LUMEN}/loop", {"mode": "last"})


async def test_the_studio_lists_the_programme(announced: str, staff: Visitor, fair: OpenFair) -> None:
    page = await staff.get(f"/studio/{LUMEN}")
    assert 'class="announced-show"' in page.text
    assert "announced-cancel" in page.text
    assert page.data["rehearsal"] is None
    show = await fair.parts.programme.get(AnnouncedId(announced))
    assert show.state is AnnouncedState.ANNOUNCED


async def test_a_ticket_for_a_rehearsal_is_for_staff(guest: Visitor, buyer: Visitor, staff: Visitor) -> None:
    for visitor, status in ((guest, 401), (buyer, 403), (staff, 200)):
        answer = await visitor.post_json("/api/tickets", {"purpose": "rehearsal", "room": LUMEN})
        assert answer.status == status
