"""A buyer who sends and signs offers by HTTP while things die, and remembers every answer that came back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from config.ids import CompanyId, RoomId
from rooms.fair.accounts import Accounts
from rooms.fair.companies import Companies, Company, Hall
from rooms.fair.database import Database
from tests.web.visitor import TOKEN

PASSWORD = "a long enough password"
EMAIL = "signer@shop.example"
OFFERS_OF_A_ROOM = 90
"""Fewer than one thread may have."""
LINE = {"product": "", "title": "Lamp", "quantity": "100", "unit": "pcs", "price": "12.50", "breaks": []}
WISH = {
    "lines": [LINE], "currency": "EUR", "incoterm": "", "place": "", "lead_days": "", "payment": "",
    "valid_until_ms": None, "notes": "",
}
AWAY = 503


@dataclass
class Signer:
    """One buyer with a browser; `acknowledged` are the answers by request key, `away` counts 503s."""

    client: aiohttp.ClientSession
    buyer: str
    base_url: str = ""
    token: str = ""
    acknowledged: dict[str, Any] = field(default_factory=dict)
    away: int = 0

    async def enter(self, base_url: str) -> None:
        """Come to a server that has just opened; the cookie of before still counts."""
        self.base_url = base_url
        if not self.token:
            form = {"email": EMAIL, "password": PASSWORD, "csrf": await self._token("/sign-in")}
            async with self.client.post(f"{base_url}/sign-in", data=form, allow_redirects=False) as answer:
                assert answer.status == 303
            self.token = await self._token("/nowhere")

    async def deal(self, number: int) -> bool:
        """Send an offer and sign it, from wherever it got stuck before; tell whether both were
        acknowledged.
        """
        room = room_of(number)
        sent = await self.done(
            f"send-{number}", f"/api/threads/{room}/{self.buyer}/offers", {"wish": WISH, "call": ""}
        )
        consent = await self._consent(sent) if sent else None
        if sent is None or consent is None:
            return False
        signing = {
            "version": 1, "sha256": sent["sha256"], "consent": consent, "password": PASSWORD,
        }
        return await self.done(f"sign-{number}", f"/api/offers/{sent['offer']}/sign", signing) is not None

    async def done(self, key: str, path: str, body: dict[str, Any]) -> Any:
        """Return the answer to a request, known or asked for now; None when none comes, or 503."""
        if key not in self.acknowledged:
            answer = await self.ask(path, body | {"key": key})
            if answer is None:
                return None
            self.acknowledged[key] = answer
        return self.acknowledged[key]

    async def ask(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"X-CSRF-Token": self.token}
        try:
            async with self.client.post(self.base_url + path, json=body, headers=headers) as answer:
                found = await answer.json(content_type=None)
        except (aiohttp.ClientError, ConnectionError, json.JSONDecodeError, TimeoutError):
            return None
        if answer.status == AWAY:
            assert int(answer.headers["Retry-After"]) > 0
            self.away += 1
            return None
        assert answer.status < 300, (answer.status, found)
        return found

    async def _consent(self, sent: dict[str, Any]) -> str | None:
        try:
            async with self.client.get(f"{self.base_url}/api/offers/{sent['offer']}") as answer:
                if answer.status == AWAY:
                    return None
                return str((await answer.json())["offer"]["consent"])
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            return None

    async def _token(self, path: str) -> str:
        async with self.client.get(self.base_url + path) as page:
            found = TOKEN.search(await page.text())
        assert found
        return found[1]


def room_of(number: int) -> RoomId:
    return RoomId(f"room-{number // OFFERS_OF_A_ROOM}")


@asynccontextmanager
async def signer(url: str, deals: int) -> AsyncIterator[Signer]:
    """Furnish an empty database at `url` with rooms for so many deals, and let a buyer come."""
    database = Database(url)
    await database.migrate()
    companies = Companies(database)
    await companies.add_hall(Hall(1, "Light"))
    for room in dict.fromkeys(room_of(number) for number in range(deals)):
        await companies.add(
            Company(CompanyId(room), room, room, "DE", "Soest", 1, "A", "", ("en",), "#225588", "x.webp")
        )
    buyer = await Accounts(database, time.time, 12).register_buyer(
        "Ama", "Owusu", EMAIL, PASSWORD, "GH", "en"
    )
    await database.close()
    jar = aiohttp.CookieJar(unsafe=True)
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout) as client:
        yield Signer(client, buyer.id)


async def all_deals(buyer: Signer, deals: range, at_once: int) -> None:
    """Bring deals to their end, several at once."""
    limit = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with limit:
            await buyer.deal(number)

    await asyncio.gather(*(one(number) for number in deals))
