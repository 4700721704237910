"""What the exhibitors show: the products on the shelf of each room."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from config.errors import Conflict, Invalid, Missing
from config.ids import ProductId, RoomId
from rooms.fair import words
from rooms.fair.database import Database
from rooms.fair.models import CompanyRow, ProductRow

TITLE_LENGTH = 120
PRICE_LIMIT = Decimal(10) ** 12


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


class Products:
    """Keeps products and finds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, product: Product) -> Product:
        """Keep a product; `Missing` (`no_room`), `Conflict` (`product_taken`) when the id is known."""
        clean = _checked(product)
        try:
            async with self._database.session() as session:
                room = await session.scalar(select(CompanyRow.id).where(CompanyRow.room == product.room))
                if room is None:
                    raise Missing("There is no such room at this fair.", code="no_room")
                session.add(_row(clean))
        except IntegrityError:
            raise Conflict("There is a product with this id already.", code="product_taken") from None
        return clean

    async def of_room(self, room: RoomId) -> list[Product]:
        """Return the shelf of a room, in its order."""
        query = select(ProductRow).where(ProductRow.room == room).order_by(ProductRow.position, ProductRow.id)
        async with self._database.reading() as session:
            return [_product(row) for row in await session.scalars(query)]

    async def get(self, product: ProductId) -> Product:
        """Return a product; `Missing` (`no_product`)."""
        async with self._database.reading() as session:
            row = await session.get(ProductRow, product) if words.is_id(product) else None
        if row is None:
            raise Missing("There is no such product.", code="no_product")
        return _product(row)


def _checked(product: Product) -> Product:
    title = words.line(product.title)
    if not 1 <= len(title) <= TITLE_LENGTH:
        raise Invalid(f"A product's title has 1 to {TITLE_LENGTH} characters.", code="bad_product")
    if product.price_from is not None and not 0 <= product.price_from < PRICE_LIMIT:
        raise Invalid("A price is a number from 0 up.", code="bad_product")
    if product.minimum_order is not None and product.minimum_order < 1:
        raise Invalid("The smallest order is at least one.", code="bad_product")
    return Product(
        product.id, product.room, title, words.paragraphs(product.summary), product.price_from,
        words.line(product.currency), product.minimum_order, words.line(product.unit),
        words.line(product.picture), product.position,
    )


def _row(product: Product) -> ProductRow:
    return ProductRow(
        id=product.id, room=product.room, title=product.title, summary=product.summary,
        price_from=product.price_from, currency=product.currency, minimum_order=product.minimum_order,
        unit=product.unit, picture=product.picture, position=product.position,
        search_text=words.search_words(product.title, product.summary),
    )


def _product(row: ProductRow) -> Product:
    return Product(
        ProductId(row.id), RoomId(row.room), row.title, row.summary, row.price_from, row.currency,
        row.minimum_order, row.unit, row.picture, row.position,
    )
