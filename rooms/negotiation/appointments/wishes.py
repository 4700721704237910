"""What is said when a time is asked for or proposed, read and checked."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Invalid, Missing
from config.ids import ProductId, RoomId
from rooms.fair import words
from rooms.fair.models import ProductRow
from rooms.negotiation.appointments import rules
from rooms.negotiation.appointments.appointment import Wish


def checked(wish: Wish) -> Wish:
    """Return a wish trimmed, or raise `Invalid` (`too_large`, `bad_language`)."""
    note = words.paragraphs(wish.note)
    if len(note) > rules.NOTE_LENGTH:
        raise Invalid("Keep each note within 1000 characters.", code="too_large")
    language = words.line(wish.language)
    if not 2 <= len(language) <= 35 or not language.replace("-", "").isalnum():
        raise Invalid("Choose the language to speak.", code="bad_language")
    return replace(wish, note=note, language=language, zone=known_zone(wish.zone))


def known_zone(name: str) -> str:
    """Return the name of a time zone, or UTC for one that nobody knows."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


async def check_product(session: AsyncSession, room: RoomId, product: ProductId | None) -> None:
    """Raise `Missing` (`no_product`) for what is not on the shelf of the room."""
    if product is None:
        return
    own = select(ProductRow.id).where(ProductRow.id == product, ProductRow.room == room)
    if await session.scalar(own) is None:
        raise Missing("There is no such product in this room.", code="no_product")
