"""What the rooms of the demo announce: shows of the next hours and days, in rooms that are dark now."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from config.errors import FairError
from config.ids import ProductId, RoomId
from rooms.fair.announced import Announcement
from rooms.fair.policy import Actor
from showroom.demo.catalogue import ON_AIR, Catalogue
from web.app import Parts

log = logging.getLogger(__name__)

QUARTER_SECONDS = 900
HOUR_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A show: so many hours from now, about so many minutes, about the product at a place of the shelf."""

    hours: float
    minutes: int
    title: str
    about: str
    product: int


SLOTS = (
    Slot(1, 30, "From sketch to sample", "How a new piece comes about, and what changes after it.", 1),
    Slot(3, 45, "Questions of buyers, answered", "Ask what you like: materials, smallest orders, times.", 2),
    Slot(26, 30, "The autumn collection", "All that is new this season, one by one, on the table.", 3),
    Slot(50, 60, "A walk through our works", "Along the line with a camera, from the store to the box.", 1),
)


async def announce_shows(parts: Parts, catalogue: Catalogue) -> None:
    """Announce a show in one dark room after the other, unless the fair has a programme already."""
    if await parts.programme.coming(1):
        return
    dark = [exhibitor for exhibitor in catalogue.exhibitors if exhibitor.room not in ON_AIR]
    for slot, exhibitor in zip(SLOTS, dark, strict=False):
        try:
            await _announce(parts, exhibitor.room, slot)
        except FairError as error:
            log.warning("a show of the demo is not announced", extra={"reason": error.message})


async def _announce(parts: Parts, room: RoomId, slot: Slot) -> None:
    shelf = await parts.products.of_room(room)
    staff = (await parts.accounts.staff_of(room))[0]
    actor = Actor(staff.id, staff.role, staff.name, staff.company, staff.room)
    start = (time.time() + slot.hours * HOUR_SECONDS) // QUARTER_SECONDS * QUARTER_SECONDS
    product: ProductId | None = shelf[slot.product % len(shelf)].id if shelf else None
    wish = Announcement(slot.title, start, slot.minutes, slot.about, "en", product)
    await parts.programme.announce(actor, room, wish)
