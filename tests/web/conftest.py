"""A whole fair on the air of this machine, as the assembly builds it, for all tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from config.ids import CompanyId, ProductId, RoomId, new_id
from config.settings import Settings, load_settings
from rooms.fair.companies import Company, Hall
from rooms.fair.policy import Actor, Role
from rooms.fair.products import Product
from rooms.negotiation.calls import Call
from showroom.app import open_fair
from showroom.embedded import EmbeddedValkey
from tests.databases import url_for
from tests.web.visitor import PASSWORD, Visitor, visitor
from web.app import Parts

LUMEN, TILE = RoomId("lumen"), RoomId("tile")
PEOPLE = {
    Role.BUYER: "buyer@shop.example",
    Role.STAFF: "staff@lumen.example",
    Role.ORGANISER: "organiser@fair.example",
}
OTHER_STAFF = "staff@tile.example"
OTHER_BUYER = "other@shop.example"


@dataclass(frozen=True, slots=True)
class OpenFair:
    """The fair, its parts and the keys of its rooms."""

    base_url: str
    parts: Parts
    keys: dict[RoomId, str]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def own_valkey_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A store that no other test empties, and whose calls no other test has made."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    yield await server.start()
    await server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fair(tmp_path_factory: pytest.TempPathFactory, own_valkey_url: str) -> AsyncIterator[OpenFair]:
    """A fair with two rooms and one account of each kind; nothing is on the air."""
    async with open_fair(settings_for(tmp_path_factory.mktemp("fair"), own_valkey_url)) as opened:
        keys = await furnish(opened.parts)
        yield OpenFair(opened.base_url, opened.parts, keys)


@pytest_asyncio.fixture(loop_scope="session")
async def guest(fair: OpenFair) -> AsyncIterator[Visitor]:
    """A browser that has not been here before."""
    async with visitor(fair.base_url) as somebody:
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def buyer(fair: OpenFair) -> AsyncIterator[Visitor]:
    """A buyer who is signed in."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(PEOPLE[Role.BUYER])
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def staff(fair: OpenFair) -> AsyncIterator[Visitor]:
    """Staff of the room `lumen`, signed in."""
    async with visitor(fair.base_url) as somebody:
        await somebody.sign_in(PEOPLE[Role.STAFF])
        yield somebody


async def take(fair: OpenFair, staff: Actor, call: Call) -> Call:
    """Let staff take a call; what either of the two is still in from another test ends."""
    for account in (staff.id, call.buyer):
        while running := await fair.parts.calls.talking_of(account):
            await fair.parts.calls.hang_up(replace(staff, id=account, room=running.room), running.id)
    return await fair.parts.calls.accept(staff, call.id, new_id())


def settings_for(folder: Path, valkey_url: str, **more: str) -> Settings:
    """Return settings with free ports and a folder to throw away, and `more` over them."""
    environment = {
        "HTTP_PORT": "0",
        "ICE_PORT": "0",
        "DATA_FOLDER": str(folder),
        "DATABASE_URL": url_for(folder),
        "REDIS_URL": valkey_url,
        "REDIS_TIMEOUT_SECONDS": "5",
        "ACCOUNTS_SIGN_INS_PER_MINUTE": "2000",
        "CALLS_AGAIN_SECONDS": "0.001",
        "CALLS_FILES_PER_MINUTE": "2000",
        "CALLS_SEAT_SECONDS": "600",
        **more,
    }
    return load_settings(None, {f"SHOWROOM_{name}": text for name, text in environment.items()})


async def furnish(parts: Parts) -> dict[RoomId, str]:
    """Put two rooms and one account of each kind into a fair; return the keys of the rooms."""
    await parts.companies.add_hall(Hall(1, "Light"))
    for room, name in ((LUMEN, "Lumen & Söhne"), (TILE, "Tile <Works>")):
        await parts.companies.add(
            Company(
                CompanyId(room),
                room,
                name,
                "DE",
                "Soest",
                1,
                "A 12",
                "Lamps.",
                ("de", "en"),
                "#225588",
                f"{room}.webp",
            )
        )
        await parts.products.add(
            Product(
                ProductId(f"{room}-1"),
                room,
                "Lamp <i>One</i>",
                "Bright.",
                Decimal("12.50"),
                "EUR",
                100,
                "pcs",
                "lamp.webp",
                1,
            )
        )
    for role, email in PEOPLE.items():
        await parts.accounts.add(
            email, PASSWORD, f"Person {role}", role, LUMEN if role is Role.STAFF else None
        )
    await parts.accounts.add(OTHER_STAFF, PASSWORD, "Other Staff", Role.STAFF, TILE)
    await parts.accounts.add(OTHER_BUYER, PASSWORD, "Other Buyer", Role.BUYER)
    return {room: await parts.stream_keys.rotate(room, "test") for room in (LUMEN, TILE)}
