"""Everything that is asked, agreed on, said and signed comes two to five times, and is done once."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select

from rooms.fair.accounts import Accounts
from rooms.fair.appointment_rows import AppointmentRow, ClaimRow
from rooms.fair.asking_rows import BuyerMessageRow
from rooms.fair.callroom_models import CallConsentRow, CallNoteRow
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.models import CallAnswerRow, CallRequestRow
from rooms.fair.models import Table as AnyRow
from rooms.fair.offer_rows import OfferRow, SignatureRow, VersionRow
from rooms.fair.policy import Role
from tests.media.scale import scaled
from tests.rooms.diaries import ALL_DAY
from tests.rooms.fair_facts import OAK, furnish
from tests.showroom.nodes import Nodes, Person, records, two_nodes
from tests.showroom.repeating import Browser, Repeating, Send
from tests.showroom.signers import WISH
from tests.web.visitor import PASSWORD

STAFF, SENT = 3, scaled(120, 10_000)
HALF_HOUR, DAY = 1800, 24 * 3600
SETTINGS = {"SHOWROOM_ACCOUNTS_SIGN_INS_PER_MINUTE": "1000000", "SHOWROOM_RECORDING_ENABLED": "true"}
ONCE: dict[type[AnyRow], int] = {
    BuyerMessageRow: 1, CallRequestRow: 1, CallAnswerRow: 1, CallNoteRow: 1, CallConsentRow: 2,
    AppointmentRow: 1, OfferRow: 2, VersionRow: 3, SignatureRow: 2,
}
"""What one story leaves behind."""


@pytest.mark.threat("F25")
async def test_what_comes_again_and_late_at_two_servers_is_done_once(
    redis: Redis, valkey_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(seed := random.randrange(1 << 30))
    async with records(tmp_path) as url:
        database = Database(url)
        await furnish(database)
        async with two_nodes(tmp_path, (valkey_url, valkey_url), url, OAK, SETTINGS) as nodes:
            crew = [await come(nodes, database, f"staff-{n}", Role.STAFF) for n in range(STAFF)]
            await HoursStore(database, time.time).set(crew[0].actor, OAK, Hours("UTC", ALL_DAY))
            told = await asyncio.gather(*(
                stories(nodes, database, crew, number, Repeating(random.Random(chance.random())))
                for number in range(STAFF)
            ))
            await asyncio.gather(*(it.leave() for it in crew))
        count = sum(stories for stories, _ in told)
        record_property("sent_refused", [sum(it.sent for _, it in told), sum(it.refused for _, it in told)])
        assert sum(it.sent for _, it in told) >= SENT
        await as_if_sent_once(database, count, f"seed {seed}")
        await database.close()


async def stories(
    nodes: Nodes, database: Database, crew: list[Browser], number: int, copies: Repeating
) -> tuple[int, Repeating]:
    """Let one of the staff deal with one buyer after the other; return with how many."""
    count = 0
    while copies.sent < SENT / STAFF:
        name = f"buyer-{number}-{count}"
        buyer = await come(nodes, database, name, Role.BUYER)
        await Story(buyer, crew[number], crew[(number + 1) % STAFF], copies, count * STAFF + number).tell()
        await buyer.leave()
        count += 1
    return count, copies


async def come(nodes: Nodes, database: Database, name: str, role: Role) -> Browser:
    email, is_staff = f"{name}@fair.example", role is Role.STAFF
    accounts = Accounts(database, time.time, 12)
    if is_staff:
        account = await accounts.add(email, PASSWORD, name, role, OAK)
    else:
        account = await accounts.register_buyer(name, "Trade Ltd", email, PASSWORD, "FI", "en")
    client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    browser = Browser(nodes, account.actor, client)
    await browser.enter(email, "/booth" if is_staff else "/hall")
    return browser


class Story:
    """A buyer and one of the staff, from the first message to the signed offer."""

    def __init__(
        self, buyer: Browser, staff: Browser, colleague: Browser, copies: Repeating, number: int
    ) -> None:
        self.buyer, self.staff, self.colleague = buyer, staff, colleague
        self.copies = copies
        self.name = f"story-{number}"
        self.starts_at = (int(time.time()) // HALF_HOUR) * HALF_HOUR + DAY + number * 2 * HALF_HOUR

    async def tell(self) -> None:
        write = self.buyer.posts(f"/api/rooms/{OAK}/messages", subject="Lamps", text="Two?", key=self.name)
        await self.copies.do("message", write, lambda it: it["id"])
        await self._call()
        await self._meet()
        await self._deal()
        await self.copies.all_late()

    async def _call(self) -> None:
        do = self.copies.do
        ask = self.buyer.asks("request_call", show_second=None, product_id=None, request_key=self.name)
        call = str((await do("request", ask, call_in))["call"]["id"])
        accept = self.staff.asks("accept_call", call=call, request_key=f"{self.name}-accept")
        await do("accept", accept, call_in)
        nodes = self.buyer.nodes
        seat: Person = await nodes.enter(self.copies.chance.randrange(2), "/meeting", self.buyer.actor, call)
        await nodes.enter(self.copies.chance.randrange(2), "/meeting", self.staff.actor, call)
        for is_agreed in (True, False):
            await do("consent", self._answers(seat, is_agreed=is_agreed), str)
        note = self.buyer.posts(f"/api/calls/{call}/notes", text="Thank you.", key=self.name)
        await do("note", note, str)
        await self.copies.all_late("consent")
        await nodes.hang_up(0, self.buyer.actor, call)

    def _answers(self, seat: Person, *, is_agreed: bool) -> Send:
        words = {"agree": is_agreed, "language": "en", "request_key": f"{self.name}-{is_agreed}"}
        return lambda _node: seat.ask("consent", **words)

    async def _meet(self) -> None:
        do, time_of = self.copies.do, {"starts_at": self.starts_at, "minutes": 15}
        ask = self.buyer.posts(f"/api/rooms/{OAK}/appointments", **time_of, zone="UTC", key=self.name)
        made = (await do("appointment", ask, appointment_in))["appointment"]
        path = f"/api/appointments/{made['id']}"
        other = {"starts_at": self.starts_at + HALF_HOUR, "minutes": 30, "revision": 0}
        await do("move", self.staff.posts(f"{path}/counter", **other), appointment_in)
        await do("agree", self.buyer.posts(f"{path}/accept", revision=1), appointment_in)
        to = self.colleague if made["staff"] == self.staff.actor.name else self.staff
        give = self.staff.posts(f"{path}/reassign", staff=to.actor.id, revision=2)
        await do("give", give, appointment_in)
        if self.copies.chance.random() < 0.5:
            other |= {"minutes": 15, "revision": 3}
            await do("move", self.buyer.posts(f"{path}/counter", **other), appointment_in)
        await do("cancel", self.buyer.posts(f"{path}/cancel"), appointment_in)

    async def _deal(self) -> None:
        do, thread = self.copies.do, f"/api/threads/{OAK}/{self.buyer.actor.id}"
        send = self.buyer.posts(f"{thread}/offers", wish=WISH, call="", key=f"{self.name}-send")
        offer = str((await do("offer", send, receipt_in))["offer"])
        answer = {"wish": WISH | {"notes": "By June."}, "version": 1, "key": f"{self.name}-counter"}
        sent = await do("counter", self.staff.posts(f"/api/offers/{offer}/counter", **answer), receipt_in)
        for signer in (self.buyer, self.staff):
            consent = (await signer.get(f"/api/offers/{offer}"))["offer"]["consent"]
            words = {
                "version": 2, "sha256": sent["sha256"], "consent": consent, "password": PASSWORD,
                "key": f"{self.name}-sign",
            }
            await do("sign", signer.posts(f"/api/offers/{offer}/sign", **words), receipt_in)
        more = self.buyer.posts(f"{thread}/offers", wish=WISH, call="", key=f"{self.name}-more")
        other = str((await do("offer", more, receipt_in))["offer"])
        back = self.buyer.posts(f"/api/offers/{other}/withdraw", version=1, key=f"{self.name}-back")
        await do("withdraw", back, receipt_in)


def call_in(answer: dict[str, Any]) -> object:
    return answer["call"]["id"]


def appointment_in(answer: dict[str, Any]) -> object:
    return answer["appointment"]["id"]


def receipt_in(answer: dict[str, Any]) -> object:
    return tuple(sorted(answer.items()))


async def as_if_sent_once(database: Database, stories: int, seed: str) -> None:
    """The records are those of people who sent everything once, in its order."""
    async with database.reading() as session:
        for table, each in ONCE.items():
            found = await session.scalar(select(func.count()).select_from(table))
            assert found == each * stories, (table.__name__, found, stories, seed)
        assert await session.scalar(select(func.count()).select_from(ClaimRow)) == 0
        states = Counter(await session.scalars(select(AppointmentRow.state)))
        assert states == {"cancelled": stories}, seed
        assert Counter(await session.scalars(select(CallRequestRow.outcome))) == {"ended": stories}, seed
        offers = Counter(await session.scalars(select(OfferRow.state)))
        assert offers == {"agreed": stories, "withdrawn": stories}, seed
        said: dict[str, list[bool]] = {}
        for row in await session.scalars(select(CallConsentRow).order_by(CallConsentRow.number)):
            said.setdefault(row.call, []).append(row.is_agreed)
        assert all(answers == [True, False] for answers in said.values()), seed
