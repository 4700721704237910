"""Requests for scripts: messages, the list to follow up, hours, the roster, the block list, the promise."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from rooms.fair.policy import Actor, Role
from rooms.fair.visibility import Choice
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

MESSAGE = {"subject": "Brass lamps", "text": "Do you ship to Oulu?", "quantity": 40, "product": None}


@pytest_asyncio.fixture(loop_scope="session")
async def rival(fair: OpenFair) -> AsyncIterator[Visitor]:
    """The staff of another room."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(OTHER_STAFF)
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def other_buyer(fair: OpenFair) -> AsyncIterator[Visitor]:
    """Another buyer."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(OTHER_BUYER)
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def organiser(fair: OpenFair) -> AsyncIterator[Visitor]:
    """Who runs the fair."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(PEOPLE[Role.ORGANISER])
        yield somebody


async def left(staff: Visitor) -> list[dict[str, Any]]:
    listed = (await staff.get("/api/rooms/lumen/follow-up")).json
    return [*listed["missed"], *listed["messages"]]


async def test_a_message_is_listed_until_somebody_has_dealt_with_it(buyer: Visitor, staff: Visitor) -> None:
    sent = await buyer.post_json("/api/rooms/lumen/messages", MESSAGE)
    assert sent.status == 201
    (message,) = [one for one in await left(staff) if one["id"] == sent.json["id"]]
    assert (message["subject"], message["quantity"], message["is_done"]) == ("Brass lamps", 40, False)
    done = await staff.post_json(f"/api/rooms/lumen/follow-up/{message['id']}", {"done": True})
    assert done.json == {"done": True}
    (message,) = [one for one in await left(staff) if one["id"] == sent.json["id"]]
    assert message["is_done"] is True
    assert message["done_by"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": " "}, "bad_message"), ({"text": ""}, "bad_message"), ({"quantity": 0}, "bad_message"),
        ({"quantity": 1.5}, "bad_message"), ({"quantity": "many"}, "malformed"),
        ({"product": "nothing"}, "no_product"), ({"subject": "x" * 121}, "bad_message"),
        ({"text": 5}, "malformed"),
    ],
)
async def test_a_message_that_says_nothing_is_refused(
    rival: Visitor, other_buyer: Visitor, change: dict[str, Any], code: str
) -> None:
    refused = await other_buyer.post_json("/api/rooms/tile/messages", MESSAGE | change)
    assert refused.json["code"] == code
    assert (await rival.get("/api/rooms/tile/follow-up")).json["messages"] == []


async def test_only_its_staff_and_organisers_see_what_is_left(
    buyer: Visitor, rival: Visitor, organiser: Visitor, guest: Visitor
) -> None:
    path = "/api/rooms/lumen/follow-up"
    statuses = [(await who.get(path)).status for who in (guest, buyer, rival, organiser)]
    assert statuses == [401, 403, 403, 200]
    for who in (buyer, rival, organiser):
        assert (await who.post_json(f"{path}/x", {"done": True})).status == 403


async def test_hours_and_languages_make_a_promise_in_the_room(
    staff: Visitor, buyer: Visitor, fair: OpenFair
) -> None:
    """The page has moments, which the reader's own clock puts into words."""
    weekly = {str(day): [[0, 1440]] for day in range(7)}
    kept = await staff.post_json("/api/rooms/lumen/hours", {"zone": "Asia/Tokyo", "weekly": weekly})
    assert kept.status == 200
    entry = await staff.post_json("/api/rooms/lumen/roster", {"languages": ["fr", "EN"], "product_lines": []})
    assert entry.json["languages"] == ["fr", "en"]
    promise = (await buyer.get("/rooms/lumen")).data["promise"]
    assert (promise["is_now"], promise["language"], promise["is_spoken"]) == (True, "en", True)
    assert promise["ends_at"] > time.time()
    assert "name" not in promise, "who of the staff it is is not said"
    studio = await staff.get("/studio/lumen")
    assert 'value="Asia/Tokyo"' in studio.text
    assert 'value="fr, en"' in studio.text
    await staff.post_json("/api/rooms/lumen/hours", {"zone": "UTC", "weekly": {}})
    assert (await buyer.get("/rooms/lumen")).data["promise"] is None


async def test_the_promise_is_when_somebody_who_speaks_the_language_comes(
    staff: Visitor, buyer: Visitor, fair: OpenFair
) -> None:
    """The stand never closes; who speaks English is there for the hour that begins in two, each week."""
    weekly = {str(day): [[0, 1440]] for day in range(7)}
    await staff.post_json("/api/rooms/lumen/hours", {"zone": "UTC", "weekly": weekly})
    begins = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    own = {str(begins.weekday()): [[begins.hour * 60, begins.hour * 60 + 60]]}
    said = {"languages": ["en"], "product_lines": []}
    entry = await staff.post_json("/api/rooms/lumen/roster", said | {"weekly": own})
    assert entry.json["weekly"] == own
    assert (await staff.post_json("/api/rooms/lumen/roster", said)).json["weekly"] == own, "they stay"
    page = await buyer.get("/rooms/lumen")
    assert page.data["promise"] == {
        "begins_at": begins.timestamp(), "ends_at": begins.timestamp() + 3600, "is_now": False,
        "language": "en", "is_spoken": True,
    }
    assert "Next person who speaks English: <time" in page.text, "without scripts as well"
    (slot,) = (await buyer.get("/api/rooms/lumen/appointment-slots?days=3&minutes=30")).json["slots"][:1]
    assert slot == {"starts_at": begins.timestamp(), "minutes": 30, "speaks": True}
    studio = (await staff.get("/studio/lumen")).text
    assert '<details class="desk-own" open>' in studio
    await staff.post_json("/api/rooms/lumen/roster", said | {"languages": ["fr"]})
    promise = (await buyer.get("/rooms/lumen")).data["promise"]
    assert (promise["is_now"], promise["is_spoken"]) == (True, False), "open, and nobody speaks it"
    assert (await staff.post_json("/api/rooms/lumen/roster", said | {"weekly": {}})).json["weekly"] == {}
    assert '<details class="desk-own" >' in (await staff.get("/studio/lumen")).text
    await staff.post_json("/api/rooms/lumen/hours", {"zone": "UTC", "weekly": {}})


async def test_the_desk_shows_the_hours_after_a_break_as_well(staff: Visitor) -> None:
    weekly = {"1": [[540, 720], [780, 1440]]}
    await staff.post_json("/api/rooms/lumen/hours", {"zone": "UTC", "weekly": weekly})
    studio = (await staff.get("/studio/lumen")).text
    own, _, studio = studio.partition('id="hours-form"')
    assert re.findall(r'name="from-1" value="([\d:]+)"', own) == ["09:00", "13:00"], "as those of the stand"
    assert "name=\"open-1\" value=\"1\" checked" not in own
    fields = re.findall(r'name="((?:from|until)-[01])" value="([\d:]+)"', studio)
    assert fields[:2] == [("from-0", "09:00"), ("until-0", "17:00")], "what a day off would begin with"
    assert fields[2:] == [
        ("from-1", "09:00"), ("until-1", "12:00"), ("from-1", "13:00"), ("until-1", "00:00"),
    ]
    assert re.findall(r'name="open-(\d)" value="1" checked', studio) == ["1"]
    await staff.post_json("/api/rooms/lumen/hours", {"zone": "UTC", "weekly": {}})


@pytest.mark.parametrize(
    "body",
    [
        {"zone": "Nowhere/At-all", "weekly": {}}, {"zone": "UTC", "weekly": {"0": [[60, 30]]}},
        {"zone": "UTC", "weekly": {"0": [[1]]}}, {"zone": "UTC", "weekly": {"x": []}}, {"zone": "UTC"},
        {"zone": "UTC", "weekly": {"0": 5}},
    ],
)
async def test_hours_that_cannot_be_are_refused(staff: Visitor, body: dict[str, Any]) -> None:
    assert (await staff.post_json("/api/rooms/lumen/hours", body)).status == 400


@pytest.mark.parametrize("weekly", [{"0": [[60, 30]]}, {"0": [[1]]}, {"7": []}, {"0": 5}, [], None])
async def test_own_hours_that_cannot_be_are_refused(staff: Visitor, weekly: object) -> None:
    body = {"languages": ["en"], "product_lines": [], "weekly": weekly}
    assert (await staff.post_json("/api/rooms/lumen/roster", body)).status == 400


async def test_a_blocked_buyer_is_told_so(
    fair: OpenFair, staff: Visitor, other_buyer: Visitor, rival: Visitor
) -> None:
    account = (await other_buyer.get("/rooms/lumen")).data["me"]["id"]
    blocked = await staff.post_json("/api/rooms/lumen/blocks", {"account": account, "blocked": True})
    assert [it["account"] for it in blocked.json["blocks"]] == [account]
    assert await fair.parts.asking.blocks.is_blocked(LUMEN, account)
    refused = await other_buyer.post_json("/api/rooms/lumen/messages", MESSAGE)
    assert refused.json["code"] in ("blocked", "too_many_tries")
    assert (await rival.get("/api/rooms/lumen/blocks")).status == 403
    nobody = await staff.post_json("/api/rooms/lumen/blocks", {"account": "x", "blocked": True})
    assert nobody.status == 404
    freed = await staff.post_json("/api/rooms/lumen/blocks", {"account": account, "blocked": False})
    assert freed.json["blocks"] == []


async def test_no_call_button_where_nobody_is_on_duty(buyer: Visitor) -> None:
    page = await buyer.get("/rooms/lumen")
    assert 'id="call-button"' not in page.text
    assert 'id="message-dialog"' in page.text
    assert 'name="visibility"' in page.text


async def test_a_room_asks_who_may_see_a_buyer_until_they_have_answered_once(
    fair: OpenFair, guest: Visitor, staff: Visitor
) -> None:
    """No answer is given for them, though nobody sees them; having chosen to be hidden is an answer, too."""
    new = await fair.parts.accounts.register_buyer(
        "Nora New", "Shop", "nora@shop.example", PASSWORD, "FI", "en"
    )
    await guest.sign_in("nora@shop.example")
    page = (await guest.get("/rooms/lumen")).text
    assert "data-asks" in page
    assert "Who may see you?" in page
    assert 'value="hidden" checked' not in page
    nora = Actor(new.id, Role.BUYER, new.name, "Shop", None)
    await fair.parts.asking.visibility.choose(nora, LUMEN, Choice.HIDDEN)
    for room in ("lumen", "tile"):
        page = (await guest.get(f"/rooms/{room}")).text
        assert "data-asks" not in page
        assert "You are hidden" in page
        assert 'value="hidden" checked' in page
    assert "data-asks" not in (await staff.get("/rooms/lumen")).text
