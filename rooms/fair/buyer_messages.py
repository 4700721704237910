"""Messages of buyers to exhibitors of whom nobody is there: a subject, a product, a quantity and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from config.errors import Invalid, Missing
from config.ids import AccountId, ProductId, RoomId, new_id
from rooms.fair import requests, words
from rooms.fair.asking_rows import BuyerMessageRow
from rooms.fair.blocks import check_not_blocked
from rooms.fair.database import Database
from rooms.fair.departures import check_at_fair
from rooms.fair.models import ProductRow
from rooms.fair.policy import Actor, Permission, require

SUBJECT_LENGTH = 120
TEXT_LENGTH = 4000
QUANTITY_LIMIT = 1_000_000_000
WHAT = "message"
"""What a request is for, as its key is kept."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer wants to say, as it was typed."""

    subject: str
    text: str
    product: ProductId | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class BuyerMessage:
    """A message as it was sent; its id begins with `message-`."""

    id: str
    room: RoomId
    buyer: AccountId
    buyer_name: str
    buyer_company: str
    buyer_country: str
    buyer_language: str
    wish: Wish
    sent_at: float


class BuyerMessages:
    """Keeps messages. Times come from `clock`, in Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def send(self, actor: Actor, room: RoomId, wish: Wish, key: str = "") -> BuyerMessage:
        """Keep a message, once for a `key`.

        `Denied` (also `blocked`), `Invalid`, `Missing` (`no_room`, `exhibitor_left`).
        """
        require(actor, Permission.WRITE_TO_STAFF, room)
        clean = checked(wish)
        row = BuyerMessageRow(
            id=f"message-{new_id()}", room=room, buyer=actor.id, buyer_name=actor.name,
            buyer_company=actor.company, buyer_country=actor.country, buyer_language=actor.language,
            subject=clean.subject, product=clean.product, quantity=clean.quantity, text=clean.text,
            sent_at=self._clock(),
        )
        async with self._database.session() as session:
            if again := await requests.made_before(session, actor.id, WHAT, key, self._clock()):
                return _message(await session.get_one(BuyerMessageRow, again))
            await check_at_fair(session, room)
            await check_not_blocked(session, room, actor.id)
            product = await session.get(ProductRow, clean.product) if clean.product else None
            if clean.product and (product is None or product.room != room):
                raise Missing("There is no such product in this room.", code="no_product")
            session.add(row)
            await requests.keep(session, actor.id, WHAT, key, row.id)
        return _message(row)

    async def of_room(self, room: RoomId, those: ColumnElement[bool], limit: int) -> list[BuyerMessage]:
        """Return `those` of the messages to a room, the newest first."""
        query = select(BuyerMessageRow).where(BuyerMessageRow.room == room, those)
        query = query.order_by(BuyerMessageRow.sent_at.desc()).limit(limit)
        async with self._database.reading() as session:
            return [_message(row) for row in await session.scalars(query)]

    async def get(self, room: RoomId, message: str) -> BuyerMessage:
        """Return a message to this room; `Missing` (`no_message`)."""
        async with self._database.reading() as session:
            row = await session.get(BuyerMessageRow, message)
        if row is None or row.room != room:
            raise Missing("There is no such message.", code="no_message")
        return _message(row)


def checked(wish: Wish) -> Wish:
    """Return a wish trimmed, or raise `Invalid` (`bad_message`) with what to change."""
    subject, text = words.line(wish.subject), words.paragraphs(wish.text)
    if not 1 <= len(subject) <= SUBJECT_LENGTH:
        message = "Give your message a subject of 1 to {limit} characters."
        raise Invalid(message, code="bad_message", fields={"limit": SUBJECT_LENGTH})
    if not 1 <= len(text) <= TEXT_LENGTH:
        message = "Write a message of 1 to {limit} characters."
        raise Invalid(message, code="bad_message", fields={"limit": TEXT_LENGTH})
    if wish.quantity is not None and not 1 <= wish.quantity <= QUANTITY_LIMIT:
        raise Invalid("A quantity is a whole number from 1 up.", code="bad_message")
    return Wish(subject, text, wish.product, wish.quantity)


def _message(row: BuyerMessageRow) -> BuyerMessage:
    product = ProductId(row.product) if row.product else None
    return BuyerMessage(
        row.id, RoomId(row.room), AccountId(row.buyer), row.buyer_name, row.buyer_company, row.buyer_country,
        row.buyer_language, Wish(row.subject, row.text, product, row.quantity), row.sent_at,
    )
