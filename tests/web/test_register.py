"""Registering: an account at the end, and what was typed when it is refused."""

from __future__ import annotations

import pytest

from rooms.fair.policy import Role
from tests.web.conftest import PEOPLE
from tests.web.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOOD = {
    "name": "Lin Wei",
    "company": "Harbour Trade",
    "email": "lin@harbour.example",
    "country": "CN",
    "password": PASSWORD,
    "next": "/rooms/lumen?ask=1",
}
REFUSED = [
    ({"password": "short"}, 400, "password"),
    ({"email": "no address"}, 400, "email"),
    ({"email": PEOPLE[Role.BUYER]}, 409, "email"),
    ({"name": "   "}, 400, "name"),
    ({"company": ""}, 400, "company"),
    ({"country": "Atlantis"}, 400, "country"),
]


async def test_a_buyer_is_signed_in_and_goes_on_where_they_were(guest: Visitor) -> None:
    answer = await guest.submit("/register", GOOD, page="/register?next=/rooms/lumen")
    assert (answer.status, answer.headers["Location"]) == (303, GOOD["next"])
    assert "Lin Wei" in (await guest.get("/nowhere")).text


@pytest.mark.parametrize(("change", "status", "field"), REFUSED)
async def test_refusals_stand_beside_their_field_and_keep_the_rest(
    guest: Visitor, change: dict[str, str], status: int, field: str
) -> None:
    typed = {**GOOD, "email": "new@harbour.example", **change}
    answer = await guest.submit("/register", typed, page="/register")
    assert answer.status == status
    assert f'id="{field}-error"' in answer.text
    assert f'value="{typed["company"]}"' in answer.text
    assert 'value="/rooms/lumen?ask=1"' in answer.text
    assert PASSWORD not in answer.text
    assert "session" not in answer.cookies


async def test_a_role_in_the_form_changes_nothing(guest: Visitor) -> None:
    await guest.submit(
        "/register", {**GOOD, "email": "sly@harbour.example", "role": "organiser", "room": "lumen"}
    )
    assert (await guest.get("/organiser")).status == 403
