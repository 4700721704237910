"""What the exhibitors show: the products on the shelf of each room."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from config.errors import Conflict, Invalid, Missing
from config.ids import ProductId, RoomId
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow, ProductRow
from rooms.fair.pictures import NO_PICTURE

TITLE_LENGTH, SUMMARY_LENGTH, UNIT_LENGTH = 120, 2000, 40
CURRENCY = re.compile("[A-Z]{3}")
PRICE_LIMIT = Decimal(10) ** 12
ORDER_LIMIT = 10**9
SHELF_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `price_from` is the lowest price of one `unit`, `position` its place on the shelf."""

    id: ProductId
    room: RoomId
    title: str
    summary: str
    price_from: Decimal | None
    currency: str
    minimum_order: int | None
    unit: str
    picture: str
    position: int
    taken_out_at: float | None = None
    """When it left the shelf; what names it can still be read."""


FACTS = tuple(field.name for field in fields(Product))[2:]
"""All but the id and the room, which never change."""


class Products:
    """Keeps products and finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, product: Product) -> Product:
        """Keep a product; `Missing` (`no_room`), `Conflict` (`shelf_full`, `product_taken` by its id)."""
        clean = checked(product)
        try:
            async with self._database.session() as session:
                room = select(CompanyRow.id).where(CompanyRow.room == product.room)
                if await session.scalar(room.with_for_update()) is None:  # one at a time, to be counted
                    raise Missing("There is no such room at this fair.", code="no_room")
                shelf = select(func.count()).where(ProductRow.room == product.room)
                if (await session.scalar(shelf) or 0) >= SHELF_LIMIT:
                    message = "A shelf holds at most 500 products, those that were taken out too."
                    raise Conflict(message, code="shelf_full")
                session.add(ProductRow(id=clean.id, room=clean.room, **columns_of(clean)))
        except IntegrityError:
            raise Conflict("There is a product with this id already.", code="product_taken") from None
        return clean

    async def change(self, product: Product) -> Product:
        """Keep a product anew; `Missing` (`no_product`) when its room has none with this id."""
        clean = checked(product)
        async with self._database.session() as session:
            row = await session.get(ProductRow, product.id, with_for_update=True)
            if row is None or row.room != product.room:
                raise _no_product()
            for name, value in columns_of(clean).items():
                setattr(row, name, value)
        return clean

    async def move(self, room: RoomId, product: ProductId, steps: int) -> None:
        """Move a product so many places down its shelf, or up; `Missing` (`no_product`)."""
        query = select(ProductRow).where(ProductRow.room == room, ProductRow.taken_out_at.is_(None))
        locked = query.order_by(ProductRow.id).with_for_update()  # as all who lock several products
        async with self._database.session() as session:
            rows = sorted(await session.scalars(locked), key=lambda row: (row.position, row.id))
            moved = next((row for row in rows if row.id == product), None)
            if moved is None:
                raise _no_product()
            place = max(rows.index(moved) + steps, 0)
            rows.remove(moved)
            rows.insert(place, moved)
            for position, row in enumerate(rows, 1):
                row.position = position

    async def of_room(self, room: RoomId) -> list[Product]:
        """Return the shelf of a room, in its order."""
        return [product for product in await self.ever_of_room(room) if product.taken_out_at is None]

    async def ever_of_room(self, room: RoomId) -> list[Product]:
        """Return what stands on the shelf of a room and what was taken out, in the order of the shelf."""
        query = select(ProductRow).where(ProductRow.room == room).order_by(ProductRow.position, ProductRow.id)
        async with self._database.reading() as session:
            return [product_of(row) for row in await session.scalars(query)]

    async def get(self, product: ProductId) -> Product:
        """Return a product, also one that was taken out; `Missing` (`no_product`)."""
        async with self._database.reading() as session:
            row = await session.get(ProductRow, product) if words.is_id(product) else None
        if row is None:
            raise _no_product()
        return product_of(row)


def _no_product() -> Missing:
    return Missing("There is no such product.", code="no_product")


def checked(product: Product) -> Product:
    """Return a product as it can be kept and shown, or raise `Invalid` (`bad_product`)."""
    title = words.line(product.title)
    if not 1 <= len(title) <= TITLE_LENGTH:
        raise Invalid("A product's title has 1 to 120 characters.", code="bad_product")
    if product.price_from is not None and not 0 <= product.price_from < PRICE_LIMIT:
        raise Invalid("A price is a number from 0 up.", code="bad_product")
    if product.minimum_order is not None and not 1 <= product.minimum_order < ORDER_LIMIT:
        raise Invalid("The smallest order is at least one.", code="bad_product")
    clean = replace(
        product, title=title, summary=words.paragraphs(product.summary), unit=words.line(product.unit),
        currency=words.line(product.currency), picture=words.line(product.picture) or NO_PICTURE,
    )
    if len(clean.summary) > SUMMARY_LENGTH or len(clean.unit) > UNIT_LENGTH:
        raise Invalid("A summary has at most 2000 characters, a unit 40.", code="bad_product")
    if not CURRENCY.fullmatch(clean.currency) and (clean.currency or clean.price_from is not None):
        raise Invalid("A currency has three capital letters, such as EUR.", code="bad_product")
    return clean


def columns_of(product: Product) -> dict[str, Any]:
    """Return what the records hold of a product beside its id and room."""
    facts = {name: getattr(product, name) for name in FACTS}
    return facts | {"search_text": words.search_words(product.title, product.summary)}


def product_of(row: ProductRow) -> Product:
    """Return the product that a row of the records holds."""
    return Product(ProductId(row.id), RoomId(row.room), *(getattr(row, name) for name in FACTS))
