"""The organiser's exhibitors: halls, companies, their pictures and their staff, over the pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio

from config.ids import RoomId, new_id
from rooms.fair.pictures import NO_PICTURE, name_of
from rooms.fair.policy import Role
from tests.rooms.test_call_files import PNG
from tests.web.conftest import PEOPLE, OpenFair
from tests.web.visitor import Answer, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIST = "/organiser/exhibitors"
MOOR = {
    "name": "Moor <b>Seating", "country": "GB", "city": "Wycombe", "hall": "1", "stand": "1-B11",
    "languages": "en, fr", "about": "Chairs.\n" * 100,
}


@pytest_asyncio.fixture(loop_scope="session")
async def organiser(fair: OpenFair) -> AsyncIterator[Visitor]:
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(PEOPLE[Role.ORGANISER])
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def moor(organiser: Visitor) -> RoomId:
    """A new exhibitor, added by the page."""
    room = RoomId(f"moor-{new_id().lower().replace('_', 'x').replace('-', 'x')}")
    added = await organiser.submit(LIST, MOOR | {"room": room}, page=LIST)
    assert (added.status, added.headers["Location"]) == (303, f"{LIST}/{room}")
    return room


async def test_an_exhibitor_that_was_added_stands_in_its_hall(
    organiser: Visitor, fair: OpenFair, moor: RoomId
) -> None:
    page = await organiser.get(f"{LIST}?q=wycombe")
    assert f'href="{LIST}/{moor}"' in page.text
    assert "Moor &lt;b&gt;Seating" in page.text
    assert (await organiser.get(f"/pictures/{NO_PICTURE}")).headers["Content-Type"] == "image/webp"
    kept = await fair.parts.companies.by_room(moor)
    assert (kept.languages, kept.about, kept.portrait) == (("en", "fr"), MOOR["about"].strip(), NO_PICTURE)
    assert moor not in (await organiser.get(f"{LIST}?q=nothingfits")).text


@pytest.mark.parametrize(
    ("change", "wrong", "status"),
    [
        ({"room": "Moor"}, "room", 400), ({"room": "lumen"}, "room", 409), ({"country": ""}, "country", 400),
        ({"hall": "77"}, "hall", 404), ({"languages": "en, e"}, "languages", 400),
    ],
)  # fmt: skip
async def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    organiser: Visitor, change: dict[str, str], wrong: str, status: int
) -> None:
    typed = MOOR | {"room": "moor-refused"} | change
    answer = await organiser.submit(LIST, typed, page=LIST)
    assert answer.status == status
    assert f'id="{wrong}-error"' in answer.text
    assert answer.text.count("Chairs.") == 100


async def test_a_change_reaches_the_room_and_its_staff(
    organiser: Visitor, fair: OpenFair, moor: RoomId
) -> None:
    email, _ = await hired(organiser, moor)
    changed = MOOR | {"name": "Moor & Sons", "country": "IE"}
    assert (await organiser.submit(f"{LIST}/{moor}", changed, page=LIST)).status == 303
    assert "Moor &amp; Sons" in (await organiser.get(f"/rooms/{moor}")).text
    (account,) = await fair.parts.accounts.by_emails([email])
    assert (account.company, account.country) == ("Moor & Sons", "IE")


async def test_staff_sign_in_with_the_password_that_is_shown_until_they_are_disabled(
    organiser: Visitor, fair: OpenFair, moor: RoomId
) -> None:
    email, password = await hired(organiser, moor)
    (account,) = await fair.parts.accounts.staff_of(moor)
    address = f"{LIST}/{moor}/staff/{account.id}"
    assert await signs_in(fair, email, password)
    renewed = password_on(await organiser.submit(address, {"action": "password"}, page=LIST))
    assert not await signs_in(fair, email, password)
    assert await signs_in(fair, email, renewed)
    assert (await organiser.submit(address, {"action": "disable"}, page=LIST)).status == 303
    assert not await signs_in(fair, email, renewed)
    assert renewed not in (await organiser.get(f"{LIST}/{moor}")).text


async def test_an_address_that_has_an_account_is_refused_beside_its_field(
    organiser: Visitor, moor: RoomId
) -> None:
    again = {"person": "Ada", "email": PEOPLE[Role.BUYER]}
    answer = await organiser.submit(f"{LIST}/{moor}/staff", again, page=LIST)
    assert (answer.status, 'id="email-error"' in answer.text) == (409, True)
    assert 'value="Ada"' in answer.text


async def test_a_picture_is_kept_under_a_name_of_its_own(organiser: Visitor, moor: RoomId) -> None:
    headers = {"X-CSRF-Token": (await organiser.get(LIST)).token, "Content-Type": "image/png"}
    path = f"/api/rooms/{moor}/portrait"
    kept = await organiser.ask("PUT", path, data=PNG, headers=headers)
    assert kept.json == {"picture": f"/pictures/{name_of(PNG)}"}
    assert (await organiser.get(kept.json["picture"])).body == PNG
    refused = await organiser.ask("PUT", path, data=b"<svg>", headers=headers)
    assert (refused.status, refused.json["code"]) == (400, "bad_picture")
    large = await organiser.ask("PUT", path, data=BytesIO(PNG + bytes(2 << 20)), headers=headers)
    assert (large.status, large.json["code"]) == (413, "too_large")


async def test_a_hall_is_added_and_given_another_title(organiser: Visitor, fair: OpenFair) -> None:
    for title in ("Machines", "Machines and Tools"):
        hall = {"number": "8", "title": title}
        assert (await organiser.submit("/organiser/halls", hall, page=LIST)).status == 303
    assert {hall.number: hall.title for hall in await fair.parts.companies.halls()}[8] == "Machines and Tools"
    refused = await organiser.submit("/organiser/halls", {"number": "x", "title": "Kept <i>"}, page=LIST)
    assert (refused.status, "Kept &lt;i&gt;" in refused.text) == (400, True)


async def hired(organiser: Visitor, room: RoomId) -> tuple[str, str]:
    """Add somebody to the staff of a room; return their address and password."""
    email = f"{new_id().lower()}@moor.example"
    done = await organiser.submit(f"{LIST}/{room}/staff", {"person": "Ada", "email": email}, page=LIST)
    assert done.status == 200
    return email, password_on(done)


def password_on(page: Answer) -> str:
    found = re.search(r'<code class="exhibitor-password" dir="ltr">([^<]+)</code>', page.text)
    assert found
    return found[1]


async def signs_in(fair: OpenFair, email: str, password: str) -> bool:
    async with visitor(fair.base_url) as somebody:
        typed = {"email": email, "password": password, "next": ""}
        return (await somebody.submit("/sign-in", typed)).status == 303
