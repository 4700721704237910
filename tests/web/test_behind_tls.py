"""Behind TLS cookies are bound to the host; tries are limited by the address a trusted proxy reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from rooms.fair.policy import Role
from showroom.app import open_fair
from tests.web.conftest import settings_for
from tests.web.visitor import PASSWORD, visitor

EMAIL = "buyer@tls.example"
TRIES = 4


@pytest_asyncio.fixture
async def base_url(tmp_path: Path, valkey_url: str) -> AsyncIterator[str]:
    """A fair whose public address has TLS, behind no proxy."""
    settings = settings_for(
        tmp_path, valkey_url, HTTP_PUBLIC_URL="https://fair.example", ACCOUNTS_SIGN_INS_PER_MINUTE=str(TRIES)
    )
    async with open_fair(settings) as fair:
        await fair.parts.accounts.add(EMAIL, PASSWORD, "Buyer", Role.BUYER)
        yield f"http://127.0.0.1:{fair.parts.settings.http.port}"


async def test_cookies_are_secure_and_bound_to_the_host(base_url: str) -> None:
    async with visitor(base_url) as somebody:
        page = await somebody.get("/sign-in")
        guest = page.cookies["__Host-guest"]
        headers = {"Cookie": f"__Host-guest={guest.value}"}
        fields = {"email": EMAIL, "password": PASSWORD, "csrf": page.token}
        answer = await somebody.ask("POST", "/sign-in", data=fields, headers=headers)
        cookie = answer.cookies["__Host-session"]
        assert answer.status == 303
        assert guest["secure"]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
        assert page.headers["Strict-Transport-Security"].startswith("max-age=")
        plain = await somebody.get("/nowhere", headers={"Cookie": f"session={cookie.value}"})
        assert "Buyer" not in plain.text


async def test_forged_addresses_do_not_buy_more_tries(base_url: str) -> None:
    statuses = []
    async with visitor(base_url) as somebody:
        page = await somebody.get("/sign-in")
        cookie = f"__Host-guest={page.cookies['__Host-guest'].value}"
        for number in range(TRIES + 3):
            headers = {
                "Cookie": cookie,
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"10.0.0.{number}",
            }
            fields = {"email": EMAIL, "password": "wrong", "csrf": page.token}
            answer = await somebody.ask("POST", "/sign-in", data=fields, headers=headers)
            statuses.append(answer.status)
    assert statuses == [401] * TRIES + [429] * 3
