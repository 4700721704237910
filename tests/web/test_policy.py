"""Who may open what: every role at every address, in its own room and in a foreign one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from config.ids import CallId, RoomId, new_id
from rooms.fair.policy import Actor, Role
from tests.web.conftest import LUMEN, OTHER_BUYER, OTHER_STAFF, PEOPLE, OpenFair, take
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

WHO = ("guest", "buyer", "staff", "foreign", "organiser")
"""`staff` work in the room `lumen`, `foreign` are staff of `tile`."""

SIGN_IN, OK, NO, GO, GONE = 401, 200, 403, 303, 404

PAGES = [
    # address, then the status for: guest, buyer, staff, foreign, organiser
    ("/", (OK, OK, OK, OK, OK)),
    ("/rooms/lumen", (OK, OK, OK, OK, OK)),
    ("/rooms/nobody", (GONE, GONE, GONE, GONE, GONE)),
    ("/studio/lumen", (GO, NO, OK, NO, OK)),
    ("/studio/tile", (GO, NO, NO, OK, OK)),
    ("/studio", (GO, NO, GO, GO, NO)),
    ("/organiser", (GO, NO, NO, NO, OK)),
    ("/threads", (GO, OK, OK, OK, NO)),
    ("/account/password", (GO, OK, OK, OK, OK)),
    ("/api/threads", (SIGN_IN, OK, OK, OK, NO)),
    ("/threads/lumen/nobody", (GO, NO, GONE, NO, NO)),
    ("/threads/lumen/nobody.json", (GO, NO, GONE, NO, NO)),
    ("/threads/lumen/nobody.csv", (GO, NO, GONE, NO, NO)),
    ("/api/rooms/lumen/appointment-slots", (OK, OK, OK, OK, OK)),
    ("/api/rooms/nobody/appointment-slots", (GONE, GONE, GONE, GONE, GONE)),
    ("/api/threads/lumen/nobody", (SIGN_IN, NO, GONE, NO, NO)),
    ("/meeting/unknown", (GONE, GONE, GONE, GONE, GONE)),
    ("/sign-in", (OK, GO, GO, GO, GO)),
    ("/register", (OK, GO, GO, GO, GO)),
    ("/api/hall", (OK, OK, OK, OK, OK)),
    ("/api/rooms/lumen/recordings", (SIGN_IN, NO, OK, NO, OK)),
    ("/api/rooms/tile/recordings", (SIGN_IN, NO, NO, OK, OK)),
    ("/api/shows/nobody/chapters", (GONE, GONE, GONE, GONE, GONE)),
    ("/api/shows/nobody/posts", (GONE, GONE, GONE, GONE, GONE)),
    ("/healthz", (OK, OK, OK, OK, OK)),
]
TICKETS = [
    ({"purpose": "hall"}, (OK, OK, OK, OK, OK)),
    ({"purpose": "hall", "room": "lumen"}, (OK, OK, OK, OK, OK)),
    ({"purpose": "hall", "room": "nobody"}, (GONE, GONE, GONE, GONE, GONE)),
    ({"purpose": "booth", "room": "lumen"}, (SIGN_IN, NO, OK, NO, OK)),
    ({"purpose": "booth", "room": "tile"}, (SIGN_IN, NO, NO, OK, OK)),
    ({"purpose": "booth", "room": "nobody"}, (GONE, GONE, GONE, GONE, GONE)),
    ({"purpose": "booth"}, (GONE, GONE, GONE, GONE, GONE)),
    ({"purpose": "publish", "room": "lumen"}, (SIGN_IN, NO, OK, NO, NO)),
    ({"purpose": "publish", "room": "tile"}, (SIGN_IN, NO, NO, OK, NO)),
    ({"purpose": "publish"}, (GONE, GONE, GONE, GONE, GONE)),
    ({"purpose": "meeting", "call": "unknown"}, (GONE, GONE, GONE, GONE, GONE)),
    ({"purpose": "meeting"}, (GONE, GONE, GONE, GONE, GONE)),
]
KEYS = [
    ("lumen", (SIGN_IN, NO, OK, NO, NO)),
    ("tile", (SIGN_IN, NO, NO, OK, NO)),
    ("nobody", (SIGN_IN, NO, NO, NO, NO)),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(fair: OpenFair) -> AsyncIterator[dict[str, Visitor]]:
    """One browser for each kind of person."""
    emails = {
        "buyer": PEOPLE[Role.BUYER],
        "staff": PEOPLE[Role.STAFF],
        "foreign": OTHER_STAFF,
        "organiser": PEOPLE[Role.ORGANISER],
    }
    async with (
        visitor(fair.base_url) as guest,
        visitor(fair.base_url) as buyer,
        visitor(fair.base_url) as staff,
        visitor(fair.base_url) as foreign,
        visitor(fair.base_url) as organiser,
    ):
        browsers = dict(zip(WHO, (guest, buyer, staff, foreign, organiser), strict=True))
        for who, email in emails.items():
            await browsers[who].sign_in(email)
        yield browsers


@pytest.mark.parametrize(("path", "statuses"), PAGES)
async def test_pages(people: dict[str, Visitor], path: str, statuses: tuple[int, ...]) -> None:
    got = {who: (await people[who].get(path)).status for who in WHO}
    assert got == dict(zip(WHO, statuses, strict=True))


@pytest.mark.parametrize(("wish", "statuses"), TICKETS)
async def test_tickets(people: dict[str, Visitor], wish: dict[str, str], statuses: tuple[int, ...]) -> None:
    answers = {who: await people[who].post_json("/api/tickets", wish) for who in WHO}
    assert {who: answer.status for who, answer in answers.items()} == dict(zip(WHO, statuses, strict=True))
    assert all(("ticket" in answer.json) == (answer.status == OK) for answer in answers.values())


@pytest.mark.parametrize(("room", "statuses"), KEYS)
async def test_stream_keys(
    people: dict[str, Visitor], fair: OpenFair, room: str, statuses: tuple[int, ...]
) -> None:
    for who, status in zip(WHO, statuses, strict=True):
        answer = await people[who].post_json(f"/api/rooms/{room}/stream-key", {})
        assert answer.status == status, who
        assert ("key" in answer.json) == (status == OK)
        if status == OK:
            fair.keys[RoomId(room)] = answer.json["key"]


async def test_a_guest_is_led_to_sign_in_and_back(people: dict[str, Visitor]) -> None:
    answer = await people["guest"].get("/studio/lumen?tab=shelf")
    assert answer.headers["Location"] == "/sign-in?next=%2Fstudio%2Flumen%3Ftab%3Dshelf"


async def test_a_new_stream_key_works_and_the_old_one_ends(
    people: dict[str, Visitor], fair: OpenFair
) -> None:
    keys, room = fair.parts.stream_keys, fair.parts.companies
    company = await room.by_room((await room.search("Lumen"))[0].room)
    old = (await people["staff"].post_json("/api/rooms/lumen/stream-key", {})).json
    new = (await people["staff"].post_json("/api/rooms/lumen/stream-key", {})).json
    assert new["whip_url"] == f"{fair.base_url}/whip/lumen"
    fair.keys[LUMEN] = new["key"]
    assert not await keys.verify(company.room, old["key"])
    assert await keys.verify(company.room, new["key"])


async def test_a_meeting_is_open_to_its_two_people_only(people: dict[str, Visitor], fair: OpenFair) -> None:
    call = await answered_call(fair)
    path, wish = f"/meeting/{call}", {"purpose": "meeting", "call": call}
    async with visitor(fair.base_url) as other:
        await other.sign_in(OTHER_BUYER)
        browsers = {**people, "other": other}
        pages = {who: (await browser.get(path)).status for who, browser in browsers.items()}
        tickets = {
            who: (await browser.post_json("/api/tickets", wish)).status for who, browser in browsers.items()
        }
    allowed = {"buyer": OK, "staff": OK, "foreign": NO, "organiser": NO, "other": NO}
    assert pages == {"guest": GO, **allowed}
    assert tickets == {"guest": SIGN_IN, **allowed}


async def answered_call(fair: OpenFair) -> CallId:
    """Let the buyer ask the room `lumen` for a call, and its staff take it."""
    buyer, staff = await actor(fair, PEOPLE[Role.BUYER]), await actor(fair, PEOPLE[Role.STAFF])
    await fair.parts.duty.on(LUMEN, staff.id, staff.name)
    call = await fair.parts.calls.request(buyer, LUMEN, None, None, None, new_id())
    answered = await take(fair, staff, call)
    await fair.parts.duty.off(LUMEN, staff.id)
    return answered.id


async def actor(fair: OpenFair, email: str) -> Actor:
    """Return somebody as the parts know them."""
    account, _token = await fair.parts.accounts.sign_in(email, PASSWORD)
    return Actor(account.id, account.role, account.name, account.company, account.room)
