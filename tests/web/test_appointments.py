"""Appointments over HTTP: pages and JSON for whom the policy lets, calendars by a secret address."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import delete

from config.ids import AccountId, AppointmentId, RoomId
from rooms.fair.appointment_rows import AppointmentRow
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.policy import Actor, Role
from rooms.negotiation.appointments.mapping import found, values_of
from rooms.negotiation.appointments.states import AppointmentState
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, TILE, OpenFair
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
ALL_DAY = dict.fromkeys(range(7), ((0, 1440),))
BOOK = f"/rooms/{LUMEN}/appointment"


async def work(fair: OpenFair, room: RoomId = LUMEN) -> None:
    """Let a company work round the clock of Tokyo."""
    account = (await fair.parts.accounts.staff_of(room))[0]
    actor = Actor(account.id, Role.STAFF, account.name, account.company, room)
    await HoursStore(fair.parts.database, time.time).set(actor, room, Hours("Asia/Tokyo", ALL_DAY))


async def slots(somebody: Visitor, room: RoomId = LUMEN) -> list[dict[str, Any]]:
    answer = await somebody.get(f"/api/rooms/{room}/appointment-slots?minutes=15&days=7&zone=UTC")
    assert answer.status == 200
    return list(answer.json["slots"])


async def ask(buyer: Visitor, number: int) -> dict[str, Any]:
    """Ask for the free time at a place of the list."""
    start = (await slots(buyer))[number]["starts_at"]
    answer = await buyer.post_json(
        f"/api/rooms/{LUMEN}/appointments",
        {"starts_at": start, "minutes": 15, "language": "en", "note": "<b>Hello</b>", "zone": "Europe/Paris"},
    )
    assert answer.status == 200, answer.text
    return dict(answer.json["appointment"])


def codes(*answers: Answer) -> list[tuple[int, str]]:
    return [(answer.status, answer.json["code"]) for answer in answers]


async def test_a_buyer_asks_staff_accept_and_both_see_it(
    fair: OpenFair, buyer: Visitor, staff: Visitor
) -> None:
    await work(fair)
    asked = await ask(buyer, 4)
    assert (asked["state"], asked["proposed_by"], asked["staff"]) == ("asked", "buyer", "Person staff")
    mine = await buyer.get("/appointments")
    assert "Waits for an answer" in mine.text
    assert "&lt;b&gt;Hello" in mine.text
    theirs = await staff.get("/appointments")
    assert re.search(rf'id="a-{asked["id"]}".*data-do="accept"', theirs.text, re.DOTALL)
    accepted = await staff.post_json(f"/api/appointments/{asked['id']}/accept", {})
    assert accepted.json["appointment"]["state"] == "accepted"
    listed = (await buyer.get("/api/appointments")).json["appointments"]
    assert asked["id"] in [it["id"] for it in listed if it["state"] == "accepted"]
    cancelled = await buyer.post_json(f"/api/appointments/{asked['id']}/cancel", {})
    assert cancelled.json["appointment"]["state"] == "cancelled"


async def test_the_booking_page_books_by_its_form(fair: OpenFair, buyer: Visitor) -> None:
    await work(fair)
    page = await buyer.get(f"{BOOK}?minutes=30", cookies={"zone": "America/New_York"})
    assert "New York" in page.text
    assert "Tokyo" in page.text
    starts = re.findall(r'name="start" value="(\d+)"', page.text)
    fields = {"start": starts[-1], "minutes": "30", "language": "en", "note": "Chairs", "product": ""}
    sent = await buyer.submit(BOOK, fields, page=BOOK)
    assert sent.status == 303, sent.text
    assert re.fullmatch(r"/appointments#a-[\w-]+", sent.headers["Location"])
    again = await buyer.submit(BOOK, {**fields, "minutes": "15", "note": "Kept words"}, page=BOOK)
    assert again.status == 409
    assert "another appointment at that time" in again.text
    assert "Kept words" in again.text


async def test_guests_sign_in_first_and_staff_do_not_book(
    fair: OpenFair, guest: Visitor, staff: Visitor
) -> None:
    await work(fair)
    page = await guest.get(BOOK)
    assert page.status == 303
    assert page.headers["Location"].startswith("/sign-in?next=")
    assert (await guest.get("/appointments")).status == 303
    assert (await staff.get(BOOK)).status == 403
    body = {"starts_at": 0, "minutes": 15}
    refused = [await it.post_json(f"/api/rooms/{LUMEN}/appointments", body) for it in (guest, staff)]
    assert codes(*refused) == [(401, "sign_in"), (403, "denied")]


async def test_strangers_reach_nothing_of_an_appointment(fair: OpenFair, buyer: Visitor) -> None:
    await work(fair)
    asked = await ask(buyer, 8)
    async with visitor(fair.base_url) as stranger:
        await stranger.sign_in(OTHER_STAFF)
        for what in ("accept", "decline", "cancel"):
            answer = await stranger.post_json(f"/api/appointments/{asked['id']}/{what}", {})
            assert codes(answer) == [(403, "denied")]
        moved = await stranger.post_json(
            f"/api/appointments/{asked['id']}/counter", {"starts_at": 0, "minutes": 15}
        )
        assert codes(moved) == [(403, "denied")]
        assert (await stranger.get(f"/appointments/{asked['id']}.ics")).status == 403
        assert (await stranger.get(f"/rooms/{TILE}/appointment?instead={asked['id']}")).status == 403
    own = await buyer.post_json(f"/api/appointments/{asked['id']}/accept", {})
    assert codes(own) == [(403, "own_proposal")]
    absent = await buyer.post_json("/api/appointments/none/accept", {})
    assert codes(absent) == [(404, "no_appointment")]


async def test_staff_suggest_another_time_on_the_same_page(
    fair: OpenFair, buyer: Visitor, staff: Visitor
) -> None:
    await work(fair)
    asked = await ask(buyer, 12)
    page = await staff.get(f"{BOOK}?instead={asked['id']}")
    assert "Suggest another time" in page.text
    start = re.findall(r'name="start" value="(\d+)"', page.text)[-1]
    fields = {"start": start, "minutes": "15", "instead": asked["id"], "language": "en"}
    sent = await staff.submit(BOOK, fields, page="/appointments")
    assert sent.status == 303, sent.text
    mine = (await buyer.get("/api/appointments")).json["appointments"]
    (moved,) = [it for it in mine if it["id"] == asked["id"]]
    assert (moved["state"], moved["starts_at"], moved["proposed_by"]) == ("countered", float(start), "staff")


async def test_staff_propose_a_time_to_who_has_written(fair: OpenFair, staff: Visitor) -> None:
    """From the list to follow up: its link, the page, its form, and the buyer who accepts."""
    await work(fair)
    async with visitor(fair.base_url) as buyer:
        await buyer.sign_in(OTHER_BUYER)
        letter = {"subject": "Halo", "text": "Could we talk?", "quantity": None, "product": f"{LUMEN}-1"}
        about = (await buyer.post_json(f"/api/rooms/{LUMEN}/messages", letter)).json["id"]
        link = (await staff.get(f"/studio/{LUMEN}")).data["appointment_url"].replace("{about}", about)
        page = await staff.get(link)
        assert "Propose a time" in page.text
        assert "They accept it, decline it, or suggest another one." in page.text
        start, later = re.findall(r'name="start" value="(\d+)"', page.text)[-2:]
        fields = {"start": start, "minutes": "15", "about": about, "language": "en", "note": "We show it."}
        sent = await staff.submit(BOOK, fields, page="/appointments")
        assert sent.status == 303, sent.text
        (made,) = (await buyer.get("/api/appointments")).json["appointments"]
        assert (made["state"], made["proposed_by"], made["product"]) == ("asked", "staff", f"{LUMEN}-1")
        wish = {"starts_at": made["starts_at"], "minutes": 15}
        path = f"/api/rooms/{LUMEN}/follow-up/{about}/appointment"
        assert (await staff.post_json(path, wish)).json["appointment"]["id"] == made["id"]
        other = await staff.post_json(path, wish | {"starts_at": int(later)})
        assert codes(other) == [(409, "proposed_already")]
        accepted = await buyer.post_json(f"/api/appointments/{made['id']}/accept", {})
        assert accepted.json["appointment"]["state"] == "accepted"


async def test_a_time_is_proposed_to_nobody_who_has_not_asked(
    fair: OpenFair, buyer: Visitor, staff: Visitor
) -> None:
    await work(fair)
    wish = {"starts_at": 0, "minutes": 15}
    for subject, code in (("message-none", "no_message"), ("lumen.none", "no_call")):
        path = f"/api/rooms/{LUMEN}/follow-up/{subject}/appointment"
        assert codes(await staff.post_json(path, wish)) == [(404, code)]
        assert codes(await buyer.post_json(path, wish)) == [(403, "denied")]
        assert (await staff.get(f"{BOOK}?about={subject}")).status == 404


async def test_a_room_says_where_appointments_are_made(buyer: Visitor) -> None:
    assert (await buyer.get(f"/rooms/{LUMEN}")).data["appointment_url"] == BOOK


async def test_a_calendar_address_is_secret_and_ends(fair: OpenFair, buyer: Visitor, guest: Visitor) -> None:
    await work(fair)
    asked = await ask(buyer, 16)
    url = (await buyer.post_json("/api/calendar", {})).json["url"]
    path = url.removeprefix(fair.base_url)
    answer = await guest.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    whole: Any = Calendar.from_ical(answer.text)
    (event,) = [it for it in whole.events if it["UID"].startswith(asked["id"])]
    assert event["DTSTART"].dt.timestamp() == asked["starts_at"]
    one: Any = Calendar.from_ical((await buyer.get(f"/appointments/{asked['id']}.ics")).text)
    assert one.events[0]["UID"] == event["UID"]
    fresh = (await buyer.post_json("/api/calendar", {})).json["url"].removeprefix(fair.base_url)
    assert [(await guest.get(it)).status for it in (path, fresh, "/calendar/guess.ics")] == [404, 200, 404]
    token = (await buyer.get("/nowhere")).token
    ended = await buyer.ask("DELETE", "/api/calendar", json={}, headers={"X-CSRF-Token": token})
    assert ended.status == 200
    assert (await guest.get(fresh)).status == 404


async def test_a_calendar_has_what_is_to_come_whatever_was_before(
    fair: OpenFair, staff: Visitor, guest: Visitor
) -> None:
    """Five hundred of the room are over, of a colleague and declined."""
    await work(fair)
    async with visitor(fair.base_url) as buyer:
        await buyer.sign_in(OTHER_BUYER)
        asked = await ask(buyer, 40)
    accepted = (await staff.post_json(f"/api/appointments/{asked['id']}/accept", {})).json["appointment"]
    async with fair.parts.database.session() as session:
        one = await found(session, accepted["id"])
        before, declined = one.starts_at - 9 * 86400, AppointmentState.DECLINED
        over = replace(one, starts_at=before, state=declined, staff=AccountId("another"))
        old = [replace(over, id=AppointmentId(f"old-{n}")) for n in range(500)]
        session.add_all([AppointmentRow(**values_of(it), reminded="") for it in old])
    path = (await staff.post_json("/api/calendar", {})).json["url"].removeprefix(fair.base_url)
    whole: Any = Calendar.from_ical((await guest.get(path)).text)
    names = [str(it["UID"]).partition("@")[0] for it in whole.events]
    assert asked["id"] in names
    assert not {it.id for it in old} & set(names)
    async with fair.parts.database.session() as session:
        await session.execute(delete(AppointmentRow).where(AppointmentRow.id.startswith("old-")))


async def test_what_was_declined_is_cancelled_in_its_file(
    fair: OpenFair, buyer: Visitor, staff: Visitor
) -> None:
    await work(fair)
    asked = await ask(buyer, 28)
    await staff.post_json(f"/api/appointments/{asked['id']}/decline", {})
    entry: Any = Calendar.from_ical((await buyer.get(f"/appointments/{asked['id']}.ics")).text)
    assert entry.events[0]["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"starts_at": "soon", "minutes": 15}, "malformed"),
        ({"starts_at": 1, "minutes": 15}, "bad_time"),
        ({"starts_at": 900, "minutes": 17}, "bad_length"),
        ({"starts_at": 900, "minutes": 15}, "too_late"),
        ({"starts_at": 900, "minutes": 15, "language": "?"}, "bad_language"),
    ],
)
async def test_nonsense_is_refused_with_what_to_do(
    fair: OpenFair, buyer: Visitor, body: dict[str, Any], code: str
) -> None:
    answer = await buyer.post_json(f"/api/rooms/{LUMEN}/appointments", body)
    assert answer.json["code"] == code
    assert answer.json["detail"]


async def test_how_it_went_is_for_staff_and_for_afterwards(
    fair: OpenFair, buyer: Visitor, staff: Visitor
) -> None:
    await work(fair)
    asked = await ask(buyer, 20)
    address = f"/api/appointments/{asked['id']}/outcome"
    early = await staff.post_json(address, {"absent": [], "outcome": "", "next_step": ""})
    wrong = await staff.post_json(address, {"absent": ["nobody"]})
    assert codes(early, wrong) == [(409, "wrong_moment"), (400, "bad_side")]
    assert codes(await buyer.post_json(address, {"absent": []})) == [(403, "denied")]
    link = await buyer.get(f"/rooms/{LUMEN}")
    assert f'href="{BOOK}"' in link.text
