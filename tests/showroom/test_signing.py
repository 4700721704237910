"""Signing while things die: the server at any instant, the database for a while. What was answered is kept,
once.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from rooms.fair.accounts import Accounts
from rooms.fair.appointment_rows import AppointmentRow, ClaimRow
from rooms.fair.audit import Audit
from rooms.fair.audit_rows import AuditRow
from rooms.fair.database import Database
from rooms.fair.hours import Hours, HoursStore
from rooms.fair.offer_rows import OfferRow, RequestRow, SignatureRow, VersionRow
from rooms.fair.policy import Role
from rooms.fair.seal import Seal
from showroom.data_folder import SQLITE_FILE, seal_key
from tests.media.scale import scaled
from tests.rooms.diaries import ALL_DAY
from tests.rooms.offers.postgres import IS_INSTALLED, Server, new_database, postgres
from tests.showroom.server import ended, environment, opened, start
from tests.showroom.signers import PASSWORD, Signer, all_deals, room_of, signer

DAY_SECONDS = 24 * 3600
KILLS = scaled(4, 500)
DEALS_OF_A_LIFE, AT_ONCE = 8, 4
LONGEST_MOMENT_SECONDS = 0.05
"""From the answer after which a server is to die to its death: as long as an answer takes. A life is counted
in answers, no more than half of those it owes, since a fast machine would outrun one counted in seconds.
"""
MANY = {"SHOWROOM_ACCOUNTS_SIGN_INS_PER_MINUTE": "1000000"}
DEALS_WHILE_AWAY, AWAY_SECONDS = scaled(40, 250), scaled(6, 30)
BOOKINGS = scaled(8, 120)
"""Each is asked for and taken back; times lie a quarter of an hour apart."""


@pytest.mark.threat("F23")
async def test_a_kill_at_any_instant_loses_and_doubles_no_signature(tmp_path: Path) -> None:
    """Acknowledged and stored are the same, each exactly once, with a client that asks again by its key."""
    chance = random.Random(seed := random.randrange(1 << 30))
    environ = environment(tmp_path, **MANY)
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    folder.mkdir()
    url, deals = f"sqlite+aiosqlite:///{folder / SQLITE_FILE}", KILLS * DEALS_OF_A_LIFE
    async with signer(url, deals) as buyer:
        interrupted = 0
        for life in range(KILLS):
            interrupted += await one_life(environ, tmp_path, buyer, life, chance)
        process = await start(environ, "serve")
        await buyer.enter((await opened(process, tmp_path / "log"))["url"])
        await all_deals(buyer, range(deals), AT_ONCE)
        await stays_the_same(buyer, chance)
        process.terminate()
        await ended(process)
    await kept_once(url, folder, buyer, deals)
    assert interrupted > 0, f"every kill came too late, seed {seed}"


async def one_life(
    environ: dict[str, str], folder: Path, buyer: Signer, life: int, chance: random.Random
) -> bool:
    """Open the server, sign, kill it; tell whether something was under way."""
    process = await start(environ, "serve")
    await buyer.enter((await opened(process, folder / "log"))["url"])
    known = len(buyer.acknowledged)
    first = max(0, life - 1) * DEALS_OF_A_LIFE
    work = asyncio.create_task(
        all_deals(buyer, range(first, (life + 1) * DEALS_OF_A_LIFE), AT_ONCE)
    )
    enough = known + chance.randrange(DEALS_OF_A_LIFE)
    while len(buyer.acknowledged) < enough and not work.done():
        await asyncio.sleep(0.001)
    await asyncio.wait([work], timeout=chance.uniform(0, LONGEST_MOMENT_SECONDS))
    was_busy = not work.done()
    process.kill()
    await process.wait()
    await work
    assert len(buyer.acknowledged) >= known
    return was_busy


async def stays_the_same(buyer: Signer, chance: random.Random) -> None:
    """Ask again for what was acknowledged long ago: the answer is the same."""
    for key in chance.sample(sorted(buyer.acknowledged), min(20, len(buyer.acknowledged))):
        before, number = buyer.acknowledged.pop(key), int(key.rpartition("-")[2])
        assert await buyer.deal(number)
        assert buyer.acknowledged[key] == before


async def kept_once(url: str, folder: Path, buyer: Signer, deals: int) -> None:
    """Each deal has one offer, one version, one signature, one answer for each request; the trail is
    whole.
    """
    assert len(buyer.acknowledged) == 2 * deals
    database = Database(url)
    async with database.reading() as session:
        counts = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (OfferRow, VersionRow, SignatureRow, AuditRow)
        ]
        of_offers = select(func.count()).select_from(RequestRow).where(RequestRow.fingerprint != "")
        requests = await session.scalar(of_offers)
        signed = {row.offer: row.sha256 for row in await session.scalars(select(SignatureRow))}
        assert await Audit(Seal(seal_key(folder))).fault(session) is None
    await database.close()
    assert (counts, requests) == ([deals, deals, deals, 2 * deals], 2 * deals)
    assert signed == {it["offer"]: it["sha256"] for it in buyer.acknowledged.values()}


class LockedFile:
    """SQLite that somebody else holds: no writer comes in any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack: Any = None

    async def stop(self) -> None:
        self._stack = closing(sqlite3.connect(self._path, isolation_level=None, timeout=20))
        self._stack.__enter__().execute("BEGIN EXCLUSIVE")

    async def start(self) -> None:
        self._stack.__exit__(None, None, None)


STORES = ["sqlite", *(["postgresql"] if IS_INSTALLED else [])]


@pytest.mark.long
@pytest.mark.threat("F22")
@pytest.mark.parametrize("store", STORES)
async def test_while_the_database_is_away_signing_says_so_and_loses_nothing(
    tmp_path: Path, store: str, record_property: Callable[[str, object], None]
) -> None:
    """What was acknowledged before is kept, nothing is acknowledged meanwhile, the rest works afterwards.

    So it is with signatures, and with times that are asked for and given back.
    """
    environ = environment(tmp_path, **MANY)
    folder = Path(environ["SHOWROOM_DATA_FOLDER"])
    folder.mkdir()
    if store == "sqlite":
        url = f"sqlite+aiosqlite:///{folder / SQLITE_FILE}"
        told = await away_for_a_while(environ, url, LockedFile(folder / SQLITE_FILE), tmp_path)
        record_property("acknowledged_away", told)
        return
    async with postgres() as server:
        url = await new_database(server.url, "fair")
        told = await away_for_a_while(environ | {"SHOWROOM_DATABASE_URL": url}, url, server, tmp_path)
        record_property("acknowledged_away", told)


async def away_for_a_while(
    environ: dict[str, str], url: str, store: LockedFile | Server, folder: Path
) -> tuple[int, int]:
    """Return how much was acknowledged, and how much was refused for the time being."""
    deals = DEALS_WHILE_AWAY
    async with signer(url, deals) as buyer:
        await work_there(url)
        process = await start(environ, "serve")
        try:
            await buyer.enter((await opened(process, folder / "log"))["url"])
            await asyncio.gather(
                all_deals(buyer, range(deals // 2), AT_ONCE), all_bookings(buyer, range(BOOKINGS // 2))
            )
            work = asyncio.create_task(all_deals(buyer, range(deals // 2, deals // 2 + AT_ONCE), AT_ONCE))
            await asyncio.sleep(0)
            await store.stop()
            await work
            known = dict(buyer.acknowledged)
            await nothing_is_done(buyer, deals)
            assert buyer.acknowledged == known
            assert buyer.away >= AT_ONCE
            async with buyer.client.get(f"{buyer.base_url}/healthz") as answer:
                assert answer.status == 200
            await store.start()
            await all_deals(buyer, range(deals), AT_ONCE)
            await all_bookings(buyer, range(BOOKINGS))
            assert known.items() <= buyer.acknowledged.items()
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await ended(process)
    told = len(buyer.acknowledged), buyer.away
    await booked_once(url, buyer)
    await kept_once(url, Path(environ["SHOWROOM_DATA_FOLDER"]), buyer, deals)
    return told


async def nothing_is_done(buyer: Signer, deals: int) -> None:
    """Try for as long as the database is to be away, with what has not been done yet."""
    ends = time.monotonic() + AWAY_SECONDS
    while True:
        await asyncio.gather(
            all_deals(buyer, range(deals // 2 + AT_ONCE, deals // 2 + 2 * AT_ONCE), AT_ONCE),
            all_bookings(buyer, range(BOOKINGS // 2, BOOKINGS // 2 + AT_ONCE)),
        )
        if time.monotonic() > ends:
            return


async def work_there(url: str) -> None:
    """Let the first room have one of the staff, who works round the clock."""
    database = Database(url)
    room = room_of(0)
    account = await Accounts(database, time.time, 12).add(
        "staff@shop.example", PASSWORD, "Sam", Role.STAFF, room
    )
    await HoursStore(database, time.time).set(account.actor, room, Hours("UTC", ALL_DAY))
    await database.close()


async def all_bookings(buyer: Signer, numbers: range) -> None:
    """Ask for a time each and take it back, from wherever that got stuck before."""
    first = (int(time.time()) // DAY_SECONDS + 1) * DAY_SECONDS
    for number in numbers:
        wish = {"starts_at": first + number * 900, "minutes": 15, "zone": "UTC"}
        booked = await buyer.done(f"book-{number}", f"/api/rooms/{room_of(0)}/appointments", wish)
        if booked is not None:
            await buyer.done(f"free-{number}", f"/api/appointments/{booked['appointment']['id']}/cancel", {})


async def booked_once(url: str, buyer: Signer) -> None:
    """See that each time that was acknowledged is there once, and free again; let go of their answers."""
    keys = [key for key in buyer.acknowledged if key.startswith(("book", "free"))]
    answers = {key: buyer.acknowledged.pop(key) for key in keys}
    asked = {it["appointment"]["id"] for key, it in answers.items() if key.startswith("book")}
    database = Database(url)
    async with database.reading() as session:
        rows = {row.id: row.state for row in await session.scalars(select(AppointmentRow))}
        claims = await session.scalar(select(func.count()).select_from(ClaimRow))
    await database.close()
    assert rows == dict.fromkeys(asked, "cancelled")
    assert (len(asked), len(answers), claims) == (BOOKINGS, 2 * BOOKINGS, 0)
