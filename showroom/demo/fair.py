"""Furnishes the demo fair: halls, companies, products, people and pictures, through the fair's own services.

Running it again adds what is missing and changes nothing else, so it is run at every start of a demo.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config.errors import Conflict, Missing
from config.ids import CompanyId, ProductId, RoomId
from rooms.fair.accounts import Accounts
from rooms.fair.companies import PAGE_LIMIT, Companies, Company, Hall
from rooms.fair.pictures import FOLDER
from rooms.fair.policy import Role
from rooms.fair.products import Product, Products
from rooms.live.shows import Shows
from showroom.demo.catalogue import ON_AIR, Catalogue, Exhibitor
from showroom.demo.pictures import make_pictures

PASSWORD = "walk the hall 2026"  # noqa: S105  # everybody's at the demo fair, printed when it opens


class Parts(Protocol):
    """What of the fair's parts is furnished."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def companies(self) -> Companies: ...
    @property
    def products(self) -> Products: ...
    @property
    def shows(self) -> Shows: ...


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who can sign in at the demo fair, with `PASSWORD`."""

    email: str
    name: str
    role: Role
    room: RoomId | None
    company: str


def staff_accounts(exhibitor: Exhibitor) -> tuple[DemoAccount, ...]:
    """Return those who work in a room: `aurora-lamps@fair.example`, then `aurora-lamps-2@fair.example`."""
    suffixes = ("", *(f"-{number}" for number in range(2, len(exhibitor.staff) + 1)))
    return tuple(
        DemoAccount(
            f"{exhibitor.room}{suffix}@fair.example", name, Role.STAFF, exhibitor.room, exhibitor.name
        )
        for suffix, name in zip(suffixes, exhibitor.staff, strict=True)
    )


ORGANISER = DemoAccount("organiser@fair.example", "Noor Haddad", Role.ORGANISER, None, "Showroom Fair")
BUYER = DemoAccount("buyer@fair.example", "Robin Okafor", Role.BUYER, None, "Okafor & Lindqvist Trading")


def demo_accounts(catalogue: Catalogue) -> Iterator[DemoAccount]:
    """Yield everybody who can sign in: the organiser, a buyer, and the staff of all rooms."""
    yield ORGANISER
    yield BUYER
    for exhibitor in catalogue.exhibitors:
        yield from staff_accounts(exhibitor)


async def require_demo(parts: Parts, catalogue: Catalogue) -> None:
    """Raise `Conflict` where a fair is that is not this demo: everybody knows the password of its accounts.

    Buyers may have come to the demo since, and so may staff of its rooms.
    """
    emails = await parts.accounts.emails()
    is_ours = not emails or ORGANISER.email in emails
    organisers = {email for email, role in emails.items() if role is Role.ORGANISER}
    rooms = {exhibitor.room for exhibitor in catalogue.exhibitors}
    found = [await parts.companies.search(limit=PAGE_LIMIT, has_left=has_left) for has_left in (False, True)]
    strangers = [it for it in itertools.chain(*found) if it.room not in rooms]
    if strangers or not is_ours or organisers - {ORGANISER.email}:
        raise Conflict(
            "a fair that is no demo is kept here, and everybody knows the password of the demo's accounts:"
            " give the demo a folder of its own with SHOWROOM_DATA_FOLDER"
        )


async def furnish(parts: Parts, catalogue: Catalogue) -> None:
    """Put into the fair what of `catalogue` it lacks; the pictures are left to `illustrate`."""
    for number, title in enumerate(catalogue.halls, 1):
        await parts.companies.add_hall(Hall(number, title))
    for exhibitor in catalogue.exhibitors:
        await _add_company(parts, exhibitor)
        await _fill_shelf(parts, exhibitor)
    async with asyncio.TaskGroup() as group:
        for account in demo_accounts(catalogue):
            group.create_task(_add_account(parts.accounts, account))
    for room in ON_AIR:
        if await parts.shows.pinned(RoomId(room)) is None:
            await parts.shows.pin(RoomId(room), _product_id(RoomId(room), 1))


async def illustrate(catalogue: Catalogue, data_folder: Path) -> int:
    """Draw the pictures that the data folder lacks, on idle cores, and return how many."""
    return await asyncio.to_thread(make_pictures, catalogue, data_folder / FOLDER)


async def _add_company(parts: Parts, exhibitor: Exhibitor) -> None:
    try:
        await parts.companies.ever_by_room(exhibitor.room)
    except Missing:
        await parts.companies.add(
            Company(
                CompanyId(exhibitor.room),
                exhibitor.room,
                exhibitor.name,
                exhibitor.country,
                exhibitor.city,
                exhibitor.hall,
                exhibitor.stand,
                exhibitor.about,
                exhibitor.languages,
                exhibitor.accent,
                exhibitor.portrait,
            )
        )


async def _fill_shelf(parts: Parts, exhibitor: Exhibitor) -> None:
    known = {product.id for product in await parts.products.ever_of_room(exhibitor.room)}
    for position, item in enumerate(exhibitor.items, 1):
        product = _product_id(exhibitor.room, position)
        if product not in known:
            await parts.products.add(
                Product(
                    product,
                    exhibitor.room,
                    item.title,
                    item.summary,
                    item.price_from,
                    item.currency,
                    item.minimum_order,
                    item.unit,
                    item.picture,
                    position,
                )
            )


async def _add_account(accounts: Accounts, account: DemoAccount) -> None:
    if account.room and any(a.email == account.email for a in await accounts.staff_of(account.room)):
        return
    try:
        await accounts.add(account.email, PASSWORD, account.name, account.role, account.room, account.company)
    except Conflict:
        return  # there since the last start


def _product_id(room: RoomId, position: int) -> ProductId:
    return ProductId(f"{room}-{position}")
