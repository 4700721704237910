"""Signing in and out: what the browser is given, what is kept, and what is refused."""

from __future__ import annotations

import pytest

from rooms.fair.policy import Role
from tests.web.conftest import PEOPLE, OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(guest: Visitor) -> None:
    answer = await guest.sign_in(PEOPLE[Role.BUYER])
    cookie = answer.cookies["session"]
    assert answer.status == 303
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    assert len(cookie.value) >= 22


async def test_every_sign_in_gives_a_new_session(fair: OpenFair) -> None:
    values = set()
    for _ in range(2):
        async with visitor(fair.base_url) as somebody:
            values.add((await somebody.sign_in(PEOPLE[Role.BUYER])).cookies["session"].value)
    assert len(values) == 2


async def test_a_session_somebody_else_planted_is_not_taken_over(fair: OpenFair) -> None:
    planted = "planted-by-somebody-else-0123456789"
    async with visitor(fair.base_url, Cookie=f"session={planted}") as somebody:
        page = await somebody.get("/sign-in")
        assert page.status == 200
        assert "Person" not in page.text


async def test_staff_and_organisers_land_where_they_work(fair: OpenFair) -> None:
    homes = {Role.BUYER: "/", Role.STAFF: "/studio/lumen", Role.ORGANISER: "/organiser"}
    for role, home in homes.items():
        async with visitor(fair.base_url) as somebody:
            assert (await somebody.sign_in(PEOPLE[role])).headers["Location"] == home


async def test_next_leads_back_to_pages_of_the_fair_only(fair: OpenFair) -> None:
    for wanted, location in (
        ("/rooms/lumen?ask=1", "/rooms/lumen?ask=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ):
        async with visitor(fair.base_url) as somebody:
            answer = await somebody.sign_in(PEOPLE[Role.BUYER], wanted)
            assert (answer.status, answer.headers["Location"]) == (303, location)
            again = await somebody.get("/sign-in", params={"next": wanted})
            assert (again.status, again.headers["Location"]) == (303, location)


async def test_wrong_password_keeps_the_address_and_does_not_say_which_was_wrong(guest: Visitor) -> None:
    texts = []
    for email in (PEOPLE[Role.BUYER], "nobody@nowhere.example"):
        answer = await guest.submit("/sign-in", {"email": email, "password": "wrong", "next": "/rooms/lumen"})
        assert answer.status == 401
        assert f'value="{email}"' in answer.text
        assert 'value="/rooms/lumen"' in answer.text
        assert "session" not in answer.cookies
        texts.append(answer.text.replace(email, "…"))
    assert texts[0] == texts[1]


async def test_signing_out_ends_the_session_on_the_server_too(guest: Visitor, fair: OpenFair) -> None:
    token = (await guest.sign_in(PEOPLE[Role.BUYER])).cookies["session"].value
    assert await fair.parts.accounts.account_of(token)
    answer = await guest.submit("/sign-out", {}, page="/nowhere")
    assert answer.status == 303
    assert answer.cookies["session"].value == ""
    assert await fair.parts.accounts.account_of(token) is None


async def test_a_disabled_account_is_a_guest_at_once(guest: Visitor, fair: OpenFair) -> None:
    account = await fair.parts.accounts.add("leaver@shop.example", PASSWORD, "Leaver", Role.BUYER)
    await guest.sign_in("leaver@shop.example")
    assert "Leaver" in (await guest.get("/nowhere")).text
    await fair.parts.accounts.disable(account.id)
    assert "Leaver" not in (await guest.get("/nowhere")).text
