"""Changes that another site sends in a visitor's name are refused."""

from __future__ import annotations

import pytest

from rooms.fair.policy import Role
from tests.web.conftest import PEOPLE, OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORMS = ["/sign-in", "/register", "/sign-out", "/language", "/account/password"]
CALLS = ["/api/tickets", "/api/rooms/lumen/stream-key", "/api/recordings/show-1"]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("path", FORMS)
async def test_forms_without_a_token_are_refused(buyer: Visitor, path: str) -> None:
    answer = await buyer.ask("POST", path, data={"email": PEOPLE[Role.BUYER], "password": PASSWORD})
    assert answer.status == 403
    assert "session" not in answer.cookies


@pytest.mark.parametrize("path", CALLS)
async def test_calls_without_a_token_are_refused(staff: Visitor, path: str) -> None:
    answer = await staff.ask("POST", path, json={"purpose": "hall"})
    assert (answer.status, answer.json["code"]) == (403, "csrf")


async def test_a_token_of_somebody_else_is_worth_nothing(buyer: Visitor, fair: OpenFair) -> None:
    async with visitor(fair.base_url) as attacker:
        token = (await attacker.get("/sign-in")).token
    answer = await buyer.ask(
        "POST", "/api/tickets", json={"purpose": "hall"}, headers={"X-CSRF-Token": token}
    )
    assert answer.status == 403


async def test_a_token_from_before_signing_in_ends_with_it(guest: Visitor) -> None:
    token = (await guest.get("/sign-in")).token
    await guest.sign_in(PEOPLE[Role.BUYER])
    answer = await guest.ask(
        "POST", "/api/tickets", json={"purpose": "hall"}, headers={"X-CSRF-Token": token}
    )
    assert answer.status == 403


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_origin_is_refused_even_with_the_token(buyer: Visitor, headers: dict[str, str]) -> None:
    token = (await buyer.get("/nowhere")).token
    answer = await buyer.ask(
        "POST", "/api/tickets", json={"purpose": "hall"}, headers={"X-CSRF-Token": token, **headers}
    )
    assert (answer.status, answer.json["code"]) == (403, "foreign_origin")


async def test_the_fair_itself_passes(buyer: Visitor, fair: OpenFair) -> None:
    token = (await buyer.get("/nowhere")).token
    headers = {"X-CSRF-Token": token, "Origin": fair.base_url, "Sec-Fetch-Site": "same-origin"}
    answer = await buyer.ask("POST", "/api/tickets", json={"purpose": "hall"}, headers=headers)
    assert answer.status == 200
